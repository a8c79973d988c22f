namespace PosTenancy.Engine.Isolation;

/// <summary>The effect of one tenant's statement, from that tenant's point of view.</summary>
/// <param name="Expected">Number of the tenant's own rows.</param>
/// <param name="Actual">Number of rows that the statement read or changed.</param>
internal sealed record ProbeOutcome(long? Expected, long? Actual)
{
    /// <summary>Number of other tenants' rows that it read, changed or deleted.</summary>
    public long Crossed { get; init; }

    /// <summary>A defect other than reading or changing other tenants' rows; <see langword="null"/> if there is none.</summary>
    public string? Concern { get; init; }

    /// <summary>The other tenants' rows concerned, as readable text.</summary>
    public string Text { get; init; } = "";

    /// <summary>Why it could not be measured; <see langword="null"/> if it was.</summary>
    public string? Error { get; init; }

    public TimeSpan Duration { get; init; }

    public static ProbeOutcome NotMeasured(string why, long? expected = null) => new(expected, null) { Error = why };
}
