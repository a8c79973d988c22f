using System.Globalization;
using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres;

/// <summary>
/// The counters of identity columns: a copy assigns no number, so without this the first INSERT would meet a number that is taken.
/// </summary>
internal static class Sequences
{
    /// <summary>The statements for a table; none without an identity column.</summary>
    /// <remarks>The counter of AUTOINCREMENT may be higher than the highest key: numbers of deleted rows are not assigned again.</remarks>
    public static IEnumerable<string> Statements(CopyPart part) =>
        from column in part.Table.Columns
        where column.IsIdentity
        let sequence = $"pg_get_serial_sequence({Identifier.Literal(part.Name)}, {Identifier.Literal(column.Name)})"
        select string.Format(
            CultureInfo.InvariantCulture,
            "SELECT setval({0}, m.highest) FROM (SELECT greatest(max({1}), {2}) AS highest FROM {3}) AS m WHERE m.highest > 0",
            sequence,
            Identifier.Quote(column.Name),
            part.Table.Counter,
            part.Name);
}
