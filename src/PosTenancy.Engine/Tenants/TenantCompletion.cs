using System.Globalization;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Drops the DEFAULT of the tenant column in every table, so that an INSERT without a tenant fails instead of landing with the first one.
/// </summary>
public sealed class TenantCompletion : GuardedTenantChange<CompletionResult>
{
    private readonly TenantCompletionOptions _options;

    /// <summary>Prepares it; nothing is read yet.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">How.</param>
    public TenantCompletion(string path, TenantCompletionOptions options)
        : base(path, options) => _options = options;

    /// <inheritdoc/>
    public override string Action => $"Drop the DEFAULT of the column {_options.ColumnName} in every table, after a verified backup";

    private protected override SliceChange Create() => new CompletionChange(Path, _options);

    private protected override IReadOnlyList<string> Describe(SliceChange change)
    {
        CompletionChange completion = (CompletionChange)change;
        return completion.Completed.Count == 0
            ? [$"Nothing: an INSERT without {_options.ColumnName} fails already"]
            :
            [
                .. completion.Completed
                    .GroupBy(t => t.TenantId, StringComparer.Ordinal)
                    .Select(group => Describe(completion, group.Key, [.. group])),
                .. completion.Affected.Select(a => $"Let fail what counts on the DEFAULT: {a}"),
            ];
    }

    private protected override CompletionResult Result(SliceChange change, ChangeOutcome outcome)
    {
        CompletionChange completion = (CompletionChange)change;
        return new CompletionResult(Path, completion.DefaultTenant, outcome.Status, change.StartedAt, TimeSpan.Zero)
        {
            Columns = completion.Columns,
            Affected = completion.Affected,
        };
    }

    private string Describe(CompletionChange change, string? tenantId, CompletedTable[] tables)
    {
        string what = tenantId is null
            ? $"Make the column {_options.ColumnName} NOT NULL"
            : $"Drop the DEFAULT '{tenantId}' of the column {_options.ColumnName}";
        string rows = string.Join(", ", change.Tables.Where(c => tables.Any(t => t.Table.Name == c.Table)));
        return $"{what} in {tables.Length.ToString("N0", CultureInfo.InvariantCulture)} {(tables.Length == 1 ? "table" : "tables")}, " +
            $"after a verified backup{(rows.Length == 0 ? "" : $"; rows of the tenant: {rows}")}";
    }
}
