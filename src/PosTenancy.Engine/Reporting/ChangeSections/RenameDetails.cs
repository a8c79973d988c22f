using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting.ChangeSections;

/// <summary>The new name of a tenant, what has it, and where the old one is left.</summary>
internal static class RenameDetails
{
    private const int MaxNamed = 10;

    public static IEnumerable<ReportSection> Create(TenantRenameResult result)
    {
        yield return ReportSection.From(
            "Name",
            Bullets.From(
                Line.Fact("Old name", result.TenantId),
                Line.Fact("New name", result.NewName),
                Line.Fact("Tables with rows", Figures.Count(result.Tables.Count)),
                Line.Fact("DEFAULT of the tenant column", result.Defaults.Count == 0
                    ? "names another tenant, or none"
                    : $"names the tenant in {ShortList.Join(result.Defaults, MaxNamed)}"),
                Line.Fact("Entry in the list of tenants", result.Registry ?? "none")));
        yield return ReportSection.From(
            "Where Else the Old Name Is",
            result.Mentions.Count == 0
                ? new Paragraph("In no other text or blob of a row, and in no definition of the schema, as far as it was searched.")
                : new Table(
                    ["Place", "Column", new Column("Rows", IsNumber: true)],
                    [
                        .. result.Mentions.Select(m => Table.Row(
                            m.Kind == TenantMentionKind.Rows ? m.Name : $"{m.Kind} {m.Name}",
                            Labels.OrNothing(m.Column ?? ""),
                            m.Kind == TenantMentionKind.Rows ? Figures.Count(m.Rows) : "")),
                    ]),
            new Paragraph(
                "These places are left as they are. Change them in the application if they mean the tenant. Files beside the database, " +
                "such as exports and backups, keep the old name too."));
    }
}
