namespace PosTenancy.Tests.Faults.Tracing;

/// <summary>One system call of the victim, as recorded by strace.</summary>
/// <param name="Thread">Id of the calling thread.</param>
/// <param name="Name">Name of the call.</param>
/// <param name="Number">Ordinal among the thread's calls of this name, from 1, as counted by strace's <c>when=</c>.</param>
/// <param name="Arguments">Arguments as written in the log.</param>
/// <param name="Paths">Paths among the arguments in order, those of descriptors included.</param>
/// <param name="Result">Return value; <see langword="null"/> if it never returned.</param>
/// <param name="Stage">Stage of the victim at the call.</param>
/// <param name="IsInjected">Whether strace made it fail.</param>
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

    /// <summary>Whether it can change the disk: of the calls that open a file, only those that may create it.</summary>
    public bool IsChange => Name is not ("openat" or "open") || Arguments.Any(a => a.Contains("O_CREAT", StringComparison.Ordinal));

    /// <summary>Whether it concerns a folder or its content.</summary>
    public bool IsIn(string folder) => Paths.Any(p => p == folder || p.StartsWith(folder + "/", StringComparison.Ordinal));

    /// <summary>The call and its files, for reports.</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Paths.Select(System.IO.Path.GetFileName))})";
}
