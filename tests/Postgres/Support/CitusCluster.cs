using System.Globalization;
using PosTenancy.Tests.Postgres.Support;

[assembly: AssemblyFixture(typeof(CitusCluster))]

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>A coordinator and two workers, started by the first test that needs them; each test has a database of its own.</summary>
public sealed class CitusCluster : IDisposable
{
    /// <summary>The collection of its tests, which run one after the other: some of them stop a node.</summary>
    public const string Name = "Citus";

    private const string Settings =
        """
        shared_preload_libraries = 'citus'
        max_prepared_transactions = 50
        max_worker_processes = 16
        citus.shard_count = 8
        citus.enable_create_database_propagation = off
        """;

    /// <summary>The role of an application, with which the nodes may connect to each other.</summary>
    internal const string Role = "node_app";

    private static readonly Lazy<CitusCluster> Started = new(() =>
    {
        PostgresNode[] nodes = [.. Enumerable.Range(0, 3).Select(_ => PostgresNode.Start(Settings))];
        foreach (PostgresNode node in nodes)
        {
            Require(node.Await(), "postgres", $"CREATE ROLE {Role} LOGIN");
        }

        return new CitusCluster(nodes);
    });
    private static int s_databases;

    private readonly PostgresNode[] _nodes;

    /// <summary>For xunit, which disposes of it.</summary>
    public CitusCluster()
        : this([])
    {
    }

    private CitusCluster(PostgresNode[] nodes) => _nodes = nodes;

    internal PostgresNode Coordinator => _nodes[0];

    internal IEnumerable<PostgresNode> Workers => _nodes.Skip(1);

    internal static CitusCluster Require()
    {
        Assert.SkipUnless(PostgresNode.HasCitus, "PostgreSQL here has no Citus.");
        return Started.Value;
    }

    /// <summary>Creates a database on each node, with the workers added, and returns its name.</summary>
    internal string CreateDatabase()
    {
        string name = "c" + Interlocked.Increment(ref s_databases).ToString(CultureInfo.InvariantCulture);
        foreach (PostgresNode node in _nodes)
        {
            Require(node, "postgres", $"CREATE DATABASE {name}");
            Require(node, name, "CREATE EXTENSION citus");
        }

        Require(Coordinator, name, $"SELECT citus_set_coordinator_host('127.0.0.1', {Coordinator.Port})");
        foreach (PostgresNode worker in Workers)
        {
            Require(Coordinator, name, $"SELECT citus_add_node('127.0.0.1', {worker.Port})");
        }

        return name;
    }

    public void Dispose()
    {
        foreach (PostgresNode node in Started.IsValueCreated ? Started.Value._nodes : [])
        {
            node.Dispose();
        }
    }

    private static void Require(PostgresNode node, string database, string sql)
    {
        (int code, _, string error) = node.Psql(database, sql);
        code.ShouldBe(0, error);
    }
}
