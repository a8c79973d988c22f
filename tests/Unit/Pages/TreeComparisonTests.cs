using PosTenancy.Engine.Files;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Pages;

/// <summary>Rows of an earlier state of a table are found in a later one, or are missed.</summary>
public sealed class TreeComparisonTests : TestFolder
{
    private string After => Path.Combine(Folder, "after.db");

    [Theory]
    [InlineData("")]
    [InlineData("INSERT INTO r(v) SELECT v || 'x' FROM r")]
    [InlineData("INSERT INTO r(id, v) SELECT id * 1000 + 7, v FROM r WHERE id % 3 = 0")]
    [InlineData("INSERT INTO w SELECT k || 'x', v, 0 FROM w")]
    [InlineData("CREATE TABLE more(x); INSERT INTO more SELECT v FROM r; CREATE INDEX i ON r(v); INSERT INTO r(v) VALUES(zeroblob(70000))")]
    public void Rows_that_are_added_anywhere_leave_the_others(string sql) => Compare(sql, _ => false, _ => true).ShouldBe("");

    [Theory]
    [InlineData("UPDATE r SET v = v || 'x' WHERE id = 500", "r: the row 500 is gone or changed")]
    [InlineData("DELETE FROM r WHERE id = 999", "r: the row 999 is gone or changed")]
    [InlineData("UPDATE r SET id = 100000 WHERE id = 1", "r: the row 1 is gone or changed")]
    [InlineData("DELETE FROM r", "r: the row 1 is gone or changed")]
    [InlineData("UPDATE w SET v = 'changed' WHERE k = 'k500'", "w: the row after")]
    [InlineData("DELETE FROM w WHERE k = 'k77'", "w: the row after")]
    [InlineData("UPDATE r SET v = replace(v, 'a', 'b') WHERE id = 7", "r: the row 7 is gone or changed")]
    [InlineData("INSERT INTO r(v) SELECT v FROM r; DELETE FROM r WHERE id = 400", "r: the row 400 is gone or changed")]
    public void Row_that_changed_or_is_gone_is_named(string sql, string problem) =>
        Compare(sql, _ => false, _ => true).ShouldStartWith(problem);

    [Theory]
    [InlineData("DELETE FROM r WHERE id > 400", "")]
    [InlineData("DELETE FROM r WHERE id BETWEEN 450 AND 700; DELETE FROM w WHERE rowid_of > 400", "")]
    [InlineData("DELETE FROM r WHERE id >= 400", "r: the row 400 is gone or changed")]
    [InlineData("UPDATE r SET v = v || 'x' WHERE id > 400", "")]
    [InlineData("UPDATE r SET v = v || 'x' WHERE id >= 400", "r: the row 400 is gone or changed")]
    [InlineData("DELETE FROM r WHERE id > 400; INSERT INTO r(id, v) VALUES(700, 'came back'), (5000, 'came')", "")]
    [InlineData("INSERT INTO r(id, v) VALUES(-1, 'came')", "r: the row -1 is new")]
    [InlineData("DELETE FROM w WHERE rowid_of > 400; INSERT INTO w VALUES('zz', 'came', 800)", "")]
    [InlineData("DELETE FROM w WHERE rowid_of = 400", "w: the row after")]
    [InlineData("UPDATE w SET v = 'x' WHERE rowid_of = 7", "w: the row after")]
    public void Rows_that_may_differ_leave_the_others(string sql, string problem) =>
        Compare(sql, Differs, Differs).ShouldStartWith(problem);

    /// <summary>Rows above 400, of either table.</summary>
    private static bool Differs(BTreeCells cells)
    {
        if (cells.HasRowId)
        {
            return cells.RowId > 400;
        }

        CellRecord record = new(cells);
        record.Read();
        return record.Integer(2) > 400;
    }

    private string Compare(string sql, Func<BTreeCells, bool> mayGo, Func<BTreeCells, bool> mayCome)
    {
        Shell.Sql(
            Database,
            """
            PRAGMA page_size = 1024;
            CREATE TABLE r(id INTEGER PRIMARY KEY, v); CREATE TABLE w(k TEXT PRIMARY KEY, v, rowid_of) WITHOUT ROWID;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                INSERT INTO r SELECT i, CASE i % 50 WHEN 7 THEN hex(zeroblob(2000)) || 'a' ELSE 'value ' || i END FROM n;
            INSERT INTO w SELECT 'k' || id, v, id FROM r;
            """);
        File.Copy(Database, After);

        // Free pages keep their bytes, as they do in most builds of SQLite.
        Shell.Sql(After, "PRAGMA secure_delete = OFF;" + sql);
        using FileStream old = FileBlocks.Open(Database);
        using FileStream now = FileBlocks.Open(After);
        DatabasePages before = new(Database, old);
        DatabasePages after = new(After, now);
        PageSet different = PageDifference.Find(old, now, 1024, progress: null, CancellationToken.None);
        using DatabaseConnection connection = DatabaseConnection.OpenImmutable(After, CancellationToken.None);
        Dictionary<string, BTree> trees = BTree.Read(connection).ToDictionary(t => t.Name);
        List<string> problems = [];
        using DatabaseConnection earlier = DatabaseConnection.OpenImmutable(Database, CancellationToken.None);
        foreach (BTree tree in BTree.Read(earlier).Where(t => t.Type == "table"))
        {
            // With and without the knowledge of which pages differ: the same answer, unless a value changed on an overflow page alone.
            string? whole = Run(null);
            bool isOverflow = false;
            new BTreePages(before).Visit(
                tree.Root, (page, overflow) => isOverflow |= overflow && different.Contains(page), CancellationToken.None);
            string? quick = Run(different);
            (quick is null).ShouldBe(whole is null || (isOverflow && quick is null), $"{tree.Name}: {quick}; {whole}");
            problems.AddRange(whole is null ? [] : [$"{tree.Name}: {whole}"]);

            string? Run(PageSet? pages) => TreeComparison.Run(
                new TreePlace(before, tree.Root),
                new TreePlace(after, trees[tree.Name].Root),
                pages,
                mayGo,
                mayCome,
                CancellationToken.None).Problem;
        }

        return string.Join('\n', problems);
    }
}
