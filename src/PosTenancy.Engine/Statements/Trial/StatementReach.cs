using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>What a statement does with one table.</summary>
/// <param name="Table">The table.</param>
internal sealed record TableReach(TrialTable Table)
{
    public bool Inserts { get; set; }

    public bool Updates { get; set; }

    public bool Deletes { get; set; }

    /// <summary>Whether the statement itself reaches the table, and not only a trigger or view.</summary>
    public bool IsDirect { get; set; }

    /// <summary>Whether the statement itself, and not only a trigger, inserts.</summary>
    public bool InsertsItself { get; set; }

    /// <summary>The triggers and views through which it is reached.</summary>
    public SortedSet<string> Through { get; } = new(StringComparer.Ordinal);

    public bool Writes => Inserts || Updates || Deletes;

    public StatementOperation Operation => Inserts ? StatementOperation.Insert
        : Updates ? StatementOperation.Update
        : Deletes ? StatementOperation.Delete
        : StatementOperation.Select;
}

/// <summary>What a statement reaches, as SQLite's authorizer reports it while it compiles the statement.</summary>
internal sealed class StatementReach
{
    private static readonly HashSet<int> OnSchema =
    [
        raw.SQLITE_CREATE_INDEX, raw.SQLITE_CREATE_TABLE, raw.SQLITE_CREATE_TEMP_INDEX, raw.SQLITE_CREATE_TEMP_TABLE,
        raw.SQLITE_CREATE_TEMP_TRIGGER, raw.SQLITE_CREATE_TEMP_VIEW, raw.SQLITE_CREATE_TRIGGER, raw.SQLITE_CREATE_VIEW,
        raw.SQLITE_DROP_INDEX, raw.SQLITE_DROP_TABLE, raw.SQLITE_DROP_TEMP_INDEX, raw.SQLITE_DROP_TEMP_TABLE,
        raw.SQLITE_DROP_TEMP_TRIGGER, raw.SQLITE_DROP_TEMP_VIEW, raw.SQLITE_DROP_TRIGGER, raw.SQLITE_DROP_VIEW,
        raw.SQLITE_CREATE_VTABLE, raw.SQLITE_DROP_VTABLE, raw.SQLITE_ALTER_TABLE, raw.SQLITE_REINDEX, raw.SQLITE_ANALYZE,
    ];

    private readonly Dictionary<TrialTable, TableReach> _tables = [];
    private readonly HashSet<string> _functions = new(StringComparer.OrdinalIgnoreCase);

    public StatementReach(TrialSchema schema, IReadOnlyList<SqlAccess> accesses)
    {
        Dictionary<string, string> within = new(Identifier.Comparer);
        foreach (SchemaObject o in schema.Layout.Schema.Objects.Where(o => o.Type is "view" or "trigger"))
        {
            within[o.Name] = o.Type;
        }

        foreach (SqlAccess access in accesses)
        {
            ChangesSchema |= OnSchema.Contains(access.Action);
            EndsTransaction |= access.Action is raw.SQLITE_TRANSACTION or raw.SQLITE_SAVEPOINT;
            Attaches |= access.Action is raw.SQLITE_ATTACH or raw.SQLITE_DETACH;
            IsPragma |= access.Action == raw.SQLITE_PRAGMA;
            if (access is { Action: raw.SQLITE_FUNCTION, Second: { } function })
            {
                _ = _functions.Add(function);
            }

            if (access.Action is raw.SQLITE_READ or raw.SQLITE_INSERT or raw.SQLITE_UPDATE or raw.SQLITE_DELETE &&
                access.First is { } name && schema.Find(name) is { } table)
            {
                Add(table, access, within);
            }
        }
    }

    /// <summary>The tables in the order in which they are reached.</summary>
    public IReadOnlyCollection<TableReach> Tables => _tables.Values;

    /// <summary>Those whose rows belong to tenants.</summary>
    public IReadOnlyList<TableReach> Judged => [.. _tables.Values.Where(t => t.Table.IsJudged)];

    /// <summary>The functions that it calls.</summary>
    public IReadOnlyCollection<string> Functions => _functions;

    public bool ChangesSchema { get; private set; }

    public bool EndsTransaction { get; private set; }

    public bool Attaches { get; private set; }

    public bool IsPragma { get; private set; }

    /// <summary>Every table in which rows may change: by the statement, by triggers, and by the actions of foreign keys.</summary>
    public IReadOnlyList<TrialTable> Written(TrialSchema schema)
    {
        List<TrialTable> written = [.. _tables.Values.Where(t => t.Writes).Select(t => t.Table)];
        for (int i = 0; i < written.Count; i++)
        {
            TrialTable parent = written[i];
            written.AddRange(schema.Tables.Where(child =>
                !written.Contains(child) &&
                child.Schema.ForeignKeys.Any(k =>
                    Identifier.Comparer.Equals(k.Parent, parent.Name) && (Acts(k.OnDelete) || Acts(k.OnUpdate)))));
        }

        return [.. written.Where(t => t.Kind != TrialTableKind.Virtual)];

        static bool Acts(string action) => action is "CASCADE" or "SET NULL" or "SET DEFAULT";
    }

    private void Add(TrialTable table, SqlAccess access, Dictionary<string, string> within)
    {
        if (!_tables.TryGetValue(table, out TableReach? reach))
        {
            _tables.Add(table, reach = new TableReach(table));
        }

        // SQLite names a common table expression like a view.
        string? kind = access.Within is { } name && within.TryGetValue(name, out string? found) ? found : null;
        reach.Inserts |= access.Action == raw.SQLITE_INSERT;
        reach.Updates |= access.Action == raw.SQLITE_UPDATE;
        reach.Deletes |= access.Action == raw.SQLITE_DELETE;
        reach.IsDirect |= kind is null;
        reach.InsertsItself |= kind is null && access.Action == raw.SQLITE_INSERT;
        if (kind is not null)
        {
            _ = reach.Through.Add($"{kind} {access.Within}");
        }
    }
}
