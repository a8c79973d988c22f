using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// Fills an empty private database in memory with the schema of the live one and the rows of two tenants: a bounded sample of one that
/// exists, and a made-up tenant. Its size does not grow with the live database.
/// </summary>
internal sealed class TrialDatabase
{
    /// <summary>Rows of the tenant that are read from a table, as examples.</summary>
    private const int Examples = 3;

    /// <summary>Rows that are read from a table that all tenants share.</summary>
    private const int SharedRows = 5;

    /// <summary>Rows that are read in search of the tenant's in a table without an index on the tenant.</summary>
    private const int Searched = 10_000;

    /// <summary>Bytes of a value in an example; a longer one is left out.</summary>
    private const int MaxLength = 16_384;

    /// <summary>
    /// Order of insertion: the second tenant's rows first, apart from the one whose values are above, so that its rowids are on both sides
    /// of the first tenant's.
    /// </summary>
    private static readonly (TrialOwner Owner, int Number)[] Order =
    [
        (TrialOwner.Second, 1), (TrialOwner.Second, 2), (TrialOwner.Second, 4),
        (TrialOwner.First, 1), (TrialOwner.First, 2), (TrialOwner.First, 3), (TrialOwner.First, 4),
        (TrialOwner.Second, 3),
    ];

    private readonly DatabaseConnection _source;
    private readonly DatabaseConnection _target;
    private readonly Dictionary<TrialTable, List<object?[]>> _templates = [];
    private readonly List<TrialRow> _rows = [];
    private readonly DateTime _now;
    private readonly TrialKeys _keys;

    private TrialDatabase(
        DatabaseConnection source, DatabaseConnection target, TrialSchema schema, TrialTenants tenants, DateTime now)
    {
        _source = source;
        _target = target;
        Schema = schema;
        Tenants = tenants;
        _now = now;
        foreach (TrialTable table in schema.Tables.Where(t => t.Kind != TrialTableKind.Virtual))
        {
            _templates[table] = Sample(table);
        }

        _keys = new TrialKeys(
            schema, tenants, (table, column) => _templates[table].Select(t => t[column]).FirstOrDefault(v => v is not null));
    }

    public TrialSchema Schema { get; }

    public TrialTenants Tenants { get; }

    public TrialKeys Keys => _keys;

    /// <summary>The time at which the clock is held.</summary>
    public DateTime Now => _now;

    /// <summary>Every row of the tables that are not virtual.</summary>
    public IReadOnlyList<TrialRow> Rows => _rows;

    /// <summary>What the schema needs of the application to be created: names of functions and collations.</summary>
    public IReadOnlyCollection<string> Missing { get; private set; } = [];

    /// <summary>Makes the database.</summary>
    /// <param name="source">The live database.</param>
    /// <param name="target">An empty database with the held functions.</param>
    /// <param name="schema">The tables.</param>
    /// <param name="tenants">The tenants.</param>
    /// <param name="now">The time at which the clock is held.</param>
    public static TrialDatabase Make(
        DatabaseConnection source, DatabaseConnection target, TrialSchema schema, TrialTenants tenants, DateTime now)
    {
        TrialDatabase database = new(source, target, schema, tenants, now);
        database.CreateSchema();
        using (target.Settings.DisableTriggers())
        {
            target.Execute("BEGIN");
            database.InsertShared();
            foreach (TrialTable table in schema.Tables.Where(t => t.IsJudged && t.WhyNotTwo is null))
            {
                database.Insert(table);
            }

            target.Execute("COMMIT");
        }

        return database;
    }

    private static string Columns(TrialTable table) => string.Join(", ", table.Columns.Select(c => "t." + Identifier.Quote(c.Name)));

    /// <summary>The tables of modules that are missing, and what depends on them, are left out: no statement on them compiles.</summary>
    private void CreateSchema()
    {
        DatabaseSchema live = Schema.Layout.Schema;
        HashSet<string> shadows = new(
            live.Tables.Where(t => t.Kind is TableKind.Shadow or TableKind.System).Select(t => t.Name), Identifier.Comparer);
        List<SchemaObject> waiting = [.. live.Objects.Where(o => o.Sql is not null && !shadows.Contains(o.Table))];
        ApplicationStubs stubs = new(_target);
        int before;
        do
        {
            before = waiting.Count;

            // In a schema that was edited by hand, a trigger may come before its table.
            waiting = [.. waiting.Where(o => stubs.Retry(() => Create(o)) is not null)];
        }
        while (waiting.Count > 0 && waiting.Count < before);
        Missing = stubs.Names;
        foreach (TrialTable table in Schema.Tables.Where(t => waiting.Any(w => w.Type == "table" && w.Name == t.Name)))
        {
            table.WhyNotTwo = $"{table.Name} cannot be created: {Create(waiting.First(w => w.Name == table.Name))}";
        }
    }

