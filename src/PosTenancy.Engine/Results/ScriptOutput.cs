using System.Globalization;

namespace PosTenancy;

/// <summary>The rows that a statement of a script gave: what its author wanted to see.</summary>
/// <param name="Line">The line of the statement.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Rows">
/// The first rows, as text; NULL is <see langword="null"/>, a blob <c>X'…'</c>. At most 1,000 of a statement and 10,000 of a script are
/// kept.
/// </param>
/// <param name="RowCount">How many rows there were.</param>
public sealed record ScriptOutput(
    int Line, string Sql, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, long RowCount)
{
    /// <summary>The line, and how many rows there were.</summary>
    public override string ToString() =>
        string.Format(CultureInfo.InvariantCulture, "line {0}: {1:N0} {2}", Line, RowCount, RowCount == 1 ? "row" : "rows");
}
