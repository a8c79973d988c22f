using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>The application's role, which owns nothing, has the rows of its own tenant in each layout.</summary>
public sealed class RowSecurityTests : TargetTest
{
    private string Role => $"app_{Target}";

    [Theory]
    [InlineData(CopyLayout.Plain)]
    [InlineData(CopyLayout.Partitioned)]
    public void Role_sees_and_writes_its_own_tenant_only(CopyLayout layout)
    {
        CreateTwoTenants();
        _ = Copy(Options(layout) with { Role = Role });
        string act = $"SET ROLE {Role}; SET postenancy.tenant_id = 'north'; ";
        Psql($"SET ROLE {Role}; SELECT count(*) FROM sales").ShouldBe("0");
        Psql(act + "SELECT id, tenant_id FROM sales ORDER BY id").ShouldBe("1|north\n2|north");
        Psql(act + "SELECT count(*) FROM rates").ShouldBe("1");
        Psql(act + "INSERT INTO sales (n, tenant_id) VALUES ('new', 'north') RETURNING id").ShouldBe("4");
        PsqlError(act + "INSERT INTO sales (id, n, tenant_id) VALUES (9, 'new', 'south')").ShouldContain("row-level security");
        Psql(act + "UPDATE sales SET n = 'x' WHERE tenant_id = 'south' RETURNING id").ShouldBe("");
        PsqlError(act + "UPDATE rates SET n = 2").ShouldContain("permission denied");
        PsqlError(act + "TRUNCATE sales").ShouldContain("permission denied");
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
        PosTenancy.Postgres.TenantCopyOptions options = Options() with { Credential = new System.Net.NetworkCredential(owner, "pw") };
        _ = Copy(options);
        Psql($"SET ROLE {owner}; SELECT count(*) FROM sales").ShouldBe("0");
        PosTenancy.Postgres.TargetComparison.Run(Database, options).IsEqual.ShouldBeTrue();
        Sqlite("UPDATE sales SET n = 'changed' WHERE id = 2");
        Copy(options).Status.ShouldBe(TenantChangeStatus.Succeeded);
        Psql("SELECT n FROM sales WHERE id = 2").ShouldBe("changed");
        Psql($"SET ROLE {owner}; SELECT count(*) FROM sales").ShouldBe("0");
    }

    [Fact]
    public void With_a_schema_for_each_tenant_each_has_a_role_of_its_own()
    {
        CreateTwoTenants();
        _ = Copy(Options(CopyLayout.Schema) with { Role = Role });
        Psql($"SET ROLE {Role}_north; SELECT count(*) FROM north.sales").ShouldBe("2");
        Psql($"SET ROLE {Role}_north; SELECT count(*) FROM public.rates").ShouldBe("1");
        PsqlError($"SET ROLE {Role}_north; SELECT count(*) FROM south.sales").ShouldContain("permission denied");
    }

    private void CreateTwoTenants() => Sqlite(
        """
        CREATE TABLE rates (n INTEGER PRIMARY KEY);
        INSERT INTO rates VALUES (1);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, n TEXT, tenant_id TEXT NOT NULL DEFAULT 'north');
        INSERT INTO sales VALUES (1, 'a', 'north'), (2, 'b', 'north'), (3, 'c', 'south');
        """);
}
