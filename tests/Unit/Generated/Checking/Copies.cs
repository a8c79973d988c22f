namespace PosTenancy.Tests.Generated.Checking;

/// <summary>Copies of databases in a folder of their own: whoever opens a database may change it.</summary>
internal sealed class Copies(string folder)
{
    private int _count;

    /// <summary>A new copy of a database and of its log.</summary>
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
