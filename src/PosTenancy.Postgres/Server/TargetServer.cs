using System.Data;
using Npgsql;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Server;

/// <summary>A connection to the server, in the transaction of a copy, with what is known of the server.</summary>
internal sealed class TargetServer : IDisposable
{
    private const int Oldest = 13;

    /// <summary>The first Citus that spreads schemas (Citus, "Schema-based sharding").</summary>
    private const int OldestCitusOfSchemas = 12;

    private readonly Destination _destination;

    private readonly CancellationToken _cancellation;

    private NpgsqlTransaction _transaction;

    private bool _usesCitus;

    private TargetServer(
        NpgsqlConnection connection, Destination destination, IsolationLevel isolation, CancellationToken cancellation)
    {
        _destination = destination;
        Connection = connection;
        _cancellation = cancellation;
        _transaction = connection.BeginTransaction(isolation);
        Version = (int)Scalar("SELECT current_setting('server_version_num')::int / 10000")!;
        IsAboveRowSecurity = (bool)Scalar("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")!;
        CitusVersion = (int?)Scalar("SELECT split_part(extversion, '.', 1)::int FROM pg_extension WHERE extname = 'citus'");
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>Major version.</summary>
    public int Version { get; }

    /// <summary>Whether the Citus extension is in this database.</summary>
    public bool HasCitus => CitusVersion is not null;

    /// <summary>Whether Citus can keep each schema on a node of its own.</summary>
    public bool SpreadsSchemas => CitusVersion >= OldestCitusOfSchemas;

    /// <summary>Whether row-level security does not apply to the user, even with FORCE.</summary>
    public bool IsAboveRowSecurity { get; }

    /// <summary>Opens a connection and begins a transaction.</summary>
    /// <exception cref="PosTenancyException">The server cannot be reached or does not suit.</exception>
    public static TargetServer Open(string path, Destination destination, CopyLayout layout, CancellationToken cancellation) =>
        Open(path, destination, layout, IsolationLevel.ReadCommitted, cancellation);

    /// <summary>Opens a connection that only reads, and reads everything in one state.</summary>
    /// <exception cref="PosTenancyException">The server cannot be reached or does not suit.</exception>
    public static TargetServer OpenSnapshot(string path, Destination destination, CancellationToken cancellation)
    {
        TargetServer server = Open(path, destination, CopyLayout.Plain, IsolationLevel.RepeatableRead, cancellation);
        try
        {
            server.Execute("SET TRANSACTION READ ONLY");
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private static TargetServer Open(
        string path, Destination destination, CopyLayout layout, IsolationLevel isolation, CancellationToken cancellation)
    {
        NpgsqlConnection connection = destination.Open(path, cancellation);
        try
        {
            TargetServer server = new(connection, destination, isolation, cancellation);
            string encoding = (string)server.Scalar("SHOW server_encoding")!;
            string? why = server.Version < Oldest ? $"it is version {server.Version}, and {Oldest} is the oldest that is supported"
                : encoding != "UTF8" ? $"the encoding of the database is {encoding}; texts can only be kept exactly in UTF8"
                : layout == CopyLayout.Citus && !server.HasCitus
                    ? "the database has no Citus; run CREATE EXTENSION citus there, or choose another -Layout"
                : layout == CopyLayout.Schema && server is { HasCitus: true, SpreadsSchemas: false }
                    ? $"its Citus is version {server.CitusVersion}, and {OldestCitusOfSchemas} is the oldest that spreads schemas; " +
                        "update it, or choose another -Layout"
                : null;
            if (why is not null)
            {
                throw Errors.TargetUnsuitable(path, destination.Name, why);
            }

            server.Prepare();
            server.UseCitus(layout);
            return server;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs one statement. Citus takes one at a time only.</summary>
    /// <remarks>
    /// Npgsql ends what runs asynchronously whenever it is cancelled. A call of Cancel just before the statement would do nothing, and the
    /// statement may wait for a lock.
    /// </remarks>
    public void Execute(string sql)
    {
        using NpgsqlCommand command = Command(sql, []);
        _ = command.ExecuteNonQueryAsync(_cancellation).GetAwaiter().GetResult();
    }

    /// <summary>The first value of a statement; <see langword="null"/> for no row or NULL.</summary>
    public object? Scalar(string sql, params object[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        return command.ExecuteScalarAsync(_cancellation).GetAwaiter().GetResult() is { } value and not DBNull ? value : null;
    }

    /// <summary>The rows of a statement.</summary>
    public List<T> Query<T>(string sql, Func<NpgsqlDataReader, T> map, params object[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        using NpgsqlDataReader reader = command.ExecuteReaderAsync(_cancellation).GetAwaiter().GetResult();
        List<T> rows = [];
        while (reader.ReadAsync(_cancellation).GetAwaiter().GetResult())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>Begins a COPY to or from the server.</summary>
    public NpgsqlRawCopyStream BeginCopy(string sql) =>
        Connection.BeginRawBinaryCopyAsync(sql, _cancellation).GetAwaiter().GetResult();

    /// <summary>Ends what the server does for a COPY when the copy is cancelled.</summary>
    /// <returns>To be disposed of after the COPY.</returns>
    public IDisposable StopsOnCancel() => _cancellation.Register(() =>
    {
        try
        {
            using NpgsqlConnection other = _destination.Open("", CancellationToken.None);
            using NpgsqlCommand cancel = new($"SELECT pg_cancel_backend({Connection.ProcessID})", other);
            _ = cancel.ExecuteNonQuery();
        }
        catch (Exception exception) when (exception is PosTenancyException or NpgsqlException)
        {
            // Then the COPY ends when the server has taken the rows that are under way.
        }
    });

    /// <summary>Runs something, and undoes what it did.</summary>
    public T Undone<T>(Func<T> work)
    {
        Execute("SAVEPOINT postenancy_trial");
        try
        {
            return work();
        }
        finally
        {
            Execute("ROLLBACK TO SAVEPOINT postenancy_trial");
            Execute("RELEASE SAVEPOINT postenancy_trial");
        }
    }

    /// <summary>Whether a statement about a table with these columns is accepted; what the server says if not.</summary>
    public string? Try(IReadOnlyList<TargetColumn> columns, string statement) => Undone(() =>
    {
        try
        {
            Execute($"CREATE TEMPORARY TABLE postenancy_trial ({string.Join(", ", columns.Select(ColumnSql.Definition))})");
            Execute(statement.Replace("{0}", "pg_temp.postenancy_trial"));
            return null;
        }
        catch (PostgresException exception)
        {
            return exception.MessageText;
        }
    });

    /// <summary>Whether a schema has a table, or anything else of that name.</summary>
    public bool HasTable(string schema, string table) => Scalar(
        "SELECT 1 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
        schema,
        table) is not null;

    /// <summary>Whether there is a role of that name.</summary>
    public bool HasRole(string name) => Scalar("SELECT 1 FROM pg_roles WHERE rolname = $1", name) is not null;

    /// <summary>A schema; <see langword="null"/> if there is none of that name.</summary>
    public TargetSchema? FindSchema(string name) => Query(
        $"""
        SELECT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'f')),
            {(SpreadsSchemas ? "EXISTS (SELECT FROM pg_dist_schema AS d WHERE d.schemaid = n.oid)" : "false")}
        FROM pg_namespace AS n WHERE n.nspname = $1
        """,
        r => new TargetSchema(r.GetBoolean(0), r.GetBoolean(1)),
        name).FirstOrDefault();

    /// <summary>The columns of a table with their types; none if it does not exist, an unknown type is left out.</summary>
    public IReadOnlyDictionary<string, PostgresType> Columns(string schema, string table) => TypeNames(schema, table)
        .Select(c => (c.Name, Type: PostgresTypes.Find(c.Type)))
        .Where(c => c.Type is not null)
        .ToDictionary(c => c.Name, c => c.Type!.Value, StringComparer.Ordinal);

    /// <summary>The columns of a table with the names of their types; none if it does not exist.</summary>
    public IReadOnlyList<(string Name, string Type)> TypeNames(string schema, string table) => Query(
        """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod)
        FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
        """,
        r => (r.GetString(0), r.GetString(1)),
        schema,
        table);

    /// <summary>Undoes everything, and begins again.</summary>
    public void Rollback()
    {
        _transaction.Rollback();
        _transaction.Dispose();
        _transaction = Connection.BeginTransaction();
        Prepare();
        if (_usesCitus)
        {
            UseCitus();
        }
    }

    /// <summary>Commits everything.</summary>
    public void Commit() => _transaction.Commit();

    /// <inheritdoc/>
    /// <remarks>Without a commit, everything is rolled back.</remarks>
    public void Dispose()
    {
        _transaction.Dispose();
        Connection.Dispose();
    }

    private int? CitusVersion { get; }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        NpgsqlCommand command = new(sql, Connection);
        foreach (object value in values)
        {
            _ = command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    /// <summary>Prepares a transaction over several nodes, if the layout may have tables on them.</summary>
    public void UseCitus(CopyLayout layout)
    {
        _usesCitus = layout == CopyLayout.Citus || (layout == CopyLayout.Schema && HasCitus);
        if (_usesCitus)
        {
            UseCitus();
        }
    }

    private void UseCitus()
    {

        // Reference tables and foreign keys in one transaction need one connection to each node.
        Execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'");
        Execute("SET LOCAL citus.propagate_set_commands = 'local'");

        // Shards on the coordinator are used as those of any other node: Citus does not mix both ways in one transaction.
        Execute("SET LOCAL citus.enable_local_execution = off");
    }

    private void Prepare()
    {
        // A setting of the user must not decide how a statement is read, or what a schema is for.
        Execute("SET LOCAL standard_conforming_strings = on");
        Execute("SET LOCAL search_path = pg_catalog");
        Execute("SET LOCAL statement_timeout = 0");
        if (SpreadsSchemas)
        {
            Execute("SET LOCAL citus.enable_schema_based_sharding = off");
        }

        // Indexes are built in the memory of this setting, whose default is meant for servers of another time.
        Execute(
            "SELECT set_config('maintenance_work_mem', '256MB', true) " +
            "WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < 256 * 1024 * 1024");
        Execute("SET LOCAL idle_in_transaction_session_timeout = 0");
    }
}
