namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The tenants of a trial.</summary>
internal enum TrialOwner
{
    /// <summary>Neither: all tenants, or none.</summary>
    None,

    /// <summary>A tenant of the database.</summary>
    First,

    /// <summary>A made-up tenant, whose rows come first.</summary>
    Second,
}

/// <summary>A row that was made for the trial.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Owner">Its tenant.</param>
/// <param name="Number">
/// Number of the row, from 1. The rows of a tenant with the same number reference each other, apart from the last, which nothing
/// references. Those of tables that all tenants share are only numbered.
/// </param>
/// <param name="Locator">The values of <see cref="TrialTable.Locator"/>.</param>
/// <param name="Values">The values of <see cref="TrialTable.Columns"/>.</param>
internal sealed record TrialRow(
    TrialTable Table, TrialOwner Owner, int Number, IReadOnlyList<object?> Locator, IReadOnlyList<object?> Values);
