using System.Diagnostics;
using PosTenancy.Tests.Faults.Promise;
using PosTenancy.Tests.Faults.Tracing;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.PowerLoss;

/// <summary>
/// A power loss at any moment of a recorded run: unsynced data is lost, or its names survive without its bytes, or its bytes without its
/// names,
/// or half of them. The promise holds in each folder that this can leave, and work that a command reported as done remains done.
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("upgrade", 16)]
    [InlineData("upgrade-wal", 14)]
    [InlineData("restore", 14)]
    [InlineData("restore-wal", 14)]
    [InlineData("backup", 12)]
    [InlineData("import", 16)]
    [InlineData("rename", 10)]
    [InlineData("tenantrestore", 10)]
    [InlineData("remove", 10)]
    [InlineData("erase", 14)]
    [InlineData("complete", 10)]
    public void A_loss_of_power_at_any_moment_keeps_the_promise(string name, int count)
    {
        Assert.SkipWhen(Strace.WhyNot is not null, Strace.WhyNot ?? "");
        Stopwatch watch = Stopwatch.StartNew();
        using Scenario scenario = Scenario.Create(name);
        using Store store = scenario.Template.Copy();
        IReadOnlyList<SystemCall> calls = Record(scenario, store, out Disk before, out Disk disk);

        IReadOnlyList<LostPower> all = LostPower.All(before, calls);
        IReadOnlyList<LostPower> chosen = Chosen(name, all, count);
        List<string> problems = [];
        int done = 0;
        foreach (LostPower loss in chosen)
        {
            for (; done < loss.Moment; done++)
            {
                disk.Apply(calls[done]);
            }

            Write(store, disk.After(loss.KeepsNames, loss.Kept));
            problems.AddRange(
                Violations(scenario, store, loss).Select(v => $"{name}/{loss.Name} in {loss.Stage}, before {loss.Next}: {v}"));
        }

        output.WriteLine(Summary(name, calls.Count, all, chosen, problems, watch.Elapsed));
        if (problems.Count > 0)
        {
            Assert.Fail(string.Join("\n\n", problems));
        }
    }

    /// <summary>Records a run and verifies the model of the disk: its last state equals the actual folder.</summary>
    private static IReadOnlyList<SystemCall> Record(Scenario scenario, Store store, out Disk before, out Disk disk)
    {
        Disk witness = new(store.Folder);
        before = new Disk(store.Folder);
        disk = new Disk(store.Folder);
        string log = Path.GetTempFileName();
        try
        {
            VictimRun run = Strace.Run(log, injection: null, only: null, isWhole: true, scenario.Arguments(store));
            run.Result.ShouldNotBeNull(run.Words).IsGood.ShouldBeTrue(run.Words);
            IReadOnlyList<SystemCall> calls = run.ChangesIn(store.Folder);
            foreach (SystemCall call in calls)
            {
                witness.Apply(call);
            }

            Describe(witness.After(keepsNames: true, Kept.Everything))
                .ShouldBe(Describe(new Disk(store.Folder).After(keepsNames: true, Kept.Everything)));
            return calls;
        }
        finally
        {
            File.Delete(log);
        }
    }

    private static IEnumerable<string> Violations(Scenario scenario, Store store, LostPower loss)
    {
        bool isDone = loss.Next is null;
        string seen = scenario.Witness.Read(store.Database);
        if (isDone && seen != scenario.After)
        {
            yield return "the command had said that it was done, and the database is not the new one";
        }

        if (isDone && !Backups.In(store.Folder).Any())
        {
            yield return "the command had said that it was done, and there is no backup";
        }

        foreach (string violation in Oracle.Violations(scenario, store, result: null, wasCleaning: false))
        {
            yield return violation;
        }
    }

    private static IReadOnlyList<LostPower> Chosen(string name, IReadOnlyList<LostPower> all, int count)
    {
        if (FaultSettings.Point is { } only)
        {
            return [.. all.Where(l => $"{name}/{l.Name}/".StartsWith(only + "/", StringComparison.Ordinal))];
        }

        return Soak.IsOn ? all : EvenChoice.From(all, count, l => (l.Stage, l.Next?.Name), l => (l.KeepsNames, l.Kept));
    }

    private static void Write(Store store, IReadOnlyList<DiskEntry> entries)
    {
        Directory.Delete(store.Folder, recursive: true);
        Directory.CreateDirectory(store.Folder);
        foreach (DiskEntry entry in entries)
        {
            string target = Path.Combine(store.Folder, entry.Path);
            if (entry.Bytes is null)
            {
                Directory.CreateDirectory(target);
            }
            else
            {
                File.WriteAllBytes(target, entry.Bytes);
            }
        }
    }

    private static string Describe(IReadOnlyList<DiskEntry> entries) =>
        string.Join('\n', entries.Select(e => $"{e.Path} {e.Digest}"));

    private static string Summary(
        string name, int calls, IReadOnlyList<LostPower> all, IReadOnlyList<LostPower> chosen, List<string> problems, TimeSpan duration)
    {
        IEnumerable<string> stages = chosen.GroupBy(l => l.Stage).Select(g => $"{g.Key} {g.Count()}");
        return $"{name}: {calls} calls, {all.Count} different folders, {chosen.Count} tried ({string.Join(", ", stages)}), " +
            $"{problems.Count} problems, {duration.TotalSeconds:0} s";
    }
}
