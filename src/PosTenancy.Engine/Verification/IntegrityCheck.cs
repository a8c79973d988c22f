using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>One thing that must be true of a migrated database.</summary>
internal abstract class IntegrityCheck
{
    private const int MaxNamed = 10;

    /// <summary>Stable name; public API.</summary>
    public abstract string Name { get; }

    /// <summary>What it is about, for people.</summary>
    public abstract string Title { get; }

    /// <summary>What it guards against, as a report names the risk; <see langword="null"/> for one that guards against nothing.</summary>
    public virtual string? Risk => null;

    /// <summary>How long it takes on a large file, compared with the quickest; for progress.</summary>
    public virtual int Effort => 1;

    /// <summary>Whether it is about the bytes of the file, which are not there before COMMIT.</summary>
    public virtual bool IsAboutFile => false;

    /// <summary>What should be measured.</summary>
    public abstract string Expected(CheckContext context);

    /// <summary>Measures.</summary>
    public abstract CheckFinding Measure(CheckContext context);

    /// <summary>A list for <see cref="CheckFinding.Detail"/>: long ones are cut, and say so.</summary>
    protected static string List(IReadOnlyCollection<string> items) =>
        ShortList.Join(items, MaxNamed, separator: "; ", last: "; and ");
}

/// <summary>What a check found.</summary>
internal sealed record CheckFinding(CheckStatus Status, string Actual, string Detail = "")
{
    public static CheckFinding PassedIf(bool passed, string actual, string detail = "") =>
        new(passed ? CheckStatus.Passed : CheckStatus.Failed, actual, detail);
}
