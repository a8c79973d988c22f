using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres;

namespace PosTenancy.Commands;

/// <summary>
/// Compares a tenant with its source, its export, a backup, or its rows in PostgreSQL; writes one object per difference, or one bool.
/// </summary>
[Cmdlet(VerbsData.Compare, "PosTenant", DefaultParameterSetName = "Path")]
[OutputType(typeof(TenantDifference), typeof(bool))]
public sealed class ComparePosTenantCommand : TenantDatabaseCommand
{
    private const string TargetSet = "Destination";
    private const string LiteralTargetSet = "LiteralPathDestination";

    /// <summary>The live database. Wildcards are allowed.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = PathSet
    )]
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = TargetSet
    )]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public override string[] Path
    {
        get => base.Path;
        set => base.Path = value;
    }

    /// <summary>The live database, each character taken as it is.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralTargetSet)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath")]
    public override string[] LiteralPath
    {
        get => base.LiteralPath;
        set => base.LiteralPath = value;
    }

    /// <summary>The tenant.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>The file to compare with: the store that was imported, an export, or a backup of the database.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    [Alias("SourcePath", "ExportPath")]
    public string With { get; set; } = "";

    /// <summary>The PostgreSQL database to which the tenant was copied.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TargetSet)]
    [Parameter(Mandatory = true, ParameterSetName = LiteralTargetSet)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The schema of the tables there.</summary>
    [Parameter(ParameterSetName = TargetSet)]
    [Parameter(ParameterSetName = LiteralTargetSet)]
    [ValidateNotNullOrEmpty]
    public string SchemaName { get; set; } = "public";

    /// <summary>The conversions that were chosen for the copy.</summary>
    [Parameter(ParameterSetName = TargetSet)]
    [Parameter(ParameterSetName = LiteralTargetSet)]
    public IDictionary? Conversion { get; set; }

    /// <summary>User and password there.</summary>
    [Parameter(ParameterSetName = TargetSet)]
    [Parameter(ParameterSetName = LiteralTargetSet)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The tenant of the other file, if it has another name there.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public string? SourceTenantId { get; set; }

    /// <summary>The key map of the tenant's import, if it is no longer beside the database.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyMapPath { get; set; }

    /// <summary>Write only whether the rows are equal.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        if (Destination.Length > 0)
        {
            CompareWithTarget(path);
            return;
        }

        string with = ResolveLocation(With)!;
        TenantComparisonOptions options = RequireArgument(static _ => nameof(TenantId), () => new TenantComparisonOptions(TenantId, with)
        {
            ColumnName = ColumnName,
            SourceTenantId = SourceTenantId,
            KeyMapPath = ResolveLocation(KeyMapPath),
            ReferenceTable = ReferenceTable,
        });
        using TenantComparisonReading reading = Compare(path, progress =>
            TenantComparison.Run(path, options, progress, Cancellation));
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

    private void CompareWithTarget(string path)
    {
        TenantCopyOptions options = RequireArgument(static _ => nameof(TenantId), () => new TenantCopyOptions(TenantId, Destination)
        {
            Credential = Credential?.GetNetworkCredential(),
            Schema = SchemaName,
            Conversion = PostgresParameters.Conversions(Conversion),
            ReferenceTable = ReferenceTable,
            ColumnName = ColumnName,
        });
        int limit = Quiet ? 1 : int.MaxValue;
        TargetComparisonReading reading = Compare(path, progress =>
            TargetComparison.Run(path, options, limit, progress, Cancellation));
        WriteObject(Quiet ? reading.IsEqual : reading.Differences, enumerateCollection: true);
        if (reading.IsEqual)
        {
            WriteVerbose(VisibleText.Escape(string.Format(
                CultureInfo.InvariantCulture,
                "'{0}': the {1:N0} rows of {2} tables equal those in PostgreSQL.",
                path,
                reading.Rows,
                reading.Tables)));
        }
    }

    private T Compare<T>(string path, Func<IProgress<StageProgress>, T> compare)
    {
        try
        {
            return Watch(path, CommandParts.Comparison, compare);
        }
        catch (PosTenancyException) when (Quiet)
        {
            WriteObject(false);
            throw;
        }
    }
}
