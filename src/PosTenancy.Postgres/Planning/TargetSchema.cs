namespace PosTenancy.Postgres.Planning;

/// <summary>A schema that the target has.</summary>
/// <param name="HasTables">Whether there are tables in it.</param>
/// <param name="IsSpread">Whether Citus keeps it on a node of its choice.</param>
internal sealed record TargetSchema(bool HasTables, bool IsSpread);
