using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>A tenant comes back from a coordinator and two workers.</summary>
[Collection(CitusCluster.Name)]
public sealed class CitusExportTests : ExportBackTest
{
    public CitusExportTests()
        : this(CitusCluster.Require())
    {
    }

    private CitusExportTests(CitusCluster cluster)
        : base(cluster.Coordinator, cluster.CreateDatabase())
    {
    }

    [Fact]
    public void Sample_store_comes_back()
    {
        CreateSampleTenant();
        _ = Copy(Options(CopyLayout.Citus));
        TenantExportResult result = Export();
        result.Rows.ShouldBe(26);
        Rows(DumpOf(result.ExportPath)).ShouldBe(Rows(DumpOf(Database)));
        RequireOnly(result);
    }

    [Fact]
    public void Rows_are_read_in_one_state()
    {
        Sqlite(
            """
            CREATE TABLE a (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            CREATE TABLE b (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 'x'), (2, 'y');
            """);
        _ = Copy(Options(CopyLayout.Citus));
        bool isFirst = true;
        TenantExportResult result = TargetExport.Create(Back("x"), new Each("Reading rows from PostgreSQL", item =>
        {
            if (item == "b" && isFirst)
            {
                isFirst = false;
                _ = Psql("DELETE FROM b; UPDATE a SET id = 2");
            }
        }));
        Shell.Sql(result.ExportPath, "SELECT id FROM a; SELECT id FROM b").ShouldBe("1\n1");
    }
}
