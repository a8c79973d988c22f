namespace PosTenancy.Engine.Statements.Trial;

/// <summary>How a statement crossed from one tenant to another.</summary>
/// <param name="Witness">The row of the other tenant.</param>
/// <param name="Verb">What it did, as a phrase after "it".</param>
/// <param name="Acting">The tenant that acted.</param>
internal sealed record Crossing(StatementWitness? Witness, string Verb, TrialOwner Acting)
{
    /// <summary>Whether another value of the acting tenant shows nothing.</summary>
    public bool IsByEqualValue { get; init; }

    /// <summary>Whether it was given NULL for the tenant.</summary>
    public bool IsWithoutTenant { get; init; }

    /// <summary>Whether it did nothing but fail.</summary>
    public bool IsFailure { get; init; }

    /// <summary>Whether it was given a key of the other tenant to write.</summary>
    public bool IsByCollision { get; init; }
}

/// <summary>What the runs of a statement showed of one table.</summary>
/// <param name="reach">What the statement does with the table.</param>
internal sealed class TableEvidence(TableReach reach)
{
    public TableReach Reach => reach;

    public TrialTable Table => reach.Table;

    /// <summary>Whether only the action of a foreign key reaches it.</summary>
    public bool IsOnlyByForeignKey { get; init; }

    /// <summary>How it was crossed with values of the acting tenant alone, or with a key to write.</summary>
    public Crossing? Leak { get; set; }

    /// <summary>How it was crossed with a value of the other tenant, or with NULL for a tenant.</summary>
    public Crossing? ByKey { get; private set; }

    /// <summary>The same, seen only by the second tenant: it reaches the rows of a tenant that is fixed.</summary>
    public Crossing? Fixed { get; private set; }

    /// <summary>What becomes of a row that is inserted without a tenant.</summary>
    public string? NoTenant { get; set; }

    /// <summary>Whether an INSERT without a tenant made a new one, because SQLite numbers them.</summary>
    public bool AddsTenant { get; set; }

    /// <summary>Whether rows of the acting tenant took part.</summary>
    public bool IsExercised { get; set; }

    /// <summary>What else is to be known.</summary>
    public SortedSet<string> Notes { get; } = new(StringComparer.Ordinal);

    public bool HasCrossed => Leak is not null || ByKey is not null || Fixed is not null;

    /// <summary>Adds what a value of the other tenant led to.</summary>
    public void AddByKey(Crossing crossing)
    {
        if (crossing.Acting == TrialOwner.First)
        {
            ByKey ??= crossing;
        }
        else
        {
            Fixed ??= crossing;
        }
    }
}
