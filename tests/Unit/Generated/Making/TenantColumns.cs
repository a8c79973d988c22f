using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>
/// Tenant columns that exist before the migration: from an unfinished migration, from another tool, with another meaning.
/// </summary>
internal sealed class TenantColumns(Dice dice, Names names, TenantWish wish)
{
    /// <summary>Whether this database is half migrated, and whether a table may have an incorrect tenant column.</summary>
    private readonly bool _isHalfDone = dice.Chance(20);

    private readonly bool _isOdd = dice.Chance(10);

    /// <summary>Indexes on the columns.</summary>
    public List<SchemaPart> Indexes { get; } = [];

    public RandomTable MayAdd(RandomTable table, bool isStrict)
    {
        if (_isOdd && dice.Chance(50))
        {
            return AddOdd(table, isStrict);
        }

        return _isHalfDone && dice.Chance(50) ? AddRight(table, isStrict) : table;
    }

    private RandomTable AddRight(RandomTable table, bool isStrict)
    {
        string name = dice.Chance(20) ? wish.Column.ToUpperInvariant() : wish.Column;
        string type = isStrict ? "TEXT" : dice.Pick("VARCHAR(255)", "TEXT", "");
        List<string> constraints = [$"NOT NULL DEFAULT {SqlWords.Text(wish.Id)}"];
        if (dice.Chance(10))
        {
            constraints.Add("COLLATE NOCASE");
        }

        Index(table, name);
        return With(table, name, type, constraints, last: dice.Chance(60)) with { NamesTenant = dice.Chance(50) };
    }

    private RandomTable AddOdd(RandomTable table, bool isStrict)
    {
        string name = dice.Chance(20) ? wish.Column.ToUpperInvariant() : wish.Column;
        string type = isStrict ? "TEXT" : "VARCHAR(255)";
        string right = SqlWords.Text(wish.Id);
        (string Type, string Constraint, string Refusal) odd = dice.Between(0, 5) switch
        {
            0 => (type, "", "rows of another tenant"),
            1 => (type, $"DEFAULT {right}", "rows of another tenant"),
            2 => (type, "NOT NULL", "rows of another tenant"),
            3 => (type, "NOT NULL DEFAULT 'other'", "rows of another tenant"),
            4 => (isStrict ? "TEXT" : "INTEGER", $"NOT NULL DEFAULT {right}", "rows of another tenant"),
            _ => (isStrict ? "TEXT" : "", "AS ('x')", "has a computed column"),
        };
        if (dice.Chance(30))
        {
            Index(table, name);
        }

        bool isGenerated = odd.Constraint.StartsWith("AS", StringComparison.Ordinal);
        return With(table, name, odd.Type, [odd.Constraint], last: true) with { NamesTenant = !isGenerated, MayBeRefused = odd.Refusal };
    }

    private RandomTable With(RandomTable table, string name, string type, IReadOnlyList<string> constraints, bool last)
    {
        List<RandomColumn> columns = [.. table.Columns];
        columns.Insert(
            last ? columns.Count : dice.Between(1, columns.Count),
            new RandomColumn(name, names.Write(name), type, constraints, IsTenant: true));
        return table with { Columns = columns };
    }

    private void Index(RandomTable table, string column)
    {
        if (dice.Chance(70))
        {
            string second = dice.Maybe(30, ", " + SqlWords.Quote(table.Columns[0].Name));
            string name = names.Object($"idx_{table.Name}_{wish.Column}");
            Indexes.Add(
                new SchemaPart(
                    name,
                    $"CREATE INDEX {SqlWords.Quote(name)} ON {SqlWords.Quote(table.Name)} " +
                    $"({SqlWords.Quote(column)}{second}){dice.Maybe(15, $" WHERE {SqlWords.Quote(column)} IS NOT NULL")}"
                ));
        }
    }
}
