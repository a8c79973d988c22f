using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Isolation;

/// <summary>A writable copy of a live database in a folder of its own; both are deleted on disposal.</summary>
internal sealed class PrivateCopy : IDisposable
{
    private readonly string _folder;

    private PrivateCopy(string folder, DatabaseConnection connection)
    {
        _folder = folder;
        Connection = connection;
    }

    /// <summary>
    /// A connection to the copy, opened as an application would: foreign keys are enforced, and the schema accepts "text" in double quotes
    /// as a string.
    /// </summary>
    public DatabaseConnection Connection { get; }

    /// <summary>
    /// Copies the database as a reader: the store may be open, and its programs may write.
    /// </summary>
    /// <param name="file">The live database.</param>
    /// <param name="folder">Full path of a folder that does not exist yet.</param>
    /// <param name="progress">Receives the number of bytes copied.</param>
    /// <param name="cancellation">Cancels the operation; a partial copy is removed.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or the folder cannot be written or has too little
    /// space.</exception>
    public static PrivateCopy Make(DatabaseFile file, string folder, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        BackupDestination.RequireSpace(file.Path, Path.GetDirectoryName(folder)!, SpaceNeeds.ForIsolationTest(file));
        DatabaseConnection? connection = null;
        try
        {
            string copy = Path.Combine(folder, Path.GetFileName(file.Path));
            StageProgress copying = new(Stage.Isolation, "Copying the database", copy, 0, 0) { Part = StagePart.Copy };
            DatabaseCopy.WritePrivately(file, copy, copying, progress, cancellation);
            connection = DatabaseConnection.OpenExclusive(copy, cancellation);
            SetUp(connection);
            return new PrivateCopy(folder, connection);
        }
        catch
        {
            connection?.Dispose();
            Remove(folder);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Connection.Dispose();
        Remove(_folder);
    }

    private static void SetUp(DatabaseConnection connection)
    {
        connection.Settings.SetDoubleQuotedStrings(true);

        // In WAL mode, rolling back a change of a whole table only discards log frames, and the temporary tables keep little.
        foreach (string pragma in new[] { "journal_mode = WAL", "synchronous = OFF", "foreign_keys = ON", "wal_autocheckpoint = 0" })
        {
            _ = connection.TryExecute("PRAGMA " + pragma);
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            MomentaryHold.Outlast(() => Directory.Delete(folder, recursive: true));
        }
    }
}
