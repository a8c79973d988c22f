using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>Writes one tenant to a SQLite file of its own, with a manifest.</summary>
[Cmdlet(VerbsData.Export, "PosTenant", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(TenantExportResult))]
public sealed class ExportPosTenantCommand : DatabaseCommand
{
    /// <summary>The tenant.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>An existing folder for the export; that of the database if none is named.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Export the store that the tenant was: without the tenant column, and with the keys that it had.</summary>
    [Parameter]
    public SwitchParameter AsSingleTenant { get; set; }

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

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        TenantExportOptions options = RequireArgument(static _ => nameof(TenantId), () => new TenantExportOptions(TenantId)
        {
            Destination = ResolveLocation(Destination),
            AsSingleTenant = AsSingleTenant,
            KeyMapPath = ResolveLocation(KeyMapPath),
            ReferenceTable = ReferenceTable,
            ColumnName = ColumnName,
        });
        string action = $"Export the tenant '{TenantId}'";
        if (IsWhatIf)
        {
            (string folder, IReadOnlyList<TenantTable> tables) = Watch(path, CommandParts.Plan, _ =>
                TenantExport.Preview(path, options, Cancellation));
            string rows = tables.Sum(t => t.Rows).ToString("N0", CultureInfo.InvariantCulture);
            action = $"Export {rows} rows of the tenant '{TenantId}' to the folder '{folder}' ({string.Join(", ", tables)})";
        }

        if (ShouldProcess(path, action))
        {
            TenantExportResult result = Watch(path, CommandParts.Export, progress =>
                TenantExport.Create(path, options, progress, Cancellation));
            WriteWarnings(result.Warnings);
            WriteResult(result, $"The export of '{TenantId}' is '{result.ExportPath}'.");
        }
    }
}
