using System.Globalization;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Hostile.Corruption;

/// <summary>Environment variables that select the damaged files.</summary>
internal static class CorruptionSettings
{
    /// <summary>Variable with the seed of one mutation to repeat.</summary>
    public const string SeedVariable = "POSTENANCY_CORRUPTION_SEED";

    public const string CountVariable = "POSTENANCY_CORRUPTION_COUNT";

    private const int ShortForm = 150;
    private const int Whole = 10_000;

    /// <summary>Whether only some of the files are backed up and upgraded, which takes most of the time.</summary>
    public static bool IsShort => !Soak.IsOn && Number(SeedVariable) is null;

    /// <summary>The seeds of the mutations: constant, except in the soak, which searches for new failures.</summary>
    public static IReadOnlyList<int> Seeds
    {
        get
        {
            int count = Number(CountVariable) ?? (Soak.IsOn ? Whole : ShortForm);
            return Number(SeedVariable) is { } one
                ? [one]
                : [.. Enumerable.Range(Soak.IsOn ? Random.Shared.Next(int.MaxValue - count) : 1, count)];
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : null;
}
