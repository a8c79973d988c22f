using System.Globalization;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Scripts;

/// <summary>Compares a script with the one that was applied under its name. Pure: touches no file.</summary>
internal static class ScriptHistory
{
    /// <summary>Whether an entry belongs to this script, and if so, whether the script is unchanged.</summary>
    /// <returns><see langword="null"/> for another script's entry, and for one without a PosTenancy checksum.</returns>
    public static ScriptState? State(HistoryEntry entry, string name, string checksum) =>
        !string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase) || !Checksum.IsOne(entry.Checksum) ? null
            : string.Equals(entry.Checksum, checksum, StringComparison.OrdinalIgnoreCase) ? ScriptState.Unchanged
            : ScriptState.Changed;

    /// <summary>A warning for a script that changed after it was applied; <see langword="null"/> if there is none.</summary>
    /// <param name="entries">The history, oldest first. The last entry of the name counts: a script may have been applied again.</param>
    /// <param name="name">File name of the script.</param>
    /// <param name="checksum">SHA-256 of its current bytes.</param>
    public static string? Warning(IEnumerable<HistoryEntry> entries, string name, string checksum)
    {
        HistoryEntry? last = entries.LastOrDefault(e => State(e, name, checksum) is not null);
        return last is null || State(last, name, checksum) == ScriptState.Unchanged
            ? null
            : $"The script '{name}' was applied to '{last.Path}'" +
                (
                    last.AppliedAt is { } at
                        ? $" on {at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC"
                        : "") +
                $" and has changed since: its SHA-256 was {last.Checksum}, and is now {checksum}. The database does not contain what " +
                "the script says now.";
    }
}
