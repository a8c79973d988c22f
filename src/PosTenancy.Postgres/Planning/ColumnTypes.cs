using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Planning;

/// <summary>The types of all columns: a foreign key needs the same type on both sides.</summary>
internal static class ColumnTypes
{
    /// <summary>Decides on every column, by <c>table.column</c>.</summary>
    public static Dictionary<string, TypeDecision> Decide(
        TenantLayout layout,
        Dictionary<string, TableFindings> findings,
        Func<string, IReadOnlyDictionary<string, PostgresType>> existing,
        Func<TableSchema, ColumnSchema, ColumnFinding, TypeDecision> decide)
    {
        Dictionary<string, TypeDecision> types = new(Identifier.Comparer);
        foreach (TableSchema table in layout.Matched)
        {
            IReadOnlyDictionary<string, PostgresType> atTarget = existing(table.Name);
            foreach (ColumnSchema column in table.Columns.Where(c => c.Visibility != ColumnVisibility.Hidden))
            {
                ColumnFinding found = findings[table.Name].Columns[column.Name];
                TypeDecision decision = decide(table, column, found);
                if (Identifier.Comparer.Equals(column.Name, layout.ColumnName) && layout.Tables.Contains(table))
                {
                    // One type everywhere: Citus colocates nothing else, and it never changes afterwards.
                    decision = found.Texts + found.Nulls == findings[table.Name].Rows
                        ? new TypeDecision(PostgresType.Text, ColumnConversionKind.Unchanged, "texts")
                        : decision with { Kind = ColumnConversionKind.Refused, Rule = "a tenant that is not stored as text" };
                }
                else if (atTarget.TryGetValue(column.Name, out PostgresType type))
                {
                    decision = TypeFit.For(type, decision, found) ?? decision with
                    {
                        Kind = ColumnConversionKind.Refused,
                        Rule = $"PostgreSQL has the column as {type.CatalogName()}, which does not hold all values; they need " +
                            decision.Type.CatalogName(),
                    };
                }

                types.Add($"{table.Name}.{column.Name}", decision);
            }
        }

        Unify(layout, types);
        return types;
    }

    /// <summary>A column without values takes the type of the column on the other side of its foreign key.</summary>
    private static void Unify(TenantLayout layout, Dictionary<string, TypeDecision> types)
    {
        bool hasChanged = true;
        for (int round = 0; hasChanged && round < layout.Schema.Tables.Count; round++)
        {
            hasChanged = false;
            foreach ((string child, string parent) in Pairs(layout))
            {
                if (types.TryGetValue(child, out TypeDecision left) && types.TryGetValue(parent, out TypeDecision right) &&
                    left.Type != right.Type)
                {
                    bool childIsEmpty = IsEmpty(child);
                    if (childIsEmpty || IsEmpty(parent))
                    {
                        types[childIsEmpty ? child : parent] = new TypeDecision(
                            childIsEmpty ? right.Type : left.Type,
                            ColumnConversionKind.Unchanged,
                            "no values: the type of the other side of the foreign key");
                        hasChanged = true;
                    }
                }
            }
        }

        bool IsEmpty(string name) => types[name].IsDeclaredOnly;
    }

    private static IEnumerable<(string Child, string Parent)> Pairs(TenantLayout layout) =>
        from table in layout.Matched
        from reference in table.ForeignKeys
        let parent = layout.Schema.FindTable(reference.Parent)
        where parent is not null
        from pair in ForeignKeyPairs.Of(reference, parent)
        select ($"{table.Name}.{pair.Child}", $"{parent.Name}.{pair.Parent}");
}
