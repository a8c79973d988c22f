using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates rows.</summary>
internal sealed class Rows(Dice dice, Values values, TenantWish wish)
{
    public RandomTable Fill(RandomTable table) => table with
    {
        Rows = [.. Enumerable.Range(0, dice.Chance(10) ? 0 : dice.Between(1, 9)).Select(_ => Row(table))],
    };

    /// <summary>A row, mostly with most of its columns.</summary>
    public IReadOnlyList<CellValue> Row(RandomTable table)
    {
        List<CellValue> cells = [.. table.Writable.Where(_ => dice.Chance(88)).Select(c => new CellValue(c.Name, values.For(c.Type)))];
        if (table.NamesTenant && table.Columns.FirstOrDefault(c => c.IsTenant) is { } tenant)
        {
            cells.Add(new CellValue(tenant.Name, SqlWords.Text(wish.Id)));
        }

        return cells;
    }
}
