namespace PosTenancy.Engine.Reporting.FleetSections;

/// <summary>Values of a store that several tables show.</summary>
internal static class StoreCells
{
    /// <summary>Replaces a value that only the result of the upgrade has.</summary>
    public const string NotKnown = "not known";

    /// <summary>Whether the store was begun, and this report does not have the result of its upgrade.</summary>
    public static bool IsUnknown(FleetResult result) => result.Upgrade is null && result.Status != FleetStatus.NotStarted;

    public static string Machine(FleetResult result) => result.ComputerName ?? "this machine";

    public static Line Status(FleetResult result) => Line.From(
        new Mark(result.Outcome()),
        $" {Labels.For(result.Status)}{(result.DoneBefore ? ", by an earlier run" : "")}");

    public static string DowntimeTitle(FleetRun run) => run.IsRehearsal ? "Downtime foretold" : "Downtime";

    public static string Downtime(FleetResult result) => result.Upgrade?.Downtime is { } downtime ? Figures.Duration(downtime)
        : IsUnknown(result) ? NotKnown
        : "none";
}
