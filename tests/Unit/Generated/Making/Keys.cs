using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Gives a table its PRIMARY KEY and its UNIQUE keys.</summary>
internal sealed class Keys(Dice dice, Names names, Columns columns)
{
    public Keyed Give(List<RandomColumn> made, bool withoutRowId)
    {
        List<RandomColumn> result = [.. made];
        List<string> constraints = [];
        List<IReadOnlyList<string>> keys = [];
        string? rowId = null;
        switch (dice.Between(withoutRowId ? 4 : 0, 7))
        {
            case 0:
                break;
            case 1 or 2 or 3:
                // The alias of the rowid, and two near misses: INT, and INTEGER … DESC.
                string type = dice.Chance(85) ? "INTEGER" : "INT";
                string descending = dice.Chance(10) ? " DESC" : "";
                string autoincrement = type == "INTEGER" && descending.Length == 0 ? dice.Maybe(40, " AUTOINCREMENT") : "";
                rowId = type == "INTEGER" && descending.Length == 0 ? result[0].Name : null;
                result[0] = result[0] with
                {
                    Type = type,
                    Constraints = [columns.Named($"PRIMARY KEY{descending}{columns.OnConflict()}{autoincrement}")],
                };
                keys.Add([result[0].Name]);
                break;
            case 4 or 5:
                result[0] = result[0] with
                {
                    Constraints = [.. result[0].Constraints, "PRIMARY KEY" + dice.Maybe(10, " DESC") + columns.OnConflict()],
                };
                keys.Add([result[0].Name]);
                break;
            default:
                List<string> key = dice.Some(made.Select(c => c.Name), 1, 3);
                constraints.Add(
                    columns.Separator() + columns.Named($"PRIMARY KEY ({string.Join(", ", key.Select(Term))})") + columns.OnConflict());
                keys.Add(key);
                break;
        }

        for (int i = 1; i < result.Count; i++)
        {
            if (dice.Chance(12))
            {
                result[i] = result[i] with { Constraints = [.. result[i].Constraints, columns.Named("UNIQUE") + columns.OnConflict()] };
                keys.Add([result[i].Name]);
            }
        }

        if (dice.Chance(20))
        {
            List<string> key = dice.Some(made.Select(c => c.Name), 1, 3);
            constraints.Add(
                columns.Separator(constraints.Count == 0) +
                    columns.Named($"UNIQUE ({string.Join(", ", key.Select(Term))})") +
                    columns.OnConflict());
            keys.Add(key);
        }

        return new Keyed(result, constraints, keys, rowId);
    }

    private string Term(string column) => names.Write(column) + dice.Maybe(10, " COLLATE NOCASE") + dice.Maybe(15, " DESC");
}

/// <summary>Columns and constraints with keys.</summary>
internal sealed record Keyed(List<RandomColumn> Columns, List<string> Constraints, List<IReadOnlyList<string>> Keys, string? RowIdColumn);
