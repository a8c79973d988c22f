using System.Globalization;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Generated;

/// <summary>Environment variables that control the generation.</summary>
internal static class GeneratedSettings
{
    public const string CountVariable = "POSTENANCY_GENERATED_COUNT";

    public const string SeedVariable = "POSTENANCY_GENERATED_SEED";

    /// <summary>Number of databases per run, over all scopes of unique keys and strategies.</summary>
    public static int Count => Number(CountVariable) ?? (Soak.IsOn ? 50_000 : 600);

    /// <summary>
    /// First seed of the random numbers. Constant, so that a failure is reproducible and never appears in a run without a change. The soak
    /// generates new databases and prints the seed of each that fails.
    /// </summary>
    public static int Beginning { get; } = Soak.IsOn ? Random.Shared.Next(1, int.MaxValue) : 20261122;

    /// <summary>Seed of a single database to reproduce; <see langword="null"/> for new ones.</summary>
    public static int? Seed => Number(SeedVariable);

    /// <summary>Folder of the files: in memory where the system offers it, since these tests need no disk.</summary>
    public static string Folder => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : null;
}
