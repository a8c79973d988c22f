namespace PosTenancy.Tests.Generated.Checking;

/// <summary>What is known not to hold yet. Each line goes away with the change that makes it hold.</summary>
internal static class KnownGaps
{
    /// <summary>
    /// A table that has the tenant column already is not made anew, so its UNIQUE keys stay global even where keys per tenant are asked for.
    /// </summary>
    public static bool KeysStayGlobal(TablePlan table) => table.Action is TableAction.None or TableAction.Backfill;
}
