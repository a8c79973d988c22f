using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Progress;
using PosTenancy.Postgres;

namespace PosTenancy.Commands;

/// <summary>Copies tenants to PostgreSQL or Citus, and proves them there row by row.</summary>
[Cmdlet(VerbsCommon.Copy, "PosTenant", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(TenantCopyResult), typeof(FileInfo))]
public sealed class CopyPosTenantCommand : TenantDatabaseCommand
{
    private EngineRuns<IReadOnlyList<TenantCopyResult>>? _runs;

    /// <summary>The tenant. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TenantIdCompleter))]
    public string TenantId { get; set; } = "";

    /// <summary>A connection string, a postgresql:// address, or the name of a service.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>How tenants are laid out.</summary>
    [Parameter]
    public CopyLayout Layout { get; set; }

    /// <summary>The schema of the tables.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string SchemaName { get; set; } = "public";

    /// <summary>What becomes of dates.</summary>
    [Parameter]
    public DateTimeColumns DateTime { get; set; }

    /// <summary>How to carry columns for which no type holds all values: @{ 'table.column' = 'Text' }.</summary>
    [Parameter]
    public IDictionary? Conversion { get; set; }

    /// <summary>What becomes of rows whose reference names no row.</summary>
    [Parameter]
    public DanglingReferences DanglingReference { get; set; }

    /// <summary>What to do if rows of shared tables differ from those in PostgreSQL.</summary>
    [Parameter]
    public SharedRowsAction SharedRows { get; set; }

    /// <summary>The role of the application.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Role { get; set; }

    /// <summary>A file for the statements, instead of a copy.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutputScript { get; set; }

    /// <summary>How many databases are copied at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>User and password.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _runs = new EngineRuns<IReadOnlyList<TenantCopyResult>>(ThrottleLimit, Cancel, Write);
    }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        TenantCopyOptions options = RequireArgument(static _ => nameof(TenantId), () => new TenantCopyOptions(TenantId, Destination)
        {
            Credential = Credential?.GetNetworkCredential(),
            Layout = Layout,
            Schema = SchemaName,
            DateTime = DateTime,
            Conversion = PostgresParameters.Conversions(Conversion),
            DanglingReference = DanglingReference,
            SharedRows = SharedRows,
            Role = Role,
            ReferenceTable = ReferenceTable,
            ColumnName = ColumnName,
        });
        if (OutputScript is not null)
        {
            WriteScript(path, options, ResolveLocation(OutputScript)!);
            return;
        }

        string action = $"Copy the tenant '{TenantId}' to PostgreSQL in the layout {Layout}";
        if (IsWhatIf)
        {
            IReadOnlyList<CopyTablePlan> plan = Watch(path, CommandParts.Transfer, progress =>
                TenantCopy.Plan(path, options, progress, Cancellation));
            string rows = plan.Sum(t => t.Rows).ToString("N0", CultureInfo.InvariantCulture);
            string blocked = string.Join("; ", plan.Where(t => t.Action == CopyTableAction.Blocked).Select(t => $"{t.Table}: {t.Reason}"));
            action = blocked.Length > 0 ? $"Refuse the copy ({blocked})"
                : plan.Any(t => t.Action == CopyTableAction.Current)
                    ? $"Leave PostgreSQL as it is, which has the {rows} rows of the tenant '{TenantId}' already"
                    : $"{action}: {rows} rows ({string.Join(", ", plan)})";
        }

        if (!ShouldProcess(path, action))
        {
            return;
        }

        _runs!.Start(this, path, CommandParts.Transfer, progress => TenantCopy.Run(path, options, progress, Cancellation));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => _runs!.Finish();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // The pipeline has ended early: what became of the others is said on the screen.
            _runs?.Stop((path, finish) =>
            {
                try
                {
                    Attempt(path, () => Tell(Ended(path, finish()[0]) + " The pipeline was stopped."));
                }
                catch (PipelineStoppedException)
                {
                    // It has been.
                }
            });
        }

        base.Dispose(disposing);
    }

    private static string Ended(string path, TenantCopyResult result) => result.Error?.Message ?? $"'{path}': {result}.";

    private void Write(string path, Func<IReadOnlyList<TenantCopyResult>> finish) => Attempt(path, () =>
    {
        IReadOnlyList<TenantCopyResult> results = finish();
        WriteWarnings(results[0].Warnings);
        foreach (TenantCopyResult result in results)
        {
            WriteResult(result, Ended(path, result));
        }

        if (results[0].Error is { } error)
        {
            WriteError(ErrorRecords.From(error, path));
        }
    });

    private void WriteScript(string path, TenantCopyOptions options, string file)
    {
        if (ShouldProcess(file, $"Write the statements for '{path}'"))
        {
            IReadOnlyList<CopyTablePlan> plan = Watch(path, CommandParts.Transfer, progress =>
                TenantCopy.Plan(path, options, progress, Cancellation));
            WriteObject(CopyScript.Write(path, file, plan));
        }
    }
}
