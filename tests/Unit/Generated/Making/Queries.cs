using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates the application's queries, with named columns.</summary>
internal sealed class Queries(Dice dice, Values values)
{
    public IEnumerable<string> Make(RandomTable table, IReadOnlyList<RandomTable> all)
    {
        string name = SqlWords.Quote(table.Name);
        string column = SqlWords.Quote(dice.Pick([.. table.Readable]).Name);
        RandomColumn by = dice.Pick([.. table.Readable]);
        RandomTable other = dice.PickFrom(all);
        string joined = SqlWords.Quote(dice.Pick([.. other.Readable]).Name);
        yield return $"SELECT {column} FROM {name} WHERE {SqlWords.Quote(by.Name)} {dice.Pick("=", "<=", "IS NOT", "LIKE")} " +
            $"{values.For(by.Type)}";
        yield return dice.Pick(
            $"SELECT count(*), count({column}), count(DISTINCT {column}) FROM {name}",
            $"SELECT count(*) FROM {name} GROUP BY {column}",
            $"SELECT count(*) FROM (SELECT DISTINCT {column} FROM {name})",
            $"SELECT t.{column}, o.{joined} FROM {name} AS t LEFT JOIN {SqlWords.Quote(other.Name)} AS o ON t.{column} = o.{joined}",
            $"SELECT {column} FROM {name} WHERE {column} IN (SELECT {joined} FROM {SqlWords.Quote(other.Name)})",
            $"SELECT count(*) FROM (SELECT {column} FROM {name} ORDER BY {column} LIMIT 1)",
            $"SELECT {column}, typeof({column}) FROM {name} WHERE {column} BETWEEN {values.For(by.Type)} AND {values.For(by.Type)}");
    }
}
