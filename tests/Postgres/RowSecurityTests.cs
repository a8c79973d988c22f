using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>The application's role, which owns nothing, has the rows of its own tenant in each layout.</summary>
[Collection(CitusCluster.Name)]
public sealed class RowSecurityTests : TargetTest
{
    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Role_that_owns_nothing_sees_and_writes_its_own_tenant_only(CopyLayout layout, bool isCluster)
    {
        Use(isCluster);
        CreateTwoTenants();
        Application application = CopyFor("north", layout);
        string north = layout == CopyLayout.Schema ? "north.sales" : "sales";
        string south = layout == CopyLayout.Schema ? "south.sales" : "sales";
        string As(string sql) => Psql(application.As("north", sql));
        string Denied(string sql) => PsqlError(application.As("north", sql));

        As($"SELECT id, tenant_id FROM {north} ORDER BY id").ShouldBe("1|north\n2|north");
        As("SELECT count(*) FROM public.rates").ShouldBe("1");
        As($"INSERT INTO {north} (n, tenant_id) VALUES ('new', 'north') RETURNING tenant_id").ShouldBe("north");
        As($"UPDATE {north} SET n = 'x' WHERE tenant_id = 'south' RETURNING id").ShouldBe("");
        As($"DELETE FROM {north} WHERE tenant_id = 'south' RETURNING id").ShouldBe("");
        As($"UPDATE {north} SET n = n || '!' RETURNING n").Split('\n').Order(StringComparer.Ordinal).ShouldBe(["a!", "b!", "new!"]);
        Denied($"INSERT INTO {south} (id, n, tenant_id) VALUES (9, 'new', 'south')").ShouldMatch("row-level security|permission denied");
        Denied($"INSERT INTO {north} (id, n, tenant_id) VALUES (9, 'new', 'south')").ShouldMatch("row-level security|check constraint");
        Denied("UPDATE public.rates SET n = 2").ShouldContain("permission denied");
        Denied($"TRUNCATE {north}").ShouldContain("permission denied");
        Denied("SELECT * FROM postenancy.copies").ShouldContain("permission denied");
        Psql($"SELECT n FROM {south} WHERE tenant_id = 'south'").ShouldBe("c");
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Session_without_a_tenant_has_no_rows(CopyLayout layout, bool isCluster)
    {
        Use(isCluster);
        CreateTwoTenants();
        Application application = CopyFor("north", layout);
        if (layout == CopyLayout.Schema)
        {
            PsqlError(application.As("north", "SELECT count(*) FROM south.sales")).ShouldContain("permission denied");
        }
        else
        {
            Psql($"SET ROLE {application.Role}; SELECT count(*) FROM sales").ShouldBe("0");
            Psql(application.As("", "SELECT count(*) FROM sales")).ShouldBe("0");
        }
    }

    [Fact]
    public void Partitions_give_the_role_no_way_around_the_policy()
    {
        CreateTwoTenants();
        _ = Copy(Options(CopyLayout.Partitioned) with { Role = Role });
        PsqlError($"SET ROLE {Role}; SELECT count(*) FROM sales_p0").ShouldContain("permission denied");
    }

    [Fact]
    public void Owner_is_under_the_policy_too_and_can_still_copy_and_compare()
    {
        CreateTwoTenants();
        string owner = $"owner_{Target}";
        _ = Psql(
            $"CREATE ROLE {owner} LOGIN PASSWORD 'pw'; GRANT CREATE ON DATABASE {Target} TO {owner}; " +
            $"GRANT CREATE ON SCHEMA public TO {owner}");
        TenantCopyOptions options = Options() with { Credential = new System.Net.NetworkCredential(owner, "pw") };
        _ = Copy(options);
        Psql($"SET ROLE {owner}; SELECT count(*) FROM sales").ShouldBe("0");
        TargetComparison.Run(Database, options).IsEqual.ShouldBeTrue();
        Sqlite("UPDATE sales SET n = 'changed' WHERE id = 2");
        Copy(options).Status.ShouldBe(TenantChangeStatus.Succeeded);
        Psql("SELECT n FROM sales WHERE id = 2").ShouldBe("changed");
        Psql($"SET ROLE {owner}; SELECT count(*) FROM sales").ShouldBe("0");
    }

    private void CreateTwoTenants() => Sqlite(
        """
        CREATE TABLE rates (n INTEGER PRIMARY KEY);
        INSERT INTO rates VALUES (1);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, n TEXT, tenant_id TEXT NOT NULL DEFAULT 'north');
        INSERT INTO sales VALUES (1, 'a', 'north'), (2, 'b', 'north'), (3, 'c', 'south');
        """);
}
