using PosTenancy.Engine.Text;

namespace PosTenancy;

/// <summary>A writing command was cancelled. What it had begun is undone, and the message says what the database is now.</summary>
public sealed class CommandCancelledException : OperationCanceledException
{
    /// <summary>The message is shown to people, and names in it come from the file system: invisible characters are spelled out.</summary>
    internal CommandCancelledException(string path, string message, OperationCanceledException inner)
        : base(VisibleText.Escape(message), inner, inner.CancellationToken) => Path = path;

    /// <summary>Full path of the database.</summary>
    public string Path { get; }
}
