using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>A schema for each tenant on a coordinator and two workers: Citus puts each on a node of its own.</summary>
[Collection(CitusCluster.Name)]
public sealed class CitusSchemaTests : TargetTest
{
    private readonly CitusCluster _cluster;

    public CitusSchemaTests()
        : this(CitusCluster.Require())
    {
    }

    private CitusSchemaTests(CitusCluster cluster)
        : base(cluster.Coordinator, cluster.CreateDatabase()) => _cluster = cluster;

    [Fact]
    public void Tenants_are_on_different_nodes_with_the_keys_of_the_store()
    {
        CreateTenants();
        Copy(Options(CopyLayout.Schema)).Warnings.ShouldBeEmpty();
        Psql("SELECT citus_table_type, count(*) FROM citus_tables GROUP BY 1 ORDER BY 1").ShouldBe("reference|1\nschema|6");
        Psql("SELECT count(DISTINCT nodeport) FROM citus_shards WHERE citus_table_type = 'schema'").ShouldBe("2");
        Psql("SELECT count(*) FROM (SELECT DISTINCT split_part(table_name::text, '.', 1), nodeport FROM citus_shards " +
            "WHERE citus_table_type = 'schema') AS s").ShouldBe("3");
        Psql(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'north'::regnamespace AND contype <> 'c' " +
            "ORDER BY conrelid::regclass::text, contype DESC, conname").ShouldBe(
            """
            PRIMARY KEY (id)
            FOREIGN KEY (rate) REFERENCES rates(id)
            FOREIGN KEY (sale) REFERENCES north.sales(id) ON UPDATE CASCADE ON DELETE SET NULL
            UNIQUE (n)
            PRIMARY KEY (id)
            """);
        Psql(
            "SELECT DISTINCT result FROM run_command_on_shards('north.lines', $$SELECT count(*) FROM pg_constraint WHERE contype = 'f' " +
            "AND convalidated AND conrelid = '%s'::regclass$$)").ShouldBe("2");
        Psql("DELETE FROM north.sales WHERE id = 2; SELECT id, sale, rate FROM north.lines").ShouldBe("1||1");
        PsqlError("INSERT INTO north.lines (rate) VALUES (7)").ShouldContain("violates foreign key");
        PsqlError("INSERT INTO north.sales (n) VALUES ('b')").ShouldContain("violates unique");
    }

    [Fact]
    public void Counters_go_on_also_through_a_worker()
    {
        CreateTenants();
        _ = Copy(Options(CopyLayout.Schema));
        Psql("INSERT INTO north.sales (n) VALUES ('new') RETURNING id, tenant_id").ShouldBe("41|north");
        string[] keys =
        [
            .. _cluster.Workers.Select(w => w.Psql(Target, "INSERT INTO north.sales (n) VALUES (gen_random_uuid()) RETURNING id"))
                .Select(r => r.ExitCode == 0 ? r.Output.Trim() : r.Error),
        ];
        keys.ShouldAllBe(k => k.Length > 2 && k.All(char.IsAsciiDigit));
        keys.ShouldBeUnique();
    }

    [Fact]
    public void Tenant_is_replaced_a_new_one_is_added_and_lies_are_found()
    {
        CreateTenants();
        _ = Copy(Options(CopyLayout.Schema, "north"));
        Copy(Options(CopyLayout.Schema, "north")).Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        Sqlite("UPDATE sales SET n = n || '!'");
        Copy(Options(CopyLayout.Schema, "north")).Rows.ShouldBe(3);
        Copy(Options(CopyLayout.Schema, "south")).Rows.ShouldBe(2);
        Psql("SELECT n FROM north.sales UNION ALL SELECT n FROM south.sales ORDER BY 1").ShouldBe("a!\nb!\nc!");
        Psql("SELECT count(*) FROM citus_schemas").ShouldBe("2");
        _ = Psql("UPDATE south.sales SET n = n || ' '");
        TargetComparison.Run(Database, Options(tenant: "south")).Differences.ShouldHaveSingleItem().ToString()
            .ShouldBe("Value sales (1) n: c! instead of c! ");
        Refused(Options(CopyLayout.Schema, "south")).ErrorId.ShouldBe(ErrorIds.TargetChanged);
    }

