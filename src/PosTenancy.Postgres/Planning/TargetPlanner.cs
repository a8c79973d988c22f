using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Planning;

/// <summary>Whether PostgreSQL accepts a statement about a table with these columns; what it says if it does not.</summary>
/// <param name="columns">The columns.</param>
/// <param name="statement">The statement, in which {0} is the name of the table.</param>
internal delegate string? StatementTrial(IReadOnlyList<TargetColumn> columns, string statement);

/// <summary>Plans the tables of a copy. No connection is opened here: the schema, the findings and the trial are given.</summary>
internal sealed class TargetPlanner
{
    /// <summary>Names that no column of a user can have (PostgreSQL, "System Columns").</summary>
    private static readonly string[] SystemColumns = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

    private readonly CopySlice _slice;
    private readonly TargetOptions _options;
    private readonly StatementTrial _trial;
    private readonly TenantLayout _layout;
    private readonly HashSet<string> _keyColumns;

    /// <summary>Prepares the plan.</summary>
    /// <param name="slice">The rows that are copied.</param>
    /// <param name="options">What decides how tables look.</param>
    /// <param name="trial">Asks PostgreSQL.</param>
    public TargetPlanner(CopySlice slice, TargetOptions options, StatementTrial trial)
    {
        _slice = slice;
        _options = options;
        _trial = trial;
        _layout = slice.Layout;
        _keyColumns = new HashSet<string>(_layout.Matched.SelectMany(KeyColumns), Identifier.Comparer);
    }

    /// <summary>Plans every table.</summary>
    /// <param name="find">Examines the values of a table.</param>
    /// <param name="existing">The types of a table that exists at the target; empty if it does not.</param>
    /// <param name="counter">The counter of AUTOINCREMENT of a table.</param>
    /// <param name="findsDangling">Whether to search for rows that reference nothing; PostgreSQL finds one, but not where it is.</param>
    public TargetPlan Plan(
        Func<TableSchema, TableFindings> find,
        Func<string, IReadOnlyDictionary<string, PostgresType>> existing,
        Func<string, long> counter,
        bool findsDangling)
    {
        Dictionary<string, TableFindings> findings = new(Identifier.Comparer);
        foreach (TableSchema table in _layout.Matched)
        {
            findings.Add(table.Name, find(table));
        }

        TargetNames names = new(_layout.Matched.Select(t => t.Name));
        Dictionary<string, TypeDecision> types = ColumnTypes.Decide(
            _layout, findings, existing, (table, column, found) => TypeRules.Decide(
                column,
                found,
                findings[table.Name].Place,
                _options.Chosen(table.Name, column.Name),
                _options.DateTime == DateTimeColumns.Timestamp && !_keyColumns.Contains($"{table.Name}.{column.Name}")));
        List<TargetTable> tables = [.. _layout.Matched.Select(t => Table(t, findings[t.Name], types, names, counter(t.Name)))];
        ForeignKeyPlanner foreignKeys = new(_slice, _options, tables, names, findsDangling);
        tables = tables.ConvertAll(foreignKeys.AddTo);
        return new TargetPlan(_options, _layout.ColumnName, TableOrder.ParentsFirst(tables), [.. Left()])
        {
            Warnings = [.. Unmade()],
        };
    }

    private static IEnumerable<string> KeyColumns(TableSchema table) =>
        table.ForeignKeys.SelectMany(f => f.Columns.Select(c => $"{table.Name}.{c.Child}")
                .Concat(f.Columns.Select(c => $"{f.Parent}.{c.Parent}")))
            .Concat(table.PrimaryKey.Select(c => $"{table.Name}.{c}"))
            .Concat(table.Indexes.Where(i => i.IsUnique).SelectMany(i => i.Columns.Select(c => $"{table.Name}.{c}")));

    private TargetTable Table(
        TableSchema table, TableFindings findings, Dictionary<string, TypeDecision> types, TargetNames names, long counter)
    {
        List<string> warnings = [];
        List<string> blocks = [];
        bool isShared = !_layout.Tables.Contains(table);
        TableDefinition? definition = TableDefinitionReader.Read(
            table, _layout.Schema.Objects.Where(o => o.Type == "table" && Identifier.Comparer.Equals(o.Name, table.Name)));
        ColumnPlanner planner = new(table, definition, _trial, warnings);
        List<TargetColumn> columns = planner.Plan(
            column => types[$"{table.Name}.{column.Name}"], findings, isShared ? null : _layout.ColumnName);
        blocks.AddRange(columns
            .Where(c => c.Conversion.Kind == ColumnConversionKind.Refused)
            .Select(c => $"column {c.Name}: {c.Conversion.Rule}"));
        blocks.AddRange(new[] { table.Name }.Concat(columns.Select(c => c.Name)).Where(n => !TargetNames.Fits(n)).Select(n =>
            $"the name '{n}' has more than {TargetNames.MaxLength} bytes, after which PostgreSQL would cut it"));
        blocks.AddRange(columns.Where(c => SystemColumns.Contains(c.Name, StringComparer.Ordinal)).Select(c =>
            $"column {c.Name} has the name of a system column of PostgreSQL"));
        if (table.Unreadable is { } unreadable)
        {
            blocks.Add(unreadable);
        }

        KeyPlanner keys = new(table, _options, isShared ? null : _layout.ColumnName, columns, names, warnings);
        TargetTable target = new(table, isShared, findings, columns) { Counter = counter };
        return keys.AddTo(target, _layout.Schema.Objects, _trial) with
        {
            Checks = [.. new CheckPlanner(table, columns, names, warnings, _trial).Plan(definition)],
            Warnings = warnings,
            Blocks = blocks,
        };
    }

    private IEnumerable<LeftTable> Left()
    {
        foreach (TableSchema table in _layout.Schema.Tables.Where(t => !_layout.Matched.Contains(t)))
        {
            switch (table.Kind)
            {
                case TableKind.Virtual:
                    string sql = _layout.Schema.Objects
                        .First(o => o.Type == "table" && Identifier.Comparer.Equals(o.Name, table.Name)).Sql!;
                    bool isDerived = new SqlText(sql) is var text && text.Places.Any(i => text.Is(i, "content") && text.Is(i + 1, '='));
                    yield return new LeftTable(
                        table,
                        isDerived
                            ? "a virtual table, whose content is that of another table; PostgreSQL has its own full-text search"
                            : "a virtual table with content of its own, which PostgreSQL has no equal of",
                        IsBlocked: !isDerived);
                    break;
                case TableKind.Table:
                    yield return new LeftTable(
                        table,
                        _layout.Histories.Contains(table)
                            ? "the history of the application's own schema migrations, which is about SQLite"
                            : "it is about the database itself, and belongs to no tenant",
                        IsBlocked: false);
                    break;
            }
        }
    }

    private IEnumerable<string> Unmade() => _layout.Schema.Objects
        .Where(o => o.Type is "view" or "trigger")
        .GroupBy(o => o.Type, StringComparer.Ordinal)
        .Select(g => $"Not created, because they are written for SQLite: {ShortList.Join([.. g.Select(o => o.Name)], most: 8)} " +
            $"({g.Count()} {g.Key}{(g.Count() == 1 ? "" : "s")}).");
}
