using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates views: some name their columns, some do not, and some break when a table has one more column.</summary>
internal sealed class Views(Dice dice, Names names, TenantWish wish)
{
    /// <summary>Views that other views, and triggers, may use, and the names of their columns.</summary>
    public List<(string Name, IReadOnlyList<string> Columns, RandomTable Table)> Plain { get; } = [];

    public SchemaPart Make(IReadOnlyList<RandomTable> tables)
    {
        RandomTable a = dice.PickFrom(tables);
        RandomTable b = dice.PickFrom(tables);
        string name = names.Object("v_" + a.Name);
        string view = $"CREATE VIEW {names.Write(name)}";
        string from = names.Write(a.Name);
        string column = names.Write(dice.Pick([.. a.Readable]).Name);
        string other = names.Write(dice.Pick([.. b.Readable]).Name);
        List<RandomColumn> some = dice.Some(a.Readable, 1, 3);
        if (dice.Chance(5))
        {
            return Growing(name, view, a, b);
        }

        switch (dice.Between(0, 13))
        {
            case 0 or 1 or 2:
                Plain.Add((name, [.. some.Select(c => c.Name)], a));
                return new SchemaPart(
                    name,
                    $"{view} AS SELECT {string.Join(", ", some.Select(c => names.Write(c.Name)))} FROM " +
                    $"{from}{dice.Maybe(30, $" WHERE {column} IS NOT 1")}"
                );
            case 3:
                return new SchemaPart(name, $"{view} AS SELECT * FROM {from}");
            case 4:
                return new SchemaPart(
                    name,
                    $"{view} AS SELECT p.{column} AS one, q.{other} AS \"the other\" FROM {from} AS p " +
                    $"{dice.Pick("JOIN", "LEFT JOIN", ",")} {names.Write(b.Name)} AS q {dice.Pick("WHERE", "WHERE 1 AND")} p.{column} = " +
                    $"q.{other}"
                );
            case 6 when Plain.Count > 0:
                return new SchemaPart(name, $"{view} AS SELECT * FROM {names.Write(dice.PickFrom(Plain).Name)} AS w");
            case 7:
                return new SchemaPart(name, $"{view}(k, n) AS SELECT {column}, count(*) FROM {from} GROUP BY 1 HAVING count(*) > 0");
            case 8:
                return new SchemaPart(
                    name,
                    $"{view} AS SELECT {column} AS c FROM {from} {dice.Pick("UNION", "UNION ALL", "EXCEPT", "INTERSECT")} SELECT {other} " +
                    $"FROM {names.Write(b.Name)}"
                );
            case 9:
                return new SchemaPart(
                    name,
                    $"{view} AS WITH w AS (SELECT {column} AS c FROM {from}) SELECT c, (SELECT count(*) FROM w AS i WHERE i.c IS w.c) AS " +
                    "n FROM w"
                );
            case 10:
                return new SchemaPart(
                    name,
                    $"{view} AS SELECT \"a text\" AS t, {column} AS c FROM {from} WHERE EXISTS (SELECT * FROM {names.Write(b.Name)})");
            case 11:
                return new SchemaPart(
                    name,
                    $"{view} AS SELECT 1 AS n FROM {from} WHERE {column} IN (SELECT {other} FROM {names.Write(b.Name)})");
            case 12:
                return new SchemaPart(name, $"{view} AS SELECT {column} AS c FROM \"no such table\"");
            default:
                return new SchemaPart(name, $"{view} AS SELECT sum(length({column})) OVER () AS s, {column} AS c FROM {from}");
        }
    }

    /// <summary>Views with a * that do not compile with one more column, or then change their meaning.</summary>
    private SchemaPart Growing(string name, string view, RandomTable a, RandomTable b)
    {
        string from = names.Write(a.Name);
        string select = dice.Between(0, 4) switch
        {
            0 => $"{view} AS SELECT * FROM {from} AS p NATURAL JOIN {names.Write(b.Name)} AS q",
            1 => $"{view}({string.Join(", ", a.Columns.Select((_, i) => $"c{i}"))}) AS SELECT * FROM {from}",
            2 => $"{view} AS SELECT {SqlWords.Quote(wish.Column)} AS word FROM {from}",
            3 => $"{view} AS SELECT * FROM {from} UNION SELECT * FROM {names.Write(b.Name)}",
            _ =>
                $"{view} AS SELECT * FROM {from} UNION ALL SELECT {string.Join(", ", a.Columns.Select(c => names.Write(c.Name)))} FROM " +
                $"{from}",
        };
        return new SchemaPart(name, select) { MayBeRefused = "cannot be changed: " };
    }
}
