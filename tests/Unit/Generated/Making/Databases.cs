using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates whole databases.</summary>
internal static class Databases
{
    private static readonly string[] Tenants =
    [
        "caps-automotive",
        "o'brien's",
        "🛒 shop",
        "x'41'",
        "NULL",
        "123",
        "-- x",
        "say \"hi\"",
        "A",
        " lead",
        "); DROP TABLE items",
    ];

    /// <summary>The database of a seed.</summary>
    public static RandomDatabase Make(int seed)
    {
        Dice dice = new(seed);
        Names names = new(dice);
        Values values = new(dice);
        TenantWish wish = new(dice.Chance(40) ? Tenants[0] : dice.Pick(Tenants), dice.Chance(85) ? "tenant_id" : "shop no", []);
        TenantColumns tenantColumns = new(dice, names, wish);
        Tables tableMaker = new(dice, names, values, tenantColumns);
        List<RandomTable> tables = [.. Enumerable.Range(0, dice.Between(1, 4)).Select(_ => tableMaker.Make())];
        if (dice.Chance(12) && tables.Count > 1)
        {
            wish = wish with { Excluded = [dice.PickFrom(tables).Name] };
        }

        ForeignKeys foreignKeys = new(dice, names);
        Rows rows = new(dice, values, wish);
        tables = [.. tables.Select(t => rows.Fill(foreignKeys.MayAdd(t, tables)))];

        List<string> queries = [];
        List<SchemaPart> parts = [.. Parts(dice, names, values, wish, tables, queries, out List<string> onViews), .. tenantColumns.Indexes];
        Statements statements = new(dice, values, rows);
        Queries questions = new(dice, values);
        queries.AddRange(tables.SelectMany(t => questions.Make(t, tables)));
        List<string> writing = [.. tables.SelectMany(statements.Make), .. onViews];
        return new RandomDatabase(
            seed,
            FileShapes.Make(dice, tables),
            wish,
            tables,
            parts,
            queries,
            dice.Some(writing, writing.Count, writing.Count));
    }

    private static List<SchemaPart> Parts(
        Dice dice, Names names, Values values, TenantWish wish, List<RandomTable> tables, List<string> queries, out List<string> onViews)
    {
        Indexes indexes = new(dice, names, values, wish);
        Views views = new(dice, names, wish);
        Triggers triggers = new(dice, names, values, wish);
        List<SchemaPart> parts = [.. tables.SelectMany(t => Enumerable.Range(0, dice.Between(0, 2)).Select(_ => indexes.Make(t, tables)))];
        if (dice.Chance(15))
        {
            parts.AddRange(new FullText(dice, names).Make(tables, queries));
        }

        parts.AddRange(Enumerable.Range(0, dice.Between(0, 3)).Select(_ => views.Make(tables)));
        parts.AddRange(Enumerable.Range(0, dice.Chance(50) ? dice.Between(1, 2) : 0).Select(_ => triggers.OnTable(tables)));
        onViews = [];
        foreach ((string, IReadOnlyList<string>, RandomTable) view in views.Plain.Where(_ => dice.Chance(40)))
        {
            parts.Add(triggers.OnView(view));
            onViews.Add(new Statements(dice, values, new Rows(dice, values, wish)).OnView(view));
        }

        return parts;
    }
}
