using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The proof of a rename from its record in the history, which has both names, and the backup.</summary>
internal static class RenameProof
{
    /// <summary>Runs every check.</summary>
    /// <param name="live">The database, for the results.</param>
    /// <param name="database">The committed file.</param>
    /// <param name="backup">The file before.</param>
    /// <param name="record">What the history says of the rename.</param>
    /// <param name="layout">The tables.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    public static IReadOnlyList<CheckResult> Check(
        string live,
        ExclusiveDatabase database,
        RecordedBackup backup,
        HistoryEntry record,
        TenantLayout layout,
        RunContext run)
    {
        (string oldName, string newName) = (record.Name!, record.TenantId!);
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, run.Cancellation);
        DatabaseSchema schema = SchemaReader.Read(before, countRows: false);
        TenantLayout earlier = layout with
        {
            Schema = schema,
            Tables = [.. layout.Tables.Select(t => schema.FindTable(t.Name)).OfType<TableSchema>()],
        };
        NamePlaces places = NamePlaces.Find(before, earlier, oldName);

        // What was written to the file, and not what the connection that wrote it remembers.
        using DatabaseConnection after = DatabaseConnection.OpenImmutable(database.File.Path, run.Cancellation);
        FileChange change = new()
        {
            Before = [oldName],
            After = [newName],
            Registry = places.Listed,
            ChangesHistory = true,
            Statements = places.Statements(newName),
        };
        return
        [
            RenamedRows.Measure(run, "TenantEqualsBackup", "Rows equal to the backup", "every value but the tenant's as there", () =>
            {
                (IReadOnlyDictionary<string, RowDigest> old, IReadOnlyDictionary<string, RowDigest> now) = SideBySide.Run(
                    () => RenamedRows.Digests(new TenantSlice(before, layout.ColumnName, oldName), earlier, run with { Progress = null }),
                    () => RenamedRows.Digests(new TenantSlice(after, layout.ColumnName, newName), layout, run));
                return (
                    [.. RenamedRows.Differences(old, now), .. Growth(before, after, earlier)],
                    $"{now.Values.Sum(d => d.Rows)} rows in {now.Count} tables");
            }),
            RenamedRows.Measure(run, "RowsStoreTenant", "Rows store their tenant", "no row has its tenant from the DEFAULT alone", () =>
                StoredRows(after, new DatabasePages(database.File.Path, database.RawFile), layout, places)),
            RenamedRows.Measure(run, "HistoryFollows", "History and list of tenants", "the new name, and no other change", () => (
                [.. HistoryProblems(before, after, live, record), .. RegistryProblems(before, after, places, oldName, newName)],
                places.Listed is { } listed ? $"the entry in {listed.Table.Name}.{listed.Column}" : "no table lists the tenant")),
            .. new ChangedFile(live, database, backup, layout, change, run).Check(),
        ];
    }

    private static IEnumerable<string> Growth(DatabaseConnection before, DatabaseConnection after, TenantLayout layout) =>
        layout.Tables
            .Select(t => (t.Name, Sql: $"SELECT count(*) FROM main.{Identifier.Quote(t.Name)}"))
            .Where(t => before.Scalar(t.Sql) != after.Scalar(t.Sql))
            .Select(t => $"{t.Name} has {after.Scalar(t.Sql)} rows of all tenants, {before.Scalar(t.Sql)} in the backup");

    /// <summary>Reads the records themselves: SQLite shows the DEFAULT in place of a value that is not stored.</summary>
    private static (IReadOnlyList<string> Different, string Actual) StoredRows(
        DatabaseConnection after, DatabasePages pages, TenantLayout layout, NamePlaces places)
    {
        Dictionary<string, long> roots = BTree.Read(after)
            .Where(t => t.Type == "table")
            .ToDictionary(t => t.Name, t => t.Root, Identifier.Comparer);
        List<string> problems = [];
        long read = 0;
        foreach (TableSchema table in layout.Tables.Where(t => places.Defaults.Any(d => Identifier.Comparer.Equals(d.Table.Name, t.Name))))
        {
            int place = RecordLayout.Columns(after, table).ToList()
                .FindIndex(c => Identifier.Comparer.Equals(c, layout.ColumnName));
            BTreeCells cells = new(pages, roots[table.Name]);
            CellRecord record = new(cells);
            long missing = 0;
            while (cells.Read(after.Cancellation))
            {
                record.Read();
                read++;
                missing += record.Class(place) == StorageClass.Missing ? 1 : 0;
            }

            if (missing > 0)
            {
                problems.Add($"{table.Name}: {missing} rows");
            }
        }

        return (problems, $"{read} rows of {places.Defaults.Count} tables read");
    }

    /// <summary>Every row of the history as it was, apart from the name; and the row of the rename.</summary>
    private static IEnumerable<string> HistoryProblems(
        DatabaseConnection before, DatabaseConnection after, string live, HistoryEntry record)
    {
        IEnumerable<HistoryEntry> expected = TenantHistory.Read(before, live, historyTable: null)
            .Select(e => e.TenantId == record.Name && Identifier.Comparer.Equals(e.ColumnName!, record.ColumnName!)
                ? e with { TenantId = record.TenantId }
                : e)
            .Append(record);
        return expected.SequenceEqual(TenantHistory.Read(after, live, historyTable: null))
            ? []
            : [$"{HistoryPlan.OwnTable} has other rows than before, or not that of the rename"];
    }

    /// <summary>The entry in the list of tenants has the values that it had under the old name.</summary>
    private static IEnumerable<string> RegistryProblems(
        DatabaseConnection before, DatabaseConnection after, NamePlaces places, string oldName, string newName)
    {
        if (places.Listed is not { } listed)
        {
            return [];
        }

        string columns = string.Join(
            ", ",
            TenantLayout.Columns(listed.Table, listed.Column).Select(c => $"t.{Identifier.Quote(c.Name)}").DefaultIfEmpty("NULL"));
        string table = Identifier.Quote(listed.Table.Name);
        string condition = $"t.{Identifier.Quote(listed.Column)} COLLATE BINARY =";
        string select = $"SELECT {columns} FROM main.{table} AS t WHERE {condition} ";
        string count = $"SELECT count(*) FROM main.{table}";
        RowDigest old = RowDigest.Read(before, select + Identifier.Literal(oldName));
        RowDigest now = RowDigest.Read(after, select + Identifier.Literal(newName));
        return old == now && before.Scalar(count) == after.Scalar(count)
            ? []
            : [$"the entry in {listed.Table.Name} has other values than before"];
    }
}
