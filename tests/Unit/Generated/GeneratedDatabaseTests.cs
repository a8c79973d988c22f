using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using PosTenancy.Tests.Generated.Checking;
using PosTenancy.Tests.Generated.Making;
using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated;

/// <summary>
/// Generated databases with unusual schemas, migrated by the real engine and compared with their original: same rows, same answers, same
/// errors, or refused for a reason and byte for byte the same. One class per strategy, so that they run in parallel.
/// </summary>
public abstract class GeneratedDatabaseTests(IndexStrategy strategy) : IDisposable
{
    /// <summary>With more refusals than this, the test would mostly prove that refusing loses nothing.</summary>
    private const double MostRefused = 0.3;

    private static readonly TimeSpan LongestShrinking = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(GeneratedSettings.Folder, $"postenancy-{Guid.NewGuid():N}"))
        .FullName;
    private readonly Dictionary<Verdict, int> _outcomes = [];

    /// <summary>Time since the first failure; shrinking stops when it is up.</summary>
    private readonly Stopwatch _shrinking = new();

    public static TheoryData<UniqueScope> Scopes => [.. Enum.GetValues<UniqueScope>()];

    [Theory]
    [MemberData(nameof(Scopes))]
    public void Any_database_answers_as_before_or_is_refused_untouched(UniqueScope scope)
    {
        int count = GeneratedSettings.Seed is null ? GeneratedSettings.Count / Scopes.Count / Enum.GetValues<IndexStrategy>().Length : 1;
        Gen<RandomDatabase> databases = GeneratedSettings.Seed is { } seed
            ? Gen.Constant(Databases.Make(seed))
            : Gen.Choose(1, int.MaxValue).Select(Databases.Make);

        // Every combination generates its own databases.
        FsCheck.Replay beginning = new(new Rnd((ulong)GeneratedSettings.Beginning + ((ulong)scope * 10) + (ulong)strategy), null);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(beginning).WithRunner(new FailureReport(scope, strategy)),
            Prop.ForAll(Arb.From(databases, Shrink), database => Run(database, scope)));

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join(", ", _outcomes.OrderByDescending(o => o.Value).Select(o => $"{o.Key.Ending} {o.Key.Reason} {o.Value}")));
        if (GeneratedSettings.Seed is null)
        {
            int refused = _outcomes.Where(o => o.Key.Ending is Ending.Refused or Ending.NoDatabase).Sum(o => o.Value);
            ((double)refused / count).ShouldBeLessThan(scope == UniqueScope.Database ? MostRefused : 0.9);
        }
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private IEnumerable<RandomDatabase> Shrink(RandomDatabase database)
    {
        _shrinking.Start();
        return Shrinking.Shrink(database).TakeWhile(_ => _shrinking.Elapsed < LongestShrinking);
    }

    private void Run(RandomDatabase database, UniqueScope scope)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            Verdict verdict = MigrationProperty.Check(database, scope, strategy, folder);
            _outcomes[verdict] = _outcomes.GetValueOrDefault(verdict) + 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

public sealed class GeneratedDatabaseTestsWithSeparateIndexes() : GeneratedDatabaseTests(IndexStrategy.Separate);

public sealed class GeneratedDatabaseTestsWithCompositeIndexes() : GeneratedDatabaseTests(IndexStrategy.Composite);
