using System.Globalization;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres;

/// <summary>
/// The counters of identity columns: a copy assigns no number, so without this the first INSERT would meet a number that is taken.
/// </summary>
internal static class Sequences
{
    /// <summary>Sets the counter of a table, if it has one.</summary>
    /// <remarks>
    /// The counter of AUTOINCREMENT may be higher than the highest key: numbers of deleted rows are not assigned again. Two statements,
    /// because Citus would look for the sequence on the node that has the rows.
    /// </remarks>
    public static void Set(TargetServer server, CopyPart part)
    {
        foreach (TargetColumn column in part.Table.Columns.Where(c => c.IsIdentity))
        {
            object? highest = server.Scalar($"SELECT max({Identifier.Quote(column.Name)}) FROM {part.Name}");
            long last = Math.Max(highest as long? ?? 0, part.Table.Counter);
            string sequence = (string)server.Scalar("SELECT pg_get_serial_sequence($1, $2)", part.Name, column.Name)!;

            // Another copy, or an application there, may have gone further.
            if (last > (long)server.Scalar($"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")!)
            {
                server.Execute(string.Format(
                    CultureInfo.InvariantCulture, "SELECT setval({0}, {1})", Identifier.Literal(sequence), last));
            }
        }
    }
}
