using System.Globalization;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Searches the tables that belong to no tenant (an audit log, settings in JSON, SQLite's own statistics) for values that no other tenant
/// has: a removal leaves those tables as they are.
/// </summary>
/// <param name="values">The values of the tenant, in the database before it is removed.</param>
/// <param name="isErased">Whether its name will be replaced in PosTenancy's history, and samples removed from the statistics.</param>
/// <param name="run">Stage, progress and cancellation.</param>
internal sealed class HeldValues(TenantValues values, bool isErased, RunContext run)
{
    /// <summary>SQLite's statistics that have values of rows as samples (sqlite.org/fileformat2.html, 2.6.4 to 2.6.6).</summary>
    public static readonly string[] SampleTables = ["sqlite_stat2", "sqlite_stat3", "sqlite_stat4"];

    private readonly DatabaseConnection _connection = values.Slice.Connection;
    private readonly TenantLayout _layout = values.Layout;

    /// <summary>Finds them.</summary>
    public IReadOnlyList<TenantHolder> Find()
    {
        List<Place> places = [.. Places()];
        IReadOnlyList<byte[]> names = values.EncodedNames;
        using FoundValues found = new(_connection.Path, run.Cancellation);
        BytePatterns patterns = new(values.Length);
        values.Read(patterns.Add);
        bool hasName = false;
        foreach (Place place in places)
        {
            Read(place.Sql, place.Parameters, (_, value) =>
            {
                hasName |= IsName(value, names);
                patterns.Find(value, found.Add);
            });
        }

        if (found.Count > 0)
        {
            found.KeepReal(values.Read);
            RemoveOthers(found);
        }

        BytePatterns own = found.ToPatterns();
        IEnumerable<TenantHolder> held =
            found.Count == 0 && !hasName ? [] : places.SelectMany(place => Count(place, own, found, names));
        return isErased ? [.. held] :
        [
            .. held,
            new TenantHolder(
                TenantHolderKind.Table,
                $"{HistoryPlan.OwnTable}.{OwnHistory.TenantId}",
                "the name of the tenant in PosTenancy's history, which records this removal too",
                "Remove the tenant with -Erase, which replaces its name."),
        ];
    }

    /// <summary>What other tenants have, too, is not this tenant's alone.</summary>
    private void RemoveOthers(FoundValues found)
    {
        BytePatterns patterns = found.ToPatterns();
        string column = Identifier.Quote(_layout.ColumnName);
        foreach (TableSchema table in _layout.Tables)
        {
            if (found.Count == 0)
            {
                return;
            }

            run.Report($"Comparing with the rows of others in {table.Name}", StagePart.Schema);
            Read(
                $"SELECT {List(Stored(table))} FROM main.{Identifier.Quote(table.Name)} AS t WHERE t.{column} IS NOT ?1",
                [values.Slice.TenantId],
                (_, value) => patterns.Find(value, found.Remove));
        }
    }

    /// <summary>How many rows of a table have such a value, or the name of the tenant, in each column.</summary>
    private IEnumerable<TenantHolder> Count(Place place, BytePatterns patterns, FoundValues found, IReadOnlyList<byte[]> names)
    {
        long[] counts = new long[place.Columns.Length];
        Read(place.Sql, place.Parameters, (column, value) =>
        {
            bool isHeld = IsName(value, names);
            patterns.Find(value, part => isHeld = isHeld || found.Contains(part));
            counts[column] += isHeld ? 1 : 0;
        });
        return place.Columns
            .Select((column, i) => (column, Rows: counts[i]))
            .Where(c => c.Rows > 0)
            .Select(c => new TenantHolder(
                TenantHolderKind.Table,
                $"{place.Table}.{c.column}",
                $"values of the tenant in {c.Rows.ToString("N0", CultureInfo.InvariantCulture)} {(c.Rows == 1 ? "row" : "rows")}",
                place.HowToRemove));
    }

    private IEnumerable<Place> Places()
    {
        const string ByHand = "Change or delete these values with the application.";
        foreach (TableSchema table in _layout.Schema.Tables.Where(IsOfNoTenant))
        {
            string[] columns = [.. Stored(table)];
            bool isRegistry = values.Registry is { } registry && Identifier.Comparer.Equals(registry.Table.Name, table.Name);
            string condition = isRegistry ? $" WHERE t.{Identifier.Quote(values.Registry!.Column)} COLLATE BINARY IS NOT ?1" : "";
            yield return new Place(
                table.Name,
                columns,
                $"SELECT {List(columns)} FROM main.{Identifier.Quote(table.Name)} AS t{condition}",
                isRegistry ? [values.Slice.TenantId] : [],
                table.Kind == TableKind.System ? "Remove the tenant with -Erase, or run ANALYZE with the application's SQLite." : ByHand);
        }

        yield return new Place(
            "sqlite_schema", ["sql"], "SELECT sql FROM main.sqlite_schema", [], "Change the statement with a script of the application.");
    }

    private static bool IsName(ReadOnlySpan<byte> value, IReadOnlyList<byte[]> names)
    {
        foreach (byte[] name in names)
        {
            if (value.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOfNoTenant(TableSchema table) =>
        table.Kind is TableKind.Table or TableKind.System &&
        table.Unreadable is null &&
        !Identifier.Comparer.Equals(table.Name, "sqlite_schema") &&
        !Identifier.Comparer.Equals(table.Name, HistoryPlan.OwnTable) &&
        !_layout.Tables.Contains(table) &&
        !(isErased && SampleTables.Contains(table.Name, Identifier.Comparer));

    private static IEnumerable<string> Stored(TableSchema table) => table.Columns
        .Where(c => c.Visibility is ColumnVisibility.Ordinary or ColumnVisibility.StoredGenerated)
        .Select(c => c.Name);

    private static string List(IEnumerable<string> columns) => string.Join(", ", columns.Select(c => $"t.{Identifier.Quote(c)}"));

    /// <summary>Reads every text and blob.</summary>
    private void Read(string sql, IReadOnlyList<object?> parameters, ColumnBytes use)
    {
        using Statement select = _connection.Prepare(sql, parameters);
        while (select.Step())
        {
            Row row = select.Row;
            for (int i = 0; i < row.Columns; i++)
            {
                if (row.Type(i) is SQLitePCL.raw.SQLITE_TEXT or SQLitePCL.raw.SQLITE_BLOB)
                {
                    use(i, row.GetBytes(i));
                }
            }
        }
    }

    private delegate void ColumnBytes(int column, ReadOnlySpan<byte> value);

    /// <summary>A table that belongs to no tenant.</summary>
    private sealed record Place(string Table, string[] Columns, string Sql, IReadOnlyList<object?> Parameters, string HowToRemove);
}
