using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>Compares a tenant with its source, its export or a backup; writes one object per difference, or one bool.</summary>
[Cmdlet(VerbsData.Compare, "PosTenant", DefaultParameterSetName = "Path")]
[OutputType(typeof(TenantDifference), typeof(bool))]
public sealed class ComparePosTenantCommand : DatabaseCommand
{
    /// <summary>The tenant.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>The file to compare with: the store that was imported, an export, or a backup of the database.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("SourcePath", "ExportPath")]
    public string With { get; set; } = "";

    /// <summary>The tenant of the other file, if it has another name there.</summary>
    [Parameter]
    public string? SourceTenantId { get; set; }

    /// <summary>The key map of the tenant's import, if it is no longer beside the database.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyMapPath { get; set; }

    /// <summary>Tables that all tenants share, if the history of the database does not record them. Wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ReferenceTable { get; set; } = [];

    /// <summary>The tenant column.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <summary>Write only whether the rows are equal.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        string with = ResolveLocation(With)!;
        TenantComparisonOptions options = RequireArgument(static _ => nameof(TenantId), () => new TenantComparisonOptions(TenantId, with)
        {
            ColumnName = ColumnName,
            SourceTenantId = SourceTenantId,
            KeyMapPath = ResolveLocation(KeyMapPath),
            ReferenceTable = ReferenceTable,
        });
        using TenantComparisonReading reading = Compare(path, options);
        if (Quiet)
        {
            WriteObject(reading.IsEqual);
            return;
        }

        if (reading.IsEqual)
        {
            WriteVerbose(VisibleText.Escape(string.Format(
                CultureInfo.InvariantCulture,
                "'{0}': the {1:N0} rows of tenant '{2}' in {3} tables equal those of '{4}'.",
                path,
                reading.Rows,
                TenantId,
                reading.Tables,
                with)));
        }

        foreach (TenantDifference difference in reading.Differences)
        {
            WriteObject(difference);
        }
    }

    private TenantComparisonReading Compare(string path, TenantComparisonOptions options)
    {
        try
        {
            return Watch(path, CommandParts.Comparison, progress => TenantComparison.Run(path, options, progress, Cancellation));
        }
        catch (PosTenancyException) when (Quiet)
        {
            WriteObject(false);
            throw;
        }
    }
}
