namespace PosTenancy.Engine.Fleet;

/// <summary>One store of a rollout, as its row names it.</summary>
/// <param name="Path">Path of the live database: full on this machine, as it was given on another one.</param>
/// <param name="ComputerName">The machine that it is on; <see langword="null"/> for this one.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Options">Every other option of its upgrade, as text that is the same for the same options.</param>
public sealed record FleetStore(string Path, string? ComputerName, string TenantId, string Options)
{
    /// <summary>The machine, if it is another one, and the path.</summary>
    public override string ToString() => ComputerName is null ? Path : $"{ComputerName}: {Path}";
}
