namespace PosTenancy.Engine.Statements.Trial;

/// <summary>How values are chosen for the parameters of one run.</summary>
/// <param name="Acting">The tenant that acts.</param>
/// <param name="Row">Number of the row from which its values are taken.</param>
internal sealed record ParameterChoice(TrialOwner Acting, int Row)
{
    /// <summary>The parameters that get values of the other tenant.</summary>
    public ISet<int> Foreign { get; init; } = new HashSet<int>();

    /// <summary>Number of the row of the other tenant from which those are taken.</summary>
    public int ForeignRow { get; init; } = 1;

    /// <summary>Whether written values are those of the row, and not fresh ones.</summary>
    public bool WritesOwn { get; init; }

    /// <summary>Whether a value is written where the example has NULL.</summary>
    public bool WritesNoNull { get; init; }

    /// <summary>Whether what is compared with the table of an INSERT is in no row of it.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>Whether NULL is the tenant.</summary>
    public bool HasNoTenant { get; init; }

    /// <summary>Which value a parameter without a known use gets.</summary>
    public int Guess { get; init; }

    public TrialOwner Other => Acting == TrialOwner.First ? TrialOwner.Second : TrialOwner.First;
}
