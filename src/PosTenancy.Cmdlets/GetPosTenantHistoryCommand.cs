using System.Management.Automation;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>Shows the migrations that a database remembers, and changes nothing.</summary>
[Cmdlet(VerbsCommon.Get, "PosTenantHistory", DefaultParameterSetName = "Path")]
[OutputType(typeof(HistoryEntry))]
public sealed class GetPosTenantHistoryCommand : DatabaseCommand
{
    /// <summary>The project's own table in which migrations were recorded.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? HistoryTable { get; set; }

    /// <summary>A script to hold against what was applied under its name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Script { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        HistoryReading history = TenantHistory.Read(path, HistoryTable, ResolveLocation(Script), Cancellation);
        WriteObject(history.Entries, enumerateCollection: true);
        if (history.Entries.Count == 0)
        {
            // Silence could be a history that was not found as well as one that is empty.
            Show(VisibleText.Escape(string.IsNullOrEmpty(HistoryTable)
                ? $"'{path}' has no history: PosTenancy has not migrated it, or recorded it in another table; see -HistoryTable."
                : $"'{path}' has no history: its table '{HistoryTable}' has no rows."));
        }

        if (history.Warning is { } warning)
        {
            WriteWarning(warning);
        }
    }
}
