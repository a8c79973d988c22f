using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Scripts;

/// <summary>Reads a script from its file.</summary>
public static class ScriptFile
{
    /// <summary>Reads a script and checks every statement; runs nothing.</summary>
    /// <param name="path">The file: UTF-8, or UTF-16 with a byte order mark.</param>
    /// <exception cref="PosTenancyException">The script cannot be read, has no statement, or has a forbidden statement.</exception>
    public static MigrationScript Read(string path)
    {
        string full = FilePath.Full(path);
        byte[] bytes = SqlFile.ReadBytes(full);
        IReadOnlyList<ScriptStatement> statements = ScriptReader.Read(full, SqlFile.Decode(full, bytes));
        return new MigrationScript(full, Path.GetFileName(full), Checksum.Compute(bytes), statements);
    }
}
