namespace PosTenancy;

/// <summary>SQL that keeps the writes of an application within one tenant.</summary>
/// <param name="Path">Full path of the database that it was made for.</param>
/// <param name="Sql">The statements, with comments that say what they are for and which tables they do not guard.</param>
/// <param name="Warnings">What the guard cannot hold in this database, and what it changes; often empty.</param>
public sealed record TenantGuardScript(string Path, string Sql, IReadOnlyList<string> Warnings)
{
    /// <summary>The database.</summary>
    public override string ToString() => Path;
}
