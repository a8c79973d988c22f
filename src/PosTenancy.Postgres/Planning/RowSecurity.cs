using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres.Planning;

/// <summary>
/// Row-level security: a session sees the rows of the tenant in its setting <c>postenancy.tenant_id</c>, and none without it.
/// </summary>
internal static class RowSecurity
{
    /// <summary>The setting.</summary>
    public const string Setting = "postenancy.tenant_id";

    private const string Policy = "postenancy_tenant";

    /// <summary>The statements for a table of tenants.</summary>
    /// <param name="name">Its quoted name.</param>
    /// <param name="tenantColumn">Its tenant column.</param>
    /// <remarks>
    /// FORCE, because the policies would not apply to the owner of the table. The rights are on the table alone: policies are not inherited
    /// by partitions, so that a right on one of them would show every tenant.
    /// </remarks>
    public static IEnumerable<string> Statements(string name, string tenantColumn)
    {
        string own = $"{Identifier.Quote(tenantColumn)} = current_setting('{Setting}', true)";
        yield return $"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY";
        yield return Force(name, isOn: true);
        yield return $"CREATE POLICY {Policy} ON {name} USING ({own}) WITH CHECK ({own})";
    }

    /// <summary>Whether the policy holds for the owner too. A copy by the owner cannot use COPY while it does.</summary>
    public static string Force(string name, bool isOn) => $"ALTER TABLE {name} {(isOn ? "" : "NO ")}FORCE ROW LEVEL SECURITY";

    /// <summary>Creates the application's role, which cannot log in yet.</summary>
    public static string CreateRole(string role) => $"CREATE ROLE {Identifier.Quote(role)} NOLOGIN";

    /// <summary>The rights of the application's role.</summary>
    /// <param name="name">Quoted name of the table.</param>
    /// <param name="isShared">Whether all tenants share it: then one of them may only read it.</param>
    /// <param name="role">The role.</param>
    public static string Grant(string name, bool isShared, string role) =>
        $"GRANT SELECT{(isShared ? "" : ", INSERT, UPDATE, DELETE")} ON {name} TO {Identifier.Quote(role)}";
}
