using System.Security.Cryptography;
using PosTenancy.Engine.Files;

namespace PosTenancy.Tests.Support;

/// <summary>A separate folder for each test, and the database in it.</summary>
public abstract class TestFolder : IDisposable
{
    protected const string Tenant = "caps-automotive";

    protected TestFolder()
    {
        Folder = Directory.CreateTempSubdirectory("postenancy-").FullName;
        Database = Path.Combine(Folder, "pos.db");
    }

    protected string Folder { get; }

    protected string Database { get; }

    /// <summary>Creates the sample store with the sqlite3 shell.</summary>
    protected void CreateSampleStore(string prologue = "")
    {
        string sample = Path.Combine(AppContext.BaseDirectory, "pos-store");
        Shell.Sql(
            Database,
            prologue + File.ReadAllText(Path.Combine(sample, "schema.sql")) + File.ReadAllText(Path.Combine(sample, "seed.sql")));
    }

    /// <summary>SHA-256 as another program would compute it.</summary>
    protected static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(Bytes(path)));

    /// <summary>The bytes of a file that another program may have open.</summary>
    protected static byte[] Bytes(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Every file below the folder with its bytes, to verify that nothing was written.</summary>
    protected string Snapshot() => string.Join(
        '\n',
        Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(p => Directory.Exists(p) ? p : $"{p} {Sha256(p)}"));

    /// <summary>For a file without remains of a crash.</summary>
    protected static string NoRemains() => throw new InvalidOperationException("there are no remains to be tried");

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows does not delete files that a test has marked read-only.
            foreach (FileInfo file in new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.IsReadOnly))
            {
                file.IsReadOnly = false;
            }
        }

        MomentaryHold.Outlast(() => Directory.Delete(Folder, recursive: true));
    }
}
