using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Fleet;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands.Internal;

/// <summary>Reads the rows of a rollout and checks everything that can be checked before it begins. Not exported.</summary>
[Cmdlet(VerbsCommon.New, "Fleet")]
[OutputType(typeof(Fleet))]
public sealed class NewFleetCommand : ConsoleCommand
{
    /// <summary>The rows.</summary>
    [Parameter(Mandatory = true)]
    [AllowEmptyCollection]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>The options for all stores, by parameter.</summary>
    [Parameter(Mandatory = true)]
    public IDictionary Option { get; set; } = new Hashtable();

    /// <summary>How many stores go first.</summary>
    [Parameter]
    public int Canary { get; set; }

    /// <summary>How many stores may be at work at the same time.</summary>
    [Parameter]
    public int ThrottleLimit { get; set; }

    /// <summary>How many stores may fail.</summary>
    [Parameter]
    public string MaxFailure { get; set; } = "10%";

    /// <summary>Whether to only test the upgrades.</summary>
    [Parameter]
    public SwitchParameter Rehearse { get; set; }

    /// <summary>Whether to only describe the upgrades: neither the state nor the log is opened.</summary>
    [Parameter]
    public SwitchParameter Preview { get; set; }

    /// <summary>The file to go on from.</summary>
    [Parameter]
    [AllowNull]
    public string? StatePath { get; set; }

    /// <summary>A file or folder for reports.</summary>
    [Parameter]
    [AllowNull]
    public string? ReportPath { get; set; }

    /// <summary>The log.</summary>
    [Parameter]
    [AllowNull]
    public string? LogPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            FleetRowReader reader = new(Option, path => ResolveLocation(path)!);
            List<FleetItem> items = [.. InputObject.Select(reader.Read)];
            FleetStores.Require([.. items.Select(i => i.Store)]);
            string? reportPath = Resolve(ReportPath);
            if (reportPath is not null)
            {
                ReportLocation.Require(reportPath);
            }

            WriteObject(new Fleet(items, new FleetOptions
            {
                Canary = Canary,
                ThrottleLimit = ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount,
                MaxFailure = FailureLimit.Parse(MaxFailure) ??
                    throw FleetStores.Invalid($"cannot begin: -MaxFailure '{MaxFailure}' is neither a number of stores nor a percentage"),
                Rehearses = Rehearse,
                StatePath = Preview ? null : Resolve(StatePath),
                ReportPath = Preview ? null : reportPath,
                LogPath = Preview ? null : Resolve(LogPath),
            }));
        }
        catch (PosTenancyException exception)
        {
            ThrowTerminatingError(ErrorRecords.From(exception, target: null));
        }
    }

    private string? Resolve(string? path) => string.IsNullOrEmpty(path) ? null : ResolveLocation(path);
}

/// <summary>Says what a rollout would do with a store. Not exported.</summary>
[Cmdlet(VerbsCommon.Get, "FleetPreview")]
[OutputType(typeof(string))]
public sealed class GetFleetPreviewCommand : ConsoleCommand
{
    /// <summary>The store.</summary>
    [Parameter(Mandatory = true)]
    public FleetItem Item { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Item.Options is not { } options)
        {
            WriteObject(
                $"Copy the module to {Item.ComputerName} unless it is there, and upgrade for tenant '{Item.TenantId}'. With -WhatIf " +
                "nothing is copied, so the database was not examined");
            return;
        }

        try
        {
            WriteObject(VisibleText.Escape(MigrationDescription.Describe(GuardedUpgrade.Preview(Item.Path, options))));
        }
        catch (PosTenancyException exception)
        {
            WriteError(ErrorRecords.From(exception, Item.Path));
        }
    }
}

/// <summary>Waits a moment for stores on this machine, shows progress, and returns the results whose turn it is. Not exported.</summary>
[Cmdlet(VerbsData.Update, "Fleet")]
[OutputType(typeof(FleetResult))]
public sealed class UpdateFleetCommand : ConsoleCommand
{
    private const int ActivityId = 7268;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The rollout.</summary>
    [Parameter(Mandatory = true)]
    public Fleet Fleet { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Fleet.Wait(Pause);
        Fleet.Collect();
        Show();
        foreach (string warning in Fleet.TakeWarnings())
        {
            WriteWarning(warning);
        }

        WriteObject(Fleet.Take(), enumerateCollection: true);
    }

