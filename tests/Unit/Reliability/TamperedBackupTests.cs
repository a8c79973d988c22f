using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reliability;

/// <summary>A backup that differs from the original in any byte is refused.</summary>
public sealed class TamperedBackupTests : TamperedFolder
{
    public static TheoryData<string, string, Action<string>> Files =>
        new()
        {
            { "zero bytes", ErrorIds.BackupTampered, p => File.WriteAllBytes(p, []) },
            { "one byte less", ErrorIds.BackupTampered, p => Resize(p, -1) },
            { "one page less", ErrorIds.BackupTampered, p => Resize(p, -4096) },
            { "one byte more", ErrorIds.BackupTampered, p => Resize(p, 1) },
            { "one page more", ErrorIds.BackupTampered, p => Resize(p, 4096) },
            { "two pages exchanged", ErrorIds.BackupTampered, Exchange },
            { "a vacuumed copy", ErrorIds.BackupTampered, p => Shell.Sql(p, "PRAGMA page_size = 8192; VACUUM") },
            {
                "the same rows, written by another",
                ErrorIds.BackupTampered,
                p =>
                {
                    string s = Shell.Sql(p, ".dump");
                    File.Delete(p);
                    Shell.Sql(p, s);
                }
            },
            {
                "another store's",
                ErrorIds.BackupTampered,
                p =>
                {
                    File.Delete(p);
                    Shell.Sql(p, Shop + "DELETE FROM sales WHERE id = 7");
                }
            },
            {
                "a folder",
                ErrorIds.BackupNotFound,
                p =>
                {
                    File.Delete(p);
                    Directory.CreateDirectory(p);
                }
            },
            {
                "a pipe",
                ErrorIds.BackupNotFound,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesPipe(p);
                }
            },
            {
                "a device",
                ErrorIds.BackupNotFound,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesLink(p, "/dev/zero");
                }
            },
            {
                "a link to nothing",
                ErrorIds.BackupNotFound,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesLink(p, p + ".nothing");
                }
            },
            {
                "a link to the database",
                ErrorIds.BackupMismatch,
                p =>
                {
                    File.Delete(p);
                    AnotherProgram.MakesLink(p, Live(p));
                }
            },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public void Refuses_what_is_not_the_file_that_was_written(string what, string errorId, Action<string> replace)
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        replace(backup.BackupPath);
        RefusesBoth(backup, errorId, what);
    }

    /// <summary>A second name of the database is not a backup; while it has two names, the database is refused as well.</summary>
    [Fact]
    public void Refuses_a_hard_link_to_the_database()
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        File.Delete(backup.BackupPath);
        HardLink.Create(Database, backup.BackupPath);
        string before = Snapshot();

        Should
            .Throw<PosTenancyException>(() => DatabaseRestore.Restore(Database, backup.BackupPath))
            .ErrorId.ShouldBe(ErrorIds.BackupMismatch);
        Should
            .Throw<PosTenancyException>(() => DatabaseRestore.Preview(Database, backup.BackupPath))
            .ErrorId.ShouldBe(ErrorIds.BackupMismatch);
        Should
            .Throw<PosTenancyException>(() => TenantMigration.Migrate(Database, Options.Migration, backup.BackupPath))
            .ErrorId.ShouldBe(ErrorIds.DatabaseHasOtherNames);

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Refuses_another_stores_backup_with_its_manifest()
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        string other = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "south")).FullName, "pos.db");
        CreateShop(other, "");
        Shell.Sql(other, "UPDATE sales SET cents = 0");
        BackupResult others = DatabaseBackup.Create(other);
        File.Copy(others.BackupPath, backup.BackupPath, overwrite: true);
        File.Copy(others.ManifestPath, backup.ManifestPath, overwrite: true);
        File.WriteAllText(
            backup.ManifestPath,
            File.ReadAllText(backup.ManifestPath).Replace(Path.GetFileName(others.BackupPath), Path.GetFileName(backup.BackupPath)));

        // Restored by path, it would replace this store's database with the other store's.
        string before = Snapshot();
        foreach (Action attempt in new Action[]
        {
            () => DatabaseRestore.Restore(Database, others.BackupPath),
            () => DatabaseRestore.Preview(Database, others.BackupPath),
            () => TenantMigration.Migrate(Database, Options.Migration, others.BackupPath),
        })
        {
            Should.Throw<PosTenancyException>(attempt).ErrorId.ShouldBe(ErrorIds.BackupMismatch);
        }

        string[] ids =
        [
            .. new Action[]
            {
                () => DatabaseRestore.Restore(Database, backup.BackupPath),
                () => TenantMigration.Migrate(Database, Options.Migration, backup.BackupPath),
            }.Select(attempt => Should.Throw<PosTenancyException>(attempt).ErrorId),
        ];
        ids.ShouldAllBe(id => id == ErrorIds.BackupMismatch || id == ErrorIds.ManifestInvalid);
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Refuses_a_change_of_any_byte()
    {
        CreateShop();
        BackupResult backup = DatabaseBackup.Create(Database);
        Shell.Sql(Database, "UPDATE sales SET cents = 0");
        string before = Sha256(Database);
        byte[] whole = File.ReadAllBytes(backup.BackupPath);

        // Every byte of the header and of the beginning of a page, and then a stride that reaches every offset within a page in turn.
        int[] places =
        [
            .. Enumerable.Range(0, 116),
            .. Enumerable.Range(0, int.MaxValue).Select(n => 4096 + (n * (Soak.IsOn ? 7 : 397))).TakeWhile(p => p < whole.Length),
            whole.Length - 1,
        ];
        foreach (int place in places)
        {
            byte[] changed = [.. whole];
            changed[place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(backup.BackupPath, changed);
            Should
                .Throw<PosTenancyException>(() => DatabaseRestore.Restore(Database, backup.BackupPath, TimeSpan.Zero))
                .ErrorId.ShouldBe(ErrorIds.BackupTampered, $"byte {place}");
        }

        Sha256(Database).ShouldBe(before);
        File.WriteAllBytes(backup.BackupPath, whole);
        ShouldHaveNoDebris(Folder, "refused restores");
        DatabaseRestore.Restore(Database, backup.BackupPath).Sha256.ShouldBe(backup.Sha256);
    }

    private static string Live(string backup) => backup[..backup.IndexOf(".backup-", StringComparison.Ordinal)];

    private static void Resize(string path, int by)
    {
        using FileStream file = File.OpenWrite(path);
        file.SetLength(file.Length + by);
    }

    private static void Exchange(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        byte[] page = bytes[4096..8192];
        bytes.AsSpan(8192, 4096).CopyTo(bytes.AsSpan(4096));
        page.CopyTo(bytes, 8192);
        File.WriteAllBytes(path, bytes);
    }
}
