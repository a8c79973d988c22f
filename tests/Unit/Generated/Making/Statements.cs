using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates the application's writes; about half of them violate a constraint.</summary>
internal sealed class Statements(Dice dice, Values values, Rows rows)
{
    public IEnumerable<string> Make(RandomTable table)
    {
        for (int n = dice.Between(4, 8); n > 0; n--)
        {
            yield return One(table);
        }
    }

    public string OnView((string Name, IReadOnlyList<string> Columns, RandomTable Table) view)
    {
        string name = SqlWords.Quote(view.Name);
        string column = SqlWords.Quote(view.Columns[0]);
        return dice.Pick(
            $"INSERT INTO {name} ({column}) VALUES ({values.For("")})",
            $"UPDATE {name} SET {column} = {values.For("")}",
            $"DELETE FROM {name} WHERE {column} = {values.For("")}");
    }

    private string One(RandomTable table)
    {
        string name = SqlWords.Quote(table.Name);
        RandomColumn set = dice.Pick([.. table.Writable]);
        RandomColumn by = dice.Pick([.. table.Readable]);
        string where = $" WHERE {SqlWords.Quote(by.Name)} {dice.Pick("=", "IS", "<", "IS NOT")} {values.For(by.Type)}";
        string or = dice.Pick("", "", "OR ABORT ", "OR FAIL ", "OR IGNORE ", "OR REPLACE ", "OR ROLLBACK ");
        return dice.Between(0, 9) switch
        {
            < 5 => Insert(table, or, dice.Chance(60) && table.Rows.Count > 0 ? (IReadOnlyList<CellValue>)Changed(table) : rows.Row(table)),
            5 or 6 =>
                $"UPDATE {or}{name} SET {SqlWords.Quote(set.Name)} = " +
                $"{dice.Pick(values.For(set.Type), SqlWords.Quote(by.Name), SqlWords.Quote(set.Name) + " + 1")}{dice.Maybe(80, where)}",
            7 => $"DELETE FROM {name}{dice.Maybe(85, where)}",
            8 => Upsert(table, name),
            _ => $"INSERT {or}INTO {name} DEFAULT VALUES",
        };
    }

    /// <summary>An existing row, with at most one value changed.</summary>
    private List<CellValue> Changed(RandomTable table)
    {
        List<CellValue> row = [.. dice.PickFrom(table.Rows)];
        int i = dice.Between(0, row.Count);
        if (i < row.Count && table.Writable.FirstOrDefault(c => c.Name == row[i].Column) is { } column)
        {
            row[i] = row[i] with { Sql = values.For(column.Type) };
        }

        return row;
    }

    private string Upsert(RandomTable table, string name)
    {
        string target =
            table.Keys.Count > 0 && dice.Chance(80) ? $" ({string.Join(", ", dice.PickFrom(table.Keys).Select(SqlWords.Quote))})" : "";
        RandomColumn set = dice.Pick([.. table.Writable]);
        string action =
            target.Length > 0 && dice.Chance(60)
                ? $"DO UPDATE SET {SqlWords.Quote(set.Name)} = excluded.{SqlWords.Quote(set.Name)}"
                : "DO NOTHING";
        return Insert(table, "", rows.Row(table)) is var insert && insert.EndsWith("DEFAULT VALUES", StringComparison.Ordinal)
            ? $"DELETE FROM {name} WHERE 0"
            : $"{insert} ON CONFLICT{target} {action}";
    }

    private static string Insert(RandomTable table, string or, IReadOnlyList<CellValue> row) =>
        row.Count == 0
            ? $"INSERT {or}INTO {SqlWords.Quote(table.Name)} DEFAULT VALUES"
            : $"INSERT {or}INTO {SqlWords.Quote(table.Name)} ({string.Join(", ", row.Select(c => SqlWords.Quote(c.Column)))}) VALUES " +
                $"({string.Join(", ", row.Select(c => c.Sql))})";
}
