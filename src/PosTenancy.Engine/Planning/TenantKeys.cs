using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Decides which keys become unique per tenant, and which foreign keys must follow.</summary>
internal sealed class TenantKeys(DatabaseSchema schema, MigrationOptions options)
{
    private readonly Dictionary<string, TableSchema> _tables = schema.Tables.ToDictionary(t => t.Name, Identifier.Comparer);

    /// <summary>The constraints of a table that are prefixed with the tenant column.</summary>
    public IReadOnlyList<ConstraintDefinition> KeysOf(TableSchema table, TableDefinition? definition) =>
        options.UniqueScope == UniqueScope.Database || definition is null
            ? []
            : [.. definition.AllConstraints.Where(c => IsConverted(c.Kind, table) && !HasTenant(c.Names) && !IsPrimaryKeyAgain(c, table))];

    /// <summary>
    /// The indexes from CREATE INDEX that are prefixed with the tenant column. An index that already contains it was made for such queries.
    /// </summary>
    public IReadOnlyList<IndexSchema> IndexesOf(TableSchema table) =>
        [
            .. table.Indexes.Where(i =>
                i.Origin == "c" &&
                !HasTenant(i.Columns) &&
                (i.IsUnique ? options.UniqueScope != UniqueScope.Database : options.IndexStrategy == IndexStrategy.Composite)),
        ];

    /// <summary>
    /// The index on the tenant alone from an earlier migration, if an index that is prefixed with the tenant makes it redundant: otherwise
    /// every sale would be written to both.
    /// </summary>
    public IndexSchema? RedundantOf(TableSchema table) =>
        IndexesOf(table).Any(i => i is { IsUnique: false, IsPartial: false })
            ? table.Indexes.FirstOrDefault(i =>
                i is { Origin: "c", IsUnique: false, IsPartial: false, Keys.Count: 1 } &&
                HasTenant(i.Columns) &&
                Identifier.Comparer.Equals(i.Name, TenantColumn.IndexName(table, options)))
            : null;

    /// <summary>
    /// Whether any key of the table is prefixed with the tenant column; determined from the pragmas, before the definition is read.
    /// </summary>
    public bool Converts(TableSchema table) =>
        options.UniqueScope != UniqueScope.Database && table.Indexes.Any(i => IsConverted(i) && !HasTenant(i.Columns));

    /// <summary>The foreign keys of a table that must be prefixed with the tenant column.</summary>
    public IReadOnlyList<ConstraintDefinition> ReferencesOf(TableDefinition? definition, ISet<string> converted) => definition is null
        ? []
        : [.. definition.AllConstraints.Where(c => c.Reference is { } r && converted.Contains(r.Parent) && LosesKey(r.Parent, r.Columns))];

    /// <summary>The foreign keys, as SQLite reports them, that would no longer reference a key.</summary>
    public IEnumerable<ForeignKeySchema> BrokenBy(TableSchema table, ISet<string> converted) =>
        table.ForeignKeys.Where(f =>
            converted.Contains(f.Parent) && LosesKey(f.Parent, [.. f.Columns.Where(c => c.Parent is not null).Select(c => c.Parent!)]));

    /// <summary>The columns of a key as readable text.</summary>
    public static string Text(IEnumerable<string?> columns) => string.Join(", ", columns.Select(c => c ?? "expression"));

    /// <summary>A key as readable text, such as <c>UNIQUE (sku)</c>.</summary>
    public static string Text(IndexSchema key) => $"{(key.Origin == "pk" ? "PRIMARY KEY" : "UNIQUE")} ({Text(key.Columns)})";

    /// <summary>
    /// The keys of a table that are unique across all tenants. A primary key that is the rowid is excluded: SQLite assigns it.
    /// </summary>
    public static IEnumerable<IndexSchema> OverAllTenants(TableSchema table, string columnName) =>
        table.Indexes.Where(i => i.IsUnique && !i.Columns.Contains(columnName, Identifier.Comparer!));

    /// <summary>Whether a foreign key changes its child when the parent is deleted or updated, according to SQLite.</summary>
    public static bool Sets(TableSchema table, ConstraintDefinition reference) =>
        table.ForeignKeys.Any(f =>
            Identifier.Comparer.Equals(f.Parent, reference.Reference!.Parent) &&
            f.Columns.Select(c => c.Child).SequenceEqual(reference.Names, Identifier.Comparer) &&
            (
                f.OnDelete.StartsWith("SET", StringComparison.OrdinalIgnoreCase) ||
                f.OnUpdate.StartsWith("SET", StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// A foreign key needs a UNIQUE or PRIMARY KEY over exactly its parent columns (sqlite.org/foreignkeys.html, 3). It loses it when the
    /// only
    /// such keys are prefixed with the tenant column.
    /// </summary>
    private bool LosesKey(string parent, IReadOnlyCollection<string> columns)
    {
        if (!_tables.TryGetValue(parent, out TableSchema? table))
        {
            return false;
        }

        List<IndexSchema> candidates =
            columns.Count == 0
                ? [.. table.Indexes.Where(i => i.Origin == "pk")]
                :
                [
                    .. table.Indexes.Where(i =>
                        i is { IsUnique: true, IsPartial: false } &&
                        i.Keys.Count == columns.Count &&
                        columns.All(c => i.Keys.Any(k => IsColumn(table, k, c)))),
                ];
        bool isRowId =
            columns.Count == 1 &&
            table.HasRowIdKey &&
            table.Columns.Any(c => c.PrimaryKeyPosition > 0 && Identifier.Comparer.Equals(c.Name, columns.First()));
        return !isRowId && candidates.Count > 0 && candidates.TrueForAll(i => IsConverted(i) && !HasTenant(i.Columns));
    }

    /// <summary>
    /// A UNIQUE over the columns of the primary key creates no index of its own, and stays as long as the primary key does.
    /// </summary>
    private bool IsPrimaryKeyAgain(ConstraintDefinition constraint, TableSchema table) =>
        constraint.Kind == ConstraintKind.Unique && options.UniqueScope != UniqueScope.TenantAndPrimaryKey &&
        !table.Indexes.Any(i => i.Origin == "u" && i.Columns.SequenceEqual(constraint.Names, Identifier.Comparer!));

    /// <summary>
    /// Whether an index key is the column with the column's declared collation: only then can a foreign key use the index.
    /// </summary>
    private static bool IsColumn(TableSchema table, IndexKey key, string column) =>
        key.Column is { } name &&
        Identifier.Comparer.Equals(name, column) &&
        Identifier.Comparer.Equals(key.Collation, table.FindColumn(column)?.Collation ?? "");

    private bool IsConverted(ConstraintKind kind, TableSchema table) =>
        kind == ConstraintKind.Unique ||
        (kind == ConstraintKind.PrimaryKey && options.UniqueScope == UniqueScope.TenantAndPrimaryKey && !table.HasRowIdKey);

    private bool IsConverted(IndexSchema index) =>
        index.IsUnique && (index.Origin != "pk" || options.UniqueScope == UniqueScope.TenantAndPrimaryKey);

    private bool HasTenant(IEnumerable<string?> columns) => columns.Contains(options.ColumnName, Identifier.Comparer!);
}
