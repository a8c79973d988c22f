using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Writes the statements that change one table, and those that would create its final form.</summary>
/// <param name="schema">Schema of the database.</param>
/// <param name="objects">The table itself, its indexes and its triggers.</param>
/// <param name="change">Changes that the table needs.</param>
/// <param name="options">Column and tenant.</param>
/// <param name="newIndex">Tenant index to create; <see langword="null"/> if one exists.</param>
/// <param name="temporaryName">A free name for the copy.</param>
/// <param name="owners">The owners of its rows, in a database of several tenants; <see langword="null"/> if all have the same.</param>
internal sealed class TableStatements(
    DatabaseSchema schema,
    IReadOnlyCollection<SchemaObject> objects,
    TableChange change,
    MigrationOptions options,
    string? newIndex,
    string temporaryName,
    TableOwners? owners)
{
    /// <summary>The place of a statement that adds a column: before those of all other tables.</summary>
    private const int First = 0;

    /// <summary>The place of a statement that has none of its own: after those, in the order of the tables.</summary>
    private const int Last = int.MaxValue;

    private readonly string _table = Identifier.Quote(change.Table.Name);
    private readonly string _tenant = Identifier.Quote(options.ColumnName);

    /// <summary>
    /// A name for reading and writing the rowid: a column may have taken one of the three. <see langword="null"/> if all are taken, or if
    /// the
    /// rows have no rowid to keep.
    /// </summary>
    public static string? RowIdName(TableSchema table) =>
        table.IsWithoutRowId || table.HasRowIdKey ? null : Identifier.RowIdNames.FirstOrDefault(name => table.FindColumn(name) is null);

    /// <summary>
    /// The statements in execution order, each with its place among those of all tables. A SELECT is a proof: the statements after it run
    /// only if it returns 1.
    /// </summary>
    public IEnumerable<(int Place, string Sql)> Run()
    {
        IEnumerable<(int, string)> column = change.AddsColumn && !change.NeedsRebuild
            ? [(First, $"ALTER TABLE {_table} ADD COLUMN {_tenant} {TenantColumn.Sql(change.Table, options)}")]
            : [];
        IEnumerable<string> rest = change.NeedsRebuild ? Rebuild() : Change();
        return
        [
            .. column,
            .. owners?.Steps ?? [],
            .. rest.Concat(owners?.Rows is { } rows ? [rows.DropSql] : []).Select(sql => (Last, sql)),
        ];
    }

    private IEnumerable<string> Change() =>
    [
        .. owners?.Rows is { } rows ? [rows.UpdateSql(options)] : (string[])[],
        .. change.Indexes.SelectMany(i => (string[])[$"DROP INDEX {Identifier.Quote(i.Name)}", IndexSql(i)]),
        .. change.Redundant is { } redundant ? [$"DROP INDEX {Identifier.Quote(redundant.Name)}"] : (string[])[],
        .. NewIndex(),
        .. HasStatistics
            ? change
                .Indexes.Select(i => i.Name)
                .Concat(newIndex is null ? [] : [newIndex])
                .Select(name => $"ANALYZE {Identifier.Quote(name)}")
            : [],
    ];

    /// <summary>
    /// The statements that would create the table and its indexes in their final form; empty if its definition could not be read.
    /// </summary>
    public IEnumerable<string> After() => change.Definition is null
        ? []
        : [change.CreateTableSql(options, name: null), .. IndexesSql(), .. NewIndex()];

    /// <summary>The procedure of sqlite.org/lang_altertable.html, 7, with a proof before the old table is dropped.</summary>
    private IEnumerable<string> Rebuild()
    {
        string copy = Identifier.Quote(temporaryName);
        List<string> columns = [.. change.Table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => c.Name)];
        IEnumerable<string> rowId = RowIdName(change.Table) is { } name ? [name] : [];
        string owner = owners?.Rows?.Expression(_table) ?? Identifier.Literal(options.TenantId);
        bool setsColumn = change.AddsWithoutDefault || (change.AddsColumn && owners?.Rows is not null);
        string into = string.Join(", ", rowId.Concat(columns.Select(Identifier.Quote)).Concat(setsColumn ? [_tenant] : []));
        string from = string.Join(
            ", ",
            rowId.Concat(
                columns.Select(c => IsFixed(c) ? $"coalesce({Identifier.Quote(c)}, {owner})" : Identifier.Quote(c)))
                .Concat(setsColumn ? [owner] : []));
        yield return change.CreateTableSql(options, temporaryName);
        yield return $"INSERT INTO {copy} ({into}) SELECT {from} FROM {_table}";
        yield return new RowComparison(change, options, temporaryName, owners?.Rows).Sql();
        if (schema.FindTable("sqlite_sequence") is not null)
        {
            // The highest number ever assigned, possibly to a deleted row: without it a receipt number would be assigned again.
            yield return $"DELETE FROM sqlite_sequence WHERE name = {Identifier.Literal(temporaryName)}";
            yield return $"INSERT INTO sqlite_sequence SELECT {Identifier.Literal(temporaryName)}, seq FROM sqlite_sequence WHERE name = " +
                $"{Identifier.Literal(change.Table.Name)}";
        }

        yield return $"DROP TABLE {_table}";
        yield return $"ALTER TABLE {copy} RENAME TO {_table}";
        foreach (string sql in IndexesSql().Concat(NewIndex()).Concat(Objects("trigger").Select(t => t.Sql!)))
        {
            yield return sql;
        }

        if (HasStatistics)
        {
            yield return $"ANALYZE {_table}";
        }
    }

    /// <summary>
    /// Whether ANALYZE was run. DROP deletes the statistics of a table or an index, and a new index has none: the planner then prefers it
    /// to
    /// every index that has some. Measured: ordinary queries became hundreds of times slower.
    /// </summary>
    private bool HasStatistics => schema.FindTable("sqlite_stat1") is not null;

    private bool IsFixed(string column) => change.FixesColumn && Identifier.Comparer.Equals(column, options.ColumnName);

    private IEnumerable<string> IndexesSql() => Objects("index")
        .Where(o => o.Sql is not null && o.Name != change.Redundant?.Name)
        .Select(o => change.Indexes.FirstOrDefault(i => i.Name == o.Name) is { } converted ? IndexSql(converted) : o.Sql!);

    /// <summary>The statement of an index prefixed with the tenant column.</summary>
    private string IndexSql(IndexSchema index) =>
        IndexDefinition.Read(Objects("index").First(o => o.Name == index.Name).Sql!).LedBy(_tenant);

    private IEnumerable<string> NewIndex() =>
        newIndex is null ? [] : [$"CREATE INDEX {Identifier.Quote(newIndex)} ON {_table} ({_tenant})"];

    private IEnumerable<SchemaObject> Objects(string type) => objects.Where(o => o.Type == type);
}
