using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>
/// The leftovers of a killed program beside its database: committed transactions are preserved, and uncommitted ones are not.
/// </summary>
public sealed class CrashedOthersTests : ReliabilityFolder
{
    [Fact]
    public void A_log_whose_checkpoint_a_reader_held_up_is_in_the_migrated_database()
    {
        CreateShop(Wal);
        using (
            OtherProcess writer = new(
                Database,
                "PRAGMA wal_autocheckpoint = 0; INSERT INTO sales VALUES (1000, 1, 'before the reader', 1);"))
        using (OtherProcess reader = new(Database, "BEGIN; SELECT count(*) FROM sales;"))
        {
            writer.Run(
                "INSERT INTO sales VALUES (1001, 1, 'after the reader', 1); PRAGMA wal_checkpoint(PASSIVE); INSERT INTO sales VALUES " +
                "(1002, 1, 'after the checkpoint', 1);"
            );
            writer.Run("BEGIN; INSERT INTO sales VALUES (1003, 1, 'never committed', 1);");
            reader.Kill();
            writer.Kill();
        }

        new FileInfo(Database + "-wal").Length.ShouldBeGreaterThan(0);
        UpgradesTo("1000 1001 1002");
    }

    [Fact]
    public void Frames_of_an_older_generation_of_the_log_are_not_taken_for_new_ones()
    {
        CreateShop(Wal);
        using (
            OtherProcess writer = new(
                Database,
                "PRAGMA wal_autocheckpoint = 0; UPDATE sales SET cents = 7; DELETE FROM sales WHERE id = 5;"))
        {
            // The log restarts with other salts, before old frames that still follow.
            writer.Run(
                "PRAGMA wal_checkpoint(RESTART); INSERT INTO sales VALUES (5, 1, 'again', 1); INSERT INTO sales VALUES (1000, 1, 'new', 1);"
            );
            writer.Kill();
        }

        UpgradesTo("1000");
        Shell.Sql(Database, "SELECT item FROM sales WHERE id = 5").ShouldBe("again");
    }

    [Fact]
    public void A_log_cut_off_in_the_middle_of_a_transaction_ends_before_it()
    {
        CreateShop(Wal);
        using (OtherProcess writer = new(Database, "PRAGMA wal_autocheckpoint = 0; INSERT INTO sales VALUES (1000, 1, 'whole', 1);"))
        {
            writer.Run("UPDATE sales SET cents = 9;");
            writer.Kill();
        }

        using (FileStream log = File.OpenWrite(Database + "-wal"))
        {
            log.SetLength(log.Length - 100);
        }

        UpgradesTo("1000");
        Shell.Sql(Database, "SELECT count(*) FROM sales WHERE cents = 9").ShouldBe("1", "only the row that had 9 before");
    }

    [Theory]
    [InlineData("a journal of zero bytes", 0)]
    [InlineData("a journal whose header was erased", 512)]
    [InlineData("a text", 100)]
    public void A_journal_that_holds_no_transaction_changes_nothing(string what, int length)
    {
        CreateShop();
        string rows = Rows(Database);
        File.WriteAllBytes(Database + "-journal", length == 100 ? [.. Enumerable.Repeat((byte)'x', length)] : new byte[length]);
        UpgradeResult result = GuardedUpgrade.Run(Database, Options);
        (result.Status, result.Error?.Message).ShouldBe((UpgradeStatus.Succeeded, null), what);
        Rows(Database).ShouldBe(rows, what);
        File.Exists(Database + "-journal").ShouldBeFalse(what);
    }

    [Fact]
    public void A_hot_journal_is_rolled_back_and_what_was_committed_before_it_stays()
    {
        CreateShop();
        Shell.Sql(Database, "INSERT INTO sales VALUES (1000, 1, 'committed', 1)");
        string before = Sha256(Database);
        Crash(Database);

        UpgradesTo("1000").Backup.ShouldNotBeNull().Sha256.ShouldBe(before);
    }

    /// <summary>
    /// A database restored by hand beside another one's journal or log, which SQLite itself would play back into it.
    /// </summary>
    [Theory]
    [InlineData("-journal")]
    [InlineData("-wal")]
    public void What_another_database_left_is_not_played_over_this_one(string ending)
    {
        const string Tills = """
            CREATE TABLE tills(id);
            CREATE TABLE shifts(id);
            WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 3000) INSERT INTO tills SELECT value FROM n;

            """;
        string other = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "south")).FullName, "pos.db");
        CreateShop(ending == "-wal" ? Wal : "");
        string rows = Rows(Database);
        BackupResult backup = DatabaseBackup.Create(Database);
        if (ending == "-wal")
        {
            CreateShop(other, Tills + "PRAGMA journal_mode = WAL;");
            using OtherProcess crashed = new(
                other,
                "PRAGMA wal_autocheckpoint = 0; UPDATE tills SET id = id + 1; INSERT INTO shifts VALUES (1);");
            crashed.Kill();
        }
        else
        {
            CreateShop(other, Tills);
            Crash(other);
        }

        File.Copy(other + ending, Database + ending);
        string before = Sha256(Database) + Sha256(Database + ending);

        UpgradeResult result = GuardedUpgrade.Run(Database, Options);

        result.Status.ShouldBe(UpgradeStatus.Refused);
        (Sha256(Database) + Sha256(Database + ending)).ShouldBe(before, result.Error?.Message);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.HotJournal);
        result.Error.Message.ShouldContain($"move '{Database + ending}' out of its folder");
        Should.Throw<PosTenancyException>(() => DatabaseBackup.Create(Database)).ErrorId.ShouldBe(ErrorIds.HotJournal);
        (Sha256(Database) + Sha256(Database + ending)).ShouldBe(before);
        Directory.GetDirectories(Folder).ShouldBe([Path.GetDirectoryName(other)!], "the copy on which it was tried is gone");

        // A restore moves both out of the way, and keeps both.
        string? replaced = DatabaseRestore.Restore(Database, backup.BackupPath).ReplacedPath;
        Rows(Database).ShouldBe(rows);
        (Sha256(replaced!) + Sha256(replaced + ending)).ShouldBe(before);
    }

    private static void Crash(string database)
    {
        using OtherProcess crashed = new(
            database,
            "PRAGMA cache_spill = 1; PRAGMA cache_size = 5; BEGIN; UPDATE sales SET item = hex(zeroblob(2000)) || id;");
        crashed.Kill();
        new FileInfo(database + "-journal").Length.ShouldBeGreaterThan(512);
    }

    private UpgradeResult UpgradesTo(string added)
    {
        UpgradeResult result = GuardedUpgrade.Run(Database, Options);
        (result.Status, result.Error?.Message).ShouldBe((UpgradeStatus.Succeeded, null));
        Shell.Sql(Database, "SELECT group_concat(id, ' ') FROM (SELECT id FROM sales WHERE id > 999 ORDER BY id)").ShouldBe(added);
        Shell.Sql(Database, "SELECT count(*) FROM sales WHERE id <= 400; PRAGMA integrity_check").ShouldBe("400\nok");
        ShouldHaveNoDebris(Folder, "after a crash");
        return result;
    }
}
