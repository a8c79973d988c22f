using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Journal;

/// <summary>An interrupted command, for commands that only read: they report it and leave it to the next command that writes.</summary>
public static class InterruptionNotice
{
    /// <summary>
    /// What was interrupted and what to do about it; <see langword="null"/> if nothing was, or another command is running. Changes nothing.
    /// </summary>
    /// <param name="path">The live database; it may be missing.</param>
    /// <exception cref="PosTenancyException">No file can have that path.</exception>
    public static string? Describe(string path) => InterruptedRuns.Describe(FilePath.Full(path));
}