    private string? Create(SchemaObject o) => _target.TryChange(o.Sql!).Error;

    private List<object?[]> Sample(TrialTable table)
    {
        // Without the long values: a template needs the form of a value, not its size.
        string from = $"FROM main.{Identifier.Quote(table.Name)} AS t";
        string columns = string.Join(", ", table.Columns.Select(c =>
            $"CASE WHEN length(CAST(t.{Identifier.Quote(c.Name)} AS BLOB)) <= {MaxLength} THEN t.{Identifier.Quote(c.Name)} END"));
        string sql = table.Kind switch
        {
            TrialTableKind.Tenant when table.Schema.FindIndexLedBy(table.Tenant!.Name) is null =>
                $"SELECT {columns} FROM (SELECT * {from} LIMIT {Searched}) AS t " +
                $"WHERE t.{Identifier.Quote(table.Tenant.Name)} = ?1 LIMIT {Examples}",
            TrialTableKind.Tenant => $"SELECT {columns} {from} WHERE t.{Identifier.Quote(table.Tenant!.Name)} = ?1 LIMIT {Examples}",
            TrialTableKind.Child => $"SELECT {columns} {from} LIMIT {Examples}",
            _ => $"SELECT {columns} {from} LIMIT {SharedRows}",
        };
        object?[] values = table.Kind == TrialTableKind.Tenant ? [Tenants.First] : [];
        using Statement? statement = Statement.TryPrepare(_source, sql, values, out Statement prepared) is null ? prepared : null;
        List<object?[]> rows = [];
        while (statement?.TryStep() == raw.SQLITE_ROW)
        {
            rows.Add([.. Enumerable.Range(0, table.Columns.Count).Select(statement.Row.GetValue)]);
        }

        return rows;
    }

    private void InsertShared()
    {
        foreach (TrialTable table in Schema.Tables.Where(t => t.Kind == TrialTableKind.Shared && t.WhyNotTwo is null))
        {
            int number = 0;
            foreach (object?[] template in _templates[table])
            {
                number += Add(table, TrialOwner.None, number + 1, template) is null ? 1 : 0;
            }

            foreach ((ColumnSchema column, TrialOwner owner) in RegistryColumns(table))
            {
                Dictionary<string, object?> given = new(Identifier.Comparer) { [column.Name] = Tenants[owner] };
                number += InsertBySearch(table, TrialOwner.None, number + 1, given, wished: null) is null ? 1 : 0;
            }

            if (number == 0)
            {
                _ = InsertBySearch(table, TrialOwner.None, 1, new Dictionary<string, object?>(Identifier.Comparer), wished: null);
            }
        }
    }

    /// <summary>The columns of a registry that the tenant columns of other tables reference.</summary>
    private IEnumerable<(ColumnSchema Column, TrialOwner Owner)> RegistryColumns(TrialTable registry)
    {
        string[] columns =
        [
            .. (from table in Schema.Tables
                where table.Kind == TrialTableKind.Tenant
                from key in table.Schema.ForeignKeys
                where Identifier.Comparer.Equals(key.Parent, registry.Name)
                from pair in key.Columns
                where table.IsTenantColumn(pair.Child)
                let name = pair.Parent ?? registry.Schema.PrimaryKey.FirstOrDefault()
                where name is not null
                select name).Distinct(Identifier.Comparer),
        ];
        foreach (ColumnSchema? column in columns.Select(registry.Schema.FindColumn))
        {
            foreach (TrialOwner owner in new[] { TrialOwner.First, TrialOwner.Second })
            {
                string sql = $"SELECT count(*) FROM {registry.Quoted} AS t WHERE t.{Identifier.Quote(column!.Name)} = ?1";
                if (_target.Scalar(sql, Tenants[owner]) == 0)
                {
                    yield return (column, owner);
                }
            }
        }
    }

    private void Insert(TrialTable table)
    {
        CheckConstraintHints checks = new(table.Schema, table.Sql);
        TrialValues?[] values =
        [
            .. table.Columns.Select((column, i) => table.IsTenantColumn(column.Name) || _keys.IsKey(table, i)
                ? null
                : new TrialValues(table, i, _templates[table], checks, Default(column), _now)),
        ];

        // The last row has the parents of the first, which a key may not allow; then the last parent stays free for a new row.
        bool isAlone = table.UniqueKeys.Any(key => key.All(c => table.IsTenantColumn(c) || table.ReferenceOf(c) is not null));
        int most = table.HasOneRowPerTenant ? 1 : isAlone ? TrialValues.Rows - 1 : TrialValues.Rows;
        Dictionary<TrialOwner, string> errors = [];
        foreach ((TrialOwner owner, int number) in Order.Where(o => o.Number <= most))
        {
            object?[] row = [.. values.Select((v, i) => v is not null ? v.Value(owner, number)
                : table.IsTenantColumn(table.Columns[i].Name) ? Tenants[owner]
                : _keys.Value(table, i, owner, number))];
            if ((Add(table, owner, number, row) is null ? null : InsertBySearch(table, owner, number, row)) is { } error)
            {
                errors[owner] = error;
            }
        }

        foreach (TrialOwner owner in new[] { TrialOwner.First, TrialOwner.Second })
        {
            if (!_rows.Any(r => r.Table == table && r.Owner == owner))
            {
                table.WhyNotTwo = $"rows of two tenants do not fit into {table.Name}: {errors[owner]}";
            }
        }
    }

