using PosTenancy.Engine.Files;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Every value of every row in the backup is in the migrated file: proved by identical pages or, where a table was rebuilt or its pages
/// moved, by a digest of its rows.
/// </summary>
internal sealed class DataUnchanged : IntegrityCheck
{
    public override string Name => nameof(DataUnchanged);

    public override string Title => "Data unchanged, byte for byte";

    public override string? Risk => "Values changed";

    public override int Effort => 8;

    public override bool IsAboutFile => true;

    public override string Expected(CheckContext context) => "every page identical to the backup, or every row equal";

    public override CheckFinding Measure(CheckContext context)
    {
        if (context.Baseline is not { } baseline)
        {
            return new CheckFinding(CheckStatus.NotChecked, "not compared", "no backup to compare with; name one with -BackupPath");
        }

        using DatabaseConnection before = DatabaseConnection.OpenImmutable(baseline.BackupPath, context.Connection.Cancellation);
        IReadOnlyList<BTree> trees = BTree.Read(before);
        (PageComparison? pages, string? whyNot) = ComparePages(context, baseline, trees);
        Dictionary<string, BTree> now = BTree.Read(context.Connection).ToDictionary(t => t.Name, Identifier.Comparer);
        Dictionary<string, TableSchema> oldTables = baseline.Schema.Tables.ToDictionary(t => t.Name, Identifier.Comparer);
        Dictionary<string, TableSchema> newTables = context.Schema.Tables.ToDictionary(t => t.Name, Identifier.Comparer);
        List<string> different = [];
        List<string> unread = [];
        List<string> notes = [.. pages?.Kinds ?? [], .. whyNot is null ? [] : (string[])[whyNot]];
        (int tables, long rows) = (0, 0);
        int seen = 0;
        foreach (BTree tree in trees.Where(t => t.Type == "table" && !t.Name.StartsWith("sqlite_stat", StringComparison.OrdinalIgnoreCase)))
        {
            seen++;
            if (!newTables.TryGetValue(tree.Name, out TableSchema? after) || !now.TryGetValue(tree.Name, out BTree? place))
            {
                different.Add($"{tree.Name}: the table is gone");
                continue;
            }

            if (!oldTables.TryGetValue(tree.Name, out TableSchema? old))
            {
                unread.Add($"{tree.Name}: SQLite does not list it");
                continue;
            }

            ComparedTable table = new(old, after, context.Expectation.ColumnName, Except(context, tree.Name));
            if (pages is not null && place.Root == tree.Root && !pages.Trees.ContainsKey(tree.Name) && table.HasSameShape)
            {
                continue;
            }

            tables++;
            context.Report($"comparing the rows of {tree.Name}", 0.5 + (0.5 * (seen - 1) / trees.Count), 0.5 + (0.5 * seen / trees.Count));
            try
            {
                rows += CompareRows(context, before, table, different);
            }
            catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
            {
                unread.Add($"{tree.Name}: {exception.Cause}");
            }
        }

        string actual = (pages is null ? "no page compared" : $"{pages.Different} of {pages.Compared} pages differ") +
            (tables == 0 ? ", none of them with rows" : $", {rows} rows in {tables} tables compared one by one");
        return (different.Count, unread.Count) switch
        {
            ( > 0, _) => new CheckFinding(CheckStatus.Failed, actual, List([.. different, .. notes])),
            (_, > 0) => new CheckFinding(CheckStatus.NotChecked, actual, List([.. unread, .. notes])),
            _ => new CheckFinding(CheckStatus.Passed, actual, List(notes)),
        };
    }

    private static (PageComparison? Pages, string? WhyNot) ComparePages(CheckContext context, Baseline baseline, IReadOnlyList<BTree> trees)
    {
        if (context.Bytes is null)
        {
            return (null, "pages: part of the database is in its write-ahead log");
        }

        try
        {
            // A separate descriptor, which may be closed at any time: this process holds no lock on the backup.
            using FileStream backup = FileBlocks.Open(baseline.BackupPath);
            PageComparison? pages = PageComparison.Compare(
                baseline.BackupPath,
                backup,
                context.Bytes,
                trees,
                done => context.Report("comparing pages", (double)done / backup.Length / 2),
                context.Connection.Cancellation);
            return (pages, pages is null ? "pages: their size has changed" : null);
        }
        catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.DatabaseCorrupt)
        {
            return (null, $"pages: {exception.Cause}");
        }
    }

    /// <summary>Compares the rows of a table and reports the first difference.</summary>
    /// <returns>Number of rows compared.</returns>
    private static long CompareRows(CheckContext context, DatabaseConnection before, ComparedTable table, List<string> different)
    {
        string name = table.Before.Name;
        List<string> missing = [.. table.MissingColumns];
        if (missing.Count > 0)
        {
            different.Add($"{name}: the column {string.Join(", ", missing)} is gone");
            return 0;
        }

        string select = table.Select();
        (RowDigest old, RowDigest now) = SideBySide.Run(
            () => RowDigest.Read(before, select),
            () => RowDigest.Read(context.Connection, select));
        if (now != old && RowDifference.First(before, context.Connection, table, MayGrow(context, name)) is { } difference)
        {
            different.Add($"{name}: {difference}");
        }

        return old.Rows;
    }

    /// <summary>Whether a migration adds rows to the table: its history, or the counters of its rows.</summary>
    private static bool MayGrow(CheckContext context, string table) =>
        IsHistory(context, table) ||
        Identifier.Comparer.Equals(table, "sqlite_sequence") ||
        context.MayBeKeptByScript(table);

    private static bool IsHistory(CheckContext context, string table) =>
        Identifier.Comparer.Equals(table, HistoryPlan.OwnTable) ||
        Identifier.Comparer.Equals(table, context.Expectation.HistoryTable!);

    /// <summary>Excludes the AUTOINCREMENT counter of a history, which rises with its row; any other counter must not change.</summary>
    private static string? Except(CheckContext context, string table) =>
        Identifier.Comparer.Equals(table, "sqlite_sequence")
            ? $"t.name COLLATE NOCASE NOT IN ({Identifier.Literal(HistoryPlan.OwnTable)}, " +
                $"{Identifier.Literal(context.Expectation.HistoryTable ?? "")})"
            : null;
}
