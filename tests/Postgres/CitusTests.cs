using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>A coordinator and two workers: what Citus does in its own way.</summary>
[Collection(CitusCluster.Name)]
public sealed class CitusTests : TargetTest
{
    private readonly CitusCluster _cluster;

    public CitusTests()
        : this(CitusCluster.Require())
    {
    }

    private CitusTests(CitusCluster cluster)
        : base(cluster.Coordinator, cluster.CreateDatabase()) => _cluster = cluster;

    [Fact]
    public void Sample_store_is_distributed_by_tenant_with_the_same_rows()
    {
        CreateSampleTenant();
        TenantCopyResult result = Copy(Options(CopyLayout.Citus));
        result.Rows.ShouldBe(26);
        result.Warnings.ShouldContain(w => w.Contains("has no ON DELETE SET NULL, which Citus does not have", StringComparison.Ordinal));
        Dump.AtTarget(Psql, "public").ShouldBe(Dump.InSqlite(Sqlite));
        Psql("SELECT count(DISTINCT colocationid), count(*) FROM pg_dist_partition WHERE partmethod = 'h'").ShouldBe("1|32");
        Copy(Options(CopyLayout.Citus)).Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        TargetComparison.Run(Database, Options()).IsEqual.ShouldBeTrue();
    }

    [Fact]
    public void Foreign_keys_are_validated_on_the_shards_too()
    {
        CreateTwoTenants();
        _ = Copy(Options(CopyLayout.Citus));
        Psql("SELECT bool_and(convalidated), count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'lines'::regclass")
            .ShouldBe("t|2");
        Psql(
            "SELECT DISTINCT result FROM run_command_on_shards('lines', $$SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND " +
            "convalidated AND conrelid = '%s'::regclass$$)").ShouldBe("2");
        PsqlError("INSERT INTO lines (id, sale, rate, tenant_id) VALUES (9, 3, 1, 'north')").ShouldContain("foreign key");
    }

    [Fact]
    public void Key_that_kept_rows_do_not_meet_is_not_valid_on_the_shards_and_holds_for_new_rows()
    {
        CreateTwoTenants();
        Sqlite("CREATE TABLE zones (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES zones); INSERT INTO zones VALUES (1, 9); " +
            "INSERT INTO lines (id, sale, rate, tenant_id) VALUES (50, 999, 1, 'north')");
        TenantCopyOptions options = Options(CopyLayout.Citus) with { DanglingReference = DanglingReferences.Keep };
        TenantCopyResult result = TenantCopy.Run(Database, options)[0];
        result.Error.ShouldBeNull();
        Psql("SELECT convalidated FROM pg_constraint WHERE contype = 'f' AND conrelid = 'lines'::regclass ORDER BY 1").ShouldBe("f\nt");
        Psql(
            "SELECT DISTINCT result FROM run_command_on_shards('lines', $$SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND " +
            "convalidated AND conrelid = '%s'::regclass$$)").ShouldBe("1");
        PsqlError("INSERT INTO lines (id, sale, rate, tenant_id) VALUES (9, 998, 1, 'north')").ShouldContain("foreign key");
        Sqlite("INSERT INTO lines (id, sale, rate, tenant_id) VALUES (51, 997, 1, 'north')");
        TenantCopy.Run(Database, options)[0].Status.ShouldBe(TenantChangeStatus.Succeeded);
        Psql("SELECT count(*) FROM lines WHERE id IN (50, 51)").ShouldBe("2");
        TargetComparison.Run(Database, options).IsEqual.ShouldBeTrue();
    }

