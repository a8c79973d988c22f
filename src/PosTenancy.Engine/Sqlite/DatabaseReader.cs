namespace PosTenancy.Engine.Sqlite;

/// <summary>Reads a live database once and promises to change nothing: no byte of it, and no file beside it.</summary>
internal static class DatabaseReader
{
    /// <summary>Opens the database in the way that keeps the promise, runs the reading, and proves that nobody wrote meanwhile.</summary>
    /// <exception cref="PosTenancyException">The database cannot be read without changing it, or was changed during the reading.</exception>
    public static T Read<T>(string path, Func<DatabaseConnection, T> read, CancellationToken cancellation)
    {
        using LiveDatabase live = LiveDatabase.Open(path, cancellation);
        T result = live.Read(read);
        live.RequireUnchanged();
        return result;
    }
}
