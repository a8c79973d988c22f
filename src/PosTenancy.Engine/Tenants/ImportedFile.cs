using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The proof that an import only added rows: every row that the backup has is in the file, byte for byte. Pages that did not change need
/// not be read; of those that did, each row is looked for in its order.
/// </summary>
/// <param name="live">The database, for the results.</param>
/// <param name="database">The committed file.</param>
/// <param name="backup">The file before.</param>
/// <param name="layout">The tables.</param>
/// <param name="imported">How many rows each table got.</param>
/// <param name="addsShared">Whether rows were added to shared tables.</param>
/// <param name="run">Stage, progress and cancellation.</param>
internal sealed class ImportedFile(
    string live,
    ExclusiveDatabase database,
    RecordedBackup backup,
    TenantLayout layout,
    IReadOnlyDictionary<string, long> imported,
    bool addsShared,
    RunContext run)
{
    private const int MaxNamed = 10;

    private const string QuickCheck = "PRAGMA main.quick_check(1000)";

    /// <summary>Runs every check.</summary>
    public IReadOnlyList<CheckResult> Check()
    {
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, run.Cancellation);
        using DatabaseConnection after = DatabaseConnection.OpenImmutable(database.File.Path, run.Cancellation);
        using DatabaseConnection other = DatabaseConnection.OpenImmutable(database.File.Path, run.Cancellation);
        (CheckResult integrity, CheckResult rows) = SideBySide.Run(
            () => Run("FileIntegrity", "File integrity", "no problems in PRAGMA quick_check, an entry for each row in each index", () =>
                CheckIntegrity(other, before)),
            () => Run("OtherTenantsUnchanged", "Rows of all others unchanged", "every row of the backup, byte for byte", () =>
                CompareRows(after)));
        return
        [
            rows,
            Run("SchemaUnchanged", "Schema unchanged", "the schema of the backup", () => CompareSchema(before, after)),
            integrity,
        ];
    }

    private (CheckStatus Status, string Actual, string Detail) CompareRows(DatabaseConnection after)
    {
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, run.Cancellation);
        using FileStream old = FileBlocks.Open(backup.Path);
        DatabasePages oldPages = new(backup.Path, old);
        DatabasePages newPages = new(database.File.Path, database.RawFile);
        run.Report("Comparing pages", StagePart.FileChecks);
        PageSet different = PageDifference.Find(old, database.RawFile, oldPages.Header.PageSize, progress: null, run.Cancellation);
        Dictionary<string, BTree> now = BTree.Read(after).Where(t => t.Type == "table").ToDictionary(t => t.Name, Identifier.Comparer);
        HashSet<string> rebuilt = Rebuilt();
        List<string> problems = [];
        (int tables, long rows) = (0, 0);
        foreach (BTree tree in BTree.Read(before).Where(t => t.Type == "table" && !rebuilt.Contains(t.Name)).Prepend(SchemaTree))
        {
            if (tree.Name == "sqlite_sequence")
            {
                problems.AddRange(CompareSequences(before, after));
                continue;
            }

            run.Report($"Comparing {tree.Name}", StagePart.FileChecks);
            if (!now.TryGetValue(tree.Name, out BTree? place) && tree != SchemaTree)
            {
                problems.Add($"{tree.Name}: the table is gone");
                continue;
            }

            if (!HasDifferent(oldPages, tree.Root, different, out bool hasDifferentOverflow) && tree.Root == (place ?? tree).Root)
            {
                continue;
            }

            tables++;
            TreeComparison compared = TreeComparison.Run(
                oldPages, tree.Root, newPages, (place ?? tree).Root, hasDifferentOverflow ? null : different, run.Cancellation);
            rows += compared.Rows;
            if (compared.Problem is { } problem)
            {
                problems.Add($"{tree.Name}: {problem}");
            }
            else if (imported.TryGetValue(tree.Name, out long expected))
            {
                // A row that was added for another tenant is neither gone nor changed.
                if (compared.Added != expected && Count(after, tree.Name) - Count(before, tree.Name) is var added && added != expected)
                {
                    problems.Add($"{tree.Name}: {added} rows are new, and {expected} were imported");
                }
            }
            else if (compared.Added > 0 && !MayGrow(tree.Name))
            {
                problems.Add($"{tree.Name}: {compared.Added} rows are new");
            }
        }

        string actual = $"{different.Count} of {oldPages.Count} pages differ, {rows} rows in {tables} tables compared one by one";
        return (problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed, actual, ShortList.Join(problems, MaxNamed, separator: "; "));
    }

    /// <summary>The table of the schema itself, whose root is the first page.</summary>
    private static BTree SchemaTree { get; } = new("table", "sqlite_schema", 1, Sql: null);

    private bool HasDifferent(DatabasePages pages, long root, PageSet different, out bool overflow)
    {
        bool any = false;
        bool inOverflow = false;
        new BTreePages(pages).Visit(
            root,
            (page, isOverflow) =>
            {
                bool differs = different.Contains(page);
                any |= differs;
                inOverflow |= differs && isOverflow;
            },
            run.Cancellation);
        overflow = inOverflow;
        return any;
    }

    /// <summary>The tables behind full-text indexes that were rebuilt.</summary>
    private HashSet<string> Rebuilt()
    {
        string[] indexes =
        [
            .. layout.Virtual.Where(t => VirtualTables.ContentOf(layout.Schema, t.Name) is { Length: > 0 }).Select(t => t.Name + "_"),
        ];
        return new HashSet<string>(
            layout.Schema.Tables
                .Where(t => t.Kind == TableKind.Shadow && indexes.Any(i => t.Name.StartsWith(i, StringComparison.OrdinalIgnoreCase)))
                .Select(t => t.Name),
            Identifier.Comparer);
    }

    private static long Count(DatabaseConnection connection, string table) =>
        connection.Scalar($"SELECT count(*) FROM main.{Identifier.Quote(table)}");

    private bool MayGrow(string table) =>
        Identifier.Comparer.Equals(table, HistoryPlan.OwnTable) ||
        table == SchemaTree.Name ||
        (addsShared && layout.Shared.Any(t => Identifier.Comparer.Equals(t.Name, table)));

    /// <summary>A number that was assigned once is not assigned again: each counter is at least what it was.</summary>
    private static IEnumerable<string> CompareSequences(DatabaseConnection before, DatabaseConnection after)
    {
        Dictionary<string, long> now = Sequences(after);
        return Sequences(before)
            .Where(s => !now.TryGetValue(s.Key, out long seq) || seq < s.Value)
            .Select(s => $"sqlite_sequence: the counter of {s.Key} was {s.Value}");

        static Dictionary<string, long> Sequences(DatabaseConnection connection) => connection
            .Query("SELECT name, max(seq) FROM main.sqlite_sequence WHERE name IS NOT NULL GROUP BY name", static row =>
                (row.GetString(0), row.IsNull(1) ? 0 : row.GetInt64(1)))
            .ToDictionary(s => s.Item1, s => s.Item2, StringComparer.Ordinal);
    }

    private static (CheckStatus Status, string Actual, string Detail) CompareSchema(DatabaseConnection before, DatabaseConnection after)
    {
        List<string> old = Objects(before);
        List<string> now = Objects(after);
        List<string> problems =
        [
            .. old.Except(now, StringComparer.Ordinal).Select(o => $"gone or changed: {o}"),
            .. now.Except(old, StringComparer.Ordinal).Select(o => $"new: {o}"),
        ];
        return (problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed, $"{now.Count} objects", ShortList.Join(problems, MaxNamed));

        static List<string> Objects(DatabaseConnection connection) =>
        [
            .. connection.Query(
                $"SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM main.sqlite_schema " +
                    $"WHERE tbl_name <> '{HistoryPlan.OwnTable}'",
                static row => row.GetString(0)),
        ];
    }

    /// <summary>
    /// SQLite's quick check of the whole file, and the number of entries in each index. That each entry belongs to its row is not searched
    /// for again: for the rows that were there, neither rows nor pages say otherwise, and those that are new were read through an index.
    /// </summary>
    private (CheckStatus Status, string Actual, string Detail) CheckIntegrity(DatabaseConnection after, DatabaseConnection before)
    {
        run.Report("Checking the file", StagePart.FileChecks);
        List<string> problems = FileIntegrity.Problems(after, QuickCheck);
        if (problems.Count > 0)
        {
            // A file that had problems before may have them afterwards.
            problems = [.. problems.Except(FileIntegrity.Problems(before, QuickCheck), StringComparer.Ordinal)];
        }

        int indexes = 0;
        foreach (TableSchema table in layout.Matched)
        {
            string from = $"SELECT count(*) FROM main.{Identifier.Quote(table.Name)}";
            long rows = after.Scalar($"{from} NOT INDEXED");
            foreach (IndexSchema index in table.Indexes.Where(i => !i.IsPartial && !(table.IsWithoutRowId && i.Origin == "pk")))
            {
                indexes++;
                long entries = after.Scalar($"{from} INDEXED BY {Identifier.Quote(index.Name)}");
                if (entries != rows)
                {
                    problems.Add($"{index.Name} has {entries} entries for {rows} rows of {table.Name}");
                }
            }
        }

        return (
            problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            $"{problems.Count} problems, {indexes} indexes counted",
            ShortList.Join(problems, MaxNamed, separator: "; "));
    }

    private CheckResult Run(string name, string title, string expected, Func<(CheckStatus Status, string Actual, string Detail)> measure)
    {
        Stopwatch watch = Stopwatch.StartNew();
        (CheckStatus status, string actual, string detail) = Measure();
        return new CheckResult(live, name, title, expected, actual, status, detail, watch.Elapsed);

        (CheckStatus Status, string Actual, string Detail) Measure()
        {
            try
            {
                return measure();
            }
            catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
            {
                // A definition that only the application has, such as a collation.
                return (CheckStatus.NotChecked, "no result", exception.Cause);
            }
        }
    }
}
