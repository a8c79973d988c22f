using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates triggers: most name their columns, some write by position.</summary>
internal sealed class Triggers(Dice dice, Names names, Values values, TenantWish wish)
{
    /// <summary>A trigger on a table.</summary>
    public SchemaPart OnTable(IReadOnlyList<RandomTable> tables)
    {
        RandomTable table = dice.PickFrom(tables);
        RandomTable target = dice.PickFrom(tables);
        string name = names.Object("tr_" + table.Name);
        string happening = dice.Pick("INSERT", "DELETE", "UPDATE", $"UPDATE OF {names.Write(dice.Pick([.. table.Writable]).Name)}");
        string row = happening == "DELETE" ? "old" : "new";
        string value = $"{row}.{names.Write(dice.Pick([.. table.Readable]).Name)}";
        string when = dice.Maybe(25, $"WHEN {value} IS NOT 2 ");
        string head =
            $"CREATE TRIGGER {names.Write(name)} {dice.Pick("AFTER ", "BEFORE ", "")}{happening} ON {names.Write(table.Name)} " +
            $"{dice.Maybe(40, "FOR EACH ROW ")}{when}BEGIN";
        (string body, string? refusal) = Body(table, target, row, value);
        return new SchemaPart(name, $"{head} {body}; END") { MayBeRefused = refusal };
    }

    /// <summary>A trigger that makes a view writable.</summary>
    public SchemaPart OnView((string Name, IReadOnlyList<string> Columns, RandomTable Table) view)
    {
        string name = names.Object("tr_" + view.Name);
        string column = names.Write(view.Columns[0]);
        (string happening, string body) = dice.Between(0, 2) switch
        {
            0 => ("INSERT", $"INSERT INTO {names.Write(view.Table.Name)} ({column}) VALUES (new.{column})"),
            1 => ("UPDATE", $"UPDATE {names.Write(view.Table.Name)} SET {column} = new.{column} WHERE {column} IS old.{column}"),
            _ => ("DELETE", $"DELETE FROM {names.Write(view.Table.Name)} WHERE {column} IS old.{column}"),
        };
        return new SchemaPart(
            name,
            $"CREATE TRIGGER {names.Write(name)} INSTEAD OF {happening} ON {names.Write(view.Name)} BEGIN {body}; END");
    }

    private (string Body, string? Refusal) Body(RandomTable table, RandomTable target, string row, string value)
    {
        string into = names.Write(target.Name);
        RandomColumn column = dice.Pick([.. target.Writable]);
        string written = names.Write(column.Name);
        if (dice.Chance(8))
        {
            return (ByPosition(table, into, written, value, target), "cannot be changed: ");
        }

        switch (dice.Between(0, 8))
        {
            case 0 or 1 or 2:
                return ($"INSERT {dice.Maybe(50, "OR IGNORE ")}INTO {into} ({written}) VALUES ({value})", null);
            case 3:
                return (
                    $"UPDATE {dice.Maybe(50, "OR REPLACE ")}{into} SET {written} = {value} WHERE {written} IS " +
                    $"{values.Constant(column.Type)}",
                    null);
            case 4:
                return ($"DELETE FROM {into} WHERE {written} IS {value}", null);
            case 5:
                return ($"SELECT RAISE({dice.Pick("ABORT", "FAIL", "IGNORE", "ROLLBACK")}, 'it''s not allowed') WHERE {value} IS 4", null);
            case 6:
                return ($"SELECT CASE WHEN {value} = \"a text\" THEN RAISE(ABORT, 'no') END", null);
            case 7:
                return ($"INSERT OR IGNORE INTO {into} ({written}) SELECT {written} FROM {into} WHERE {written} IS {value} LIMIT 1", null);
            default:
                return (
                    $"INSERT OR REPLACE INTO {into} ({written}) VALUES ({values.Constant(column.Type)}); UPDATE {into} SET {written} = " +
                    $"{written} WHERE {written} IS {row}.{names.Write(dice.Pick([.. table.Readable]).Name)}",
                    null);
        }
    }

    /// <summary>
    /// With one more column, a word changes its meaning, the first sale afterwards fails, or values go to the wrong columns.
    /// </summary>
    private string ByPosition(RandomTable table, string into, string written, string value, RandomTable target) => dice.Between(0, 3) switch
    {
        0 => $"INSERT OR IGNORE INTO {into} VALUES ({string.Join(", ", target.Columns.Where(c => !c.IsGenerated).Select(_ => value))})",
        1 => $"UPDATE {into} SET {written} = {SqlWords.Quote(wish.Column)}",
        2 => $"INSERT OR IGNORE INTO {into} SELECT * FROM {names.Write(table.Name)} LIMIT 2",
        _ => $"INSERT OR IGNORE INTO {into} ({written}) SELECT {value} WHERE EXISTS (SELECT * FROM {names.Write(table.Name)})",
    };
}
