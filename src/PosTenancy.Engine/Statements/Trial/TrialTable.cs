using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>To whom the rows of a table belong.</summary>
internal enum TrialTableKind
{
    /// <summary>To the tenant in their tenant column.</summary>
    Tenant,

    /// <summary>To the tenant of the row that they reference: the table has no tenant column.</summary>
    Child,

    /// <summary>To all tenants.</summary>
    Shared,

    /// <summary>To the module of a virtual table, which has no tenant column.</summary>
    Virtual,
}

/// <summary>A reference of a column to a column of another table, or of its own.</summary>
/// <param name="Column">The column.</param>
/// <param name="Parent">The referenced table.</param>
/// <param name="ParentColumn">The referenced column.</param>
/// <param name="IsDeclared">Whether a foreign key declares it. Otherwise the names of both say so, which is enough to make up rows that
/// a join finds.</param>
internal sealed record TrialReference(string Column, TrialTable Parent, string ParentColumn, bool IsDeclared);

/// <summary>A table of the database in which statements are tried.</summary>
/// <param name="schema">Its schema.</param>
/// <param name="kind">To whom its rows belong.</param>
/// <param name="tenant">Its tenant column, if it has one.</param>
/// <param name="sql">Its CREATE TABLE statement.</param>
internal sealed class TrialTable(TableSchema schema, TrialTableKind kind, ColumnSchema? tenant, string? sql)
{
    public TableSchema Schema => schema;

    public string Name => schema.Name;

    public TrialTableKind Kind => kind;

    /// <summary>The tenant column; <see langword="null"/> if there is none.</summary>
    public ColumnSchema? Tenant => tenant;

    /// <summary>The CREATE TABLE statement.</summary>
    public string? Sql => sql;

    /// <summary>The columns that a row stores, in their order.</summary>
    public IReadOnlyList<ColumnSchema> Columns { get; } = [.. schema.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary)];

    /// <summary>Whether a tenant has one row at most, as in a registry of the tenants.</summary>
    public bool HasOneRowPerTenant => tenant is not null && UniqueKeys.Any(key => key.All(IsTenantColumn));

    /// <summary>Whether its rows belong to tenants.</summary>
    public bool IsJudged => kind is TrialTableKind.Tenant or TrialTableKind.Child;

    /// <summary>The references of its columns, those of the tenant column excluded.</summary>
    public IReadOnlyList<TrialReference> References { get; set; } = [];

    /// <summary>Why rows of two tenants do not fit into the table; <see langword="null"/> if they do.</summary>
    public string? WhyNotTwo { get; set; }

    /// <summary>The qualified, quoted name.</summary>
    public string Quoted { get; } = "main." + Identifier.Quote(schema.Name);

    /// <summary>The name of the rowid; <see langword="null"/> if there is none, or columns have all of its names.</summary>
    public string? RowId { get; } = schema.IsWithoutRowId
        ? null
        : Identifier.RowIdNames.FirstOrDefault(name => schema.FindColumn(name) is null)
            ?? schema.Columns.FirstOrDefault(schema.IsRowId)?.Name;

    /// <summary>The columns whose values find a row: the rowid, or else the primary key.</summary>
    public IReadOnlyList<string> Locator => RowId is { } rowId ? [rowId] : [.. schema.PrimaryKey.Select(Identifier.Quote)];

    /// <summary>The keys that no two rows may share; each is a list of columns.</summary>
    public IEnumerable<IReadOnlyList<string>> UniqueKeys
    {
        get
        {
            if (schema.HasRowIdKey)
            {
                yield return [.. schema.PrimaryKey];
            }

            foreach (IndexSchema index in schema.Indexes.Where(i => i.IsUnique && i.Columns.All(c => c is not null)))
            {
                yield return [.. index.Columns.Select(c => c!)];
            }
        }
    }

    /// <summary>The index of a column among those that a row stores; -1 if there is none.</summary>
    public int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Identifier.Comparer.Equals(Columns[i].Name, column))
            {
                return i;
            }
        }

        return -1;
    }

    public bool IsTenantColumn(string column) => tenant is not null && Identifier.Comparer.Equals(tenant.Name, column);

    /// <summary>The reference of a column; <see langword="null"/> if it has none.</summary>
    public TrialReference? ReferenceOf(string column) =>
        References.FirstOrDefault(r => Identifier.Comparer.Equals(r.Column, column));

    public override string ToString() => Name;
}
