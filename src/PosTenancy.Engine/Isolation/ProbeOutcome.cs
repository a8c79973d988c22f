namespace PosTenancy.Engine.Isolation;

/// <summary>What one tenant's statement did, seen from that tenant.</summary>
/// <param name="Expected">Its own rows.</param>
/// <param name="Actual">Rows that the statement saw or touched.</param>
internal sealed record ProbeOutcome(long? Expected, long? Actual)
{
    /// <summary>Rows of others that it saw, changed or deleted.</summary>
    public long Crossed { get; init; }

    /// <summary>What is not as it should be, though no row of others was seen or changed; <see langword="null"/> if nothing.</summary>
    public string? Concern { get; init; }

    /// <summary>What crossed, for people.</summary>
    public string Text { get; init; } = "";

    /// <summary>Why it could not be measured; <see langword="null"/> if it was.</summary>
    public string? Error { get; init; }

    public TimeSpan Duration { get; init; }

    public static ProbeOutcome NotMeasured(string why, long? expected = null) => new(expected, null) { Error = why };
}
