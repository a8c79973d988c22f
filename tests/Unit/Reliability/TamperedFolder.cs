using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Tests.Reliability;

/// <summary>A store with an unreliable backup.</summary>
public abstract class TamperedFolder : ReliabilityFolder
{
    /// <summary>Both a restore over a newer file and a migration of the backed-up file are refused and change nothing.</summary>
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
            // A command that blocks on a pipe or reads a device endlessly must not block the other tests.
            Task<PosTenancyException> refusal = Task.Run(() => Should.Throw<PosTenancyException>(attempt, what));
            refusal.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue($"{what}: it did not end");
            refusal.Result.ErrorId.ShouldBe(errorId, $"{what}: {refusal.Result.Message}");
            refusal.Result.Message.ShouldContain("not changed");
        }

        Listing().ShouldBe(before, what);
        IsMigrated(Database).ShouldBeFalse(what);
    }

    /// <summary>All names, and the bytes of files that can be read without blocking.</summary>
    private string Listing() => string.Join('\n', Directory.GetFileSystemEntries(Folder).Order(StringComparer.Ordinal)) + Sha256(Database);
}
