using System.Globalization;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Queries;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Progress;

/// <summary>The reports of each command match its list of parts: otherwise its progress bar would stall or jump.</summary>
public sealed class CommandReportsTests : TestFolder
{
    private static readonly MigrationOptions Options = new(Tenant);
    private readonly List<StageProgress> _reports = [];

    private Observer Listener => new(_reports.Add);

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "")]
    [InlineData(true, "PRAGMA journal_mode = WAL;")]
    public void Upgrade_goes_through_all_of_its_parts(bool rehearses, string mode)
    {
        CreateSampleStore(mode);
        GuardedUpgrade
            .Run(Database, new UpgradeOptions(Options) { SkipRehearsal = !rehearses }, Listener)
            .Status.ShouldBe(UpgradeStatus.Succeeded);

        // The backup is made under the same lock as the plan.
        ShouldBe([.. CommandParts.Upgrade(rehearses).Where(p => p is not { Stage: Stage.Backup, Part: StagePart.Schema })]);
    }

    [Fact]
    public void Upgrade_that_rebuilds_tables_goes_through_the_same_parts()
    {
        CreateSampleStore();
        GuardedUpgrade
            .Run(Database, new UpgradeOptions(Options with { UniqueScope = UniqueScope.Tenant }), Listener)
            .Status.ShouldBe(UpgradeStatus.Succeeded);
        ShouldBe([.. CommandParts.Upgrade(rehearses: true).Where(p => p is not { Stage: Stage.Backup, Part: StagePart.Schema })]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Migration_goes_through_all_of_its_parts(bool makesBackup)
    {
        CreateSampleStore();
        string? backup = makesBackup ? null : DatabaseBackup.Create(Database).BackupPath;
        TenantMigration.Migrate(Database, Options, backup, progress: Listener).Status.ShouldBe(MigrationStatus.Migrated);
        ShouldBe([.. CommandParts.Migration(makesBackup).Where(p => p is not { Stage: Stage.Backup, Part: StagePart.Schema })]);
    }

    [Fact]
    public void Backup_and_restore_go_through_all_of_their_parts()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database, progress: Listener);
        ShouldBe(CommandParts.Backup);

        _reports.Clear();
        DatabaseRestore.Restore(Database, backup.BackupPath, progress: Listener);
        _reports.RemoveAll(r => r.Activity == "Locking the database");
        ShouldBe(CommandParts.Restore);
    }

    [Fact]
    public void Commands_on_a_migrated_database_go_through_all_of_their_parts()
    {
        CreateSampleStore();
        string backup = GuardedUpgrade.Run(Database, new UpgradeOptions(Options)).Backup!.BackupPath;
        TenantExpectation expectation = TenantExpectation.From(Options);

        TenantIntegrity.Test(Database, expectation, backup, Listener);
        ShouldBe(CommandParts.Checks(hasBackup: true));

        _reports.Clear();
        TenantIntegrity.Test(Database, expectation, progress: Listener);
        ShouldBe(CommandParts.Checks(hasBackup: false));

        _reports.Clear();
        TenantIntegrity.Distribution(Database, "tenant_id", static _ => true, Listener);
        ShouldBe(CommandParts.Distribution);

        _reports.Clear();
        TenantIsolation.Test(Database, expectation, progress: Listener);
        ShouldBe(CommandParts.Isolation);

        _reports.Clear();
        MeasurementOptions quick = new() { TimePerQuery = TimeSpan.FromMilliseconds(1), Readers = 2 };
        TenantQueries.Measure(Database, backup, quick, Listener, TestContext.Current.CancellationToken);
        ShouldBe(CommandParts.Measurement(readsTogether: true));
    }

    [Fact]
    public void Isolation_test_names_each_statement_and_table()
    {
        CreateSampleStore();
        GuardedUpgrade.Run(Database, new UpgradeOptions(Options));
        IsolationReading reading = TenantIsolation.Test(Database, TenantExpectation.From(Options), progress: Listener);

        string[] activities = [$"Updating rows of '{Tenant}'", $"Deleting rows of '{Tenant}'", "Counting rows", "Reading as each tenant"];
        foreach (
            string table in reading
                .Results.Where(r => r.Operation == IsolationOperation.Update && r.Status != CheckStatus.NotChecked)
                .Select(r => r.Table))
        {
            foreach (string activity in activities)
            {
                _reports.Count(r => r.Activity == activity && r.Item == table).ShouldBe(1, $"{activity} {table}");
            }
        }

        foreach (
            IsolationResult join in reading.Results.Where(r => r.Operation == IsolationOperation.Join && r.Status == CheckStatus.Passed))
        {
            _reports.ShouldContain(r => r.Activity == $"Following the foreign key to {join.Related} as '{Tenant}'" && r.Item == join.Table);
        }
    }

    [Fact]
    public void Lock_that_is_waited_for_says_who_has_it_and_how_much_longer()
    {
        CreateSampleStore();
        using OtherProcess shop = new(Database, "SELECT count(*) FROM users;");
        TimeSpan timeout = TimeSpan.FromSeconds(60);
        Action<IProgress<StageProgress>, CancellationToken>[] commands =
        [
            (progress, stop) => DatabaseBackup.Create(Database, lockTimeout: timeout, progress: progress, cancellation: stop),
            (progress, stop) => DatabaseBackup.Preview(Database, lockTimeout: timeout, progress: progress, cancellation: stop),
            (progress, stop) => TenantMigration.Migrate(Database, Options, lockTimeout: timeout, progress: progress, cancellation: stop),
            (progress, stop) => GuardedUpgrade.Preview(Database, new UpgradeOptions(Options) { LockTimeout = timeout }, progress, stop),
        ];
        foreach (Action<IProgress<StageProgress>, CancellationToken> command in commands)
        {
            using CancellationTokenSource stop = new();
            string? waiting = null;
            Observer listener = new(report =>
            {
                if (report.Activity.StartsWith("Waiting", StringComparison.Ordinal))
                {
                    waiting = report.Activity;
                    stop.Cancel();
                }
            });
            Should.Throw<OperationCanceledException>(() => command(listener, stop.Token));
            waiting.ShouldNotBeNull().ShouldMatch($@"^Waiting for sqlite3 \({shop.Id}\) to close it, at most [1-6]?\d s more$");
        }
    }

    [Fact]
    public void Listener_that_fails_does_not_keep_a_migration_from_being_taken_back()
    {
        CreateSampleStore();
        string before = Sha256(Database);
        int reports = 0;
        Observer failing = new(report =>
        {
            // The first exception stops the migration; the later ones must not affect the rollback.
            if (report is { Stage: Stage.Verification, Activity: "Checking" } || reports > 0)
            {
                reports++;
                throw new InvalidOperationException("the screen is gone");
            }
        });
        Should.Throw<InvalidOperationException>(() => TenantMigration.Migrate(Database, Options, progress: failing));
        reports.ShouldBe(2, "the second report was of the restore, and then it was told nothing more");
        Sha256(Database).ShouldBe(before);
    }

    /// <summary>
    /// The reported parts are these, in this order, and each advances to its total and never goes back.
    /// </summary>
    private void ShouldBe(IReadOnlyList<CommandPart> parts)
    {
        // Reports that only end a stage, or that belong to no part, are ignored.
        StageProgress[] reports = [.. _reports.Where(r => r.Result is null)];
        List<(Stage, StagePart)> seen = [];
        foreach (StageProgress report in reports.Where(r => seen.Count == 0 || seen[^1] != (r.Stage, r.Part)))
        {
            seen.Add((report.Stage, report.Part));
        }

        seen.ShouldBe(parts.Select(p => (p.Stage, p.Part)));

        CommandProgress progress = new(parts);
        double fraction = 0;
        long completed = 0;
        (Stage, StagePart) part = default;
        for (int i = 0; i < reports.Length; i++)
        {
            StageProgress report = reports[i];
            string what = string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Stage} {report.Activity} {report.Item}: {report.Completed} of {report.Total}");
            if (report.Total > 0)
            {
                completed = (report.Stage, report.Part) == part ? completed : 0;
                part = (report.Stage, report.Part);
                report.Completed.ShouldBeInRange(completed, report.Total, what);
                report.Next?.ShouldBeInRange(report.Completed, report.Total, what);
                completed = report.Completed;
            }

            ProgressReading reading = progress.Report(report, TimeSpan.FromSeconds(i));
            reading.IsPart.ShouldBeTrue(what);
            reading.Fraction.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(fraction, what);
            fraction = reading.Fraction.Value;
        }

        StageProgress last = reports[^1];
        (last.Total == 0 || last.Completed == last.Total || last.Next == last.Total || last.Completed + 1 == last.Total).ShouldBeTrue(
            $"nothing is left after {last}");
    }
}
