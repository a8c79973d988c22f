namespace PosTenancy.Engine.Verification;

/// <summary>
/// Every row of every table belongs to the tenant of the migration; in a database of several tenants each of them has the rows that were
/// planned, or at least no other tenant has any.
/// </summary>
internal sealed class TenantDistributionCheck : IntegrityCheck
{
    public override string Name => "TenantDistribution";

    public override string Title => "Tenant distribution";

    public override string? Risk => "Rows of another tenant";

    public override bool ReadsAllRows => true;

    public override int Effort => 8;

    public override string Expected(CheckContext context) => context.Expectation switch
    {
        { TenantId: null } => "no tenant was named",
        { Distribution: { } planned } => $"as planned, {Text(planned)}",
        { Tenants: { Count: > 1 } tenants } => $"only rows of {List([.. tenants])}",
        { TenantId: var tenant } => $"only rows of {tenant}",
    };

    public override CheckFinding Measure(CheckContext context)
    {
        Dictionary<string, long> rowsByTenant = new(StringComparer.Ordinal);
        Dictionary<(string Table, string? Tenant), long>? planned = context.Expectation.Distribution?.ToDictionary(
            share => (share.Table, share.TenantId),
            share => share.Rows);
        List<string> foreign = [];
        int tables = context.TenantColumns.Count;
        foreach (TenantDistribution share in context.MeasureDistribution().Where(s => s.Rows > 0))
        {
            string tenant =
                (share.TenantId ?? "(NULL)") + (share.StorageClass is "text" or "null" ? "" : $" (stored as {share.StorageClass})");
            rowsByTenant[tenant] = (rowsByTenant.TryGetValue(tenant, out long rows) ? rows : 0) + share.Rows;
            if (planned is not null && planned.TryGetValue((share.Table, share.TenantId), out long expected))
            {
                _ = planned.Remove((share.Table, share.TenantId));
                if (share.Rows != expected || share.StorageClass != "text")
                {
                    foreign.Add($"{share.Table}: {share.Rows} rows of {tenant}, and {expected} were planned");
                }
            }
            else if (planned is not null || !IsExpected(context.Expectation, share))
            {
                foreign.Add($"{share.Table}: {share.Rows} rows of {tenant}");
            }
        }

        foreign.AddRange((planned ?? []).Select(p => $"{p.Key.Table}: no row of {p.Key.Tenant}, and {p.Value} were planned"));

        string actual = rowsByTenant.Count == 0
            ? $"no rows in {tables} tables"
            : List([.. rowsByTenant.OrderByDescending(p => p.Value).Select(p => $"{p.Value} rows of {p.Key}")]) + $" in {tables} tables";
        if (foreign.Count > 0)
        {
            return new CheckFinding(CheckStatus.Failed, actual, List(foreign));
        }

        if (context.Expectation.TenantId is null)
        {
            return new CheckFinding(CheckStatus.NotChecked, actual, "name the tenant with -TenantId to check this");
        }

        return tables < context.ExpectedTables
            ? new CheckFinding(
                CheckStatus.NotChecked,
                actual,
                $"{context.ExpectedTables - tables} tables have no tenant column to check")
            : new CheckFinding(CheckStatus.Passed, actual);
    }

    private static bool IsExpected(TenantExpectation expectation, TenantDistribution share) =>
        expectation.TenantId is null ||
        (share.StorageClass == "text" && (share.TenantId == expectation.TenantId || expectation.Tenants.Contains(share.TenantId!)));

    private static string Text(IReadOnlyList<TenantDistribution> shares) => List(
    [
        .. shares
            .GroupBy(s => s.TenantId, s => s.Rows, StringComparer.Ordinal)
            .OrderByDescending(g => g.Sum())
            .Select(g => $"{g.Sum()} rows of {g.Key}"),
    ]);
}
