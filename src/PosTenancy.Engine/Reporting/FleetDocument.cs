using PosTenancy.Engine.Reporting.FleetSections;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Composes the report of a rollout. What a reader needs first comes first; the tables that have a row for every store are at the end.
/// </summary>
internal static class FleetDocument
{
    public static ReportDocument From(FleetRun run) => new(
        $"Tenant upgrade {(run.IsRehearsal ? "rehearsal" : "report")}: {Figures.Count(run.Results.Count, "store", "stores")}",
        run.Outcome(),
        FleetHeader.Create(run),
        [
            FleetSummary.Create(run),
            StoresNotDone.Create(run),
            FleetNextSteps.Create(run),
            FleetTimes.Create(run),
            SlowestStores.Create(run),
            FleetChecks.Create(run),
            EarlierRun.Create(run),
            FleetNotKnown.Create(run),
            .. StoresNotDone.CreateRest(run),
            EveryStore.Create(run),
        ]);
}
