using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>A row and the row that it references belong to the same tenant. <c>foreign_key_check</c> does not test this.</summary>
internal sealed class TenantReferencesConsistent : IntegrityCheck
{
    public override string Name => nameof(TenantReferencesConsistent);

    public override string Title => "References within a tenant";

    public override string? Risk => "Rows that reference another tenant's";

    public override string Expected(CheckContext context) => "0 rows that reference a row of another tenant";

    public override CheckFinding Measure(CheckContext context)
    {
        List<string> crossing = [];
        List<string> unread =
        [
            .. context
                .Tables.Where(t => t.ForeignKeys.Count > 0 && !context.TenantColumns.Any(c => c.Table == t))
                .Select(t => $"{t.Name}: no tenant column to check"),
        ];
        int followed = 0;
        long rows = 0;
        foreach (FollowedReference reference in Follow(context, byTenant: false))
        {
            string name = $"{reference.Child} to {reference.Parent}";
            followed += reference.IsFollowed ? 1 : 0;
            if (reference.Unread is { } reason)
            {
                unread.Add($"{name}: {reason}");
            }

            foreach (CrossingRows found in reference.Crossing)
            {
                rows += found.Count;
                crossing.Add($"{name}: {found.Count}, the first {found.First}");
            }
        }

        string actual = $"{rows} rows across {followed} foreign keys";
        return (crossing.Count, unread.Count) switch
        {
            ( > 0, _) => new CheckFinding(CheckStatus.Failed, actual, List(crossing)),
            (_, > 0) => new CheckFinding(CheckStatus.NotChecked, actual, List(unread)),
            _ => new CheckFinding(CheckStatus.Passed, actual),
        };
    }

    /// <summary>Follows each foreign key from a tenant's row to another tenant's.</summary>
    /// <param name="context">The database.</param>
    /// <param name="byTenant">Whether to count the rows of each pair of tenants, or all together.</param>
    public static IEnumerable<FollowedReference> Follow(CheckContext context, bool byTenant)
    {
        Dictionary<string, (TableSchema Table, ColumnSchema Column)> tenants =
            context.TenantColumns.ToDictionary(t => t.Table.Name, Identifier.Comparer);
        HashSet<string> business = new(context.Tables.Select(t => t.Name), Identifier.Comparer);
        foreach ((TableSchema child, ColumnSchema column) in context.TenantColumns)
        {
            // A reference to a table that belongs to no tenant (the registry, an excluded one) cannot lead to another tenant's row.
            foreach (ForeignKeySchema key in child.ForeignKeys.Where(k => business.Contains(k.Parent)))
            {
                FollowedReference reference = new(child.Name, key.Parent);
                if (!tenants.TryGetValue(key.Parent, out (TableSchema Table, ColumnSchema Column) parent))
                {
                    yield return reference with { IsFollowed = false, Unread = "no tenant column to check" };
                    continue;
                }

                try
                {
                    reference = reference with
                    {
                        Crossing = Crossing(context.Connection, child, column, parent.Table, parent.Column, key, byTenant),
                    };
                }
                catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
                {
                    reference = reference with { Unread = exception.Cause };
                }

                yield return reference;
            }
        }
    }

    private static IReadOnlyList<CrossingRows> Crossing(
        DatabaseConnection connection,
        TableSchema child,
        ColumnSchema childTenant,
        TableSchema parent,
        ColumnSchema parentTenant,
        ForeignKeySchema key,
        bool byTenant)
    {
        if (OnlyTenant(connection, child, childTenant) is { } one && one == OnlyTenant(connection, parent, parentTenant))
        {
            return [];
        }

        string join = ForeignKeyJoin.On(parent, key) ?? throw Errors.SqliteError(connection.Path, "foreign key mismatch");
        string[] name = [.. RowName(child)];
        string named =
            name.Length == 1
                ? $"quote(min(c.{name[0]}))"
                : $"min({string.Join(" || ', ' || ", name.Select(c => $"quote(c.{c})").DefaultIfEmpty("''"))})";
        string owner = $"c.{Identifier.Quote(childTenant.Name)} COLLATE BINARY";
        string other = $"p.{Identifier.Quote(parentTenant.Name)}";
        string pair = byTenant ? $"{owner}, typeof({owner}), {other} COLLATE BINARY" : "NULL, NULL, NULL";
        return
        [
            .. connection.Query(
                $"SELECT count(*), coalesce({named}, ''), {pair} FROM main.{Identifier.Quote(child.Name)} AS c " +
                    $"CROSS JOIN main.{Identifier.Quote(parent.Name)} AS p ON {join} WHERE {owner} IS NOT {other} " +
                    "GROUP BY 3, 4, 5",
                static row => new CrossingRows(
                    row.GetInt64(0), row.GetString(1), row.GetStringOrNull(2), row.GetStringOrNull(3), row.GetStringOrNull(4))),
        ];
    }

    private static IEnumerable<string> RowName(TableSchema table) =>
        table.IsWithoutRowId ? table.PrimaryKey.Select(Identifier.Quote)
        : TableStatements.RowIdName(table) is { } rowId ? [rowId]
        : table.Columns.Where(c => table.IsRowId(c)).Select(c => Identifier.Quote(c.Name));

    /// <summary>
    /// The tenant of all rows, if there is only one: found at both ends of the tenant index, without reading a row.
    /// </summary>
    private static string? OnlyTenant(DatabaseConnection connection, TableSchema table, ColumnSchema column)
    {
        string from = $"FROM main.{Identifier.Quote(table.Name)} AS t";
        string name = $"t.{Identifier.Quote(column.Name)}";
        if (!Identifier.Comparer.Equals(column.Collation, "BINARY"))
        {
            return null;
        }

        return connection.Query(
            $"SELECT (SELECT quote(min({name})) {from}), (SELECT quote(max({name})) {from}), EXISTS (SELECT 1 {from} WHERE {name} IS NULL)",
            static row => row.GetString(0) == row.GetString(1) && row.GetInt64(2) == 0 ? row.GetString(0) : null).First();
    }
}

/// <summary>A foreign key of a table that belongs to tenants.</summary>
/// <param name="Child">The table that references.</param>
/// <param name="Parent">The table that is referenced.</param>
internal sealed record FollowedReference(string Child, string Parent)
{
    /// <summary>Whether the owners of both rows were compared, or an attempt was made.</summary>
    public bool IsFollowed { get; init; } = true;

    /// <summary>Why the owners could not be compared; <see langword="null"/> if they were.</summary>
    public string? Unread { get; init; }

    /// <summary>The rows that reference another tenant's.</summary>
    public IReadOnlyList<CrossingRows> Crossing { get; init; } = [];
}

/// <summary>Rows that reference another tenant's.</summary>
/// <param name="Count">Number of rows.</param>
/// <param name="First">The lowest key of these rows.</param>
/// <param name="TenantId">Their tenant, if the rows of each pair of tenants are counted.</param>
/// <param name="StorageClass">How that tenant is stored.</param>
/// <param name="OtherTenantId">The tenant of the referenced rows.</param>
internal sealed record CrossingRows(long Count, string First, string? TenantId, string? StorageClass, string? OtherTenantId);
