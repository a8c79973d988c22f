using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Planning;

/// <summary>Plans the columns of a table.</summary>
internal sealed class ColumnPlanner(TableSchema table, TableDefinition? definition, StatementTrial trial, List<string> warnings)
{
    /// <summary>Plans all of them; those that PostgreSQL computes come last.</summary>
    /// <param name="decide">The type of a column.</param>
    /// <param name="findings">The values.</param>
    /// <param name="tenantColumn">The tenant column; <see langword="null"/> for a table that all tenants share.</param>
    public List<TargetColumn> Plan(Func<ColumnSchema, TypeDecision> decide, TableFindings findings, string? tenantColumn)
    {
        List<TargetColumn> columns = [];
        foreach (ColumnSchema column in table.Columns.Where(c => c.Visibility != ColumnVisibility.Hidden))
        {
            TypeDecision decision = decide(column);
            bool isTenant = tenantColumn is not null && Identifier.Comparer.Equals(column.Name, tenantColumn);
            bool hasNulls = findings.Columns[column.Name].Nulls > 0;
            if (column.IsNotNull && hasNulls)
            {
                warnings.Add($"Column {column.Name} is not NOT NULL: there are rows in which it is NULL.");
            }

            columns.Add(new TargetColumn(column.Name, decision.Type, new ColumnConversion(
                table.Name,
                column.Name,
                column.Type,
                decision.Kind == ColumnConversionKind.Refused ? "" : decision.Type.CatalogName(),
                decision.Kind,
                decision.Rule))
            {
                IsNotNull = isTenant || ((column.IsNotNull || column.PrimaryKeyPosition > 0) && !hasNulls),
                IsIdentity = table.IsRowId(column),
            });
        }

        List<TargetColumn> computed = [.. columns.Where(c => IsComputed(c.Name))];
        List<TargetColumn> plain = [.. columns.Except(computed)];
        for (int i = 0; i < plain.Count; i++)
        {
            if (!plain[i].IsIdentity && !Identifier.Comparer.Equals(plain[i].Name, tenantColumn!))
            {
                plain[i] = plain[i] with { Default = Default(plain[i]) };
            }
        }

        return AddComputed(plain, computed);
    }

    private bool IsComputed(string column) =>
        table.FindColumn(column)!.Visibility is ColumnVisibility.StoredGenerated or ColumnVisibility.VirtualGenerated;

    private string? Default(TargetColumn column)
    {
        ColumnSchema source = table.FindColumn(column.Name)!;
        if (source.DefaultSql is null)
        {
            return null;
        }

        string? sql = Defaults.Translate(source.DefaultSql, column.Type);
        if (sql is null)
        {
            warnings.Add($"Column {column.Name} has no DEFAULT: PostgreSQL has no equal of {source.DefaultSql}.");
            return null;
        }

        return sql.Length == 0 ? null : sql;
    }

    /// <summary>A computed column whose expression means the same stays computed; another keeps its values.</summary>
    private List<TargetColumn> AddComputed(List<TargetColumn> plain, List<TargetColumn> computed)
    {
        List<TargetColumn> generated = [];
        foreach (TargetColumn column in computed)
        {
            string? text = definition?.FindColumn(column.Name)?.Constraints
                .Select(c => ConstraintText.Inside(definition, c, "AS"))
                .FirstOrDefault(t => t is not null);
            string? sql = text is null ? null : Expressions.Translate(text, table);
            if (sql is not null && trial(plain, $"ALTER TABLE {{0}} ADD {ColumnSql.Computed(column with { Generated = sql })}") is null)
            {
                generated.Add(column with { Generated = sql });
            }
            else
            {
                warnings.Add(
                    $"Column {column.Name} keeps its values, but PostgreSQL does not compute it: it has no equal of its expression.");
                plain.Add(column);
            }
        }

        return [.. plain, .. generated];
    }
}
