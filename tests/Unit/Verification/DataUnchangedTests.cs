using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Verification;

/// <summary>The proof that nothing was lost: what it accepts, what it reports, and that it detects any changed byte.</summary>
public sealed class DataUnchangedTests : TestFolder
{
    private static readonly int[] PageSizes = [512, 4096, 65536];
    private static readonly string[] Vacuums = ["NONE", "FULL", "INCREMENTAL"];
    private static readonly string[] Journals = ["DELETE", "WAL"];

    public static TheoryData<int, string, string> Layouts => new(
        from size in PageSizes
        from vacuum in Vacuums
        from journal in Journals
        select (size, vacuum, journal));

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Migration_keeps_every_row_whatever_the_file_looks_like(int pageSize, string vacuum, string journal)
    {
        Create($"PRAGMA page_size = {pageSize}; PRAGMA auto_vacuum = {vacuum}; PRAGMA journal_mode = {journal};");
        Shell.Sql(Database, "DELETE FROM item WHERE id BETWEEN 100 AND 180");

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));

        result.Error?.Message.ShouldBeNull();
        CheckResult check = result.Checks.Single(c => c.Name == "DataUnchanged");
        check.Status.ShouldBe(CheckStatus.Passed, check.Detail);
        check.Detail.ShouldContain("header: page 1");
        check.Actual.ShouldContain("pages differ");

        // Rows must be read only where pages can move.
        check.Actual.Contains("one by one", StringComparison.Ordinal).ShouldBe(vacuum != "NONE", check.Actual);
        result.Checks.Single(c => c.Name == "FileIntegrity").Status.ShouldBe(CheckStatus.Passed);
    }

    [Fact]
    public void Pages_that_differ_are_those_that_another_program_finds()
    {
        Create();
        MigrationResult result = TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        byte[] before = File.ReadAllBytes(result.BackupPath!);
        byte[] after = File.ReadAllBytes(Database);
        int different = Enumerable
            .Range(0, before.Length / 4096)
            .Count(i => !before.AsSpan(i * 4096, 4096).SequenceEqual(after.AsSpan(i * 4096, 4096)));
        result
            .Checks.Single(c => c.Name == "DataUnchanged")
            .Actual.ShouldBe($"{different} of {before.Length / 4096} pages differ, none of them with rows");
    }

    [Fact]
    public void No_page_of_a_table_or_index_can_be_overwritten_unnoticed()
    {
        Create();
        MigrationResult migration = TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        byte[] good = File.ReadAllBytes(Database);
        string[] used = Shell.Sql(Database, "SELECT pageno FROM dbstat WHERE pageno > 1 ORDER BY pageno").Split('\n');
        used.Length.ShouldBeGreaterThan(30);
        int step = Soak.IsOn ? 1 : 2;
        foreach (int page in used.Where((_, i) => i % step == 0).Select(n => int.Parse(n, CultureInfo.InvariantCulture)))
        {
            // The bytes of its neighbour, which is also a database page.
            int other = page == 2 ? 3 : page - 1 == 1 ? page + 1 : page - 1;
            byte[] bad = [.. good];
            good.AsSpan((other - 1) * 4096, 4096).CopyTo(bad.AsSpan((page - 1) * 4096));
            if (bad.AsSpan().SequenceEqual(good))
            {
                // The tenant indexes of two tables with equally many rows.
                continue;
            }

            File.WriteAllBytes(Database, bad);
            Outcome(migration).ShouldBe(CheckStatus.Failed, $"page {page} of {used.Length} has the bytes of page {other}");
        }

        File.WriteAllBytes(Database, good);
        Outcome(migration).ShouldBe(CheckStatus.Passed);
    }

    [Theory]
    [InlineData("UPDATE item SET price = 1.05 WHERE id = 77", "item: rowid 77 changed in price")]
    [InlineData("DELETE FROM item WHERE id = 78", "item: rowid 78 is gone")]
    [InlineData("INSERT INTO item(id, name) VALUES(-5, 'new')", "item: rowid -5 is new")]
    [InlineData("INSERT INTO item(id, name) VALUES(99999, 'new')", "item: rowid 99999 is new")]
    [InlineData("UPDATE item SET price = CAST(price AS INTEGER) WHERE id = 100", "item: rowid 100 changed in price")]
    [InlineData("UPDATE note SET text = text || '!' WHERE rowid = 3", "note: rowid 3 changed in text")]
    [InlineData("UPDATE note SET rowid = 10000 WHERE rowid = 3", null)]
    [InlineData("UPDATE setting SET value = 'x' WHERE name = 'key 7'", "setting: the row with the key ('key 7') changed")]
    [InlineData(
        "DELETE FROM setting WHERE name = 'key 7'",
        "setting: the row with the key ('key 7') is missing from its place, the row with the key ('key 70') is there"
    )]
    [InlineData("UPDATE sqlite_sequence SET seq = seq - 1", "sqlite_sequence: the row with the key ('receipt') is gone or changed")]
    [InlineData(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT sum(rootpage) FROM sqlite_schema WHERE name LIKE " +
        "'twin_') - rootpage WHERE name LIKE 'twin_'",
        "twin1: rowid 1 changed in x"
    )]
    [InlineData("ALTER TABLE item RENAME COLUMN price TO cost", "item: the column price is gone")]
    [InlineData("DROP TABLE note", "note: the table is gone")]
    [InlineData("UPDATE item SET tenant_id = 'other' WHERE id = 5", null)]
    [InlineData("VACUUM", null)]
    [InlineData("PRAGMA page_size = 1024; VACUUM", null)]
    [InlineData("PRAGMA auto_vacuum = FULL; VACUUM", null)]
    [InlineData("PRAGMA journal_mode = WAL", null)]
    [InlineData("REINDEX", null)]
    [InlineData("ANALYZE", null)]
    public void First_difference_is_named_with_its_table_and_row(string lie, string? difference)
    {
        Create();
        MigrationResult migration = TenantMigration.Migrate(Database, new MigrationOptions(Tenant));

        Shell.Sql(Database, lie);

        CheckResult check = DataUnchanged(migration);
        check.Status.ShouldBe(difference is null ? CheckStatus.Passed : CheckStatus.Failed, $"{check.Actual}: {check.Detail}");
        check.Detail.ShouldContain(difference ?? "page");
    }

    [Fact]
    public void Value_of_any_length_is_compared_to_its_last_byte()
    {
        Shell.Sql(
            Database,
            "CREATE TABLE photo(jpeg BLOB); INSERT INTO photo VALUES(zeroblob(65536)), (zeroblob(65537)), (zeroblob(1000000));");
        MigrationResult migration = TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        foreach (int row in (int[])[1, 2, 3])
        {
            Shell.Sql(Database, $"UPDATE photo SET jpeg = CAST(substr(jpeg, 1, length(jpeg) - 1) || x'01' AS BLOB) WHERE rowid = {row}");
            DataUnchanged(migration).Detail.ShouldContain($"photo: rowid {row} changed in jpeg");
            Shell.Sql(Database, $"UPDATE photo SET jpeg = zeroblob(length(jpeg)) WHERE rowid = {row}");
        }

        DataUnchanged(migration).Status.ShouldBe(CheckStatus.Passed);
    }

    [Theory]
    [InlineData(UniqueScope.Tenant)]
    [InlineData(UniqueScope.TenantAndPrimaryKey)]
    public void Tables_made_anew_are_compared_row_by_row(UniqueScope scope)
    {
        Create();
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant) { UniqueScope = scope }));
        result.Error?.Message.ShouldBeNull();
        CheckResult check = result.Checks.Single(c => c.Name == "DataUnchanged");
        check.Status.ShouldBe(CheckStatus.Passed, check.Detail);
        check.Actual.ShouldContain("compared one by one");

        Shell.Sql(Database, "UPDATE setting SET value = 'x' WHERE name = 'key 7'");
        DataUnchanged(result.Migration!).Detail.ShouldContain("setting: the row with the key ('key 7') changed");
    }

    [Fact]
    public void Log_that_is_not_folded_in_is_read_through_SQLite()
    {
        Create("PRAGMA journal_mode = WAL;");
        MigrationResult migration = TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        using OtherProcess application = new(Database, "UPDATE item SET price = 1.05 WHERE id = 77;");
        CheckResult check = DataUnchanged(migration);
        check.Status.ShouldBe(CheckStatus.Failed, check.Actual);
        check.Actual.ShouldStartWith("no page compared, ");
        check.Detail.ShouldContain("item: rowid 77 changed in price");
        check.Detail.ShouldContain("write-ahead log");
    }

    [Fact]
    public void History_may_have_a_row_more_and_no_row_less()
    {
        Create(
            "CREATE TABLE schema_migrations(version TEXT PRIMARY KEY, applied_at TEXT DEFAULT CURRENT_TIMESTAMP); INSERT INTO " +
            "schema_migrations VALUES('001', 'then'), ('007', 'then');"
        );
        MigrationOptions options = new(Tenant) { HistoryTable = "schema_migrations" };
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options));
        result.Error?.Message.ShouldBeNull();
        result.Checks.Single(c => c.Name == "DataUnchanged").Status.ShouldBe(CheckStatus.Passed);

        Shell.Sql(Database, "UPDATE schema_migrations SET applied_at = 'now' WHERE version = '007'");
        CheckResult check = TenantIntegrity
            .Test(Database, TenantExpectation.From(options), result.Backup!.BackupPath)
            .Single(c => c.Name == "DataUnchanged");
        check.Status.ShouldBe(CheckStatus.Failed);
        check.Detail.ShouldContain("schema_migrations: rowid 2 is gone or changed");
    }

    [Fact]
    public void Table_that_only_the_application_can_read_is_proved_by_its_pages()
    {
        Create();
        Shell.Sql(Database, "CREATE TABLE odd(name TEXT, n); INSERT INTO odd VALUES('a', 1); CREATE INDEX odd_n ON odd(n)");
        Shell.Sql(
            Database,
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX odd_n ON odd(n COLLATE unicase)' WHERE name = " +
            "'odd_n'"
        );
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        result.Error?.Message.ShouldBeNull();
        result.Checks.Single(c => c.Name == "DataUnchanged").Status.ShouldBe(CheckStatus.Passed);
        CheckResult integrity = result.Checks.Single(c => c.Name == "FileIntegrity");
        integrity.Status.ShouldBe(CheckStatus.NotChecked, integrity.Detail);
        integrity.Detail.ShouldContain("no such collation sequence: unicase");
    }

    [Fact]
    public void Problems_of_the_file_that_were_there_before_are_reported_and_not_blamed()
    {
        Create();
        Shell.Sql(
            Database,
            "CREATE TABLE odd(n); INSERT INTO odd VALUES(NULL); PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE " +
            "TABLE odd(n NOT NULL)' WHERE name = 'odd'"
        );
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        result.Error?.Message.ShouldBeNull();
        CheckResult integrity = result.Checks.Single(c => c.Name == "FileIntegrity");
        integrity.Status.ShouldBe(CheckStatus.Warning);
        integrity.Detail.ShouldContain("NULL value in odd.n");
    }

    [Fact]
    public void Rows_that_their_CHECK_forbids_get_one_answer_whoever_asks()
    {
        Create();
        Shell.Sql(Database, "CREATE TABLE odd(n CHECK (n > 0)); PRAGMA ignore_check_constraints = ON; INSERT INTO odd VALUES(-1)");
        foreach (UpgradeStatus status in (UpgradeStatus[])[UpgradeStatus.Succeeded, UpgradeStatus.AlreadyMigrated])
        {
            UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
            result.Status.ShouldBe(status);
            result.Checks.Single(c => c.Name == "FileIntegrity").Status.ShouldBe(CheckStatus.Passed);
        }
    }

    private void Create(string prologue = "") => Shell.Sql(Database, prologue + """
        CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL);
        CREATE INDEX item_price ON item(price);
        CREATE TABLE note(text);
        CREATE TABLE setting(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE receipt(id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER REFERENCES item(id));
        WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        INSERT INTO item SELECT i, 'item ' || i, i + 0.5 FROM n;
        CREATE TABLE twin1(x);
        CREATE TABLE twin2(x);
        INSERT INTO twin1 VALUES('one');
        INSERT INTO twin2 VALUES('two');
        INSERT INTO note SELECT printf('%d %.*c', id, id * 10, char(65 + id % 26)) FROM item;
        INSERT INTO setting SELECT 'key ' || id, zeroblob(id) FROM item;
        INSERT INTO receipt(item) SELECT id FROM item WHERE id > 200;
        DELETE FROM receipt WHERE id > 250;
        """);

    private CheckResult DataUnchanged(MigrationResult migration) =>
        TenantIntegrity
            .Test(Database, new TenantExpectation(Tenant, "tenant_id", []), migration.BackupPath)
            .Single(c => c.Name == "DataUnchanged");

    /// <summary>The worst result of the two checks of the bytes; a file that can no longer be opened is a failure too.</summary>
    private CheckStatus Outcome(MigrationResult migration)
    {
        try
        {
            return TenantIntegrity
                .Test(Database, new TenantExpectation(Tenant, "tenant_id", []), migration.BackupPath)
                .Any(c => c.Name is "DataUnchanged" or "FileIntegrity" && c.Status == CheckStatus.Failed)
                ? CheckStatus.Failed
                : CheckStatus.Passed;
        }
        catch (PosTenancyException exception)
        {
            exception.ErrorId.ShouldBe(ErrorIds.DatabaseCorrupt);
            return CheckStatus.Failed;
        }
    }
}
