using System.Globalization;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>
/// Notices each row of others that a statement touches in any table, itself or through triggers and the actions of foreign keys: also one
/// that is written with the value that it had. Temporary triggers do (sqlite.org/lang_createtrigger.html, "TEMP triggers"); rows of the
/// tenant itself cost them one comparison.
/// </summary>
/// <remarks>
/// What REPLACE deletes fires no trigger unless triggers are recursive, which would change what the application's own do. So in the tables
/// into which a trigger inserts, the rows of others are counted as well.
/// </remarks>
internal sealed class TouchedRows
{
    private const string Log = "_postenancy_touched";

    private const int ActionInsert = SQLitePCL.raw.SQLITE_INSERT;

    private static readonly (string Event, string Verb, string Row)[] Events =
        [("INSERT", "added", "NEW"), ("UPDATE", "changed", "OLD"), ("DELETE", "deleted", "OLD")];

    private readonly TestedDatabase _database;
    private readonly DatabaseConnection _connection;
    private readonly Dictionary<string, string> _unwatched = new(Identifier.Comparer);
    private readonly List<string> _triggers = [];
    private readonly string _canary;
    private string _tenant = "";

    public TouchedRows(TestedDatabase database)
    {
        _database = database;
        _connection = database.Connection;
        _canary = Identifier.Literal(database.CanaryId);
        _connection.Execute($"CREATE TEMP TABLE {Log} (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, canary INTEGER NOT NULL, first TEXT)");
        for (int i = 0; i < database.Tables.Count * Events.Length; i++)
        {
            _ = _connection.Change($"INSERT INTO temp.{Log} VALUES (?1, 0, 0, NULL)", (long)i);
        }
    }

    /// <summary>Watches for rows that are not this tenant's.</summary>
    public void Watch(string tenant)
    {
        _tenant = Identifier.Literal(tenant);
        foreach (string trigger in _triggers)
        {
            _connection.Execute("DROP TRIGGER temp." + trigger);
        }

        _triggers.Clear();
        _unwatched.Clear();
        for (int i = 0; i < _database.Tables.Count; i++)
        {
            for (int e = 0; e < Events.Length; e++)
            {
                Create(_database.Tables[i], (i * Events.Length) + e, Events[e].Event, Events[e].Row);
            }
        }
    }

    /// <summary>Runs a statement and says which rows of others it touched. The caller rolls it back, or does not.</summary>
    public Touched Run(string sql, params object?[] values)
    {
        (HashSet<string> written, HashSet<string> inserted) = Written(sql);
        Dictionary<string, long> before = inserted.ToDictionary(t => t, Foreign, Identifier.Comparer);
        _connection.Execute($"UPDATE temp.{Log} SET n = 0, canary = 0, first = NULL WHERE n > 0");
        StatementOutcome outcome = _connection.TryChange(sql, values);
        if (outcome.Error is not null)
        {
            return new Touched(outcome, [], null);
        }

        List<TouchedTable> touched = [.. Logged()];
        foreach (string table in inserted)
        {
            long net = touched.Where(t => t.Table == table).Sum(t => t.Verb switch { "added" => t.Rows, "deleted" => -t.Rows, _ => 0 });
            if (Foreign(table) < before[table] + net && touched.All(t => t.Table != table || t.Verb == "added"))
            {
                touched.Add(new TouchedTable(table, "replaced", before[table] + net - Foreign(table), CanaryRows: 0, null));
            }
        }

        string? unwatched = written.FirstOrDefault(_unwatched.ContainsKey);
        return new Touched(
            outcome,
            touched,
            unwatched is null ? null : $"what happens in {unwatched} cannot be watched: {_unwatched[unwatched]}");
    }

