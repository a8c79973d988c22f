using PosTenancy.Engine.Text;

namespace PosTenancy;

/// <summary>A failure that the engine foresaw: it has a stable id, and its message says what to do next.</summary>
/// <remarks>Made by <see cref="Errors"/> alone, so that each id has one meaning and one wording.</remarks>
public sealed class PosTenancyException : Exception
{
    /// <summary>A message is read by people, and names in it come from the file: what cannot be seen is spelled out.</summary>
    /// <param name="errorId">The stable id.</param>
    /// <param name="path">Full path of the file that the failure is about.</param>
    /// <param name="what">What happened.</param>
    /// <param name="next">What to do next; empty if the error around this one knows.</param>
    /// <param name="state">What was left unchanged; empty if the error around this one knows.</param>
    /// <param name="inner">What SQLite or the system said.</param>
    internal PosTenancyException(string errorId, string path, string what, string next = "", string state = "", Exception? inner = null)
        : base(VisibleText.Escape(string.Join(" ", new[] { what, next, state }.Where(part => part.Length > 0))), inner)
    {
        ErrorId = errorId;
        Path = path;
        What = VisibleText.Escape(what);
    }

    /// <summary>The stable id, such as <c>PosTenancy.DatabaseInUse</c>. Scripts may compare it; it never changes its meaning.</summary>
    public string ErrorId { get; }

    /// <summary>Full path of the file that the failure is about.</summary>
    public string Path { get; }

    /// <summary>
    /// The processes that have the file open, in words; <see langword="null"/> if that is not the failure, or they are not known.
    /// </summary>
    internal string? Processes { get; init; }

    /// <summary>The part of the message that says what happened, for a message that quotes this one.</summary>
    internal string What { get; }

    /// <summary>What SQLite or the system reported, if one of them did; otherwise <see cref="What"/>.</summary>
    internal string Cause => InnerException?.Message ?? What;
}
