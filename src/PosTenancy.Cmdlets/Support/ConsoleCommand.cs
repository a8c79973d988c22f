using System.Management.Automation;
using System.Management.Automation.Host;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>A cmdlet whose messages contain names of files and tables: each is escaped before it reaches a console.</summary>
public abstract class ConsoleCommand : PSCmdlet
{
    // As Write-Host does: it is visible by default, and can be redirected as stream 6.
    private static readonly string[] HostTags = ["PSHOST"];

    /// <summary>A path of another parameter, resolved from PowerShell's location; <see langword="null"/> stays.</summary>
    protected string? ResolveLocation(string? path) => path is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);

    /// <summary>Shows a line on the screen directly: after a stop, the pipeline accepts no more output.</summary>
    protected void Tell(string text)
    {
        try
        {
            Host.UI?.WriteWarningLine(VisibleText.Escape(text));
        }
        catch (Exception exception) when (exception is HostException or NotImplementedException)
        {
            // A host without a screen.
        }
    }

    /// <summary>Writes a warning.</summary>
    protected new void WriteWarning(string text) => base.WriteWarning(VisibleText.Escape(text));

    /// <summary>Writes several warnings.</summary>
    protected void WriteWarnings(IReadOnlyList<string> texts)
    {
        foreach (string text in texts)
        {
            WriteWarning(text);
        }
    }

    /// <summary>Shows text that is not a result; names in it are escaped already.</summary>
    protected void Show(string text) => WriteInformation(new HostInformationMessage { Message = text }, HostTags);

    /// <summary>Writes the warnings of a migration, and the rows that the statements of a script returned.</summary>
    protected void ShowOutput(MigrationResult? result)
    {
        WriteWarnings(result?.Warnings ?? []);
        foreach (ScriptOutput output in result?.ScriptOutput ?? [])
        {
            Show(ScriptText.Table(output));
        }
    }
}