    private void Create(TenantTable table, int id, string action, string row)
    {
        string trigger = $"{Log}_{id.ToString(CultureInfo.InvariantCulture)}";
        string isForeign =
            action == "UPDATE"
                ? $"({table.IsForeign("OLD", _tenant)} OR {table.IsForeign("NEW", _tenant)})"
                : table.IsForeign(row, _tenant);

        // A plain UPDATE, since the conflict clause of the statement outside would be put upon an INSERT.
        StatementOutcome outcome = _connection.TryChange(
            $"CREATE TEMP TRIGGER {trigger} AFTER {action} ON {table.Quoted} WHEN {isForeign} " +
                $"BEGIN UPDATE {Log} SET n = n + 1, canary = canary + {table.IsOwn(row, _canary)}, first = coalesce(first, " +
                $"{table.KeyText(row)}) WHERE id = {id.ToString(CultureInfo.InvariantCulture)}; END"
        );
        if (outcome.Error is { } error)
        {
            _unwatched[table.Name] = error;
        }
        else
        {
            _triggers.Add(trigger);
        }
    }

    private IEnumerable<TouchedTable> Logged() => _connection.Query(
        $"SELECT id, n, first, canary FROM temp.{Log} WHERE n > 0",
        row => new TouchedTable(
            _database.Tables[(int)(row.GetInt64(0) / Events.Length)].Name,
            Events[(int)(row.GetInt64(0) % Events.Length)].Verb,
            row.GetInt64(1),
            row.GetInt64(3),
            row.IsDBNull(2) ? null : row.GetString(2)));

    private long Foreign(string table)
    {
        TenantTable tenantTable = _database.Find(table)!;
        return _connection.Scalar($"SELECT count(*) FROM {tenantTable.Quoted} AS t WHERE {tenantTable.IsForeign("t", _tenant)}");
    }

    /// <summary>
    /// The tenants' tables that a statement may write, and those into which a trigger inserts; SQLite's own compiler says so.
    /// </summary>
    private (HashSet<string> Written, HashSet<string> Inserted) Written(string sql)
    {
        HashSet<string> written = new(Identifier.Comparer);
        HashSet<string> inserted = new(Identifier.Comparer);
        _connection.Compiler.Observe(
            () => _ = _connection.Compiler.Error(sql),
            (action, table, _, within) =>
            {
                if (action is ActionInsert or SQLitePCL.raw.SQLITE_UPDATE or SQLitePCL.raw.SQLITE_DELETE &&
                    table is not null &&
                    _database.Find(table)?.Name is { } name)
                {
                    written.Add(name);
                    if (action == ActionInsert && within is not null)
                    {
                        inserted.Add(name);
                    }
                }
            });
        return (written, inserted);
    }
}

/// <summary>What a statement did to rows of others.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Tables">Where it touched rows of others, and how.</param>
/// <param name="NotWatched">Why something may have gone unseen; <see langword="null"/> if nothing can have.</param>
internal sealed record Touched(StatementOutcome Outcome, IReadOnlyList<TouchedTable> Tables, string? NotWatched)
{
    /// <summary>Rows of others that were changed, deleted or replaced.</summary>
    public long Crossed => Tables.Where(t => t.Verb != "added").Sum(t => t.Rows);

    /// <summary>New rows that belong to others.</summary>
    public long Added => Tables.Where(t => t.Verb == "added").Sum(t => t.Rows);

    /// <summary>In words, for a tenant.</summary>
    public string Text => string.Join(", ", Tables.Select(t => t.Text));
}

/// <summary>Rows of others that were touched in one table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Verb"><c>added</c>, <c>changed</c>, <c>deleted</c> or <c>replaced</c>.</param>
/// <param name="Rows">How many.</param>
/// <param name="CanaryRows">How many of them are the canary's.</param>
/// <param name="First">The first of them, for people.</param>
internal sealed record TouchedTable(string Table, string Verb, long Rows, long CanaryRows, string? First)
{
    public string Text => $"{Verb} {Rows.ToString(CultureInfo.InvariantCulture)} in {Table}{(First is null ? "" : $" (first: {First})")}";
}
