using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates the columns of one table, and checks between them.</summary>
internal sealed class Columns(Dice dice, Names names, Values values, string table, string[] types, bool isStrict)
{
    /// <summary>
    /// SQLite accepts a name without a constraint, and gives it to the next one; likewise the name of a DEFAULT, which keeps none.
    /// </summary>
    private const string LooseName = "CONSTRAINT \"nothing\"";

    /// <summary>An ordinary column.</summary>
    public RandomColumn Ordinary(string name)
    {
        string type = dice.Pick<string>(types);
        List<string> constraints = [];
        if (dice.Chance(25))
        {
            constraints.Add(Named("NOT NULL") + OnConflict());
        }

        if (dice.Chance(30))
        {
            constraints.Add(Named("DEFAULT " + Default(type)));
        }

        if (dice.Chance(15))
        {
            constraints.Add(Named($"CHECK ({Condition(name)})"));
        }

        if (dice.Chance(15))
        {
            constraints.Add("COLLATE " + dice.Pick("NOCASE", "RTRIM", "nocase", "\"BINARY\""));
        }

        if (dice.Chance(4))
        {
            constraints.Add(LooseName);
        }

        return new RandomColumn(name, Written(name), type, constraints) { Comment = Comment() };
    }

    /// <summary>A column computed from the others.</summary>
    public RandomColumn Generated(string name, IReadOnlyList<RandomColumn> others)
    {
        string of = names.Write(dice.PickFrom(others).Name);
        string expression = dice.Pick(
            $"{of} || '-'",
            $"coalesce({of}, 0) + 1",
            $"length({of})",
            $"typeof({of})",
            $"CASE WHEN {of} IS NULL THEN 'tenant_id' ELSE {of} END");
        string keep = dice.Pick("", " VIRTUAL", " STORED", " stored");
        return new RandomColumn(
            name,
            Written(name),
            isStrict ? "ANY" : dice.Pick("", "TEXT", "INT"),
            [dice.Maybe(50, "GENERATED ALWAYS ") + $"AS ({expression}){keep}"],
            IsGenerated: true);
    }

    /// <summary>Checks between columns, some of them with the name of the table before the column's.</summary>
    public List<string> TableChecks(IReadOnlyList<RandomColumn> columns)
    {
        List<string> checks = [];
        for (int n = dice.Chance(25) ? dice.Between(1, 2) : 0; n > 0; n--)
        {
            checks.Add(
                Separator() + Named($"CHECK ({Condition(dice.PickFrom(columns).Name)} OR {Condition(dice.PickFrom(columns).Name)})"));
        }

        return checks;
    }

    /// <summary>The separator of two table constraints. The comma may be omitted, except before the first.</summary>
    public string Separator(bool isFirst = true) =>
        (isFirst || dice.Chance(70) ? dice.Maybe(10, " /* , */") + "," : " ") + dice.Pick(" ", "\n  ", " -- next: )\n  ");

    public string Named(string constraint) => dice.Maybe(20, $"CONSTRAINT {names.Write(names.Object("rule"))} ") + constraint;

    /// <summary>A conflict clause, mostly SQLite's default.</summary>
    public string OnConflict() => dice.Maybe(15, " ON CONFLICT " + dice.Pick("ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK"));

    private string Condition(string column)
    {
        string name = dice.Maybe(35, names.Write(table) + ".") + names.Write(column);
        return dice.Pick(
            $"{name} IS NOT 3",
            $"length({name}) < 2000",
            $"{name} <> '-1'",
            $"typeof({name}) <> 'blob'",
            $"{name} IS NULL OR {name} <> \"no such column\"");
    }

    private string Default(string type) => dice.Between(0, 5) switch
    {
        0 => "(" + values.For(type) + ")",
        1 => "(length('ab') + 1)",
        2 => "\"a text\"",
        3 => dice.Pick("NULL", "+1", "-1", "'it''s'", "abc", "true", "(NULL)"),
        _ => values.Constant(type),
    };

    private string Written(string name) =>
        dice.Maybe(10, "\n  ") + dice.Maybe(5, "/* the next one's ) name */ ") + (dice.Chance(4) ? SqlWords.Text(name) : names.Write(name));

    private string Comment() => dice.Between(0, 15) switch
    {
        0 => " -- it's a comment, with (\n",
        1 => " /* tenant_id */",
        2 => "\n",
        _ => "",
    };
}
