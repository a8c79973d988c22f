namespace PosTenancy.Engine.Verification;

/// <summary>Every row of every table belongs to the tenant of the migration.</summary>
internal sealed class TenantDistributionCheck : IntegrityCheck
{
    public override string Name => "TenantDistribution";

    public override string Title => "Tenant distribution";

    public override string? Risk => "Rows of another tenant";

    public override bool ReadsAllRows => true;

    public override int Effort => 8;

    public override string Expected(CheckContext context) => context.Expectation.TenantId is { } tenant
        ? $"only rows of {tenant}"
        : "no tenant was named";

    public override CheckFinding Measure(CheckContext context)
    {
        Dictionary<string, long> rowsByTenant = new(StringComparer.Ordinal);
        List<string> foreign = [];
        int tables = context.TenantColumns.Count;
        foreach (TenantDistribution share in context.MeasureDistribution().Where(s => s.Rows > 0))
        {
            string tenant =
                (share.TenantId ?? "(NULL)") + (share.StorageClass is "text" or "null" ? "" : $" (stored as {share.StorageClass})");
            rowsByTenant[tenant] = (rowsByTenant.TryGetValue(tenant, out long rows) ? rows : 0) + share.Rows;
            if (context.Expectation.TenantId is { } expected && (share.TenantId != expected || share.StorageClass != "text"))
            {
                foreign.Add($"{share.Table}: {share.Rows} rows of {tenant}");
            }
        }

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
}
