using System.Diagnostics;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Hostile;

/// <summary>Whatever the schema of a database contains, commands execute none of it, change nothing, and terminate.</summary>
public sealed class HostileSchemaTests : TestFolder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Schemas => [.. HostileSchemas.All.Keys];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Asking_changes_nothing_and_comes_to_an_end(string schema)
    {
        Shell.Sql(Database, HostileSchemas.With(HostileSchemas.All[schema]));
        AskEverything(schema, backupPath: null);

        string before = Sha256(Database);
        Stopwatch watch = Stopwatch.StartNew();
        using CancellationTokenSource stop = new(Patience);
        UpgradeResult result = HostileCommands.Upgrade(Database, stop.Token);
        watch.Elapsed.ShouldBeLessThan(Patience);
        if (result.Status == UpgradeStatus.Succeeded)
        {
            // Run the commands again on the migrated database, and against its backup.
            AskEverything(schema, result.Backup!.BackupPath);
        }
        else
        {
            result.Error.ShouldNotBeNull().ErrorId.ShouldNotBe(ErrorIds.Unexpected);
            result.Error.Message.ShouldNotContain("cannot open shared object", customMessage: schema);
            Sha256(Database).ShouldBe(before);
        }

        foreach (string table in new[] { "sales", "lines" })
        {
            Shell.Run("sqlite3", null, "-batch", Database, $"SELECT count(*) FROM {table}").Output.ShouldBeOneOf("3\n", "");
        }
    }

    /// <summary>
    /// Views that name each other twice take SQLite minutes to read, and a trigger may never end: the command can be cancelled.
    /// </summary>
    [Fact]
    public void What_takes_for_ever_is_stopped_at_once_and_leaves_nothing()
    {
        Shell.Sql(Database, HostileSchemas.With(HostileSchemas.Views(40)));
        foreach ((string name, Func<string, CancellationToken, object> command) in HostileCommands.Readers)
        {
            ShouldStop(name, stop => command(Database, stop));
        }

        File.Delete(Database);
        Shell.Sql(
            Database,
            HostileSchemas.With(
                "ALTER TABLE sales ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'caps-automotive'; CREATE TRIGGER r AFTER INSERT ON sales " +
                "BEGIN "
                    + "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n); END;"));
        ShouldStop("isolation", stop => HostileCommands.Readers["isolation"](Database, stop));
    }

    private void ShouldStop(string name, Func<CancellationToken, object> command)
    {
        string before = Snapshot();
        Stopwatch watch = Stopwatch.StartNew();
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(300));
        Should.Throw<OperationCanceledException>(() => command(stop.Token), name);
        watch.Elapsed.ShouldBeLessThan(Patience, name);
        Snapshot().ShouldBe(before, name);
    }

    private void AskEverything(string schema, string? backupPath)
    {
        string before = Snapshot();
        Dictionary<string, Func<string, CancellationToken, object>> commands = new(HostileCommands.Readers, StringComparer.Ordinal);
        foreach ((string name, Func<string, string, CancellationToken, object> command) in HostileCommands.Comparers)
        {
            if (backupPath is not null)
            {
                commands[name] = (path, stop) => command(path, backupPath, stop);
            }
        }

        foreach ((string name, Func<string, CancellationToken, object> command) in commands)
        {
            Stopwatch watch = Stopwatch.StartNew();
            using CancellationTokenSource stop = new(Patience);
            (object? result, PosTenancyException? error) = HostileCommands.Run(command, Database, stop.Token);
            watch.Elapsed.ShouldBeLessThan(Patience, $"{schema}, {name}");
            if (result is IEnumerable<CheckResult> checks)
            {
                checks.ShouldAllBe(c => c.Detail == null || !c.Detail.Contains("cannot open shared object", StringComparison.Ordinal));
            }

            error?.Message.ShouldNotContain("cannot open shared object", customMessage: $"{schema}, {name}");
            Snapshot().ShouldBe(before, $"{schema}, {name}");
        }
    }
}
