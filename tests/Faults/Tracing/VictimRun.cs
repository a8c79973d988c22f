using System.Text.Json;

namespace PosTenancy.Tests.Faults.Tracing;

/// <summary>A finished run of the victim.</summary>
/// <param name="Result">The reported result; <see langword="null"/> if it reported none.</param>
/// <param name="Calls">Its system calls.</param>
/// <param name="Words">Its whole output, for diagnosis.</param>
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

    /// <summary>The calls that could change a folder or its content, in order.</summary>
    public IReadOnlyList<SystemCall> ChangesIn(string folder) => [.. Calls.Where(c => c.IsChange && c.IsIn(folder))];
}

/// <summary>The line that the victim prints.</summary>
/// <param name="Status">The status of an upgrade; Succeeded or Thrown for the other commands.</param>
/// <param name="ErrorId">Stable id of its error.</param>
/// <param name="Message">Message of its error.</param>
internal sealed record VictimResult(string Status, string? ErrorId, string? Message)
{
    /// <summary>Whether it reports that nothing is left to do.</summary>
    public bool IsGood => Status is "Succeeded" or "AlreadyMigrated" or "AlreadyImported";
}
