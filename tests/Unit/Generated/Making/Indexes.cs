using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates indexes of every kind.</summary>
internal sealed class Indexes(Dice dice, Names names, Values values, TenantWish wish)
{
    public SchemaPart Make(RandomTable table, IReadOnlyList<RandomTable> all)
    {
        // Occasionally under the name that the migration will want, for this table or for another.
        string name = dice.Chance(8) ? names.Object($"idx_{dice.PickFrom(all).Name}_{wish.Column}") : names.Object("ix_" + table.Name);
        List<RandomColumn> columns = dice.Some(table.Readable, 1, 3);
        string sql =
            $"CREATE {dice.Maybe(25, "UNIQUE ")}INDEX {names.Write(name)} ON {names.Write(table.Name)} " +
            $"({string.Join(dice.Pick(", ", " /* and */, "), columns.Select(Term))})";
        RandomColumn filter = dice.Pick([.. table.Readable]);
        if (dice.Chance(2))
        {
            return new SchemaPart(name, sql + $" WHERE {names.Write(filter.Name)} IS NOT {SqlWords.Quote(wish.Column)}")
            {
                MayBeRefused = "cannot be changed: ",
            };
        }

        return new SchemaPart(
            name,
            sql +
                dice.Maybe(
                    20,
                    $" WHERE {names.Write(filter.Name)} {dice.Pick("IS NOT NULL", "> " + values.Constant(filter.Type), "IS NOT 2")}"));
    }

    private string Term(RandomColumn column)
    {
        string name = names.Write(column.Name);
        string term = dice.Between(0, 9) switch
        {
            0 => $"lower({name})",
            1 => $"{name} || '-'",
            2 => $"coalesce({name}, 'tenant_id')",
            _ => name,
        };
        return term + dice.Maybe(12, " COLLATE " + dice.Pick("NOCASE", "RTRIM", "BINARY")) + dice.Maybe(20, dice.Pick(" DESC", " ASC"));
    }
}
