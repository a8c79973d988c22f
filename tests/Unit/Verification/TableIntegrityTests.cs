using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Verification;

/// <summary>SQLite's check table by table confirms a file only if SQLite's check of the whole file finds nothing.</summary>
public sealed class TableIntegrityTests : TestFolder
{
    private const string Everything =
        """
        PRAGMA page_size = 1024;
        CREATE TABLE sales(id INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT NOT NULL, note);
        CREATE INDEX sales_item ON sales(item);
        CREATE TABLE keyed(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
        CREATE TABLE twin_a(id INTEGER PRIMARY KEY, x);
        CREATE TABLE twin_b(id INTEGER PRIMARY KEY, x);
        CREATE TABLE gone(x);
        CREATE VIRTUAL TABLE words USING fts5(word);
        WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO sales(item, note) SELECT printf('%d %.*c', i, i % 200, 'x'), zeroblob(CASE WHEN i % 50 = 0 THEN 9000 ELSE i END) FROM n;
        INSERT INTO keyed SELECT item, note FROM sales;
        INSERT INTO twin_a SELECT id, item FROM sales WHERE id < 5;
        INSERT INTO twin_b SELECT id, item FROM sales WHERE id < 5;
        INSERT INTO words SELECT item FROM sales;
        INSERT INTO gone SELECT zeroblob(900) FROM sales;
        DROP TABLE gone;
        """;

    /// <summary>Damage that the checks of single tables do not see, and some that they do.</summary>
    public static TheoryData<string> Damages => new(
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'twin_a') WHERE name = 'twin_b'",
        "DELETE FROM sqlite_schema WHERE name = 'twin_b'",
        "DELETE FROM sqlite_schema WHERE name = 'keyed'",
        "UPDATE sqlite_schema SET sql = replace(sql, '(item)', '(note)') WHERE name = 'sales_item'",
        "UPDATE sqlite_schema SET sql = replace(sql, 'note', 'note NOT NULL DEFAULT 1, more NOT NULL') WHERE name = 'sales'");

    [Fact]
    public void Undamaged_file_is_confirmed()
    {
        Shell.Sql(Database, Everything);

        Confirms().ShouldBe(true);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void Damaged_schema_is_not_confirmed(string damage)
    {
        Shell.Sql(Database, Everything);
        Shell.Sql(Database, $"PRAGMA writable_schema = ON; {damage};");

        WholeIsIntact().ShouldBeFalse("otherwise the case shows nothing");
        Confirms().ShouldBe(false);
    }

    [Theory]
    [InlineData(32, 0)]
    [InlineData(36, 1)]
    public void Wrong_freelist_is_not_confirmed(int offset, byte value)
    {
        Shell.Sql(Database, Everything);
        byte[] bytes = File.ReadAllBytes(Database);
        Array.Clear(bytes, offset, 4);
        bytes[offset + 3] = value;
        File.WriteAllBytes(Database, bytes);

        WholeIsIntact().ShouldBeFalse("otherwise the case shows nothing");
        Confirms().ShouldBe(false);
    }

    [Fact]
    public void Damaged_file_is_confirmed_only_if_the_check_of_the_whole_file_finds_nothing()
    {
        Shell.Sql(Database, Everything);
        byte[] good = File.ReadAllBytes(Database);
        int pages = good.Length / 1024;
        int damaged = 0;
        for (int seed = 0; seed < (Soak.IsOn ? 20_000 : 300); seed++)
        {
            Random random = new(seed);
            byte[] bytes = [.. good];
            int page = random.Next(pages);
            if (seed % 3 == 0)
            {
                good.AsSpan(random.Next(pages) * 1024, 1024).CopyTo(bytes.AsSpan(page * 1024));
            }
            else
            {
                // Headers and pointers are at the beginning of a page.
                bytes[(page * 1024) + random.Next(seed % 3 == 1 ? 40 : 1024)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(Database, bytes);
            bool isIntact = WholeIsIntact();
            damaged += isIntact ? 0 : 1;
            if (Confirms() == true)
            {
                isIntact.ShouldBeTrue($"seed {seed}");
            }
        }

        damaged.ShouldBeGreaterThan(50);
    }

    [Theory]
    [InlineData("CREATE TABLE \"7\"(x)")]
    [InlineData("CREATE TABLE \"-1\"(x)")]
    public void Name_that_the_pragma_takes_for_a_number_leaves_the_check_to_the_whole_file(string table)
    {
        Shell.Sql(Database, Everything + table);

        Confirms().ShouldBeNull();
    }

    [Fact]
    public void Pointer_maps_leave_the_check_to_the_whole_file()
    {
        Shell.Sql(Database, "PRAGMA auto_vacuum = FULL;" + Everything);

        Confirms().ShouldBe(false);
        WholeIsIntact().ShouldBeTrue();
    }

    [Fact]
    public void Large_file_is_checked_in_both_ways_with_the_same_result()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE large(id INTEGER PRIMARY KEY, x TEXT, y); CREATE INDEX large_x ON large(x); " +
                "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 9000) " +
                "INSERT INTO large SELECT i, printf('%.*c', 500, 'x') || i, i FROM n;");
        new FileInfo(Database).Length.ShouldBeGreaterThan(8 << 20);

        Integrity().ShouldBe((CheckStatus.Passed, "no problems"));

        Shell.Sql(Database, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '(x)', '(y)') WHERE type = 'index'");
        Integrity().Status.ShouldBe(CheckStatus.Failed);
    }

    private (CheckStatus Status, string Actual) Integrity()
    {
        CheckResult check = TenantIntegrity
            .Test(Database, new TenantExpectation(null, "tenant_id", []))
            .Single(c => c.Name == "FileIntegrity");
        return (check.Status, check.Actual);
    }

    private bool? Confirms()
    {
        try
        {
            using FileStream bytes = FileBlocks.Open(Database);
            using DatabaseConnection connection = DatabaseConnection.OpenImmutable(Database, CancellationToken.None);
            TenantExpectation expectation = new(null, "tenant_id", []);
            CheckContext context = new(Database, connection, expectation, baseline: null) { Bytes = bytes };
            using TableIntegrity? tables = TableIntegrity.Begin(context, worthwhile: 0);
            return tables?.Confirms();
        }
        catch (PosTenancyException)
        {
            return false;
        }
    }

    private bool WholeIsIntact()
    {
        try
        {
            using DatabaseConnection connection = DatabaseConnection.OpenImmutable(Database, CancellationToken.None);
            return connection.Query("PRAGMA main.integrity_check", static row => row.GetString(0)).SequenceEqual(["ok"]);
        }
        catch (PosTenancyException)
        {
            return false;
        }
    }
}
