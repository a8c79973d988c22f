using System.Collections.Concurrent;
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using PosTenancy.Tests.Generated.Checking;
using PosTenancy.Tests.Generated.Making;
using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated;

/// <summary>
/// Databases that nobody would think of, migrated by the real engine and compared with what they were: same rows, same answers, same errors,
/// or refused for a reason and byte for byte the same.
/// </summary>
public sealed class GeneratedDatabaseTests : IDisposable
{
    /// <summary>More refusals than this, and the test would mostly test that refusing loses nothing.</summary>
    private const double MostRefused = 0.3;

    private static readonly TimeSpan LongestShrinking = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(GeneratedSettings.Folder, $"postenancy-{Guid.NewGuid():N}")).FullName;
    private readonly ConcurrentDictionary<Verdict, int> _outcomes = new();

    /// <summary>Since the first failure; what is small enough by then is what is shown.</summary>
    private readonly Stopwatch _shrinking = new();

    private int _running;

    /// <summary>Every scope with every strategy.</summary>
    public static TheoryData<UniqueScope, IndexStrategy> Wishes =>
        [.. from scope in Enum.GetValues<UniqueScope>() from strategy in Enum.GetValues<IndexStrategy>() select (scope, strategy)];

    [Theory]
    [MemberData(nameof(Wishes))]
    public void Any_database_answers_as_before_or_is_refused_untouched(UniqueScope scope, IndexStrategy strategy)
    {
        int count = GeneratedSettings.Seed is null ? GeneratedSettings.Count / Wishes.Count : 1;
        Gen<RandomDatabase> databases = GeneratedSettings.Seed is { } seed
            ? Gen.Constant(Databases.Make(seed))
            : Gen.Choose(1, int.MaxValue).Select(Databases.Make);
        FsCheck.Replay beginning = new(new Rnd((ulong)GeneratedSettings.Beginning), null);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(beginning).WithRunner(new FailureReport(scope, strategy)).WithParallelRunConfig(new ParallelRunConfig(Environment.ProcessorCount)),
            Prop.ForAll(Arb.From(databases, Shrink), database => Run(database, scope, strategy)));

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", _outcomes.OrderByDescending(o => o.Value).Select(o => $"{o.Key.Ending} {o.Key.Reason} {o.Value}")));
        if (GeneratedSettings.Seed is null)
        {
            int refused = _outcomes.Where(o => o.Key.Ending is Ending.Refused or Ending.NoDatabase).Sum(o => o.Value);
            ((double)refused / count).ShouldBeLessThan(scope == UniqueScope.Database ? MostRefused : 0.9);
        }
    }

    public void Dispose()
    {
        // After a failure another core is still at its last database.
        SpinWait.SpinUntil(() => Volatile.Read(ref _running) == 0, LongestShrinking);
        Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<RandomDatabase> Shrink(RandomDatabase database)
    {
        _shrinking.Start();
        return Shrinking.Shrink(database).TakeWhile(_ => _shrinking.Elapsed < LongestShrinking);
    }

    private void Run(RandomDatabase database, UniqueScope scope, IndexStrategy strategy)
    {
        Interlocked.Increment(ref _running);
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            _outcomes.AddOrUpdate(MigrationProperty.Check(database, scope, strategy, folder), 1, (_, n) => n + 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            Interlocked.Decrement(ref _running);
        }
    }
}