    /// <summary>
    /// The same row, with other values where a constraint requires it: first in other columns than keys, then in its own key.
    /// </summary>
    private string? InsertBySearch(TrialTable table, TrialOwner owner, int number, object?[] row)
    {
        Dictionary<string, object?> Given(Func<int, bool> isGiven) => Enumerable.Range(0, row.Length)
            .Where(isGiven)
            .ToDictionary(i => table.Columns[i].Name, i => row[i], Identifier.Comparer);

        bool IsTenant(int i) => table.IsTenantColumn(table.Columns[i].Name);
        Dictionary<string, object?> wished = Given(i => !IsTenant(i));
        return InsertBySearch(table, owner, number, Given(i => IsTenant(i) || _keys.IsKey(table, i)), wished) is null
            ? null
            : InsertBySearch(
                table, owner, number, Given(i => IsTenant(i) || (_keys.IsKey(table, i) && !_keys.IsOwnKey(table, i))), wished);
    }

    private string? InsertBySearch(
        TrialTable table, TrialOwner owner, int number, Dictionary<string, object?> given, Dictionary<string, object?>? wished)
    {
        // The last row has the parents of the first: with them alone it is not distinct.
        string[] distinct = [.. given.Keys.Where(c => number < TrialValues.Rows || _keys.IsOwnKey(table, table.IndexOf(c)))];
        FoundRow found = new CanaryRow(
            _target, table.Schema, table.Sql, given, new Dictionary<string, object?>(Identifier.Comparer), distinct, wished).Find();
        return found.Error ?? Add(table, owner, number, found.Sql, found.Values);
    }

    private string? Add(TrialTable table, TrialOwner owner, int number, object?[] values) => Add(
        table,
        owner,
        number,
        $"INSERT INTO {table.Quoted} ({string.Join(", ", table.Columns.Select(c => Identifier.Quote(c.Name)))}) VALUES " +
            $"({string.Join(", ", values.Select(_ => "?"))})",
        values);

    private string? Add(TrialTable table, TrialOwner owner, int number, string sql, object?[] values)
    {
        if (_target.TryChange(sql, values).Error is { } error)
        {
            return error;
        }

        // Read back: the row has the affinity of its columns, and a key that SQLite chose.
        string where = table.RowId is { } rowId
            ? $"t.{rowId} = last_insert_rowid()"
            : string.Join(" AND ", table.Schema.PrimaryKey.Select((c, i) => $"t.{Identifier.Quote(c)} IS ?{i + 1}"));
        object?[] key = table.RowId is null
            ? [.. table.Schema.PrimaryKey.Select(c => values[table.IndexOf(c)])]
            : [];
        string locator = string.Join(", ", table.Locator.Select(l => "t." + l));
        _rows.AddRange(_target.Query(
            $"SELECT {locator}, {Columns(table)} FROM {table.Quoted} AS t WHERE {where}",
            row => new TrialRow(
                table,
                owner,
                number,
                [.. Enumerable.Range(0, table.Locator.Count).Select(row.GetValue)],
                [.. Enumerable.Range(table.Locator.Count, table.Columns.Count).Select(row.GetValue)]),
            key).ToArray());
        TrialRow added = _rows[_rows.Count - 1];
        for (int i = 0; i < table.Columns.Count; i++)
        {
            if (owner == TrialOwner.None)
            {
                _keys.AddShared(table, i, added.Values[i]);
            }
            else if (_keys.IsKey(table, i))
            {
                _keys.Set(table, i, owner, number, added.Values[i]);
            }
        }

        return null;
    }

    private object? Default(ColumnSchema column)
    {
        if (column.DefaultSql is not { } sql)
        {
            return null;
        }

        bool isCompiled = Statement.TryPrepare(_target, $"SELECT {sql}", [], out Statement statement) is null;
        using (statement)
        {
            return isCompiled && statement.TryStep() == raw.SQLITE_ROW ? statement.Row.GetValue(0) : null;
        }
    }
}