    [Fact]
    public void Plan_and_script_have_the_statements_and_nothing_is_written()
    {
        CreateTenants();
        IReadOnlyList<CopyTablePlan> plan = TenantCopy.Plan(Database, Options(CopyLayout.Schema, "north"));
        plan.ShouldAllBe(t => t.Action == CopyTableAction.Create || t.Action == CopyTableAction.Share);
        string script = CopyScript.Text(plan);
        script.ShouldContain("SELECT create_reference_table('\"public\".\"rates\"');");
        Psql("SELECT count(*) FROM pg_namespace WHERE nspname IN ('north', 'postenancy')").ShouldBe("0");

        // What a person would run is what the copy runs.
        _ = Psql(script);
        Psql("SELECT schema_name, count(*) FROM citus_tables JOIN citus_schemas USING (colocation_id) GROUP BY 1").ShouldBe("north|2");
    }

    [Fact]
    public void Role_that_does_not_exist_is_created_and_dropped_again_if_the_copy_fails()
    {
        CreateTenants();
        string role = $"fresh_{Target}";
        TenantCopyResult result = TenantCopy.Run(Database, Options(CopyLayout.Schema) with { Role = role }, new At("Committing", () =>
            _cluster.Workers.ToList().ForEach(w => w.Crash())))[0];
        result.Error.ShouldNotBeNull();
        Psql($"SELECT count(*) FROM pg_roles WHERE rolname LIKE '{role}%'").ShouldBe("0");
        _ = Copy(Options(CopyLayout.Schema) with { Role = role });
        Psql($"SELECT count(*) FROM pg_roles WHERE rolname LIKE '{role}%' AND NOT rolcanlogin").ShouldBe("3");
        _ = Copy(Options(CopyLayout.Citus) with { Role = role, Schema = "citus_tables" });
        Psql($"SELECT has_table_privilege('{role}', 'citus_tables.rates', 'SELECT')").ShouldBe("t");
    }

