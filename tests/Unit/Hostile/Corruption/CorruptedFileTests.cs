using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Generated;

namespace PosTenancy.Tests.Hostile.Corruption;

/// <summary>
/// A damaged file leads to a clear error or a correct result: never to a crash, a hang, or a check that reports Passed for damage that the
/// sqlite3 shell finds.
/// </summary>
public sealed class CorruptedFileTests : IDisposable
{
    private const long MemoryBound = 512 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(GeneratedSettings.Folder, $"postenancy-corruption-{Guid.NewGuid():N}"))
        .FullName;

    /// <summary>Mutations that revealed a defect.</summary>
    [Theory]
    [InlineData(341497761)]
    public void Damaged_file_that_once_was_too_much_ends_in_a_clear_error_or_a_true_result(int seed)
    {
        IReadOnlyList<SampleFile> samples = SampleFile.MakeAll(_folder);
        SampleFile sample = samples[seed % samples.Count];
        SecondReading good = Undamaged(sample);
        Try(seed, Mutation.From(seed, sample), sample, good, static _ => { });
    }

    [Fact]
    public void Damaged_files_end_in_a_clear_error_or_a_true_result()
    {
        IReadOnlyList<SampleFile> samples = SampleFile.MakeAll(_folder);
        SecondReading[] good = [.. samples.Select(Undamaged)];
        good.ShouldAllBe(g => g.Damage == null && g.Rows != null);
        IReadOnlyList<int> seeds = CorruptionSettings.Seeds;
        TestContext.Current.TestOutputHelper?.WriteLine($"{seeds.Count} mutations from seed {seeds[0]} on");
        List<string> failures = [];
        Dictionary<string, int> outcomes = new(StringComparer.Ordinal);
        Parallel.ForEach(seeds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            int sample = seed % samples.Count;
            Mutation mutation = Mutation.From(seed, samples[sample]);
            try
            {
                Try(seed, mutation, samples[sample], good[sample], outcome =>
                {
                    lock (outcomes)
                    {
                        outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                    }
                });
            }
            catch (Exception exception)
            {
                lock (failures)
                {
                    failures.Add($"{CorruptionSettings.SeedVariable}={seed} ({mutation.Description}): {exception}");
                }
            }
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join('\n', outcomes.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Value, 7} {o.Key}")));
        failures.ShouldBeEmpty(string.Join("\n\n", failures.Take(10)));

        // Damage that is never detected, or that stops every command, would test nothing.
        if (seeds.Count >= 150)
        {
            outcomes.Keys.ShouldContain("upgrade Succeeded");
            outcomes.Keys.ShouldContain("upgrade PosTenancy.DatabaseCorrupt");
            outcomes.Keys.ShouldContain("compare FileIntegrity Failed");
            outcomes.Keys.ShouldContain("compare DataUnchanged Failed");
        }
    }

    public void Dispose() => MomentaryHold.Outlast(() => Directory.Delete(_folder, recursive: true));

    private SecondReading Undamaged(SampleFile sample) =>
        SecondReading.Read(sample.Bytes, sample.Log, journal: null, Path.Combine(_folder, "good"));

    private void Try(int seed, Mutation mutation, SampleFile sample, SecondReading good, Action<string> onOutcome)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, seed.ToString(CultureInfo.InvariantCulture))).FullName;
        string path = Path.Combine(folder, "pos.db");
        SecondReading truth = SecondReading.Read(mutation.Bytes, mutation.Log, mutation.Journal, Path.Combine(folder, "second"));
        Write(mutation, path);
        Ask("plan", onOutcome, stop => TenantPlan.Read(path, new MigrationOptions("caps-automotive"), stop));
        object? compared = Ask(
            "compare",
            onOutcome,
            stop =>
                TenantIntegrity.Test(path, new TenantExpectation(TenantId: null, "tenant_id", []), sample.BackupPath, cancellation: stop));
        foreach (CheckResult check in compared as IReadOnlyList<CheckResult> ?? [])
        {
            onOutcome($"compare {check.Name} {check.Status}");
            if (check.Name == "FileIntegrity" && check.Status == CheckStatus.Passed)
            {
                truth.Damage.ShouldBeNull("FileIntegrity passed");
            }

            if (check.Name == "DataUnchanged" && check.Status == CheckStatus.Passed)
            {
                truth.Rows.ShouldBe(good.Rows, "DataUnchanged passed");
            }
        }

        // The readers wrote nothing.
        Files(folder).ShouldBe(Files(mutation, folder));
        if (!CorruptionSettings.IsShort || seed % 4 == 0)
        {
            Backup(mutation, path, onOutcome);
        }

        if (!CorruptionSettings.IsShort || seed % 3 == 0)
        {
            Upgrade(mutation, path, truth, onOutcome);
        }

        MomentaryHold.Outlast(() => Directory.Delete(folder, recursive: true));
    }

    private static void Backup(Mutation mutation, string path, Action<string> onOutcome)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (Ask("backup", onOutcome, stop => HostileCommands.Backup(path, folder, stop)) is BackupResult backup)
        {
            File.ReadAllBytes(backup.BackupPath).ShouldBe(File.ReadAllBytes(path));
        }

        Clear(folder);
        Write(mutation, path);
    }

    private static void Upgrade(Mutation mutation, string path, SecondReading truth, Action<string> onOutcome)
    {
        if (Ask("upgrade", _ => { }, stop => HostileCommands.Upgrade(path, stop)) is UpgradeResult upgrade)
        {
            onOutcome($"upgrade {upgrade.Error?.ErrorId ?? upgrade.Status.ToString()}");
            upgrade.Error?.ErrorId.ShouldNotBe(ErrorIds.Unexpected);
            if (upgrade.Status == UpgradeStatus.Succeeded)
            {
                // Rows that were readable before are still readable, whatever else was damaged.
                SecondReading now = SecondReading.Read(
                    File.ReadAllBytes(path),
                    log: null,
                    journal: null,
                    Path.Combine(Path.GetDirectoryName(path)!, "second"));
                (truth.Rows is null || now.Rows == truth.Rows).ShouldBeTrue("rows changed by an upgrade that succeeded");
            }
            else if (mutation.Log is null && mutation.Journal is null)
            {
                File.ReadAllBytes(path).ShouldBe(mutation.Bytes, "an upgrade that did not succeed changed the file");
            }
        }
    }

    /// <summary>Runs a command on a thread that can be abandoned.</summary>
    private static object? Ask(string name, Action<string> onOutcome, Func<CancellationToken, object> command)
    {
        using CancellationTokenSource stop = new(Patience);
        Stopwatch watch = Stopwatch.StartNew();
        long allocated = 0;
        Task<(object? Result, PosTenancyException? Error)> running = Task.Factory.StartNew(
            () =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    return (command(stop.Token), null);
                }
                catch (PosTenancyException exception)
                {
                    return ((object?)null, (PosTenancyException?)exception);
                }
                finally
                {
                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        running.Wait(Patience * 2).ShouldBeTrue($"{name} hangs");
        watch.Elapsed.ShouldBeLessThan(Patience, name);
        allocated.ShouldBeLessThan(MemoryBound, name);
        if (running.Result.Error is { } error)
        {
            error.ErrorId.ShouldNotBe(ErrorIds.Unexpected);
            onOutcome($"{name} {error.ErrorId}");
        }
        else
        {
            onOutcome($"{name} gave a result");
        }

        return running.Result.Result;
    }

    private static void Write(Mutation mutation, string path)
    {
        File.WriteAllBytes(path, mutation.Bytes);
        if (mutation.Log is { } log)
        {
            File.WriteAllBytes(path + "-wal", log);
        }

        if (mutation.Journal is { } journal)
        {
            File.WriteAllBytes(path + "-journal", journal);
        }
    }

    private static string Files(string folder) =>
        string.Join('\n', Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(f => $"{f} {Hash(File.ReadAllBytes(f))}"));

    private static string Files(Mutation mutation, string folder)
    {
        string path = Path.Combine(folder, "pos.db");
        return string.Join(
            '\n',
            new (string Path, byte[]? Bytes)[]
            {
                (path, mutation.Bytes),
                (path + "-journal", mutation.Journal),
                (path + "-wal", mutation.Log),
            }
                .Where(f => f.Bytes is not null)
                .Select(f => $"{f.Path} {Hash(f.Bytes!)}"));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private static void Clear(string folder)
    {
        foreach (string file in Directory.GetFiles(folder))
        {
            File.Delete(file);
        }
    }
}
