namespace PosTenancy.Engine.Verification;

/// <summary>Each business table has an index that begins with the tenant, determined by its columns: a name proves nothing.</summary>
internal sealed class TenantIndexesExist : IntegrityCheck
{
    public override string Name => nameof(TenantIndexesExist);

    public override string Title => "Tenant indexes";

    public override string Expected(CheckContext context) =>
        $"{context.ExpectedTables} tables with an index on {context.Expectation.ColumnName}";

    public override CheckFinding Measure(CheckContext context)
    {
        List<string> without =
        [
            .. context.MissingTables.Select(t => $"{t}: the table is gone"),
            .. context
                .Tables.Where(t => t.FindIndexLedBy(context.Expectation.ColumnName) is null)
                .Select(t => $"{t.Name}: no index begins with the column"),
        ];
        return CheckFinding.PassedIf(without.Count == 0, $"{context.ExpectedTables - without.Count} tables", List(without));
    }
}
