using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;

namespace PosTenancy.Postgres.Planning;

/// <summary>Plans the CHECKs of a table: those that mean the same in PostgreSQL.</summary>
internal sealed class CheckPlanner(
    TableSchema table, IReadOnlyList<TargetColumn> columns, TargetNames names, List<string> warnings, StatementTrial trial)
{
    /// <summary>Plans all of them.</summary>
    /// <param name="definition">The CREATE TABLE statement; <see langword="null"/> if it cannot be taken apart.</param>
    public IEnumerable<TargetCheck> Plan(TableDefinition? definition)
    {
        if (definition is null)
        {
            warnings.Add("Its CHECKs are not created: the text of its CREATE TABLE cannot be taken apart.");
            yield break;
        }

        foreach (ConstraintDefinition check in definition.AllConstraints.Where(c => c.Kind == ConstraintKind.Check))
        {
            string text = ConstraintText.Inside(definition, check, "CHECK") ?? "";
            string? sql = Expressions.Translate(text, table);
            if (sql is null || trial(columns, $"ALTER TABLE {{0}} ADD CHECK ({sql})") is not null)
            {
                warnings.Add($"CHECK ({text.Trim()}) is not created: PostgreSQL has no equal of it.");
            }
            else
            {
                yield return new TargetCheck(
                    names.Take($"{table.Name}_{(check.Column is null ? "" : check.Column + "_")}check"), sql);
            }
        }
    }
}
