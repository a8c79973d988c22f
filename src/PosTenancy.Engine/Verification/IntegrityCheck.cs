using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>A condition that must hold for a migrated database.</summary>
internal abstract class IntegrityCheck
{
    private const int MaxNamed = 10;

    /// <summary>Stable name; public API.</summary>
    public abstract string Name { get; }

    /// <summary>Readable title.</summary>
    public abstract string Title { get; }

    /// <summary>What it guards against, as a report names the risk; <see langword="null"/> for one that guards against nothing.</summary>
    public virtual string? Risk => null;

    /// <summary>How long it takes on a large file, compared with the quickest; for progress.</summary>
    public virtual int Effort => 1;

    /// <summary>Whether it examines the bytes of the file, which exist only after COMMIT.</summary>
    public virtual bool IsAboutFile => false;

    /// <summary>Whether it reads every row, or the key of every row in an index.</summary>
    public virtual bool ReadsAllRows => false;

    /// <summary>The expected measurement.</summary>
    public abstract string Expected(CheckContext context);

    /// <summary>Runs the check.</summary>
    public abstract CheckFinding Measure(CheckContext context);

    /// <summary>A list for <see cref="CheckFinding.Detail"/>; long ones are truncated and marked as such.</summary>
    protected static string List(IReadOnlyCollection<string> items) =>
        ShortList.Join(items, MaxNamed, separator: "; ", last: "; and ");
}

/// <summary>The finding of a check.</summary>
internal sealed record CheckFinding(CheckStatus Status, string Actual, string Detail = "")
{
    public static CheckFinding PassedIf(bool passed, string actual, string detail = "") =>
        new(passed ? CheckStatus.Passed : CheckStatus.Failed, actual, detail);
}
