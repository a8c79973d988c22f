using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Commands;

/// <summary>Counts the rows of each tenant in each table.</summary>
[Cmdlet(VerbsCommon.Get, "PosTenantDistribution", DefaultParameterSetName = "Path")]
[OutputType(typeof(TenantDistribution))]
public sealed class GetPosTenantDistributionCommand : DatabaseCommand
{
    /// <summary>The tables to count; all if none is named. Wildcards are allowed.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string[] Table { get; set; } = ["*"];

    /// <summary>The tenants to show; all if none is named.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string[]? TenantId { get; set; }

    /// <summary>The tenant column.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        List<WildcardPattern> tables = [.. Table.Select(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase))];
        IEnumerable<TenantDistribution> shares = Watch(
            path,
            CommandParts.Distribution,
            progress =>
                TenantIntegrity.Distribution(path, ColumnName, name => tables.Any(pattern => pattern.IsMatch(name)), progress, Cancellation)
        );
        WriteObject(
            shares.Where(s => TenantId is null || TenantId.Contains(s.TenantId, StringComparer.Ordinal)),
            enumerateCollection: true);
    }
}
