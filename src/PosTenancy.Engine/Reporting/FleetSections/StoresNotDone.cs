namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>The stores that are not done, and why.</summary>
internal static class StoresNotDone
{
    /// <summary>More than these are a long list, which belongs to the end of the report.</summary>
    private const int MaxRows = 20;

    private const string RestHeading = "Stores Not Done";

    public static ReportSection Create(FleetRun run)
    {
        IReadOnlyList<FleetResult> stores = run.NotDone();
        return ReportSection.From("Not Done", stores.Count switch
        {
            0 => [new Paragraph("None: every store is done.")],
            <= MaxRows => [Rows(stores)],
            _ =>
            [
                Reasons(stores),
                new Paragraph(
                    $"These are the first {MaxRows} of them, the worst first. All {Figures.Count(stores.Count)} are listed under " +
                    $"{RestHeading}."),
                Rows(stores.Take(MaxRows)),
            ],
        });
    }

    /// <summary>All of them, if there are too many for the beginning of the report.</summary>
    public static IEnumerable<ReportSection> CreateRest(FleetRun run) =>
        run.NotDone() is { Count: > MaxRows } stores ? [ReportSection.From(RestHeading, Rows(stores))] : [];

    private static Table Reasons(IReadOnlyList<FleetResult> stores) => new(
        ["Status", "Error", new Column("Stores", IsNumber: true)],
        [
            .. stores
                .GroupBy(r => (r.Status, r.Error?.ErrorId))
                .Select(g => Table.Row(Labels.For(g.Key.Status), g.Key.ErrorId ?? "none", Figures.Count(g.Count()))),
        ]);

    /// <summary>A list, because a message is too long for the cell of a table on a phone or on paper.</summary>
    private static Bullets Rows(IEnumerable<FleetResult> stores) => new([.. stores.Select(Row)]);

    private static Line Row(FleetResult store) => Line.From(
        new Mark(store.Outcome()),
        " ",
        new Strong(Labels.For(store.Status) + ":"),
        $" {StoreCells.Machine(store)}, {store.Path}, tenant {store.TenantId}: ",
        store.Error is { } error ? $"{error.Message} ({error.ErrorId})" : Why(store.Status));

    private static string Why(FleetStatus status) =>
        status == FleetStatus.NotStarted ? "The rollout was stopped before its turn." : "There is no message.";
}