    [Fact]
    public void Tenant_is_replaced_in_one_transaction_and_lies_are_found()
    {
        CreateTwoTenants();
        _ = Copy(Options(CopyLayout.Citus));
        Sqlite("UPDATE sales SET n = 'changed'");
        Copy(Options(CopyLayout.Citus, "north")).Rows.ShouldBe(3);
        Psql("SELECT n FROM sales ORDER BY id").ShouldBe("changed\nchanged\nc");
        _ = Psql("UPDATE sales SET n = n || ' ' WHERE id = 1");
        TargetComparison.Run(Database, Options(tenant: "north")).Differences.ShouldHaveSingleItem().ToString()
            .ShouldBe("Value sales (1) n: changed instead of changed ");
        Refused(Options(CopyLayout.Citus, "north")).ErrorId.ShouldBe(ErrorIds.TargetChanged);
    }

    [Fact]
    public void Role_sees_its_own_tenant_only_also_on_the_shards()
    {
        CreateTwoTenants();
        _ = Copy(Options(CopyLayout.Citus) with { Role = CitusCluster.Role });
        const string Act = "SET citus.propagate_set_commands = 'local'; BEGIN; SET LOCAL postenancy.tenant_id = 'north'; ";
        Psql("SELECT count(*) FROM sales", CitusCluster.Role).ShouldBe("0");
        Psql("SET postenancy.tenant_id = 'north'; SELECT count(*) FROM sales", CitusCluster.Role).ShouldBe("0");
        Psql(Act + "SELECT id FROM sales ORDER BY id; COMMIT", CitusCluster.Role).ShouldBe("1\n2");
        Psql(Act + "SELECT count(*) FROM rates; COMMIT", CitusCluster.Role).ShouldBe("1");
        PsqlError(Act + "INSERT INTO sales (id, n, tenant_id) VALUES (9, 'x', 'south'); COMMIT", CitusCluster.Role)
            .ShouldContain("row-level security");
        Psql(Act + "INSERT INTO sales (n, tenant_id) VALUES ('x', 'north') RETURNING id; COMMIT", CitusCluster.Role).ShouldBe("4");
    }

    [Theory]
    [InlineData("Copying rows", CopyLayout.Citus)]
    [InlineData("Proving the rows in PostgreSQL", CopyLayout.Citus)]
    [InlineData("Committing", CopyLayout.Citus)]
    [InlineData("Copying rows", CopyLayout.Schema)]
    [InlineData("Proving the rows in PostgreSQL", CopyLayout.Schema)]
    [InlineData("Committing", CopyLayout.Schema)]
    public void Crash_of_a_worker_leaves_all_or_nothing(string moment, CopyLayout layout)
    {
        CreateTwoTenants();
        TenantCopyResult result = TenantCopy.Run(Database, Options(layout), new At(moment, () =>
            _cluster.Workers.ToList().ForEach(w => w.Crash())))[0];
        result.Status.ShouldBeOneOf(TenantChangeStatus.RolledBack, TenantChangeStatus.Failed);
        foreach (PostgresNode worker in _cluster.Workers)
        {
            (_, string shards, _) = worker.Psql(Target, "SELECT count(*) FROM pg_class WHERE relname LIKE 'sales%' AND relkind = 'r'");
            shards.Trim().ShouldBe("0");
            worker.Psql(Target, "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()").Output.Trim().ShouldBe("0");
        }

        Psql("SELECT to_regclass('public.sales'), to_regnamespace('north')").ShouldBe("|");
        Copy(Options(layout)).Status.ShouldBe(TenantChangeStatus.Succeeded);
    }

    private void CreateTwoTenants() => Sqlite(
        """
        CREATE TABLE rates (id INTEGER PRIMARY KEY);
        INSERT INTO rates VALUES (1);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, n TEXT, tenant_id TEXT NOT NULL DEFAULT 'north');
        INSERT INTO sales VALUES (1, 'a', 'north'), (2, 'b', 'north'), (3, 'c', 'south');
        CREATE TABLE lines (id INTEGER PRIMARY KEY, sale INTEGER REFERENCES sales ON DELETE CASCADE, rate INTEGER REFERENCES rates,
            tenant_id TEXT NOT NULL);
        INSERT INTO lines VALUES (1, 1, 1, 'north'), (2, 3, 1, 'south');
        """);
}
