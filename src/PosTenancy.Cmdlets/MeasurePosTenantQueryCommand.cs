using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Queries;

namespace PosTenancy.Commands;

/// <summary>Measures queries on the backup and on the migrated database, and says why one is slower.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "PosTenantQuery", DefaultParameterSetName = "Path")]
[OutputType(typeof(QueryMeasurement))]
public sealed class MeasurePosTenantQueryCommand : DatabaseCommand
{
    private QueryFile? _queries;

    /// <summary>The backup made before the migration.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupPathCompleter))]
    public string BackupPath { get; set; } = "";

    /// <summary>The tenant to ask for; the only one of the database if none is named.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string? TenantId { get; set; }

    /// <summary>A file of SELECT statements to measure, in place of those that are derived.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Query { get; set; }

    /// <summary>The tables to derive queries from; all if none is named. Wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TableCompleter))]
    public string[] Table { get; set; } = ["*"];

    /// <summary>How many connections read at the same time, after each query was measured alone.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Concurrency { get; set; } = 1;

    /// <summary>How long to repeat each query on both databases together, in seconds or as a time span.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan TimePerQuery { get; set; } = new MeasurementOptions().TimePerQuery;

    /// <summary>The tenant column.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        List<WildcardPattern> tables = [.. Table.Select(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase))];
        MeasurementOptions options = new()
        {
            TenantId = string.IsNullOrEmpty(TenantId) ? null : TenantId,
            ColumnName = ColumnName,
            Queries = Query is null
                ? null
                : RequireArgument(static _ => nameof(Query), () => _queries ??= QueryFile.Read(ResolveLocation(Query)!)),
            IncludeTable = name => tables.Any(pattern => pattern.IsMatch(name)),
            Readers = Concurrency,
            TimePerQuery = TimePerQuery,
        };
        string backupPath = ResolveLocation(BackupPath)!;
        IReadOnlyList<QueryMeasurement> measurements = Watch(path, CommandParts.Measurement(Concurrency > 1), progress =>
            TenantQueries.Measure(path, backupPath, options, progress, Cancellation));
        WriteObject(measurements, enumerateCollection: true);
    }
}
