using Microsoft.Data.Sqlite;

namespace PosTenancy.QuickStart;

/// <summary>The sample store, created from its two scripts.</summary>
internal static class SampleStore
{
    /// <summary>Creates the database in a new folder under the temporary one.</summary>
    /// <returns>Full path of the database.</returns>
    public static string Create()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("postenancy-quickstart-").FullName, "pos.db");

        // A pooled connection would keep the file open, and the upgrade would correctly refuse a file that this program has open.
        SqliteConnectionStringBuilder target = new() { DataSource = path, Pooling = false };
        using SqliteConnection connection = new(target.ConnectionString);
        connection.Open();
        foreach (string script in new[] { "schema.sql", "seed.sql" })
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pos-store", script));
            command.ExecuteNonQuery();
        }

        return path;
    }
}
