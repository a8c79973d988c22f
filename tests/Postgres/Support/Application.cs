namespace PosTenancy.Tests.Postgres.Support;

/// <summary>The application at head office: its role owns nothing, and each session says whose rows it wants.</summary>
/// <param name="Layout">How tenants are laid out.</param>
/// <param name="Role">The role that the copy gave its rights.</param>
internal sealed record Application(CopyLayout Layout, string Role)
{
    /// <summary>A transaction of a tenant.</summary>
    public string As(string tenant, string sql, string end = "COMMIT") => Layout switch
    {
        CopyLayout.Schema => $"SET ROLE \"{Role}_{tenant}\"; BEGIN; SET LOCAL search_path = \"{tenant}\", public; {sql}; {end}",
        _ => $"SET ROLE {Role}; SET citus.propagate_set_commands = 'local'; BEGIN; SET LOCAL postenancy.tenant_id = '{tenant}'; " +
            $"{sql}; {end}",
    };
}
