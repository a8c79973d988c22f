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
/// The proof that a change of rows changed nothing else: every other row of the backup is in the file, byte for byte, and no other row is
/// new. Pages that did not change need not be read; of those that did, each row is looked for in its order.
/// </summary>
/// <param name="live">The database, for the results.</param>
/// <param name="database">The committed file.</param>
/// <param name="backup">The file before.</param>
/// <param name="layout">The tables.</param>
/// <param name="change">What may differ.</param>
/// <param name="run">Stage, progress and cancellation.</param>
internal sealed class ChangedFile(
    string live,
    ExclusiveDatabase database,
    RecordedBackup backup,
    TenantLayout layout,
    FileChange change,
    RunContext run)
{
    private const int MaxNamed = 10;

    /// <summary>In a file that was written again, no page says any more that an index still belongs to its rows.</summary>
    private readonly string _integrityCheck = change.IsRewritten ? "integrity_check" : "quick_check";

    private string IntegrityPragma => $"PRAGMA main.{_integrityCheck}(1000)";

    /// <summary>Runs every check.</summary>
    public IReadOnlyList<CheckResult> Check()
    {
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, run.Cancellation);
        using DatabaseConnection after = DatabaseConnection.OpenImmutable(database.File.Path, run.Cancellation);
        using DatabaseConnection other = DatabaseConnection.OpenImmutable(database.File.Path, run.Cancellation);
        (CheckResult integrity, CheckResult rows) = SideBySide.Run(
            () => Run(
                "FileIntegrity",
                "File integrity",
                $"no problems in PRAGMA {_integrityCheck}, an entry for each row in each index",
                () => CheckIntegrity(other, before)),
            () => Run("OtherTenantsUnchanged", "Rows of all others unchanged", "every row of the backup, byte for byte", () =>
                CompareRows(after)));
        return
        [
            rows,
            Run("SchemaUnchanged", "Schema unchanged", Expected(change.Statements.Count), () => CompareSchema(before, after)),
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
        PageSet? different = change.IsRewritten
            ? null
            : PageDifference.Find(old, database.RawFile, oldPages.Header.PageSize, progress: null, run.Cancellation);
        Dictionary<string, BTree> now = BTree.Read(after).Where(t => t.Type == "table").ToDictionary(t => t.Name, Identifier.Comparer);
        HashSet<string> rebuilt = Rebuilt();
        DatabaseSchema schema = SchemaReader.Read(before, countRows: false);
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

            PageSet? unread = different;
            if (different is not null)
            {
                if (!HasDifferent(oldPages, tree.Root, different, out bool hasDifferentOverflow) && tree.Root == (place ?? tree).Root)
                {
                    problems.AddRange(GrowthProblem(before, after, tree.Name, 0));
                    continue;
                }

                unread = hasDifferentOverflow ? null : different;
            }

            tables++;
            (Func<BTreeCells, bool> mayGo, Func<BTreeCells, bool> mayCome) = Allowed(
                tree.Name, schema, (before, oldPages), (after, newPages));
            TreeComparison compared = TreeComparison.Run(
                new TreePlace(oldPages, tree.Root),
                new TreePlace(newPages, (place ?? tree).Root),
                unread,
                mayGo,
                mayCome,
                run.Cancellation);
            rows += compared.Rows;
            problems.AddRange(compared.Problem is { } problem
                ? [$"{tree.Name}: {problem}"]
                : GrowthProblem(before, after, tree.Name, compared.Growth));
        }

        string read = different is null ? "the whole file was read" : $"{different.Count} of {oldPages.Count} pages differ";
        string actual = $"{read}, {rows} rows in {tables} tables compared one by one";
        return (problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed, actual, ShortList.Join(problems, MaxNamed, separator: "; "));
    }

    /// <summary>Which rows of a table may be gone, and which may be new.</summary>
    private (Func<BTreeCells, bool> MayGo, Func<BTreeCells, bool> MayCome) Allowed(
        string name,
        DatabaseSchema schema,
        (DatabaseConnection Connection, DatabasePages Pages) before,
        (DatabaseConnection Connection, DatabasePages Pages) after)
    {
        if (name == SchemaTree.Name)
        {
            // The statements themselves are compared on their own.
            return (change.Statements.Count > 0 || change.IsRewritten ? Any : None, Any);
        }

        if (Identifier.Comparer.Equals(name, HistoryPlan.OwnTable))
        {
            return (change.ChangesHistory ? Any : None, Any);
        }

        if (change.Recomputed.Contains(name))
        {
            return (Any, Any);
        }

        if (change.Registry is { } registry && Identifier.Comparer.Equals(registry.Table.Name, name))
        {
            return Tenants(registry.Column);
        }

        return layout.Tables.Any(t => Identifier.Comparer.Equals(t.Name, name)) ? Tenants(layout.ColumnName)
            : change.AddsShared && layout.Shared.Any(t => Identifier.Comparer.Equals(t.Name, name)) ? (None, Any)
            : (None, None);

        static bool Any(BTreeCells cells) => true;
        static bool None(BTreeCells cells) => false;

        (Func<BTreeCells, bool>, Func<BTreeCells, bool>) Tenants(string columnName) => (
            TenantCells.Read(before.Connection, before.Pages, schema.FindTable(name)!, columnName, change.Before).Contains,
            TenantCells.Read(after.Connection, after.Pages, layout.Schema.FindTable(name)!, columnName, change.After).Contains);
    }

    /// <summary>Rows that may come and go must be as many as the change was to bring and to take.</summary>
    private IEnumerable<string> GrowthProblem(DatabaseConnection before, DatabaseConnection after, string table, long growth)
    {
        if (layout.Tables.All(t => !Identifier.Comparer.Equals(t.Name, table)))
        {
            return [];
        }

        long expected = change.Growth.TryGetValue(table, out long rows) ? rows : 0;
        return growth == expected || Count(after, table) - Count(before, table) == expected
            ? []
            : [$"{table}: {growth} rows more than before instead of {expected}"];
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

    private static string Expected(int statements) => statements == 0
        ? "the schema of the backup"
        : $"the schema of the backup, with {statements} new {(statements == 1 ? "statement" : "statements")}";

    private (CheckStatus Status, string Actual, string Detail) CompareSchema(DatabaseConnection before, DatabaseConnection after)
    {
        List<string> old = Objects(before, change.Statements);
        List<string> now = Objects(after, new Dictionary<string, string>(Identifier.Comparer));
        List<string> problems =
        [
            .. old.Except(now, StringComparer.Ordinal).Select(o => $"gone or changed: {o}"),
            .. now.Except(old, StringComparer.Ordinal).Select(o => $"new: {o}"),
        ];
        return (problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed, $"{now.Count} objects", ShortList.Join(problems, MaxNamed));

        static List<string> Objects(DatabaseConnection connection, IReadOnlyDictionary<string, string> statements) =>
        [
            .. connection.Query(
                $"SELECT type, name, sql FROM main.sqlite_schema WHERE tbl_name <> '{HistoryPlan.OwnTable}'",
                row =>
                {
                    // A trigger may have the name of a table.
                    (string type, string name) = (row.GetString(0), row.GetString(1));
                    bool isChanged = statements.TryGetValue(name, out string? sql) && type != "trigger";
                    return $"{type} {name}: {(isChanged ? sql : row.GetStringOrNull(2))}";
                }),
        ];
    }

    /// <summary>
    /// SQLite's quick check of the whole file, and the number of entries in each index. That each entry belongs to its row is not searched
    /// for again: for the rows that were there, neither rows nor pages say otherwise, and those that are new were read through an index.
    /// </summary>
    private (CheckStatus Status, string Actual, string Detail) CheckIntegrity(DatabaseConnection after, DatabaseConnection before)
    {
        run.Report("Checking the file", StagePart.FileChecks);
        List<string> problems = FileIntegrity.Problems(after, IntegrityPragma);
        if (problems.Count > 0)
        {
            // A file that had problems before may have them afterwards.
            problems = [.. problems.Except(FileIntegrity.Problems(before, IntegrityPragma), StringComparer.Ordinal)];
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
