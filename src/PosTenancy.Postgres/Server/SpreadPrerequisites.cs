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

    /// <summary>Creates what does not exist, each in a transaction of its own.</summary>
    /// <param name="server">The transaction of the copy.</param>
    /// <param name="schemas">The statements of each schema.</param>
    /// <param name="roles">Names of roles.</param>
    public void Create(TargetServer server, IEnumerable<TableDdl> schemas, IEnumerable<string> roles)
    {
        List<(string Statement, string? Undo)> steps = [];
        foreach (TableDdl ddl in schemas)
        {
            TargetSchema? existing = server.FindSchema(ddl.TenantSchema);
            string? undo = ddl.DropSchema(existing);
            foreach (string statement in ddl.CreateSchema(existing))
            {
                steps.Add((statement, undo));
                undo = null;
            }
        }

        steps.AddRange(roles.Where(r => !server.HasRole(r)).Select(r =>
            (RowSecurity.CreateRole(r), (string?)$"DROP ROLE {Identifier.Quote(r)}")));
        if (steps.Count == 0)
        {
            return;
        }

        using NpgsqlConnection connection = destination.Open(path, cancellation);
        if (server.SpreadsSchemas)
        {
            Execute(connection, "SET citus.enable_schema_based_sharding = off");
        }

        foreach ((string statement, string? undo) in steps)
        {
            cancellation.ThrowIfCancellationRequested();
            Execute(connection, statement);
            _undo.AddRange(undo is null ? [] : [undo]);
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
        if (_undo.Count == 0)
        {
            return;
        }

        try
        {
            // A new connection: Citus may have lost those of the first one to the other nodes.
            using NpgsqlConnection connection = destination.Open(path, CancellationToken.None);
            foreach (string statement in Enumerable.Reverse(_undo))
            {
                Execute(connection, statement);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or PosTenancyException)
        {
            // The copy has an error of its own, which says more.
        }
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        // The transaction of a lost connection may hold its locks for a moment.
        using NpgsqlCommand timeout = new("SET lock_timeout = '10s'", connection);
        _ = timeout.ExecuteNonQuery();
        using NpgsqlCommand command = new(sql, connection);
        _ = command.ExecuteNonQuery();
    }
}
