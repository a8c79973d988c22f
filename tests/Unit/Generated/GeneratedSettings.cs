using System.Globalization;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Generated;

/// <summary>What the environment says about how much is made up.</summary>
internal static class GeneratedSettings
{
    public const string CountVariable = "POSTENANCY_GENERATED_COUNT";

    public const string SeedVariable = "POSTENANCY_GENERATED_SEED";

    /// <summary>Databases a run, over all scopes of unique keys and strategies.</summary>
    public static int Count => Number(CountVariable) ?? (Soak.IsOn ? 50_000 : 600);

    /// <summary>
    /// What the random numbers begin with. Always the same: a test that fails today must fail tomorrow, too, and not in a run that changed
    /// nothing. New databases come with the soak, which prints the number of each that fails.
    /// </summary>
    public static int Beginning { get; } = Soak.IsOn ? Random.Shared.Next(1, int.MaxValue) : 20261122;

    /// <summary>The one database to make again; <see langword="null"/> for new ones.</summary>
    public static int? Seed => Number(SeedVariable);

    /// <summary>Where the files are: in memory where the system has a folder for it, since this tests no disk.</summary>
    public static string Folder => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : null;
}
