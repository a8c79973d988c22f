using System.Globalization;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>The rows of tables that all tenants share: the same in a source and in the database, or a decision is needed.</summary>
internal sealed class SharedRows
{
    private const int MaxNamed = 3;

    private readonly List<(TableSchema Table, string[] Columns)> _tables = [];

    private SharedRows()
    {
    }

    /// <summary>Rows that are the same in both, or of which those of the database hold.</summary>
    public long Same { get; private set; }

    /// <summary>Rows that the database lacks.</summary>
    public long Missing { get; private set; }

    /// <summary>Compares every shared table.</summary>
    /// <param name="source">The source.</param>
    /// <param name="target">The database, or the copy of it on which the import is rehearsed.</param>
    /// <param name="live">Full path of the database, for errors.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="action">What to do with rows that differ.</param>
    /// <exception cref="PosTenancyException">Rows differ, and it was not decided what holds.</exception>
    public static SharedRows Compare(
        DatabaseConnection source, DatabaseConnection target, string live, TenantLayout layout, SharedRowsAction action)
    {
        SharedRows shared = new();
        List<string> differences = [];
        foreach (TableSchema table in layout.Shared)
        {
            string[] columns = [.. layout.Columns(table).Select(c => c.Name)];
            shared._tables.Add((table, columns));
            using SliceDigest here = new();
            using SliceDigest there = new();
            using Statement search = Search(target, table, columns);
            List<string> named = [];
            long different = 0;
            foreach ((byte[] hash, IReadOnlyList<SqlValue> key, string text) in source.Query(
                Select(table, columns), row => (here.Compute(row, maps: null), Key(row, table, columns), Text(row, table, columns))))
            {
                search.Restart([.. key.Select(v => v.Value)]);
                if (!search.Step())
                {
                    shared.Missing++;
                    Note("missing");
                }
                else if (there.Compute(search.Row, maps: null).AsSpan().SequenceEqual(hash))
                {
                    shared.Same++;
                }
                else
                {
                    shared.Same++;
                    Note("different");
                }

                void Note(string what)
                {
                    different++;
                    if (named.Count < MaxNamed)
                    {
                        named.Add($"{text} is {what}");
                    }
                }
            }

            if (different > 0)
            {
                differences.Add($"{table.Name}: {different} rows, such as {string.Join(", ", named)}");
            }
        }

        return differences.Count == 0 || action == SharedRowsAction.KeepExisting
            ? shared
            : throw Errors.SharedRowsDiffer(source.Path, live, ShortList.Join(differences, 10, separator: "; "));
    }

    /// <summary>Adds the rows that the database lacks.</summary>
    public void Add(DatabaseConnection source, DatabaseConnection target)
    {
        foreach ((TableSchema table, string[] columns) in Missing == 0 ? [] : _tables)
        {
            using Statement search = Search(target, table, columns);
            using Statement insert = target.Prepare(
                $"INSERT INTO main.{Identifier.Quote(table.Name)} ({string.Join(", ", columns.Select(Identifier.Quote))}) " +
                $"VALUES ({string.Join(", ", columns.Select((_, i) => Parameter(i)))})");
            using Statement select = source.Prepare(Select(table, columns));
            while (select.Step())
            {
                search.Restart([.. Key(select.Row, table, columns).Select(v => v.Value)]);
                if (!search.Step())
                {
                    for (int i = 0; i < columns.Length; i++)
                    {
                        insert.BindFrom(i + 1, select.Row, i);
                    }

                    _ = insert.Run();
                }
            }
        }
    }

    private static string Select(TableSchema table, string[] columns) =>
        $"SELECT {string.Join(", ", columns.Select(Identifier.Quote))} FROM main.{Identifier.Quote(table.Name)}";

    /// <summary>Finds a row by its primary key or, in a table without one, by all its values.</summary>
    private static Statement Search(DatabaseConnection target, TableSchema table, string[] columns) => target.Prepare(
        $"{Select(table, columns)} WHERE " +
        string.Join(" AND ", KeyColumns(table, columns).Select((c, i) => $"{Identifier.Quote(c)} IS {Parameter(i)}")));

    private static string[] KeyColumns(TableSchema table, string[] columns)
    {
        string[] primary = [.. table.PrimaryKey.Where(c => columns.Contains(c, Identifier.Comparer))];
        return primary.Length > 0 ? primary : columns;
    }

    private static IReadOnlyList<SqlValue> Key(Row row, TableSchema table, string[] columns)
    {
        IReadOnlyList<SqlValue> all = SqlValue.ReadAll(row);
        return [.. KeyColumns(table, columns).Select(k => all[Array.FindIndex(columns, c => Identifier.Comparer.Equals(c, k))])];
    }

    private static string Text(Row row, TableSchema table, string[] columns) =>
        $"({string.Join(", ", Key(row, table, columns).Select(v => v.Text ?? "NULL"))})";

    private static string Parameter(int index) => "?" + (index + 1).ToString(CultureInfo.InvariantCulture);
}
