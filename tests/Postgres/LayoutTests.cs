using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>The sample store in each layout, read by psql and by the sqlite3 shell.</summary>
public sealed class LayoutTests : TargetTest
{
    [Theory]
    [InlineData(CopyLayout.Plain)]
    [InlineData(CopyLayout.Partitioned)]
    [InlineData(CopyLayout.Schema)]
    public void Sample_store_has_the_same_rows_there(CopyLayout layout)
    {
        CreateSampleTenant();
        string before = Snapshot();
        TenantCopyResult result = Copy(Options(layout));
        result.Status.ShouldBe(TenantChangeStatus.Succeeded);
        (result.TenantId, result.Rows).ShouldBe((Tenant, 26));
        Snapshot().ShouldBe(before);
        Dump.AtTarget(Psql, layout == CopyLayout.Schema ? Tenant : "public").ShouldBe(Dump.InSqlite(Sqlite));
        Dump.InSqlite(Sqlite).Split('\n').Length.ShouldBeGreaterThan(30);
    }

    [Theory]
    [InlineData(CopyLayout.Plain)]
    [InlineData(CopyLayout.Partitioned)]
    [InlineData(CopyLayout.Schema)]
    public void Second_copy_finds_the_same_rows_and_writes_nothing(CopyLayout layout)
    {
        CreateSampleTenant();
        _ = Copy(Options(layout));
        string before = Psql("SELECT max(copied_at), count(*) FROM postenancy.copies");
        Copy(Options(layout)).Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        Psql("SELECT max(copied_at), count(*) FROM postenancy.copies").ShouldBe(before);
    }

    [Fact]
    public void Keys_and_foreign_keys_begin_with_the_tenant_and_are_validated()
    {
        CreateSampleTenant();
        _ = Copy();
        Psql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'work_orders_pkey'")
            .ShouldBe("PRIMARY KEY (tenant_id, id)");
        Psql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'work_orders_vehicle_id_fkey'")
            .ShouldBe("FOREIGN KEY (tenant_id, vehicle_id) REFERENCES vehicles(tenant_id, id) ON DELETE SET NULL (vehicle_id)");
        Psql("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT convalidated")
            .ShouldBe("0");
        Psql("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace").ShouldBe(
            Sqlite("SELECT count(*) FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f WHERE s.type = 'table' AND f.seq = 0"));
    }

    [Fact]
    public void With_a_schema_for_each_tenant_keys_stay_as_they_are()
    {
        CreateSampleTenant();
        _ = Copy(Options(CopyLayout.Schema));
        Psql($"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'work_orders_pkey'").ShouldBe("PRIMARY KEY (id)");
        Psql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'work_orders_vehicle_id_fkey'")
            .ShouldBe($"FOREIGN KEY (vehicle_id) REFERENCES \"{Tenant}\".vehicles(id) ON DELETE SET NULL");
        PsqlError($"UPDATE \"{Tenant}\".stores SET tenant_id = 'other'").ShouldContain("violates check constraint");
    }

    [Fact]
    public void Plan_names_every_table_and_its_statements_and_writes_nothing()
    {
        CreateSampleTenant();
        IReadOnlyList<CopyTablePlan> plan = TenantCopy.Plan(Database, Options(CopyLayout.Partitioned));
        plan.Where(t => t.Action == CopyTableAction.Create).Select(t => t.Table).Order(StringComparer.Ordinal).ShouldBe(Sqlite(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_*' ORDER BY 1").Split('\n'));
        plan.Single(t => t.Table == "_migrations").Action.ShouldBe(CopyTableAction.Leave);
        plan.Single(t => t.Table == "stores").Sql.ShouldContain(s => s.StartsWith("CREATE TABLE \"public\".\"stores_p7\" PARTITION OF"));
        Psql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").ShouldBe("0");
        Psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'postenancy'").ShouldBe("0");
    }

    [Fact]
    public void Tenants_are_chosen_by_a_wildcard_and_their_case_counts()
    {
        Sqlite("CREATE TABLE v (n TEXT, tenant_id TEXT NOT NULL); INSERT INTO v VALUES ('1', 'north-1'), ('2', 'north-2'), " +
            "('3', 'North-3'), ('4', 'x[1]'), ('5', 'x1');");
        TenantCopy.Run(Database, Options(tenant: "north-*")).Select(r => r.TenantId).ShouldBe(["north-1", "north-2"]);
        Psql("SELECT n FROM v ORDER BY 1").ShouldBe("1\n2");
        TenantCopy.Run(Database, Options(tenant: "x[1]")).Select(r => r.TenantId).ShouldBe(["x1", "x[1]"]);
        Refused(Options(tenant: "south-*")).Message.ShouldContain("north-1");
        TargetComparison.Run(Database, Options(tenant: "north-*")).Rows.ShouldBe(2);
    }
}
