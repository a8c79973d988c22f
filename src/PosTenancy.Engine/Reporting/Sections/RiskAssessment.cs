using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>Risks that were guarded against, that were found, and that remain. Every upgrade leaves some.</summary>
internal static class RiskAssessment
{
    /// <summary>The checks that guard against something, the worst first.</summary>
    private static readonly IntegrityCheck[] Guards =
    [
        .. new[]
        {
            nameof(RowCountsMatch),
            nameof(DataUnchanged),
            nameof(FileIntegrity),
            nameof(NoNullTenantIds),
            nameof(TenantDistribution),
            nameof(ForeignKeysIntact),
            nameof(TenantReferencesConsistent),
            nameof(UniqueKeysPerTenant),
            nameof(TenantFilterUsesIndex),
            nameof(SchemaObjectsCompile),
        }.Select(IntegrityChecks.Find),
    ];

    public static IEnumerable<ReportSection> Create(UpgradeResult result)
    {
        yield return ReportSection.From("Risk Assessment", new Table(
            ["Risk", "Check", "On the live file"],
            [.. Guards.Select(g => Table.Row(g.Risk!, g.Name, Line.Status(result.LiveStatus(g.Name))))]));
        yield return ReportSection.Part("Risks found", Found(result));
        yield return ReportSection.Part("Remaining risks", Staying(result));
        yield return ReportSection.Part("Tables left alone", Skipped(result.Plan));
    }

    private static Block Found(UpgradeResult result)
    {
        List<IReadOnlyList<Line>> rows =
        [
            .. result
                .Checks.Where(c => c.Status is CheckStatus.Failed or CheckStatus.Warning)
                .Select(c =>
                    Table.Row(
                        Line.From(new Mark(c.Status), " " + c.Title),
                        $"expected {c.Expected}, found {c.Actual}: {Labels.OrNothing(c.Detail)}")),
            .. (result.Plan?.Blocked ?? []).Select(t => Table.Row(t.Table, $"blocked: {t.Reason}")),
            .. from table in result.Plan?.Tables ?? []
               from warning in table.Warnings
               select Table.Row(table.Table, warning),
        ];
        return rows switch
        {
            { Count: > 0 } => new Table(["Where", "What"], rows),
            _ when result.Plan is null => new Paragraph("Not reached: there is no plan to assess."),
            _ => new Paragraph("Neither the plan nor a check found one."),
        };
    }

    private static Bullets Staying(UpgradeResult result)
    {
        string column = result.Plan?.Options.ColumnName ?? result.Migration?.ColumnName ?? "the tenant column";
        bool isThere = result.IsOfLiveFile();
        return Bullets.From(
            Line.From(
                new Strong("An INSERT that forgets its tenant:"),
                (result.Plan?.Options.Script is null
                    ? $" the schema {(isThere ? "keeps" : "would keep")} DEFAULT {Identifier.Literal(result.TenantId)} on {column}. "
                    : $" if the script gave {column} a DEFAULT, the schema {(isThere ? "keeps" : "would keep")} it. ") +
                "Such a row is silently assigned to this tenant, whichever tenant wrote it."),
            Line.From(
                new Strong("An INSERT without a list of columns:"),
                $" it has one value too few for a table with the column {column}, and {(isThere ? "fails" : "would fail")} until the " +
                "application is changed."
            ),
            Line.From(
                new Strong("A query that forgets its tenant:"),
                " the file itself does not separate tenants. A query without the filter reads the rows of all of them."));
    }

    private static Block Skipped(MigrationPlan? plan)
    {
        List<TablePlan>? skipped = plan?.Tables.Where(t => t.Action is TableAction.Skip or TableAction.Share).ToList();
        return skipped switch
        {
            null => new Paragraph("Not reached: there is no plan."),
            { Count: 0 } => new Paragraph("None: every table belongs to tenants."),
            _ => new Table(
                ["Table", new Column("Rows before", IsNumber: true), "Why"],
                [.. skipped.Select(t => Table.Row(t.Table, t.Rows is { } rows ? Figures.Count(rows) : "not counted", t.Reason))]),
        };
    }
}
