using System.Globalization;

namespace PosTenancy.Engine.Tenants;

/// <summary>Which tenant to rename, and how.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="NewName">The name that it gets.</param>
/// <exception cref="PosTenancyException">One of them cannot be the name of a tenant, or they are the same.</exception>
public sealed record TenantRenameOptions(string TenantId, string NewName) : TenantChangeOptions
{
    /// <summary>The tenant.</summary>
    public string TenantId { get; } = TenantIdRules.Require(TenantId);

    /// <summary>The name that it gets.</summary>
    public string NewName { get; } =
        TenantIdRules.Problem(NewName) is { } problem ? throw Errors.InvalidNewName(problem)
        : NewName == TenantId ? throw Errors.InvalidNewName("is the name that the tenant has")
        : NewName;

    /// <summary>Both names.</summary>
    public override string ToString() => $"{TenantId} -> {NewName}";
}

/// <summary>
/// Gives a tenant another name: in its rows, the DEFAULT of the tenant column, the application's list of tenants and the history, in one
/// transaction.
/// </summary>
/// <param name="path">The live database.</param>
/// <param name="options">Which tenant, and how.</param>
public sealed class TenantRename(string path, TenantRenameOptions options) : GuardedTenantChange<TenantRenameResult>(path, options)
{
    /// <inheritdoc/>
    public override string Action => $"Rename the tenant '{options.TenantId}' to '{options.NewName}', after a verified backup";

    private protected override SliceChange Create() => new RenameChange(Path, options);

    private protected override IReadOnlyList<string> Describe(SliceChange change)
    {
        RenameChange rename = (RenameChange)change;
        if (!rename.IsNeeded)
        {
            return [$"Nothing: {rename.Notes[0]}"];
        }

        string rows = rename.Tables.Sum(t => t.RowsBefore).ToString("N0", CultureInfo.InvariantCulture);
        string tables = rename.Tables.Count == 0 ? "" : $" ({string.Join(", ", rename.Tables)})";
        return
        [
            $"{Action}: {rows} rows{tables}",
            .. rename.Defaults.Count == 0
                ? []
                : (string[])[$"Change the DEFAULT of the tenant column in {string.Join(", ", rename.Defaults)}"],
            .. rename.Registry is { } registry ? [$"Change the entry in {registry}"] : (string[])[],
            .. rename.Mentions.Count == 0
                ? []
                : (string[])[$"Leave as it is what else has the name: {string.Join(", ", rename.Mentions)}"],
            .. rename.Notes,
        ];
    }

    private protected override TenantRenameResult Result(SliceChange change, ChangeOutcome outcome)
    {
        RenameChange rename = (RenameChange)change;
        return new TenantRenameResult(
            Path, options.TenantId, options.NewName, outcome.Status, rename.StartedAt, TimeSpan.Zero)
        {
            Defaults = rename.Defaults,
            Registry = rename.Registry,
            Mentions = rename.Mentions,
        };
    }
}