    [Theory]
    [InlineData(CopyLayout.Schema)]
    [InlineData(CopyLayout.Citus)]
    public void Coordinator_may_have_shards_too(CopyLayout layout)
    {
        CreateTenants();
        _ = Psql($"SELECT citus_set_node_property('127.0.0.1', {Port}, 'shouldhaveshards', true)");
        TenantCopyResult failed = TenantCopy.Run(Database, Options(layout) with { Schema = "shared" }, new At("Committing", () => Psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'PosTenancy' AND " +
            "datname = current_database() AND backend_xid IS NOT NULL")))[0];
        failed.Error.ShouldNotBeNull();
        Psql("SELECT count(*) FROM pg_namespace WHERE nspname IN ('shared', 'north', 'postenancy')").ShouldBe("0");
        _ = Copy(Options(layout) with { Schema = "shared", Role = $"chain_{Target}_{layout}" });
        Psql("SELECT count(DISTINCT nodeport) FROM citus_shards WHERE citus_table_type <> 'reference'").ShouldBe("3");
        TargetComparison.Run(Database, Options(layout) with { Schema = "shared" }).IsEqual.ShouldBeTrue();
    }

    [Fact]
    public void Loader_that_is_no_administrator_can_copy_and_copy_again()
    {
        CreateTenants();
        _ = Psql(
            $"GRANT CREATE ON DATABASE {Target} TO {CitusCluster.Role}; GRANT CREATE ON SCHEMA public TO {CitusCluster.Role}");
        TenantCopyOptions options = new("*", Destination.Replace("postgres", CitusCluster.Role, StringComparison.Ordinal))
        {
            Layout = CopyLayout.Schema,
        };
        _ = Copy(options);
        Sqlite("UPDATE sales SET n = n || '!'");
        Copy(options).Status.ShouldBe(TenantChangeStatus.Succeeded);
        Psql("SELECT n FROM south.sales").ShouldBe("c!");
    }

    [Fact]
    public void Schema_with_other_tables_is_not_spread_and_an_empty_one_is()
    {
        CreateTenants();
        _ = Psql("CREATE SCHEMA north; CREATE TABLE north.other (x int); CREATE SCHEMA south");
        _ = Psql("SET citus.enable_schema_based_sharding = on; CREATE SCHEMA east");
        TenantCopy.Plan(Database, Options(CopyLayout.Schema, "north")).ShouldContain(t => t.Action == CopyTableAction.Blocked);
        Refused(Options(CopyLayout.Schema, "north")).Message.ShouldContain("a schema \"north\" with tables that no copy created");
        _ = Copy(Options(CopyLayout.Schema, "south"));
        _ = Copy(Options(CopyLayout.Schema, "east"));
        Psql("SELECT schema_name FROM citus_schemas ORDER BY schema_name::text").ShouldBe("east\nsouth");
    }

    [Fact]
    public void Copies_of_a_time_without_Citus_stay_where_they_are_until_they_are_spread()
    {
        CreateTenants();
        _ = Psql("DROP EXTENSION citus");
        _ = Copy(Options(CopyLayout.Schema, "north"));
        _ = Psql("CREATE EXTENSION citus");
        Sqlite("UPDATE sales SET n = n || '!'");
        _ = Copy(Options(CopyLayout.Schema, "north"));
        _ = Copy(Options(CopyLayout.Schema, "south"));
        Psql("SELECT count(*) FROM citus_schemas").ShouldBe("0");
        TargetComparison.Run(Database, Options(CopyLayout.Schema, "south")).IsEqual.ShouldBeTrue();

        // As docs/postgres-layouts.md says.
        _ = Psql("SELECT create_reference_table('public.rates')");
        _ = Psql("SELECT citus_schema_distribute('north')");
        _ = Psql("SELECT citus_schema_distribute('south')");
        _ = Copy(Options(CopyLayout.Schema, "east"));
        Psql("SELECT count(*) FROM citus_schemas").ShouldBe("3");
        Sqlite("UPDATE sales SET n = n || '?'");
        _ = Copy(Options(CopyLayout.Schema, "north"));
        TargetComparison.Run(Database, Options(CopyLayout.Schema, "north")).IsEqual.ShouldBeTrue();
    }

    [Fact]
    public void Setting_of_the_database_decides_nothing_in_another_layout()
    {
        CreateTenants();
        _ = Psql($"ALTER DATABASE {Target} SET citus.enable_schema_based_sharding = on");
        _ = Copy(Options(CopyLayout.Schema) with { Schema = "shared" });
        Psql("SELECT schema_name FROM citus_schemas ORDER BY schema_name::text").ShouldBe("east\nnorth\nsouth");
        Psql("SELECT citus_table_type FROM citus_tables WHERE table_name = 'shared.rates'::regclass").ShouldBe("reference");
    }

    [Fact]
    public void Citus_before_12_is_refused()
    {
        CreateTenants();
        _ = Psql($"ALTER DATABASE {Target} SET citus.enable_version_checks = off");
        _ = Psql("UPDATE pg_extension SET extversion = '11.3-1' WHERE extname = 'citus'");
        Failure error = Refused(Options(CopyLayout.Schema));
        error.ErrorId.ShouldBe(ErrorIds.TargetUnsuitable);
        error.Message.ShouldContain("its Citus is version 11, and 12 is the oldest that spreads schemas");
        Copy(Options(CopyLayout.Plain)).Status.ShouldBe(TenantChangeStatus.Succeeded);
    }

    private void CreateTenants() => Sqlite(
        """
        CREATE TABLE rates (id INTEGER PRIMARY KEY, percent REAL);
        INSERT INTO rates VALUES (1, 19.5);
        CREATE TABLE sales (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT UNIQUE, tenant_id TEXT NOT NULL DEFAULT 'north');
        INSERT INTO sales VALUES (1, 'c', 'south'), (2, 'a', 'north'), (3, 'b', 'north'), (40, 'd', 'east');
        DELETE FROM sales WHERE id = 40;
        CREATE TABLE lines (id INTEGER PRIMARY KEY, sale INTEGER REFERENCES sales ON DELETE SET NULL ON UPDATE CASCADE,
            rate INTEGER REFERENCES rates, tenant_id TEXT NOT NULL);
        INSERT INTO lines VALUES (1, 2, 1, 'north'), (2, 1, 1, 'south'), (3, NULL, NULL, 'east');
        """);
}
