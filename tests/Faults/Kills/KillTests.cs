using System.Diagnostics;
using PosTenancy.Tests.Faults.Promise;
using PosTenancy.Tests.Faults.Tracing;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Kills;

/// <summary>
/// A command that is killed, or receives a full or failing disk, at any call that changes the folder: the database is entirely old or
/// entirely
/// new, the backup is complete or absent, and the next command succeeds and leaves nothing behind.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("upgrade", 36)]
    [InlineData("upgrade-wal", 24)]
    [InlineData("restore", 20)]
    [InlineData("restore-wal", 12)]
    [InlineData("backup", 12)]
    [InlineData("backup-journal", 12)]
    [InlineData("isolation", 12)]
    [InlineData("import", 30)]
    [InlineData("import-wal", 16)]
    [InlineData("rename", 20)]
    [InlineData("rename-wal", 10)]
    [InlineData("tenantrestore", 20)]
    [InlineData("tenantrestore-wal", 10)]
    [InlineData("remove", 20)]
    [InlineData("erase", 24)]
    [InlineData("erase-wal", 12)]
    [InlineData("complete", 20)]
    [InlineData("complete-wal", 10)]
    public void A_command_that_is_stopped_anywhere_keeps_the_promise(string name, int count)
    {
        Assert.SkipWhen(Strace.WhyNot is not null, Strace.WhyNot ?? "");
        Stopwatch watch = Stopwatch.StartNew();
        using Scenario scenario = Scenario.Create(name);
        FaultRuns runs = new(scenario);
        IReadOnlyList<FaultPoint> points = runs.Record();

        runs.Try(Chosen(name, points, count));

        output.WriteLine(runs.Summary(watch.Elapsed));
        output.WriteLine($"  of {points.Count} in all");
        if (runs.Problems.Count > 0)
        {
            Assert.Fail(string.Join("\n\n", runs.Problems));
        }

        // The number of files that the runtime opens before the engine varies slightly between runs; all other calls are the engine's
        // alone.
        runs.Missed.ShouldAllBe(p => p.Call.Name == "openat", "a fault that was not met proves nothing");
    }

    /// <summary>After COMMIT the migration exists only in the log; a disk that fails then fails in the checkpoint.</summary>
    [Fact]
    public void A_migration_whose_log_cannot_be_folded_into_the_file_at_once_is_taken_back()
    {
        Assert.SkipWhen(Strace.WhyNot is not null, Strace.WhyNot ?? "");
        using Scenario scenario = Scenario.Create("upgrade-wal");
        FaultRuns runs = new(scenario);
        FaultPoint[] points =
        [
            .. runs.Record()
                .Where(p =>
                    p is { Outcome: Outcome.Eio, Call: { Name: "pwrite64", Stage: "Migration" } } &&
                    Path.GetFileName(p.Call.Path) == "pos.db"),
        ];

        runs.Try([points[0], points[^1]]);

        runs.Problems.ShouldBeEmpty();
        runs.Hit.Count.ShouldBe(2);
    }

    /// <summary>Then the processes that have the database open are unknown; the lock still proves that none is writing.</summary>
    [Fact]
    public void A_list_of_processes_that_cannot_be_read_is_no_reason_to_fail()
    {
        Assert.SkipWhen(Strace.WhyNot is not null, Strace.WhyNot ?? "");
        using Scenario scenario = Scenario.Create("upgrade");
        using Store store = scenario.Template.Copy();
        string log = Path.Combine(store.Folder, "strace.log");

        VictimRun run = Strace.Run(log, "openat:error=EIO", only: "/proc", isWhole: false, scenario.Arguments(store));

        run.Calls.ShouldContain(c => c.IsInjected && c.Path == "/proc");
        run.Result.ShouldNotBeNull().Status.ShouldBe("Succeeded", run.Words);
        scenario.Witness.Read(store.Database).ShouldBe(scenario.After);
    }

    private static IReadOnlyList<FaultPoint> Chosen(string name, IReadOnlyList<FaultPoint> points, int count)
    {
        if (FaultSettings.Point is { } only)
        {
            return [.. points.Where(p => $"{name}/{p.Name}/".StartsWith(only + "/", StringComparison.Ordinal))];
        }

        return Soak.IsOn ? points : EvenChoice.From(points, count, p => (p.Call.Stage, p.Call.Name), p => p.Outcome);
    }
}
