namespace PosTenancy.Commands;

/// <summary>The question before a migration.</summary>
/// <param name="action">What would be done, in a sentence.</param>
/// <param name="isNeeded">Whether there is anything to ask: a database that needs no change is only verified.</param>
internal sealed class MigrationQuestion(string action, bool isNeeded)
{
    /// <summary>What would be done, in a sentence.</summary>
    public string Action { get; } = action;

    /// <summary>Whether there is anything to ask.</summary>
    public bool IsNeeded { get; } = isNeeded;
}
