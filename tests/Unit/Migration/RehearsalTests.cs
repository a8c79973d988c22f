using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Migration;

/// <summary>The live migration must match the measurements of its rehearsal in everything but time.</summary>
public sealed class RehearsalTests : TestFolder
{
    [Fact]
    public void Production_is_compared_with_its_rehearsal_figure_by_figure()
    {
        CreateSampleStore();
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        result.Comparison.ShouldAllBe(f => f.Matches);
        result
            .Comparison.Select(f => f.Metric)
            .ShouldBe([
                "Status",
                "Tables that belong to tenants",
                "Tables updated",
                "Tables skipped",
                "Indexes created",
                "Indexes replaced",
                "NULL values",
                "Rows before",
                "Rows after",
                "Data loss (rows)",
                "Size before",
                "Size after",
                .. result.Checks.Select(c => c.Name),
                .. result.Migration!.Tables.Select(t => $"Table {t.Table}"),
            ]);
        result
            .Comparison.Single(f => f.Metric == "Size after")
            .Production.ShouldBe(new FileInfo(Database).Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>A script with different effects on the copy and on the live file: each run alone passes every check.</summary>
    [Theory]
    [InlineData("LIKE", "RowCountsMatch: Warning")]
    [InlineData("NOT LIKE", "RowCountsMatch: Passed")]
    public void Run_that_deviates_from_its_rehearsal_is_rolled_back(string where, string rehearsed)
    {
        Shell.Sql(
            Database,
            "CREATE TABLE item(id INTEGER PRIMARY KEY, name); INSERT INTO item VALUES(1, 'a'); CREATE TABLE tenants(name);");
        string script = Path.Combine(Folder, "008.sql");
        File.WriteAllText(script, $"""
            ALTER TABLE item ADD COLUMN tenant_id VARCHAR(255) NOT NULL DEFAULT '{Tenant}';
            CREATE INDEX idx_item_tenant_id ON item(tenant_id);
            INSERT INTO tenants SELECT '{Tenant}' FROM pragma_database_list WHERE file {where} '%.rehearsal%';
            """);
        string before = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(
            Database,
            new UpgradeOptions(new MigrationOptions(Tenant) { Script = ScriptFile.Read(script) }));

        result.Status.ShouldBe(UpgradeStatus.RolledBack);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.MigrationRolledBack);
        result.Error.Message.ShouldContain(rehearsed);
        result.Error.Message.ShouldContain("differs from the rehearsal");
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Run_that_would_deviate_is_refused_before_it_begins()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        MigrationOptions options = new(Tenant);
        MigrationPlan plan = TenantPlan.Read(Database, options);
        RehearsedPlan rehearsed = Rehearse(backup, plan);
        string before = Sha256(Database);

        foreach (RehearsedPlan other in new RehearsedPlan[]
        {
            rehearsed with { Plan = plan with { Tables = [.. plan.Changes.Skip(1)] } },
            rehearsed with { Result = rehearsed.Result with { SizeBefore = rehearsed.Result.SizeBefore - 4096 } },
            rehearsed with { Result = rehearsed.Result with { Tables = [] } },
        })
        {
            Should.Throw<PosTenancyException>(() => Migrate(options, backup, other))
                .ErrorId.ShouldBe(ErrorIds.RehearsalDeviation);
            Sha256(Database).ShouldBe(before);
        }
    }

    [Fact]
    public void Committed_file_that_deviates_is_put_back()
    {
        CreateSampleStore();
        BackupResult backup = DatabaseBackup.Create(Database);
        MigrationOptions options = new(Tenant);
        MigrationPlan plan = TenantPlan.Read(Database, options);
        RehearsedPlan rehearsed = Rehearse(backup, plan);

        MigrationResult result = Migrate(
            options,
            backup,
            rehearsed with { Result = rehearsed.Result with { SizeAfter = rehearsed.Result.SizeAfter + 4096 } });

        result.Status.ShouldBe(MigrationStatus.RolledBack);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.MigrationRestored);
        result.Error.Message.ShouldContain("Size after");
        Sha256(Database).ShouldBe(backup.Sha256);
    }

    private RehearsedPlan Rehearse(BackupResult backup, MigrationPlan plan)
    {
        using RunJournal journal = RunJournal.Open(Database, "upgrade", progress: null);
        return journal.Keep(() =>
        {
            journal.Begin();
            return Rehearsal.Run(backup, plan, new RunContext(Database, Stage.Rehearsal, journal, Progress: null, CancellationToken.None));
        });
    }

    private MigrationResult Migrate(MigrationOptions options, BackupResult backup, RehearsedPlan rehearsed)
    {
        using RunJournal journal = RunJournal.Open(Database, "migration", progress: null);
        return journal.Keep(() =>
        {
            RunContext run = new(Database, Stage.Migration, journal, Progress: null, CancellationToken.None);
            using ExclusiveDatabase database = TenantMigration.Lock(run, timeout: null);
            (DatabaseSchema schema, MigrationPlan plan) = TenantPlan.Make(database.Connection, options, CancellationToken.None);
            journal.Begin(database.File.Folder, options);
            return new MigrationRun(database, schema, plan, backup.BackupPath, rehearsed, run).Run();
        });
    }
}
