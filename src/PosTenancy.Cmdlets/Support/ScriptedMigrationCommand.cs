using System.Management.Automation;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Scripts;

namespace PosTenancy.Commands;

/// <summary>A command that migrates, with the statements of the plan or with a script of the caller's own.</summary>
public abstract class ScriptedMigrationCommand : MigrationCommand
{
    private MigrationScript? _script;

    /// <summary>A file of SQL to run in place of the statements of the plan.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Script { get; set; }

    /// <summary>
    /// The options of the engine for a tenant, with the script. It is read once: every database of a command gets the same.
    /// </summary>
    protected MigrationOptions ScriptedOptions(string? tenantId)
    {
        MigrationOptions options = Options(tenantId);
        return Script is null
            ? options
            : RequireArgument(
                static _ => nameof(Script),
                () => options with { Script = _script ??= ScriptFile.Read(ResolveLocation(Script)!) });
    }

    /// <summary>Checks before it asks: an impossible operation is refused without a question, and a migrated database needs none.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What is to be done.</param>
    /// <param name="preview">Plans it, or refuses; called only if the user is asked or -WhatIf is given.</param>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    private protected MigrationQuestion AskAbout(
        string path, MigrationOptions options, Func<IProgress<StageProgress>, MigrationPlan> preview)
    {
        string general = MigrationDescription.Describe(options);
        if (!IsWhatIf && !Asks)
        {
            return new MigrationQuestion(general, isNeeded: true);
        }

        string? interrupted = InterruptionNotice.Describe(path);
        try
        {
            MigrationPlan plan = Watch(path, CommandParts.Plan, preview);
            if (IsWhatIf)
            {
                ShowScript(plan);
            }

            string action = MigrationDescription.Describe(plan);
            return IsWhatIf || interrupted is null
                ? new MigrationQuestion(action, IsWhatIf || plan.HasChanges)
                : new MigrationQuestion($"{interrupted} After that: {action}", isNeeded: true);
        }
        catch (PosTenancyException exception) when (!IsWhatIf && (interrupted is not null || exception.ErrorId == ErrorIds.HotJournal))
        {
            // A preview only reads. The migration first lets SQLite roll back what a crash left, and settles what was interrupted.
            string first = interrupted ?? "Roll back the unfinished transaction left by a crash.";
            return new MigrationQuestion($"{first} After that: {general}", isNeeded: true);
        }
    }

    /// <summary>Shows each statement that a plan would run from a script, and its warnings.</summary>
    private void ShowScript(MigrationPlan plan)
    {
        WriteWarnings(plan.Warnings);
        if (plan is { Options.Script: { } script } && plan.Changes.Any())
        {
            foreach (string line in ScriptText.Listing(script))
            {
                Show(line);
            }
        }
    }
}
