using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Generated;
using PosTenancy.Tests.Generated.Checking;
using PosTenancy.Tests.Generated.Making;
using PosTenancy.Tests.Generated.Model;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Isolation;

/// <summary>
/// Generated databases with unusual schemas, migrated and tested: no crash, no byte changed, and no leak where none is possible.
/// </summary>
public sealed class GeneratedIsolationTests : IsolationFolder
{
    [Fact]
    public void Any_migrated_database_can_be_tested_and_only_a_trigger_or_an_orphan_can_make_it_fail()
    {
        int count = GeneratedSettings.Seed is null ? Math.Max(GeneratedSettings.Count / 6, 1) : 1;
        Random random = new(GeneratedSettings.Beginning);
        int tested = 0;
        int inserts = 0;
        int planted = 0;
        for (int i = 0; i < count; i++)
        {
            RandomDatabase database = Databases.Make(GeneratedSettings.Seed ?? random.Next(1, int.MaxValue));
            string folder = Directory
                .CreateDirectory(Path.Combine(Folder, database.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)))
                .FullName;
            string path = Path.Combine(folder, "pos.db");
            try
            {
                if (!Migrated(database, path))
                {
                    continue;
                }

                string before = Snapshot();
                IReadOnlyList<IsolationResult> results = TenantIsolation
                    .Test(
                        path,
                        new TenantExpectation(database.Tenant.Id, database.Tenant.Column, database.Tenant.Excluded),
                        withGuard: true)
                    .Results;
                Snapshot().ShouldBe(before);

                // A row whose parent is missing finds one in any row that takes its key, the canary's included.
                bool mayFail = database.Parts.Any(p => p.Sql.Contains("TRIGGER", StringComparison.Ordinal)) || HasOrphans(path);
                results.Where(r => r.Status == CheckStatus.Failed && !mayFail).ShouldBeEmpty(NotPassed(results));
                results.ShouldAllBe(r => r.Status == CheckStatus.Passed || r.Detail.Length > 0);
                tested++;
                inserts += results.Count(r => r.Operation == IsolationOperation.Insert);
                planted += results.Count(r => r.Operation == IsolationOperation.Insert && r.Actual == 1);
                foreach (IsolationResult missing in results.Where(r => r.Operation == IsolationOperation.Insert && r.Actual == 0))
                {
                    TestContext.Current.TestOutputHelper?.WriteLine($"{database.Seed} {missing.Table}: {missing.Detail}");
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw new InvalidOperationException(
                    $"{GeneratedSettings.SeedVariable}={database.Seed}: " +
                    $"{exception.Message}\n{string.Join(";\n", Building.Script(database))}",
                    exception);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{tested} of {count} databases tested; {planted} of {inserts} tables took a canary row");
        if (GeneratedSettings.Seed is null)
        {
            tested.ShouldBeGreaterThan(count / 3);
            ((double)planted / inserts).ShouldBeGreaterThan(0.6);
        }
    }

    private static bool HasOrphans(string path)
    {
        string copy = path + ".copy";
        File.Copy(path, copy);
        if (File.Exists(path + "-wal"))
        {
            File.Copy(path + "-wal", copy + "-wal");
        }

        return Shell.Run("sqlite3", "PRAGMA foreign_key_check", "-batch", copy)
            is { ExitCode: not 0 }
                or { Output.Length: > 0 }
                or { Error.Length: > 0 };
    }

    private static bool Migrated(RandomDatabase database, string path)
    {
        try
        {
            return Building.Build(database, path) &&
                TenantMigration
                    .Migrate(
                        path,
                        new MigrationOptions(database.Tenant.Id, database.Tenant.Column) { ExcludeTable = database.Tenant.Excluded })
                    .Status != MigrationStatus.RolledBack;
        }
        catch (PosTenancyException)
        {
            return false;
        }
    }
}
