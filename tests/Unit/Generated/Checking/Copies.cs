namespace PosTenancy.Tests.Generated.Checking;

/// <summary>Copies of databases in a folder of their own: opening a database may change it.</summary>
internal sealed class Copies(string folder)
{
    private int _count;

    /// <summary>Creates a new copy of a database and its log.</summary>
    public string Make(string path)
    {
        string copy = Path.Combine(folder, $"copy{_count++}.db");
        File.Copy(path, copy);
        if (File.Exists(path + "-wal"))
        {
            File.Copy(path + "-wal", copy + "-wal");
        }

        return copy;
    }
}
