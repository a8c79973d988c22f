namespace PosTenancy.Tests.Faults.Tracing;

/// <summary>One system call of the victim, as strace wrote it down.</summary>
/// <param name="Thread">The thread that made it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Number">The how manieth call of this name in this thread it is, from 1: what <c>when=</c> of strace counts.</param>
/// <param name="Arguments">Its arguments, as they stand in the log.</param>
/// <param name="Paths">The paths among its arguments, those of descriptors included, in order.</param>
/// <param name="Result">What it returned; <see langword="null"/> if it never did.</param>
/// <param name="Stage">The stage that the victim was in.</param>
/// <param name="IsInjected">Whether it failed because strace made it fail.</param>
internal sealed record SystemCall(
    int Thread,
    string Name,
    int Number,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Paths,
    long? Result,
    string Stage,
    bool IsInjected)
{
    /// <summary>The path that it changes: of two the second, which is the new name.</summary>
    public string Path => Paths.Count == 0 ? "" : Paths[^1];

    /// <summary>Whether it succeeded.</summary>
    public bool IsDone => Result >= 0;

    /// <summary>Whether it can change the disk: of the calls that open a file, only those that would create it.</summary>
    public bool IsChange => Name is not ("openat" or "open") || Arguments.Any(a => a.Contains("O_CREAT", StringComparison.Ordinal));

    /// <summary>Whether it concerns a folder or what is in it.</summary>
    public bool IsIn(string folder) => Paths.Any(p => p == folder || p.StartsWith(folder + "/", StringComparison.Ordinal));

    /// <summary>The words of a report: which call, on what.</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Paths.Select(System.IO.Path.GetFileName))})";
}