    private void Show()
    {
        int all = Fleet.Items.Count;
        int ended = Fleet.Rollout.Ended + Fleet.Rollout.Done.Count;
        string failed = Fleet.Rollout.Failures == 0 ? "" : $", {Fleet.Rollout.Failures} not done";
        string[] working =
            [.. Fleet.AtWork.Select(i => i.Activity.Length == 0 ? Name(i) : $"{Name(i)}: {i.Activity}")];
        ProgressRecord record = new(
            ActivityId,
            string.Format(CultureInfo.InvariantCulture, "{0} {1:N0} stores", Fleet.Rehearses ? "Testing the upgrade of" : "Upgrading", all),
            string.Format(CultureInfo.InvariantCulture, "{0:N0} of {1:N0}{2}", ended, all, failed))
        {
            CurrentOperation = VisibleText.Escape(string.Join("; ", working)),
            PercentComplete = (int)(100L * ended / all),
            RecordType = Fleet.Rollout.IsFinished ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };
        if (Fleet.Rollout.Ended > 0)
        {
            int left = Fleet.Rollout.Waiting + Fleet.Rollout.AtWork;
            record.SecondsRemaining = (int)(Fleet.Elapsed.TotalSeconds / Fleet.Rollout.Ended * left);
        }

        WriteProgress(record);

        static string Name(FleetItem item) => item.ComputerName is { } computer
            ? $"{computer} {Path.GetFileName(item.Path)}"
            : Path.GetFileName(item.Path);
    }
}

/// <summary>Makes the error record of a result, or of a rollout that was stopped. Not exported.</summary>
[Cmdlet(VerbsCommon.New, "FleetErrorRecord")]
[OutputType(typeof(ErrorRecord))]
public sealed class NewFleetErrorRecordCommand : PSCmdlet
{
    /// <summary>A result that has an error; none for the rollout.</summary>
    [Parameter]
    public FleetResult? Result { get; set; }

    /// <summary>The rollout.</summary>
    [Parameter]
    public Fleet? Fleet { get; set; }

    /// <summary>What the host says of a question that it cannot ask; none for other errors.</summary>
    [Parameter]
    public Exception? Exception { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(
        Result is { Error: { } error } ? ErrorRecords.From(
            Result.ComputerName is { } computer && !error.Message.Contains(computer)
                ? error with { Message = $"{computer}: {error.Message}" }
                : error,
            Result.Path)
        : Exception is not null ? ErrorRecords.ConfirmationRequired($"{Fleet!.Items.Count} stores", Exception)
        : ErrorRecords.From(FleetStores.RolloutStopped(Fleet!.Rollout), target: null));
}

/// <summary>
/// Ends a rollout: after Ctrl+C, cancels what is at work on this machine and waits until it is undone. Writes the report. Not exported.
/// </summary>
[Cmdlet(VerbsLifecycle.Stop, "Fleet")]
[OutputType(typeof(FleetResult))]
public sealed class StopFleetCommand : ConsoleCommand
{
    /// <summary>The rollout.</summary>
    [Parameter(Mandatory = true)]
    public Fleet Fleet { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isCancelled = !Fleet.IsFinished;
        if (isCancelled)
        {
            Fleet.Cancel();
            while (Fleet.AtWork.Any(i => i.Upgrade is not null))
            {
                Fleet.Wait(TimeSpan.FromMilliseconds(100));
                Fleet.Collect();
            }
        }

        // The caller receives nothing after a stop: only the screen, the state and the report can show how the stores ended.
        IReadOnlyList<FleetResult> last = Fleet.Take();
        string? report = null;
        try
        {
            report = Fleet.WriteReport();
        }
        catch (PosTenancyException exception) when (isCancelled)
        {
            Tell(exception.Message);
        }
        catch (PosTenancyException exception)
        {
            WriteError(ErrorRecords.From(exception, target: null));
        }
        finally
        {
            Fleet.Dispose();
        }

        if (isCancelled)
        {
            int waiting = last.Count(r => r.Status == FleetStatus.NotStarted);
            foreach (FleetResult result in last.Where(r => r.Status != FleetStatus.NotStarted))
            {
                Tell(result.Error?.Message ?? $"'{result.Path}': {result.Status}. It ended before it could be cancelled.");
            }

            Tell($"The rollout was cancelled; {waiting} stores were not begun.{(report is null ? "" : $" The report is '{report}'.")}");
        }
        else if (report is not null)
        {
            WriteVerbose($"The report of the rollout is '{report}'.");
        }
    }
}
