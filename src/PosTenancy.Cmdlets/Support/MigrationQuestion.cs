namespace PosTenancy.Commands;

/// <summary>What is asked before a migration, or said instead of it.</summary>
/// <param name="action">What would be done, in a sentence.</param>
/// <param name="isNeeded">Whether there is anything to ask: a database that needs no change is only verified.</param>
/// <param name="refusal">The result if the upgrade is refused, so that there is nothing to ask.</param>
public sealed class MigrationQuestion(string action, bool isNeeded, UpgradeResult? refusal = null)
{
    /// <summary>What would be done, in a sentence.</summary>
    public string Action { get; } = action;

    /// <summary>Whether there is anything to ask.</summary>
    public bool IsNeeded { get; } = isNeeded;

    /// <summary>The result if the upgrade is refused; else <see langword="null"/>.</summary>
    public UpgradeResult? Refusal { get; } = refusal;
}
