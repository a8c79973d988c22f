using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>
/// Files replaced during a restore: the file that gets the database's name has the bytes of the backup, or nothing is replaced. The content
/// of
/// the database is never discarded.
/// </summary>
public sealed class ExchangeDuringRestoreTests : ReliabilityFolder
{
    public static TheoryData<string, string> Exchanges
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (
                string how in new[]
                {
                    "renamed over",
                    "a link to another",
                    "a link to the database",
                    "written to",
                    "cut off",
                    "emptied",
                    "deleted",
                    "a pipe",
                })
            {
                cases.Add("Verifying the backup", how);
                cases.Add("Copying the backup", how);
                cases.Add("Reading the copy back", how);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public void A_backup_that_is_exchanged_is_restored_as_it_was_or_not_at_all(string activity, string how)
    {
        (BackupResult backup, string before) = Prepare();

        PosTenancyException? refusal = RestoreWhile(backup, activity, () => Exchange(backup.BackupPath, how));

        ShouldBeWhole(refusal, backup, before);
        if (activity == "Reading the copy back")
        {
            refusal.ShouldBeNull("the backup was read already");
        }
    }

    [Theory]
    [InlineData("renamed over")]
    [InlineData("a link to another")]
    [InlineData("written to")]
    [InlineData("cut off")]
    [InlineData("emptied")]
    [InlineData("deleted")]
    public void A_copy_that_is_exchanged_before_it_gets_the_name_of_the_database_never_gets_it(string how)
    {
        (BackupResult backup, string before) = Prepare();

        PosTenancyException? refusal = RestoreWhile(
            backup,
            "Copying the backup",
            () => Exchange(Directory.GetFiles(Folder, "*restore*").Single(), how));

        refusal.ShouldNotBeNull();
        ShouldBeWhole(refusal, backup, before);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Wal)]
    public void A_sale_that_is_made_during_a_restore_is_kept_with_the_replaced_file(string mode)
    {
        (BackupResult backup, _) = Prepare(mode);

        RestoreWhile(backup, "Reading the copy back", () => Shell.Sql(Database, "INSERT INTO sales VALUES (1000, 1, 'the last sale', 1)"))
            .ShouldBeNull();

        Sha256(Database).ShouldBe(backup.Sha256);
        Shell.Sql(Directory.GetFiles(Folder, "*.replaced-*").Single(), "SELECT item FROM sales WHERE id = 1000").ShouldBe("the last sale");
    }

    [Fact]
    public void A_program_that_connects_during_a_restore_is_named_and_keeps_its_database()
    {
        (BackupResult backup, string before) = Prepare();
        OtherProcess? other = null;
        try
        {
            PosTenancyException? refusal = RestoreWhile(
                backup,
                "Reading the copy back",
                () => other = new OtherProcess(Database, "SELECT count(*) FROM sales;"));
            refusal.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.DatabaseInUse);
            refusal.Message.ShouldContain($"sqlite3 ({other!.Id})");
            ShouldBeWhole(refusal, backup, before);
        }
        finally
        {
            other?.Dispose();
        }
    }

    [Fact]
    public void A_database_that_becomes_a_link_during_a_restore_leaves_what_it_leads_to_alone()
    {
        (BackupResult backup, _) = Prepare();
        string other = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "south")).FullName, "pos.db");
        CreateShop(other, "");
        string others = Sha256(other);
        string moved = Path.Combine(Folder, "south", "moved.db");

        RestoreWhile(backup, "Reading the copy back", () =>
        {
            File.Move(Database, moved);
            AnotherProgram.MakesLink(Database, other);
        });

        Sha256(other).ShouldBe(others);
        Shell.Sql(moved, "SELECT max(cents) FROM sales").ShouldBe("0", "what was moved away is as it was");
    }

    [Fact]
    public void A_manifest_that_is_exchanged_has_been_read_already()
    {
        (BackupResult backup, string before) = Prepare();
        PosTenancyException? refusal = RestoreWhile(backup, "Copying the backup", () => File.WriteAllText(backup.ManifestPath, "{}"));
        refusal.ShouldBeNull();
        Sha256(Database).ShouldBe(backup.Sha256);
        before.ShouldNotBe(backup.Sha256);
    }

    private (BackupResult Backup, string Before) Prepare(string mode = "")
    {
        CreateShop(mode);
        BackupResult backup = DatabaseBackup.Create(Database);
        Shell.Sql(Database, "UPDATE sales SET cents = 0");
        return (backup, Sha256(Database));
    }

    private PosTenancyException? RestoreWhile(BackupResult backup, string activity, Action act)
    {
        bool done = false;
        Observer other = new(report =>
        {
            if (!done && report.Activity == activity)
            {
                done = true;
                AnotherProgram.Does(act);
            }
        });
        Task<PosTenancyException?> restore = Task.Run(() =>
        {
            try
            {
                DatabaseRestore.Restore(Database, backup.BackupPath, TimeSpan.Zero, other);
                return null;
            }
            catch (PosTenancyException exception)
            {
                return exception;
            }
        });
        Task.WaitAny([restore], TimeSpan.FromSeconds(60)).ShouldBe(0, "the restore waits for something that does not come");
        done.ShouldBeTrue();
        return restore.GetAwaiter().GetResult();
    }

    private void ShouldBeWhole(PosTenancyException? refusal, BackupResult backup, string before)
    {
        if (refusal is null)
        {
            Sha256(Database).ShouldBe(backup.Sha256);
            Sha256(Directory.GetFiles(Folder, "*.replaced-*").Single()).ShouldBe(before);
        }
        else
        {
            refusal.ErrorId.ShouldNotBe(ErrorIds.RestoreFailed, refusal.Message);
            Sha256(Database).ShouldBe(before, refusal.Message);
            Directory.GetFiles(Folder, "*.replaced-*").ShouldBeEmpty();
        }

        Directory.GetFiles(Folder, "*restore*").ShouldBeEmpty();
        new FileInfo(Database).LinkTarget.ShouldBeNull();
    }

    private void Exchange(string path, string how)
    {
        string other = Path.Combine(Folder, "other.db");
        CreateShop(other, "");
        Shell.Sql(other, "DELETE FROM sales");
        switch (how)
        {
            case "renamed over":
                File.Move(other, path, overwrite: true);
                break;
            case "a link to another":
                File.Delete(path);
                AnotherProgram.MakesLink(path, other);
                break;
            case "a link to the database":
                File.Delete(path);
                AnotherProgram.MakesLink(path, Database);
                break;
            case "written to":
                AnotherProgram.Writes(path, 8269, "XXXX");
                break;
            case "cut off":
                AnotherProgram.Truncates(path, 8192);
                break;
            case "emptied":
                AnotherProgram.Truncates(path, 0);
                break;
            case "a pipe":
                File.Delete(path);
                AnotherProgram.MakesPipe(path);
                break;
            default:
                File.Delete(path);
                break;
        }
    }
}
