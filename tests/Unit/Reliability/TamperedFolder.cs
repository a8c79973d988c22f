using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Tests.Reliability;

/// <summary>A shop with a backup that is not to be relied on.</summary>
public abstract class TamperedFolder : ReliabilityFolder
{
    /// <summary>A restore of a newer file, and a migration of the file that the backup was made of: neither touches it.</summary>
    protected void RefusesBoth(BackupResult backup, string errorId, string? what = null)
    {
        string before = Listing();
        foreach (Action attempt in new Action[]
        {
            () => DatabaseRestore.Preview(Database, backup.BackupPath),
            () => DatabaseRestore.Restore(Database, backup.BackupPath, TimeSpan.Zero),
            () => TenantMigration.Preview(Database, Options.Migration, backup.BackupPath),
            () => TenantMigration.Migrate(Database, Options.Migration, backup.BackupPath, TimeSpan.Zero),
        })
        {
            // Whoever waits for a pipe or reads a device without end must not keep the other tests waiting.
            Task<PosTenancyException> refusal = Task.Run(() => Should.Throw<PosTenancyException>(attempt, what));
            refusal.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue($"{what}: it did not end");
            refusal.Result.ErrorId.ShouldBe(errorId, $"{what}: {refusal.Result.Message}");
            refusal.Result.Message.ShouldContain("not changed");
        }

        Listing().ShouldBe(before, what);
        IsMigrated(Database).ShouldBeFalse(what);
    }

    /// <summary>Names of everything, and the bytes of what can be read without waiting.</summary>
    private string Listing() => string.Join('\n', Directory.GetFileSystemEntries(Folder).Order(StringComparer.Ordinal)) + Sha256(Database);
}
