using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>
/// The migrated file is the file that was backed up, and has the database's name at the end. Any other file under that name is left alone.
/// </summary>
public sealed class ReplacedFileTests : ReliabilityFolder
{
    private const string Comparing = "Comparing the committed file with the rehearsed copy";

    private const string NotRehearsed = " of an upgrade without a rehearsal";

    private static readonly Dictionary<string, Func<StageProgress, bool>> Moments = new(StringComparer.Ordinal)
    {
        ["Backed up"] = r => r.Activity == "Backed up",
        ["Rehearsed"] = r => r.Activity == "Rehearsed",
        ["before the first statement"] = r => r is { Stage: Stage.Migration, Activity: "Proving that the file equals its backup" },
        ["before COMMIT"] = r => r is { Stage: Stage.Migration, Activity: "Checking" },
        ["after COMMIT"] = r => r is { Stage: Stage.Verification, Activity: Comparing },
        ["in the verification"] = r => r is { Stage: Stage.Verification, Activity: Comparing, Completed: > 0 },
        ["after COMMIT" + NotRehearsed] = r => r is { Stage: Stage.Verification, Activity: "Reopening the committed file" },
        ["in the verification" + NotRehearsed] = r => r is { Stage: Stage.Verification, Activity: "Checking" },
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string moment in Moments.Keys)
            {
                cases.Add(moment, "");
                cases.Add(moment, Wal);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Another_database_that_gets_the_name_is_left_alone_and_never_called_migrated(string moment, string mode)
    {
        CreateShop(mode);
        string other = Path.Combine(Folder, "incoming.tmp");
        CreateShop(other, "");
        Shell.Sql(other, "UPDATE sales SET cents = 0");
        string others = Sha256(other);

        UpgradeResult result = RunWhile(moment, () => File.Move(other, Database, overwrite: true));

        result.Status.ShouldNotBe(UpgradeStatus.Succeeded);
        result.Error.ShouldNotBeNull().ErrorId.ShouldNotBe(ErrorIds.Unexpected);
        Sha256(Database).ShouldBe(others, $"{result.Error.ErrorId}: {result.Error.Message}");
        Directory.GetFiles(Folder, "*.replaced-*").ShouldBeEmpty("what others wrote is not replaced");
    }

    [Theory]
    [InlineData("Backed up")]
    [InlineData("Rehearsed")]
    public void The_same_bytes_in_another_file_are_the_same_database(string moment)
    {
        CreateShop();
        string copy = Path.Combine(Folder, "copy.tmp");
        File.Copy(Database, copy);
        RunWhile(moment, () => File.Move(copy, Database, overwrite: true)).Status.ShouldBe(UpgradeStatus.Succeeded);
        IsMigrated(Database).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_that_is_deleted_is_said_to_be_gone_and_is_in_its_backup(string moment, string mode)
    {
        CreateShop(mode);
        string before = Sha256(Database);

        UpgradeResult result = RunWhile(moment, () => File.Delete(Database));

        result.Status.ShouldNotBe(UpgradeStatus.Succeeded);
        result.Error.ShouldNotBeNull().ErrorId.ShouldNotBe(ErrorIds.Unexpected);
        Sha256(result.Backup.ShouldNotBeNull().BackupPath).ShouldBe(before);
        if (!File.Exists(Database))
        {
            DatabaseRestore.Restore(Database, result.Backup.BackupPath);
        }

        Sha256(Database).ShouldBe(before, $"{result.Error.ErrorId}: {result.Error.Message}");
    }

    [Theory]
    [InlineData("Backed up")]
    [InlineData("Rehearsed")]
    [InlineData("before COMMIT")]
    [InlineData("in the verification")]
    public void A_folder_that_is_renamed_takes_the_whole_database_along(string moment)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "north")).FullName;
        string moved = Path.Combine(Folder, "moved");
        string live = Path.Combine(folder, "pos.db");
        CreateShop(live, "");
        string rows = Rows(live);

        UpgradeResult result = RunWhile(moment, () => Directory.Move(folder, moved), live);

