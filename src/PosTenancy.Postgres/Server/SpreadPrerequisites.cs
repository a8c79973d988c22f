using Npgsql;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Planning;

namespace PosTenancy.Postgres.Server;

/// <summary>
/// Schemas and roles that must exist before a copy to Citus. For shards on the coordinator, Citus opens a connection of its own, which does
/// not see what the transaction of the copy has created, and waits for what it has locked.
/// </summary>
/// <param name="path">Full path of the database that is copied, for messages.</param>
/// <param name="destination">The target.</param>
/// <param name="cancellation">Cancels the creation.</param>
internal sealed class SpreadPrerequisites(string path, Destination destination, CancellationToken cancellation) : IDisposable
{
    /// <summary>What undoes the creation, in the order of it.</summary>
    private readonly List<string> _undo = [];

    private NpgsqlConnection? _connection;

    /// <summary>Creates what does not exist, each in a transaction of its own.</summary>
    /// <param name="server">The transaction of the copy.</param>
    /// <param name="schemas">The statements of each schema.</param>
    /// <param name="roles">Names of roles.</param>
    public void Create(TargetServer server, IEnumerable<TableDdl> schemas, IEnumerable<string> roles)
    {
        foreach (TableDdl ddl in schemas)
        {
            TargetSchema? existing = server.FindSchema(ddl.TenantSchema);
            Do(server, ddl.CreateSchema(existing), ddl.DropSchema(existing));
        }

        foreach (string role in roles.Where(r => !server.HasRole(r)))
        {
            Do(server, [RowSecurity.CreateRole(role)], [$"DROP ROLE {Identifier.Quote(role)}"]);
        }
    }

    /// <summary>Keeps them, because the copy has succeeded.</summary>
    public void Keep() => _undo.Clear();

    /// <inheritdoc/>
    /// <remarks>
    /// Drops what was created and is not kept. Anything that stays behind is an empty schema, or a role without rights, which the next copy
    /// uses. To be disposed of after the transaction of the copy.
    /// </remarks>
    public void Dispose()
    {
        try
        {
            foreach (string statement in Enumerable.Reverse(_undo))
            {
                Execute(statement);
            }
        }
        catch (NpgsqlException)
        {
            // The copy has an error of its own, which says more.
        }

        _connection?.Dispose();
    }

    private void Do(TargetServer server, IEnumerable<string> statements, IEnumerable<string> undo)
    {
        bool isBegun = false;
        foreach (string statement in statements)
        {
            cancellation.ThrowIfCancellationRequested();
            Connect(server);
            Execute(statement);
            if (!isBegun)
            {
                _undo.AddRange(undo);
                isBegun = true;
            }
        }
    }

    private void Connect(TargetServer server)
    {
        if (_connection is null)
        {
            _connection = destination.Open(path, cancellation);
            Execute("SET lock_timeout = '10s'");
            if (server.SpreadsSchemas)
            {
                Execute("SET citus.enable_schema_based_sharding = off");
            }
        }
    }

    private void Execute(string sql)
    {
        using NpgsqlCommand command = new(sql, _connection);
        _ = command.ExecuteNonQuery();
    }
}
