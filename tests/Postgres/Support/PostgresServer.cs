using System.Globalization;
using PosTenancy.Tests.Postgres.Support;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>One server for all tests, started by the first that needs it; each has a database of its own.</summary>
public sealed class PostgresServer : IDisposable
{
    private static readonly Lazy<PostgresNode> Node = new(() => PostgresNode.Start().Await());
    private static int s_databases;

    internal static PostgresNode Require()
    {
        Assert.SkipWhen(PostgresNode.Bin is null, "Debian's postgresql-15 is not installed.");
        return Node.Value;
    }

    /// <summary>Creates a database, and returns its name.</summary>
    internal static string CreateDatabase(PostgresNode node)
    {
        string name = "t" + Interlocked.Increment(ref s_databases).ToString(CultureInfo.InvariantCulture);
        node.Psql("postgres", $"CREATE DATABASE {name}").ExitCode.ShouldBe(0);
        return name;
    }

    public void Dispose()
    {
        if (Node.IsValueCreated)
        {
            Node.Value.Dispose();
        }
    }
}
