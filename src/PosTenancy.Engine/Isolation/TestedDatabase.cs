using PosTenancy.Engine.Guards;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Isolation;

/// <summary>The copy under test: its tenant tables and their relations.</summary>
internal sealed class TestedDatabase
{
    /// <summary>Below this many rows a full scan costs less than an index.</summary>
    private const int SmallTable = 200;

    private readonly Dictionary<string, TenantTable> _byName;

    public TestedDatabase(DatabaseConnection connection, string path, TenantExpectation expectation)
    {
        Connection = connection;
        Path = path;
        expectation = SharedTables.AddTo(expectation, connection);
        TenantId = expectation.TenantId!;
        ColumnName = expectation.ColumnName;
        Schema = SchemaReader.Read(connection);
        Skipped = Schema.Tables.ToDictionary(
            t => t.Name,
            t => SkippedTables.Reason(t, expectation),
            Identifier.Comparer);
        Tables = [.. TenantTables.Migrated(Schema, expectation).Select(t => new TenantTable(t.Table, t.Column))];
        _byName = Tables.ToDictionary(t => t.Name, Identifier.Comparer);
        if (Tables.Count == 0)
        {
            throw Errors.NotMigrated(path, ColumnName);
        }

        GuardedTables = new GuardedTables(connection, Schema, expectation);
        References = [.. Tables.SelectMany(table => table.Schema.ForeignKeys.Select(key => Reference(table, key)))];
        TenantIds = new HashSet<string>(
            Tables
                .Where(t => t.Schema.Unreadable is null)
                .SelectMany(t => DistributionReader.Read(connection, path, t.Schema, t.Column))
                .Select(t => t.TenantId ?? ""),
            StringComparer.Ordinal);
        CanaryId = FreeTenant("postenancy-canary");
        UnknownId = FreeTenant("postenancy-nobody");
    }

    public DatabaseConnection Connection { get; }

    /// <summary>Full path of the live database, for results.</summary>
    public string Path { get; }

    public string ColumnName { get; }

    public DatabaseSchema Schema { get; }

    /// <summary>Why a table is not a business table, by name; <see langword="null"/> for a business table.</summary>
    public IReadOnlyDictionary<string, string?> Skipped { get; }

    /// <summary>The tables that belong to tenants.</summary>
    public IReadOnlyList<TenantTable> Tables { get; }

    /// <summary>The tables as the guard of a connection sees them.</summary>
    public GuardedTables GuardedTables { get; }

    /// <summary>The foreign keys of these tables.</summary>
    public IReadOnlyList<TenantReference> References { get; }

    /// <summary>Every tenant that has a row.</summary>
    public HashSet<string> TenantIds { get; }

    /// <summary>The tenant under test.</summary>
    public string TenantId { get; }

    /// <summary>The invented tenant of the test.</summary>
    public string CanaryId { get; }

    /// <summary>A tenant without rows.</summary>
    public string UnknownId { get; }

    public TenantTable? Find(string table) => _byName.TryGetValue(table, out TenantTable? found) ? found : null;

    /// <summary>Whether the tenant has a row, or the database was migrated for it.</summary>
    public bool KnowsTenant => TenantIds.Contains(TenantId) ||
        Tables.Any(t => t.Column.DefaultSql == Identifier.Literal(TenantId) || t.Column.DefaultSql == Identifier.Quote(TenantId));

    /// <summary>The foreign keys with many child rows and no index.</summary>
    public IEnumerable<TenantReference> UnindexedReferences =>
        References.Where(r => r.ParentSchema is not null && r.Child.Schema.Rows > SmallTable && !HasIndex(r));

    /// <summary>
    /// Gives every foreign key an index on its child columns. Deleting a parent searches for its children; with full scans, deleting a
    /// hundred
    /// thousand parents would take far too long. The index does not change the effect of a statement.
    /// </summary>
    /// <param name="onIndex">Receives each foreign key before it is indexed.</param>
    public void IndexReferences(Action<TenantReference> onIndex)
    {
        int number = 0;
        foreach (TenantReference reference in UnindexedReferences)
        {
            onIndex(reference);
            IEnumerable<string> keys = reference.Columns.Select(c =>
                $"{Identifier.Quote(c.Child)} COLLATE " +
                $"{Identifier.Quote(reference.ParentSchema!.FindColumn(c.Parent)?.Collation ?? "BINARY")}"
            );
            _ = Connection.TryExecute(
                $"CREATE INDEX main.\"_postenancy_reference_{++number}\" ON {Identifier.Quote(reference.Child.Name)} " +
                $"({string.Join(", ", keys)})"
            );
        }
    }

    private static bool HasIndex(TenantReference reference) =>
        reference.Child.Schema.Indexes.Any(index =>
            !index.IsPartial &&
            index
                .Columns.Take(reference.Columns.Count)
                .Select(c => c ?? "")
                .SequenceEqual(reference.Columns.Select(c => c.Child), Identifier.Comparer));

    private TenantReference Reference(TenantTable child, ForeignKeySchema key)
    {
        TableSchema? parent = Schema.FindTable(key.Parent);
        string[] primaryKey = [.. parent?.PrimaryKey ?? []];
        return new TenantReference(
            child,
            parent,
            parent is null ? null : Find(parent.Name),
            key.Parent,
            [.. key.Columns.Select((c, i) => (c.Child, c.Parent ?? primaryKey.ElementAtOrDefault(i) ?? ""))],
            key.OnDelete);
    }

    private string FreeTenant(string name) => FreeName.Find(name, "-", free => free == TenantId || TenantIds.Contains(free));
}