        result.Status.ShouldNotBe(UpgradeStatus.Succeeded);
        result.Error.ShouldNotBeNull().ErrorId.ShouldNotBe(ErrorIds.Unexpected);
        Rows(Path.Combine(moved, "pos.db")).ShouldBe(rows, result.Error.Message);
        Sha256(Directory.GetFiles(moved, "*.backup-*").Single(f => !f.EndsWith(".json", StringComparison.Ordinal)))
            .ShouldBe(result.Backup!.Sha256);
    }

    [Theory]
    [InlineData("Backed up")]
    [InlineData("Rehearsed")]
    [InlineData("before COMMIT")]
    [InlineData("in the verification")]
    public void A_link_that_is_led_elsewhere_leaves_that_database_alone(string moment)
    {
        string other = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "south")).FullName, "pos.db");
        CreateShop();
        CreateShop(other, "");
        string others = Sha256(other);
        string link = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "links")).FullName, "store.db");
        AnotherProgram.MakesLink(link, Database);

        UpgradeResult result = RunWhile(
            moment,
            () =>
            {
                File.Delete(link);
                AnotherProgram.MakesLink(link, other);
            },
            link);

        (result.Status, result.Path).ShouldBe((UpgradeStatus.Succeeded, Database), "the file that the link led to at the beginning");
        IsMigrated(Database).ShouldBeTrue();
        Sha256(other).ShouldBe(others);
        Directory.GetFiles(Path.GetDirectoryName(link)!).ShouldBe([link], "what SQLite and the backup need is beside the real file");
    }

    [Theory]
    [InlineData("a link to nothing")]
    [InlineData("a link to itself")]
    [InlineData("a link to a folder")]
    public void A_link_that_leads_to_no_file_is_refused(string what)
    {
        string target = what switch
        {
            "a link to nothing" => Path.Combine(Folder, "gone.db"),
            "a link to itself" => Database,
            _ => Directory.CreateDirectory(Path.Combine(Folder, "f")).FullName,
        };
        AnotherProgram.MakesLink(Database, target);
        string[] before = Directory.GetFileSystemEntries(Folder);

        UpgradeResult result = GuardedUpgrade.Run(Database, Options);

        result.Status.ShouldBe(UpgradeStatus.Refused);
        result
            .Error.ShouldNotBeNull()
            .ErrorId.ShouldBe(
                what switch
                {
                    "a link to a folder" => ErrorIds.PathIsFolder,
                    "a link to itself" => ErrorIds.InputOutput,
                    _ => ErrorIds.FileNotFound,
                },
                result.Error.Message);
        Directory.GetFileSystemEntries(Folder).ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public void A_hard_link_that_is_made_between_the_stages_is_noticed()
    {
        CreateShop();
        string before = Sha256(Database);
        UpgradeResult result = RunWhile("Rehearsed", () => HardLink.Create(Database, Path.Combine(Folder, "second.db")));
        (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, ErrorIds.DatabaseHasOtherNames));
        Sha256(Database).ShouldBe(before);
    }

    /// <summary>Characters special to a shell, to a URI or to SQLite, and letters with two Unicode normal forms.</summary>
    [Theory]
    [InlineData("100%.db")]
    [InlineData("%41.db")]
    [InlineData("what?mode=memory.db")]
    [InlineData("till#1.db")]
    [InlineData("a b  c.db")]
    [InlineData("file:pos.db")]
    [InlineData("\\\\server\\share.db")]
    [InlineData("-bail.db")]
    [InlineData("it's \"quoted\".db")]
    [InlineData("pos.db.backup-20200101-000000")]
    [InlineData("nfc-\u00e9.db")]
    [InlineData("nfd-e\u0301.db")]
    [InlineData("\u5e97 \ud83d\uded2.db")]
    [InlineData("tab\tand\nline.db")]
    public void A_name_is_only_a_name(string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "here")).FullName;
        string live = Path.Combine(folder, name);
        CreateShop();
        AnotherProgram.Does(() => File.Move(Database, live));
        string before = Sha256(live);

        UpgradeResult result = GuardedUpgrade.Run(live, Options);

        (result.Status, result.Error?.Message, result.Path).ShouldBe((UpgradeStatus.Succeeded, null, live));
        RestoreResult restore = DatabaseRestore.Restore(live, result.Backup!.BackupPath);
        Sha256(live).ShouldBe(before);
        Directory
            .GetFileSystemEntries(folder)
            .ShouldBe(
                [live, result.Backup.BackupPath, result.Backup.ManifestPath, restore.ReplacedPath!],
                ignoreOrder: true,
                "and nothing under another name");
        Directory.GetFileSystemEntries(Folder).ShouldBe([folder]);
    }

    [Fact]
    public void Two_names_that_look_the_same_are_two_databases()
    {
        string composed = Path.Combine(Folder, "caf\u00e9.db");
        string decomposed = Path.Combine(Folder, "cafe\u0301.db");
        CreateShop(composed, "");
        CreateShop(decomposed, "");
        string other = Sha256(decomposed);
        GuardedUpgrade.Run(composed, Options).Status.ShouldBe(UpgradeStatus.Succeeded);
        Sha256(decomposed).ShouldBe(other);
    }

    [Theory]
    [InlineData("//server/share/pos.db", "/server/share/pos.db")]
    [InlineData("file:///tmp/pos.db", "file:/tmp/pos.db")]
    [InlineData("file://server/share/pos.db?mode=memory", "file:/server/share/pos.db?mode=memory")]
    [InlineData("\\\\server\\share\\pos.db", "\\\\server\\share\\pos.db")]
    public void A_path_of_another_kind_is_a_path_of_this_system_and_is_not_found(string path, string named)
    {
        UpgradeResult result = GuardedUpgrade.Run(path, Options);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.FileNotFound, result.Error.Message);
        result.Error.Message.ShouldContain(OperatingSystem.IsWindows() ? named.Replace('/', '\\') : named);
        Should.Throw<PosTenancyException>(() => DatabaseBackup.Create(path)).ErrorId.ShouldBe(ErrorIds.FileNotFound);
    }

    private UpgradeResult RunWhile(string moment, Action act, string? path = null)
    {
        bool done = false;
        Observer other = new(report =>
        {
            if (!done && Moments[moment](report))
            {
                done = true;
                AnotherProgram.Does(act);
            }
        });
        UpgradeOptions options = Options with { SkipRehearsal = moment.EndsWith(NotRehearsed, StringComparison.Ordinal) };
        UpgradeResult result = GuardedUpgrade.Run(path ?? Database, options, other);
        done.ShouldBeTrue();
        return result;
    }
}
