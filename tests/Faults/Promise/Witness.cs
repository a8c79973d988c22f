using System.Collections.Concurrent;
using PosTenancy.Tests.Faults.Tracing;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Promise;

/// <summary>
/// The database as any reader would see it now: the sqlite3 shell reads a copy of it, with the journal or log beside it.
/// </summary>
internal sealed class Witness
{
    private static readonly string[] Endings = ["", "-journal", "-wal"];

    private readonly string _questions;

    /// <summary>Readings by content: most points leave one of a few files.</summary>
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Derives the queries from a database.</summary>
    public Witness(string database)
    {
        string tables = Shell.Sql(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
        _questions =
            "PRAGMA integrity_check; PRAGMA foreign_key_check;\n" +
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name;\n" +
            string.Concat(tables.Split('\n').Select(t => $"SELECT '{t}', * FROM \"{t}\" ORDER BY rowid;\n"));
    }

    /// <summary>Schema, every value of every row, and SQLite's integrity report; or why the file could not be read.</summary>
    public string Read(string database)
    {
        if (!File.Exists(database))
        {
            return "there is no file";
        }

        string[] files = [.. Endings.Where(ending => File.Exists(database + ending))];
        return _known.GetOrAdd(
            string.Join(' ', files.Select(ending => ending + Store.Sha256(database + ending))),
            _ => ReadCopy(database, files));
    }

    /// <summary>Whether a reading contains the tenant column in one of its tables.</summary>
    public static bool HasTenant(string text) => text.Contains("tenant_id", StringComparison.Ordinal);

    private string ReadCopy(string database, string[] endings)
    {
        string scratch = Directory.CreateTempSubdirectory("postenancy-witness-").FullName;
        try
        {
            string copy = Path.Combine(scratch, "copy.db");
            foreach (string ending in endings)
            {
                File.Copy(database + ending, copy + ending);
            }

            lock (Strace.Forking)
            {
                (int code, string output, string error) = Shell.Run("sqlite3", ".mode quote\n" + _questions, "-batch", "-bail", copy);
                return code == 0 ? output : $"sqlite3 says: {error}";
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
