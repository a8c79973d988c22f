using System.Text.Json;

namespace PosTenancy.Tests.Faults.Tracing;

/// <summary>How the victim ended.</summary>
/// <param name="Result">What it said; <see langword="null"/> if it said nothing any more.</param>
/// <param name="Calls">What it asked of the system.</param>
/// <param name="Words">Everything it printed, for whoever has to find out.</param>
internal sealed record VictimRun(VictimResult? Result, IReadOnlyList<SystemCall> Calls, string Words)
{
    public static VictimRun From(int code, string output, string error, IReadOnlyList<SystemCall> calls)
    {
        string? line = output.Split('\n').FirstOrDefault(l => l.StartsWith('{'));
        return new VictimRun(
            line is null ? null : JsonSerializer.Deserialize<VictimResult>(line),
            calls,
            $"exit code {code}\n{output}\n{error}".Trim());
    }

    /// <summary>The calls that could change a folder or what is in it, in their order.</summary>
    public IReadOnlyList<SystemCall> ChangesIn(string folder) => [.. Calls.Where(c => c.IsChange && c.IsIn(folder))];
}

/// <summary>The line that the victim prints.</summary>
/// <param name="Status">The status of an upgrade; Succeeded or Thrown for the other commands.</param>
/// <param name="ErrorId">The stable id of its error.</param>
/// <param name="Message">Its message.</param>
internal sealed record VictimResult(string Status, string? ErrorId, string? Message)
{
    /// <summary>Whether it says that there is nothing left to do.</summary>
    public bool IsGood => Status is "Succeeded" or "AlreadyMigrated";
}
