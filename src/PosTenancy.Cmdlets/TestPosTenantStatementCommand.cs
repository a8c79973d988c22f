using System.Collections.Concurrent;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Statements;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>
/// Finds the SQL of an application, tries each statement on rows of two tenants, and writes one result per statement and table.
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "PosTenantStatement", DefaultParameterSetName = PathSet)]
[OutputType(typeof(StatementResult))]
public sealed class TestPosTenantStatementCommand : DatabaseCommand
{
    private const string StatementSet = "Statement";
    private const string LiteralStatementSet = LiteralPathSet + StatementSet;

    private readonly List<string> _paths = [];
    private readonly List<string> _statements = [];
    private readonly List<StatementRun> _runs = [];
    private readonly HashSet<string> _reports = [];
    private IReadOnlyList<string> _sources = [];
    private StatementBaseline? _baseline;
    private string? _reportPath;

    /// <summary>The live database. Wildcards are allowed. With -Statement, the pipeline has the statements.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = PathSet
    )]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = StatementSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public override string[] Path
    {
        get => base.Path;
        set => base.Path = value;
    }

    /// <summary>The live database, each character taken as it is.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(Mandatory = true, ParameterSetName = LiteralStatementSet)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath")]
    public override string[] LiteralPath
    {
        get => base.LiteralPath;
        set => base.LiteralPath = value;
    }

    /// <summary>Folders and files of the application's source. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] SourcePath { get; set; } = [];

    /// <summary>Statements that are in no file.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = StatementSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralStatementSet)]
    [ValidateNotNullOrEmpty]
    [Alias("Sql")]
    public string[] Statement { get; set; } = [];

    /// <summary>Which files to search: paths, names or folders. Wildcards are allowed.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    public string[] Include { get; set; } = [];

    /// <summary>Which files to leave out: paths, names or folders. Wildcards are allowed.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [SupportsWildcards]
    [AllowEmptyCollection]
    public string[] Exclude { get; set; } = [];

    /// <summary>Whether to search files of tests as well.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter IncludeTest { get; set; }

    /// <summary>Whether to search files of migrations as well.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter IncludeMigration { get; set; }

    /// <summary>The tenant that acts; the one that a row gets by default, or any that has rows, if none is named.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string? TenantId { get; set; }

    /// <summary>Tables that all tenants share, if the history of the database does not record them. Wildcards are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(ExcludeTableCompleter))]
    public string[] ReferenceTable { get; set; } = [];

    /// <summary>The tenant column.</summary>
    [Parameter]
    public string ColumnName { get; set; } = MigrationOptions.DefaultColumnName;

    /// <summary>The file of the findings that are known.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BaselinePath { get; set; }

    /// <summary>Whether to write the findings to the file of -BaselinePath.</summary>
    [Parameter]
    public SwitchParameter UpdateBaseline { get; set; }

    /// <summary>The verdicts of which a new finding is an error.</summary>
    [Parameter]
    [AllowEmptyCollection]
    public StatementVerdict[] FailOn { get; set; } = [StatementVerdict.Leaks, StatementVerdict.NoTenantOnInsert];

    /// <summary>A file that ends in .sarif, .md, .html or .json, or a folder, for the report.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReportPath { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _baseline = RequireArgument(
            static _ => nameof(BaselinePath), () => StatementBaseline.Open(ResolveLocation(BaselinePath), UpdateBaseline));
        _reportPath = RequireArgument(static _ => nameof(ReportPath), () =>
        {
            string? path = ResolveLocation(ReportPath);
            if (path is not null)
            {
                ReportLocation.RequireStatements(path);
            }

            return path;
        });
        FilePaths files = new(this);
        _sources = [.. SourcePath.SelectMany(p => files.Resolve(p, isTyped: true))];
    }

    /// <inheritdoc/>
    /// <remarks>A run begins when all of its statements are known.</remarks>
    protected override void ProcessPaths(IEnumerable<string> paths)
    {
        _paths.AddRange(paths.Except(_paths, StringComparer.Ordinal));
        _statements.AddRange(Statement);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (SourcePath.Length > 0 && _sources.Count == 0)
        {
            return;
        }

        _paths.ForEach(Process);
        if (UpdateBaseline && _baseline is not null)
        {
            Update(_baseline);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        StatementTestOptions options = new()
        {
            SourcePath = _sources,
            Include = Include,
            Exclude = Exclude,
            IncludeTests = IncludeTest,
            IncludeMigrations = IncludeMigration,
            Statement = _statements,
            TenantId = string.IsNullOrEmpty(TenantId) ? null : TenantId,
            ColumnName = ColumnName,
            ReferenceTable = ReferenceTable,
            Baseline = _baseline,
        };
        ConcurrentQueue<StatementResult> found = new();
        StatementRun run = Watch(
            path,
            CommandParts.Statements,
            progress => StatementTest.Run(path, options, found.Enqueue, progress, Cancellation),
            meanwhile: () =>
            {
                while (found.TryDequeue(out StatementResult? result))
                {
                    WriteObject(result);
                }
            });
        _runs.Add(run);
        Describe(run);
        Report(run);
        if (!UpdateBaseline)
        {
            Fail(run);
        }
    }

    /// <inheritdoc/>
    /// <remarks>-UpdateBaseline without -BaselinePath is misuse as well.</remarks>
    protected override bool IsMisuse(string parameter) => parameter == nameof(BaselinePath) || base.IsMisuse(parameter);

    private void Describe(StatementRun run)
    {
        WriteWarnings(run.Warnings);
        foreach (string skipped in run.Skipped)
        {
            WriteVerbose(VisibleText.Escape(skipped));
        }

        foreach (string line in StatementReport.Summarize(run))
        {
            Show(VisibleText.Escape(line));
        }
    }

    private void Report(StatementRun run)
    {
        if (_reportPath is null)
        {
            return;
        }

        try
        {
            string file = ReportLocation.PrepareStatements(run, _reportPath, _reports.Contains);
            StatementReport.Write(run, file);
            _ = _reports.Add(file);
        }
        catch (PosTenancyException exception)
        {
            WriteError(ErrorRecords.From(exception, _reportPath));
        }
    }

    /// <summary>Writes one error for all new findings, so that a process of PowerShell ends with 1.</summary>
    private void Fail(StatementRun run)
    {
        if (StatementReport.Failure(run, FailOn) is { } failure)
        {
            WriteError(ErrorRecords.From(failure, run.Path));
        }
    }

    private void Update(StatementBaseline baseline)
    {
        if (_runs.Count < _paths.Count)
        {
            // The findings of the others would be lost.
            WriteWarning($"The baseline '{baseline.Path}' was not updated, because not every database could be tested.");
            return;
        }

        try
        {
            StatementBaseline updated = baseline.Update(_runs.SelectMany(r => r.Results));
            Show(VisibleText.Escape($"The baseline '{updated.Path}' has {updated.Count} entries. It had {baseline.Count}."));
        }
        catch (PosTenancyException exception)
        {
            WriteError(ErrorRecords.From(exception, baseline.Path));
        }
    }
}
