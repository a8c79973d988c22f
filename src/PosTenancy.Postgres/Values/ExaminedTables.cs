using PosTenancy.Engine.Schema;

namespace PosTenancy.Postgres.Values;

/// <summary>
/// What the values of the tables are. A table is read once, however often it is planned: the database is read in one state.
/// </summary>
/// <param name="slice">The rows.</param>
/// <param name="examining">Receives the table that is read, and how many are done of how many.</param>
internal sealed class ExaminedTables(CopySlice slice, Action<string, long, long> examining)
{
    private readonly Dictionary<string, TableFindings> _known = new(StringComparer.Ordinal);

    /// <summary>The findings of a table.</summary>
    public TableFindings Find(TableSchema table)
    {
        if (!_known.TryGetValue(table.Name, out TableFindings? findings))
        {
            examining(table.Name, _known.Count, slice.Layout.Matched.Count());
            findings = TableFindings.Read(slice, table);
            _known.Add(table.Name, findings);
        }

        return findings;
    }
}
