namespace PosTenancy;

/// <summary>One figure of the rehearsal beside the same one of the migration.</summary>
/// <param name="Metric">What was measured.</param>
/// <param name="Rehearsal">What it was on the copy.</param>
/// <param name="Production">What it was on the live database.</param>
/// <param name="Matches">Whether they are equal; anything but time must be.</param>
public sealed record ComparedFigure(string Metric, string Rehearsal, string Production, bool Matches)
{
    /// <summary>The figure, or both if they differ.</summary>
    public override string ToString() =>
        Rehearsal == Production ? $"{Metric}: {Production}" : $"{Metric}: {Production} (rehearsal: {Rehearsal})";
}
