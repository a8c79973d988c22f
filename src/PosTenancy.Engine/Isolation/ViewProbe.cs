using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>Tests views, which are statements without a filter. Views are compiled but not read: some would run indefinitely.</summary>
internal static class ViewProbe
{
    /// <summary>The finding for each view that reads tenants' tables.</summary>
    public static IEnumerable<(string View, CheckStatus Status, string Detail)> Run(TestedDatabase database)
    {
        foreach (string view in database.Schema.Views)
        {
            string sql = $"SELECT * FROM main.{Identifier.Quote(view)}";
            HashSet<string> read = new(Identifier.Comparer);
            string? error = null;
            database.Connection.Compiler.Observe(
                () => error = database.Connection.Compiler.Error(sql),
                (action, table, _, _) =>
                {
                    if (action == SQLitePCL.raw.SQLITE_READ && table is not null && database.Find(table) is { } found)
                    {
                        _ = read.Add(found.Name);
                    }
                });
            if (error is not null)
            {
                yield return (view, CheckStatus.NotChecked, $"the view does not compile: {error}");
            }
            else if (read.Count > 0)
            {
                bool hasColumn = database.Connection.Compiler.ColumnNames(sql).Contains(database.ColumnName, Identifier.Comparer);
                yield return hasColumn
                    ? (view, CheckStatus.NotChecked, $"the view was not read; it shows {database.ColumnName}, so it can be filtered")
                    : (
                        view,
                        CheckStatus.Warning,
                        $"the view does not show {database.ColumnName}: a reader sees the rows of every tenant in " +
                        $"{string.Join(", ", read.OrderBy(t => t, StringComparer.Ordinal))}"
                    );
            }
        }
    }
}
