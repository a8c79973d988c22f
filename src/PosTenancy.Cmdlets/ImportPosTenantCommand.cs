using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>
/// Brings stores, exported tenants or tenants of other databases into a database, in one guarded run for all of its input.
/// </summary>
[Cmdlet(
    VerbsData.Import,
    "PosTenant",
    DefaultParameterSetName = "Path",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High
)]
[OutputType(typeof(TenantImportResult))]
public sealed class ImportPosTenantCommand : DatabaseCommand
{
    private readonly List<(string Path, TenantSource Source)> _sources = [];
    private readonly HashSet<string> _reports = [];
    private string? _reportPath;

    /// <summary>The store, export or database to bring in, each character taken as it is.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "ExportPath")]
    [ValidateNotNullOrEmpty]
    public string SourcePath { get; set; } = "";

    /// <summary>The tenant that its rows will belong to.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string TenantId { get; set; } = "";

    /// <summary>The tenant of the source whose rows are meant, if it has several.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(SourceTenantIdCompleter))]
    public string? SourceTenantId { get; set; }

    /// <summary>What the schema does not tell of keys: a hashtable, or the path of a JSON file.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    public object? KeyMap { get; set; }

    /// <summary>Further tables that all tenants share. Wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ReferenceTable { get; set; } = [];

    /// <summary>What to do with rows of shared tables that differ.</summary>
    [Parameter]
    public SharedRowsAction SharedRows { get; set; }

    /// <summary>An existing folder for the backup.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>A file or folder for the report of the run.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReportPath { get; set; }

    /// <summary>Whether to go without the rehearsal on a copy.</summary>
    [Parameter]
    public SwitchParameter SkipRehearsal { get; set; }

    /// <summary>The tenant column.</summary>
    [Parameter]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <summary>How long to wait for others to close the database and to end writing to a source, in seconds or as a time span.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? LockTimeout { get; set; }

    /// <inheritdoc/>
    protected override bool ReadsOnly => IsWhatIf;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _reportPath = RequireArgument(static _ => nameof(ReportPath), () =>
        {
            string? path = ResolveLocation(ReportPath);
            if (path is not null)
            {
                ReportLocation.Require(path);
            }

            return path;
        });
    }

    /// <inheritdoc/>
    /// <remarks>A run begins when all of its sources are known.</remarks>
    protected override void ProcessPaths(IEnumerable<string> paths)
    {
        FilePaths files = new(this);
        foreach (string path in paths)
        {
            foreach (string sourcePath in files.ResolveLiteral(SourcePath))
            {
                try
                {
                    TenantSource source = RequireArgument(
                        static errorId => errorId == ErrorIds.InvalidTenantId ? nameof(TenantId) : nameof(KeyMap),
                        () => new TenantSource(sourcePath, TenantId)
                        {
                            SourceTenantId = string.IsNullOrEmpty(SourceTenantId) ? null : SourceTenantId,
                            Keys = KeyMapReader.Read(KeyMap, p => ResolveLocation(p)!),
                        });
                    _sources.Add((path, source));
                }
                catch (PosTenancyException exception)
                {
                    WriteError(ErrorRecords.From(exception, sourcePath));
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (string path in _sources.Select(s => s.Path).Distinct(StringComparer.Ordinal))
        {
            Process(path);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        TenantSource[] sources = [.. _sources.Where(s => s.Path == path).Select(s => s.Source)];
        TenantImportOptions options = new()
        {
            ColumnName = ColumnName,
            ReferenceTable = ReferenceTable,
            SharedRows = SharedRows,
            Destination = ResolveLocation(Destination),
            SkipRehearsal = SkipRehearsal,
            LockTimeout = LockTimeout,
        };
        if (IsWhatIf)
        {
            Describe(path, sources, options);
            return;
        }

        string what = sources.Length == 1
            ? $"Import '{sources[0].Path}' as tenant '{sources[0].TenantId}', after a verified backup"
            : $"Import {sources.Length.ToString("N0", CultureInfo.InvariantCulture)} tenants in one transaction, after a verified backup";
        if (!ShouldProcess(path, what))
        {
            return;
        }

        Stopwatch watch = Stopwatch.StartNew();
        IReadOnlyList<TenantImportResult> results = Watch(
            path,
            CommandParts.TenantChange(!SkipRehearsal),
            progress => TenantImport.Run(path, sources, options, progress, Cancellation),
            "importing into");
        TenantImportRun run = Report(new TenantImportRun(path, results, results[0].StartedAt, watch.Elapsed), out ErrorRecord? unwritten);
        if (Cancellation.IsCancellationRequested)
        {
            TellEnd(run);
            throw new PipelineStoppedException();
        }

        Write(run, unwritten);
    }

    private void Describe(string path, IReadOnlyList<TenantSource> sources, TenantImportOptions options)
    {
        foreach (TenantImportResult result in TenantImport.Preview(path, sources, options, Cancellation))
        {
            if (result.Error is { } error)
            {
                WriteError(ErrorRecords.From(error, result.SourcePath));
                continue;
            }

            string rows = result.Tables.Sum(t => t.Rows).ToString("N0", CultureInfo.InvariantCulture);
            _ = ShouldProcess(path, result.Status == TenantChangeStatus.AlreadyImported
                ? $"Nothing: '{result.SourcePath}' was imported as tenant '{result.TenantId}' already"
                : $"Import {rows} rows of '{result.SourcePath}' as tenant '{result.TenantId}', after a verified backup: " +
                    string.Join(", ", result.Tables.Where(t => t.Rows > 0)));
        }
    }

    /// <summary>Writes the report, whatever happened.</summary>
    private TenantImportRun Report(TenantImportRun run, out ErrorRecord? unwritten)
    {
        unwritten = null;
        if (_reportPath is null)
        {
            return run;
        }

        try
        {
            string file = ReportLocation.PrepareImport(run, _reportPath, _reports.Contains);
            ImportReport.Write(run, file);
            _ = _reports.Add(file);
            return run with { Results = [.. run.Results.Select(r => r with { ReportPath = file })] };
        }
        catch (PosTenancyException exception)
        {
            unwritten = ErrorRecords.From(exception, _reportPath);
            return run;
        }
    }

    /// <summary>
    /// Writes every result, in their order, before an error can end the command. What concerns the whole run is written once.
    /// </summary>
    private void Write(TenantImportRun run, ErrorRecord? unwritten)
    {
        WriteWarnings([.. run.Results.SelectMany(r => r.Warnings).Distinct(StringComparer.Ordinal)]);
        foreach (TenantImportResult result in run.Results)
        {
            WriteObject(result);
        }

        foreach (IGrouping<Failure, TenantImportResult> failure in run.Results.Where(r => r.Error is not null).GroupBy(r => r.Error!))
        {
            WriteError(ErrorRecords.From(failure.Key, failure.Count() > 1 ? run.Path : failure.Single().SourcePath));
        }

        if (unwritten is not null)
        {
            WriteError(unwritten);
        }
    }

    /// <summary>Says how the run ended, where the pipeline takes nothing any more.</summary>
    private void TellEnd(TenantImportRun run)
    {
        foreach (string text in run.Results
            .Select(r => r.Error?.Message ??
                $"'{r.SourcePath}': {r.Status}. The command finished before it could be cancelled.")
            .Distinct(StringComparer.Ordinal))
        {
            Tell(text);
        }

        if (run.Results[0].ReportPath is { } report)
        {
            Tell($"The report is '{report}'.");
        }
    }
}
