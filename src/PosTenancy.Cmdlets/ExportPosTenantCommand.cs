using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Tenants;
using PosTenancy.Postgres;

namespace PosTenancy.Commands;

/// <summary>Writes one tenant of a database, or of PostgreSQL, to a SQLite file of its own, with a manifest.</summary>
[Cmdlet(VerbsData.Export, "PosTenant", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(TenantExportResult))]
public sealed class ExportPosTenantCommand : DatabaseCommand
{
    private const string TargetSet = "SourceConnection";

    /// <summary>The PostgreSQL database to which the tenant was copied.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TargetSet)]
    [ValidateNotNullOrEmpty]
    public string SourceConnection { get; set; } = "";

    /// <summary>The tenant.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>An existing folder for the export; that of the database, or the current location, if none is named.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(Position = 2, ParameterSetName = TargetSet)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Export the store that the tenant was: without the tenant column, and with the keys that it had.</summary>
    [Parameter]
    public SwitchParameter AsSingleTenant { get; set; }

    /// <summary>The key map of the tenant's import, if it is no longer beside the database.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyMapPath { get; set; }

    /// <summary>The schema of the tables in PostgreSQL.</summary>
    [Parameter(ParameterSetName = TargetSet)]
    [ValidateNotNullOrEmpty]
    public string SchemaName { get; set; } = "public";

    /// <summary>User and password there.</summary>
    [Parameter(ParameterSetName = TargetSet)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Tables that all tenants share, if the history of the database does not record them. Wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ReferenceTable { get; set; } = [];

    /// <summary>The tenant column.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <inheritdoc/>
    /// <remarks>Without a database, the folder of the export stands for it.</remarks>
    protected override void ProcessPaths(IEnumerable<string> paths) =>
        base.ProcessPaths(SourceConnection.Length == 0 ? paths : [ResolveLocation(Destination ?? ".")!]);

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        if (SourceConnection.Length > 0)
        {
            ExportFromTarget(path);
            return;
        }

        TenantExportOptions options = RequireArgument(static _ => nameof(TenantId), () => new TenantExportOptions(TenantId)
        {
            Destination = ResolveLocation(Destination),
            AsSingleTenant = AsSingleTenant,
            KeyMapPath = ResolveLocation(KeyMapPath),
            ReferenceTable = ReferenceTable,
            ColumnName = ColumnName,
        });
        Export(
            path,
            CommandParts.Export,
            () => TenantExport.Preview(path, options, Cancellation),
            progress => TenantExport.Create(path, options, progress, Cancellation));
    }

    private void ExportFromTarget(string folder)
    {
        TargetExportOptions options = RequireArgument(
            static _ => nameof(TenantId),
            () => new TargetExportOptions(TenantId, SourceConnection, folder)
            {
                Credential = Credential?.GetNetworkCredential(),
                Schema = SchemaName,
                AsSingleTenant = AsSingleTenant,
                KeyMapPath = ResolveLocation(KeyMapPath),
            });
        Export(
            folder,
            CommandParts.ExportFromTarget,
            () => TargetExport.Preview(options, Cancellation),
            progress => TargetExport.Create(options, progress, Cancellation));
    }

    private void Export(
        string path,
        IReadOnlyList<CommandPart> parts,
        Func<(string Folder, IReadOnlyList<TenantTable> Tables)> preview,
        Func<IProgress<StageProgress>, TenantExportResult> create)
    {
        string action = $"Export the tenant '{TenantId}'";
        if (IsWhatIf)
        {
            (string folder, IReadOnlyList<TenantTable> tables) = Watch(path, CommandParts.Plan, _ => preview());
            string rows = tables.Sum(t => t.Rows).ToString("N0", CultureInfo.InvariantCulture);
            action = $"Export {rows} rows of the tenant '{TenantId}' to the folder '{folder}' ({string.Join(", ", tables)})";
        }

        if (ShouldProcess(path, action))
        {
            TenantExportResult result = Watch(path, parts, create);
            WriteWarnings(result.Warnings);
            WriteResult(result, $"The export of '{TenantId}' is '{result.ExportPath}'.");
        }
    }
}
