using System.Management.Automation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;

namespace PosTenancy.Commands;

/// <summary>A command that migrates, with the statements of the plan or with a script of the caller's own.</summary>
public abstract class ScriptedMigrationCommand : MigrationCommand
{
    private MigrationScript? _script;

    /// <summary>A file of SQL to run in place of the statements of the plan.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Script { get; set; }

    /// <summary>The options of the engine for a tenant, with the script. It is read once: every database of a command gets the same.</summary>
    protected MigrationOptions ScriptedOptions(string? tenantId)
    {
        MigrationOptions options = Options(tenantId);
        return Script is null ? options : RequireArgument(static _ => nameof(Script), () => options with { Script = _script ??= ScriptFile.Read(ResolveLocation(Script)!) });
    }

    /// <summary>Shows each statement that a plan would run from a script, and its warnings.</summary>
    protected void ShowScript(MigrationPlan plan)
    {
        Warn(plan.Warnings);
        if (plan is { Options.Script: { } script } && plan.Changes.Any())
        {
            foreach (string line in ScriptText.Listing(script))
            {
                Show(line);
            }
        }
    }

    /// <summary>Shows the rows that the statements of a script gave, and its warnings.</summary>
    protected void ShowOutput(MigrationResult? result)
    {
        Warn(result?.Warnings ?? []);
        foreach (ScriptOutput output in result?.ScriptOutput ?? [])
        {
            Show(ScriptText.Table(output));
        }
    }

    private void Warn(IReadOnlyList<string> warnings)
    {
        foreach (string warning in warnings)
        {
            WriteWarning(warning);
        }
    }
}
