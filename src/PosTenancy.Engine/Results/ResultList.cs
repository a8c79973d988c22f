using System.Collections.ObjectModel;

namespace PosTenancy;

/// <summary>
/// A list in a result. Export-Csv, and ConvertTo-Json below its depth, write the text of a value: for other lists that is the name of their
/// type.
/// </summary>
internal sealed class ResultList<T>(IList<T> items) : ReadOnlyCollection<T>(items)
{
    /// <summary>The texts of the items.</summary>
    public override string ToString() => string.Join("; ", this);
}

internal static class ResultList
{
    public static IReadOnlyList<T> From<T>(IReadOnlyList<T> items) => items as ResultList<T> ?? new ResultList<T>([.. items]);
}
