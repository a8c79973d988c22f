using PosTenancy.Engine.Text;

namespace PosTenancy;

/// <summary>A failure that the engine foresaw: it has a stable id, and its message says what to do next.</summary>
/// <remarks>Made by <see cref="Errors"/> alone, so that each id has one meaning and one wording.</remarks>
public sealed class PosTenancyException : Exception
{
    /// <summary>A message is read by people, and names in it come from the file: what cannot be seen is spelled out.</summary>
    internal PosTenancyException(string errorId, string path, string message, Exception? inner = null)
        : base(VisibleText.Escape(message), inner)
    {
        ErrorId = errorId;
        Path = path;
    }

    /// <summary>The stable id, such as <c>PosTenancy.DatabaseInUse</c>. Scripts may compare it; it never changes its meaning.</summary>
    public string ErrorId { get; }

    /// <summary>Full path of the file that the failure is about.</summary>
    public string Path { get; }

    /// <summary>
    /// The processes that have the file open, in words; <see langword="null"/> if that is not the failure, or they are not known.
    /// </summary>
    internal string? Processes { get; init; }

    /// <summary>What SQLite or the system said, where one of them did; otherwise the message, without what it promises.</summary>
    internal string Cause => InnerException?.Message ?? Errors.Inner(this);
}
