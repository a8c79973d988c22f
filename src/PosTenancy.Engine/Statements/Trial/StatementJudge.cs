using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The verdict on a statement for one table, and its reason in words.</summary>
/// <param name="NamesTenant">Whether the text names a tenant.</param>
/// <param name="Stopped">Why the runs were ended; <see langword="null"/> if they were not.</param>
/// <param name="Error">SQLite's message of a run that failed; <see langword="null"/> if none did.</param>
/// <param name="IsExercised">Whether the statement did anything with rows of the acting tenant.</param>
/// <param name="AddedColumns">The columns that the schema lacked.</param>
internal sealed record StatementJudge(
    bool NamesTenant, string? Stopped, string? Error, bool IsExercised, IReadOnlyList<string> AddedColumns)
{
    /// <summary>The finding for a table.</summary>
    public TrialFinding Judge(TableEvidence table)
    {
        (StatementVerdict verdict, string reason, StatementWitness? witness) = Decide(table);
        string addition = AddedColumns.Count switch
        {
            0 => "",
            1 => $" The schema lacks {AddedColumns[0]}, which was added for the trial.",
            _ => $" The schema lacks {ShortList.Join([.. AddedColumns], most: 5)}, which were added for the trial.",
        };
        return new TrialFinding(table.Table.Name, table.Reach.Operation, verdict, reason + addition, witness, [.. table.Notes]);
    }

    private (StatementVerdict Verdict, string Reason, StatementWitness? Witness) Decide(TableEvidence table)
    {
        TableReach reach = table.Reach;
        string through = reach.IsDirect || reach.Through.Count == 0 ? "" : $", through {string.Join(" and ", reach.Through)}";
        return table switch
        {
            { Table.WhyNotTwo: { } gap } => (StatementVerdict.NotChecked, NotTried(gap), null),

            // A row that lands with another tenant can collide there: that is what it means to name no tenant.
            { Leak: { } leak } and not { Leak.IsFailure: true, NoTenant: not null } =>
                (StatementVerdict.Leaks, Describe(leak, through), leak.Witness),
            { AddsTenant: true, ByKey: null } => (StatementVerdict.NotChecked, "It adds a tenant, so that none acts.", null),
            { NoTenant: { } noTenant, ByKey: null } => (
                StatementVerdict.NoTenantOnInsert, $"It inserts without {table.Table.Tenant!.Name}{through}: {noTenant}.", null),
            { NoTenant: { } noTenant, ByKey: { } byKey } => (
                StatementVerdict.NoTenantOnInsert,
                $"It inserts without {table.Table.Tenant!.Name}{through}: {noTenant}. {Given(byKey)}, it {byKey.Verb}.",
                byKey.Witness),
            { ByKey: { } byKey } => (
                StatementVerdict.ByKeyOnly, $"{Given(byKey)}, it {byKey.Verb}{through}.", byKey.Witness),
            { Fixed: { } byKey } when !NamesTenant && reach.Through.Count == 0 => (
                StatementVerdict.ByKeyOnly, $"{Given(byKey)}, it {byKey.Verb}.", byKey.Witness),
            { Fixed: { } leak } => (
                StatementVerdict.Leaks,
                $"It {leak.Verb}{through}: {(NamesTenant ? "its text" : "something")} names a tenant, whoever acts.",
                leak.Witness),
            _ when WhyNotChecked(table) is { } why => (StatementVerdict.NotChecked, $"{why}.", null),
            _ => (
                StatementVerdict.Isolated,
                $"It {(reach.Writes ? "wrote" : "read")} rows of the acting tenant, and none of another{through}.",
                null),
        };
    }

    public static string NotTried(string why) => $"It could not be tried: {why}.";

    private static string Given(Crossing byKey) =>
        byKey.IsWithoutTenant ? "Given NULL for the tenant" : "Given a value of another tenant's row";

    private string Describe(Crossing leak, string through) =>
        leak.IsByCollision ? $"Given a key of another tenant to write, it {leak.Verb}{through}."
        : leak.Acting == TrialOwner.Second && NamesTenant ? $"It {leak.Verb}{through}: its text names a tenant, whoever acts."
        : leak.IsByEqualValue ? $"It {leak.Verb}{through}, if both tenants have the value that it is given. No key prevents that."
        : $"It {leak.Verb}{through}, whatever it is given.";

    private string? WhyNotChecked(TableEvidence table) =>
        Stopped is not null ? $"It could not be tried: {Stopped}"
        : table.IsExercised ? null
        : IsExercised ? $"Its result did not depend on any row of {table.Table.Name}, so that nothing is proved"
        : Error is not null ? $"It could not be tried: {Error}"
        : "It returned and changed no row of the acting tenant, so that nothing is proved";
}
