using PosTenancy.Engine.Tenants;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres;

/// <summary>The columns whose values come back in another storage class than the store had, because of their conversion.</summary>
internal static class ExportWarnings
{
    /// <summary>A sentence for each column.</summary>
    public static IEnumerable<string> Of(TenantLayout layout, IReadOnlyList<StoredConversion> conversions)
    {
        foreach (StoredConversion conversion in conversions)
        {
            if (layout.Schema.FindTable(conversion.Table)?.FindColumn(conversion.Column) is { } column &&
                Change(conversion.Rule, ColumnAffinities.FromDeclaredType(column.Type)) is { } change)
            {
                yield return $"{conversion.Table}: Column {conversion.Column} was converted by the rule {conversion.Rule}: {change}.";
            }
        }
    }

    /// <summary>What is different; <see langword="null"/> if the affinity of the column restores the storage class.</summary>
    private static string? Change(string rule, ColumnAffinity affinity) => (rule, affinity) switch
    {
        ("IntegersAsDouble", ColumnAffinity.None) => "its integers come back as real numbers",
        ("ChosenText", ColumnAffinity.None or ColumnAffinity.Text) => "its numbers come back as texts",
        ("ChosenBytea", _) => "its texts come back as blobs",
        _ => null,
    };
}
