using PosTenancy.Engine.Migration;
using PosTenancy.Postgres;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>A test with a SQLite database and an empty database of PostgreSQL.</summary>
public abstract class TargetTest : TestFolder
{
    private PostgresNode _node;

    protected TargetTest()
        : this(PostgresServer.Require())
    {
    }

    private protected TargetTest(PostgresNode node, string? target = null)
    {
        _node = node;
        Target = target ?? PostgresServer.CreateDatabase(node);
        Role = $"app_{Target}";
    }

    /// <summary>Each layout on one server, and those that spread tenants over a cluster.</summary>
    public static TheoryData<CopyLayout, bool> Everywhere => new()
    {
        { CopyLayout.Plain, false },
        { CopyLayout.Partitioned, false },
        { CopyLayout.Schema, false },
        { CopyLayout.Citus, true },
        { CopyLayout.Schema, true },
    };

    /// <summary>The role of the application in this database.</summary>
    protected string Role { get; private set; }

    /// <summary>Name of the database of PostgreSQL.</summary>
    protected string Target { get; private set; }

    protected virtual string Destination => $"Host=127.0.0.1;Port={_node.Port};Database={Target};Username=postgres";

    /// <summary>The port of the server.</summary>
    protected int Port => _node.Port;

    /// <summary>Goes on with a database of the cluster, if the test is about one.</summary>
    protected void Use(bool isCluster)
    {
        if (isCluster)
        {
            CitusCluster cluster = CitusCluster.Require();
            (_node, Target, Role) = (cluster.Coordinator, cluster.CreateDatabase(), CitusCluster.Role);
        }
    }

    /// <summary>Options for all tenants.</summary>
    protected TenantCopyOptions Options(CopyLayout layout = CopyLayout.Plain, string tenant = "*") =>
        new(tenant, Destination) { Layout = layout };

    /// <summary>Copies, and requires success.</summary>
    protected TenantCopyResult Copy(TenantCopyOptions? options = null)
    {
        TenantCopyResult result = TenantCopy.Run(Database, options ?? Options())[0];
        result.Error.ShouldBeNull();
        result.Checks.ShouldAllBe(c => c.Status == CheckStatus.Passed);
        return result;
    }

    /// <summary>Copies, and requires an error.</summary>
    protected Failure Refused(TenantCopyOptions? options = null)
    {
        TenantCopyResult result = TenantCopy.Run(Database, options ?? Options())[0];
        return result.Error.ShouldNotBeNull();
    }

    /// <summary>Copies, with rights for the application, whose session is that of a tenant.</summary>
    private protected Application CopyFor(string tenant, CopyLayout layout)
    {
        _ = Copy(Options(layout) with { Role = Role });
        if (layout == CopyLayout.Schema)
        {
            // The nodes of a cluster connect to each other as the role of the session.
            _ = Psql($"ALTER ROLE \"{Role}_{tenant}\" LOGIN");
        }

        return new Application(layout, Role);
    }

    /// <summary>The sample store with its tenant.</summary>
    protected void CreateSampleTenant()
    {
        CreateSampleStore();
        _ = TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
    }

    /// <summary>Runs SQL in SQLite.</summary>
    protected string Sqlite(string sql) => PosTenancy.Tests.Support.Shell.Sql(Database, sql);

    /// <summary>Runs SQL at the target, and returns the output: one row per line, columns separated by '|'.</summary>
    protected string Psql(string sql, string user = "postgres")
    {
        (int code, string output, string error) = _node.Psql(Target, sql, user);
        code.ShouldBe(0, error);
        return output.TrimEnd('\n');
    }

    /// <summary>Runs SQL at the target in one session that goes on after errors, and returns what was written to either output.</summary>
    protected (string Output, string Error) Session(string sql)
    {
        (_, string output, string error) = _node.Psql(Target, $"\\set ON_ERROR_STOP off\n{sql}");
        return (output, error);
    }

    /// <summary>Runs SQL at the target that fails, and returns the message.</summary>
    protected string PsqlError(string sql, string user = "postgres")
    {
        (int code, _, string error) = _node.Psql(Target, sql, user);
        code.ShouldNotBe(0);
        return error;
    }
}
