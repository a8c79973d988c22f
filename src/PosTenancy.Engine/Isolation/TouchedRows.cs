using System.Globalization;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>
/// Detects each row of other tenants that a statement touches in any table, directly or through triggers and foreign key actions, including
/// a row that is written with its old value. Uses temporary triggers (sqlite.org/lang_createtrigger.html, "TEMP triggers"); rows of the
/// tenant itself cost one comparison each.
/// </summary>
/// <remarks>
/// Deletions by REPLACE fire no trigger unless triggers are recursive, which would change the behavior of the application's own. Therefore,
/// in tables into which a trigger inserts, the rows of others are also counted.
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

    /// <summary>Watches for rows that do not belong to this tenant.</summary>
    public void Watch(string tenant)
    {
        _tenant = Identifier.Literal(tenant);
        Stop();
        for (int i = 0; i < _database.Tables.Count; i++)
        {
            for (int e = 0; e < Events.Length; e++)
            {
                Create(_database.Tables[i], (i * Events.Length) + e, Events[e].Event, Events[e].Row);
            }
        }
    }

    /// <summary>Stops watching.</summary>
    public void Stop()
    {
        foreach (string trigger in _triggers)
        {
            _connection.Execute("DROP TRIGGER temp." + trigger);
        }

        _triggers.Clear();
        _unwatched.Clear();
    }

    /// <summary>Runs a statement and returns the rows of others that it touched. The caller decides whether to roll it back.</summary>
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
            unwatched is null ? null : $"changes in {unwatched} cannot be observed: {_unwatched[unwatched]}");
    }

    private void Create(TenantTable table, int id, string action, string row)
    {
        string trigger = $"{Log}_{id.ToString(CultureInfo.InvariantCulture)}";
        string isForeign =
            action == "UPDATE"
                ? $"({table.IsForeign("OLD", _tenant)} OR {table.IsForeign("NEW", _tenant)})"
                : table.IsForeign(row, _tenant);

        // A plain UPDATE, because the conflict clause of the outer statement would override that of an INSERT.
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
            row.GetStringOrNull(2)));

    private long Foreign(string table)
    {
        TenantTable tenantTable = _database.Find(table)!;
        return _connection.Scalar($"SELECT count(*) FROM {tenantTable.Quoted} AS t WHERE {tenantTable.IsForeign("t", _tenant)}");
    }

    /// <summary>
    /// The tenants' tables that a statement may write, and those into which a trigger inserts, according to SQLite's own compiler.
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

/// <summary>The effect of a statement on rows of others.</summary>
/// <param name="Outcome">Outcome of the statement.</param>
/// <param name="Tables">Tables in which it touched rows of others, and how.</param>
/// <param name="NotWatched">Why an effect may have been missed; <see langword="null"/> if none can have been.</param>
internal sealed record Touched(StatementOutcome Outcome, IReadOnlyList<TouchedTable> Tables, string? NotWatched)
{
    /// <summary>Number of rows of others that were changed, deleted or replaced.</summary>
    public long Crossed => Tables.Where(t => t.Verb != "added").Sum(t => t.Rows);

    /// <summary>Number of new rows that belong to others.</summary>
    public long Added => Tables.Where(t => t.Verb == "added").Sum(t => t.Rows);

    /// <summary>The effect as readable text.</summary>
    public string Text => string.Join(", ", Tables.Select(t => t.Text));
}

/// <summary>Rows of others that were touched in one table.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Verb"><c>added</c>, <c>changed</c>, <c>deleted</c> or <c>replaced</c>.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="CanaryRows">Number of the canary's rows among them.</param>
/// <param name="First">A readable identifier of the first row.</param>
internal sealed record TouchedTable(string Table, string Verb, long Rows, long CanaryRows, string? First)
{
    public string Text => $"{Verb} {Rows.ToString(CultureInfo.InvariantCulture)} in {Table}{(First is null ? "" : $" (first: {First})")}";
}
