using System.Globalization;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Pages;

/// <summary>The kinds of a file's pages, compared with the shell's dbstat table, and page comparison of two files.</summary>
public sealed class PageTests : TestFolder
{
    private static readonly int[] PageSizes = [512, 1024, 4096, 8192, 65536];
    private static readonly string[] Vacuums = ["NONE", "FULL", "INCREMENTAL"];

    public static TheoryData<int, string> Layouts => new(
        from size in PageSizes
        from vacuum in Vacuums
        select (size, vacuum));

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_page_is_found_where_the_shell_finds_it(int pageSize, string vacuum)
    {
        CreateEverything(pageSize, vacuum);
        using FileStream file = FileBlocks.Open(Database);
        DatabasePages pages = new(Database, file);
        BTreePages walk = new(pages);
        PageKinds kinds = PageKinds.Read(pages, walk, CancellationToken.None);
        List<string> found = [];
        using (DatabaseConnection connection = DatabaseConnection.OpenImmutable(Database, CancellationToken.None))
        {
            foreach (BTree tree in BTree.Read(connection))
            {
                walk.Visit(tree.Root, (page, _) => found.Add($"{tree.Name}|{page}"), CancellationToken.None);
            }
        }

        string[] all = [.. Enumerable.Range(1, (int)pages.Count).Select(n => kinds.Find(n).ToString())];
        found.AddRange(
            all.Select((kind, i) => (kind, i)).Where(p => p.kind is "Header" or "Schema").Select(p => $"sqlite_schema|{p.i + 1}"));
        found
            .Order(StringComparer.Ordinal)
            .ShouldBe(Shell.Sql(Database, "SELECT name, pageno FROM dbstat").Split('\n').Order(StringComparer.Ordinal));
        all.Count(kind => kind == "Free").ShouldBe(int.Parse(Shell.Sql(Database, "PRAGMA freelist_count"), CultureInfo.InvariantCulture));

        // Every page has a kind: the remaining ones are pointer maps.
        all.Count(kind => kind == "PointerMap").ShouldBe(all.Length - found.Count - all.Count(kind => kind == "Free"));
        all.Contains("PointerMap").ShouldBe(vacuum != "NONE");
    }

    [Fact]
    public void Pages_that_lie_about_the_next_one_end_in_a_clear_error()
    {
        CreateEverything(1024, "NONE");
        byte[] good = File.ReadAllBytes(Database);
        List<BTree> trees;
        using (DatabaseConnection connection = DatabaseConnection.OpenImmutable(Database, CancellationToken.None))
        {
            trees = [.. BTree.Read(connection)];
        }

        Random random = new(20);
        int damaged = 0;
        string path = Path.Combine(Folder, "bad.db");
        File.WriteAllBytes(path, good);
        using FileStream bad = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        int count = Soak.IsOn ? 20_000 : 1000;
        for (int i = 0; i < count; i++)
        {
            List<int> places = [];
            for (int n = 0; n < 1 + (i % 4); n++)
            {
                // Mostly at the beginning of a page, where the pointers are.
                int page = random.Next(good.Length / 1024) * 1024;
                places.Add(page + (i % 2 == 0 ? random.Next(16) : random.Next(1024)));
                bad.Position = places[^1];
                bad.WriteByte((byte)random.Next(256));
            }

            using FileStream file = FileBlocks.Open(path);
            try
            {
                DatabasePages pages = new(path, file);
                BTreePages walk = new(pages);
                _ = PageKinds.Read(pages, walk, CancellationToken.None);
                trees.ForEach(tree => walk.Visit(tree.Root, static (_, _) => { }, CancellationToken.None));
            }
            catch (PosTenancyException exception)
            {
                exception.ErrorId.ShouldBeOneOf(
                    ErrorIds.DatabaseCorrupt,
                    ErrorIds.NotADatabase,
                    ErrorIds.DatabaseTruncated,
                    ErrorIds.DatabaseEncrypted);
                damaged++;
            }

            foreach (int place in places)
            {
                bad.Position = place;
                bad.WriteByte(good[place]);
            }
        }

        damaged.ShouldBeInRange(count / 10, count - 1);
    }

    [Fact]
    public void Page_that_differs_is_found_whatever_its_place()
    {
        const int PageSize = 512;
        Random random = new(4);
        byte[] before = new byte[(3 * FileBlocks.Size) + (7 * PageSize)];
        random.NextBytes(before);
        byte[] after = [.. before, .. new byte[PageSize]];
        int[] changed =
        [
            1,
            2,
            (FileBlocks.Size / PageSize) - 1,
            FileBlocks.Size / PageSize,
            (FileBlocks.Size / PageSize) + 1,
            before.Length / PageSize,
        ];
        foreach (int page in changed)
        {
            after[((page - 1) * PageSize) + random.Next(PageSize)] ^= 1;
        }

        Difference(before, after, PageSize).ShouldBe(changed.Select(n => (long)n));
        Difference(before, before, PageSize).ShouldBeEmpty();

        // A missing page differs too.
        Difference(before, before[..^PageSize], PageSize).ShouldBe([before.Length / PageSize]);
        Difference(before, before[..^1], PageSize).ShouldBe([before.Length / PageSize]);
    }

    private IEnumerable<long> Difference(byte[] before, byte[] after, int pageSize)
    {
        File.WriteAllBytes(Path.Combine(Folder, "before"), before);
        File.WriteAllBytes(Path.Combine(Folder, "after"), after);
        using FileStream left = FileBlocks.Open(Path.Combine(Folder, "before"));
        using FileStream right = FileBlocks.Open(Path.Combine(Folder, "after"));
        return [.. PageDifference.Find(left, right, pageSize, progress: null, CancellationToken.None).Pages()];
    }

    /// <summary>Rows and keys longer than a page, tables without rowid, free pages, a schema of many pages.</summary>
    private void CreateEverything(int pageSize, string vacuum) =>
        Shell.Sql(
            Database,
            $"""
            PRAGMA page_size = {pageSize};
            PRAGMA auto_vacuum = {vacuum};
            CREATE TABLE long(id INTEGER PRIMARY KEY, text, more);
            CREATE INDEX long_text ON long(text);
            CREATE TABLE keyed(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
            CREATE TABLE gone(x);
            CREATE VIRTUAL TABLE words USING fts5(word);
            {string.Concat(
                Enumerable.Range(1, 80).Select(i =>
                    $"CREATE TABLE t{i}(id INTEGER PRIMARY KEY AUTOINCREMENT, a_rather_long_name_of_a_column_{i} TEXT UNIQUE);")
            )}
            WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 400)
            INSERT INTO long SELECT i, printf('%d %.*c', i, i * i % 3000, 'x'),
                zeroblob(CASE WHEN i % 50 = 0 THEN 100000 ELSE i END) FROM n;
            INSERT INTO keyed SELECT text, more FROM long;
            INSERT INTO gone SELECT zeroblob(900) FROM long;
            INSERT INTO words SELECT text FROM long;
            INSERT INTO t1(a_rather_long_name_of_a_column_1) SELECT id FROM long;
            DELETE FROM gone;
            DROP TABLE gone;
            """);
}
