using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>Lists the tenants of a database.</summary>
[Cmdlet(VerbsCommon.Get, "PosTenant", DefaultParameterSetName = "Path")]
[OutputType(typeof(TenantInfo))]
public sealed class GetPosTenantCommand : DatabaseCommand
{
    /// <summary>The tenants to show; all if none is named. Wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string[]? TenantId { get; set; }

    /// <summary>The tenant column.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        IReadOnlyList<TenantInfo> tenants = Watch(
            path,
            CommandParts.Tenants,
            progress => TenantList.Read(path, ColumnName, progress, Cancellation));
        if (TenantId is null)
        {
            WriteObject(tenants, enumerateCollection: true);
            return;
        }

        foreach (string pattern in TenantId)
        {
            try
            {
                TenantList.RequireMatch(path, tenants, pattern, tenant => IsMatch(pattern, tenant));
            }
            catch (PosTenancyException exception)
            {
                WriteError(ErrorRecords.From(exception, path));
            }
        }

        WriteObject(tenants.Where(t => TenantId.Any(pattern => IsMatch(pattern, t))), enumerateCollection: true);
    }

    /// <summary>An id may contain a bracket, and then come through the pipeline as it is.</summary>
    private static bool IsMatch(string pattern, TenantInfo tenant) =>
        tenant.TenantId is { } id && (id == pattern || WildcardPattern.Get(pattern, WildcardOptions.None).IsMatch(id));
}
