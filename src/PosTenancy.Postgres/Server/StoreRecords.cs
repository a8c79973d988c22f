using Npgsql;
using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres.Server;

/// <summary>
/// What the stores of copied tenants are apart from their rows, kept in the schema <c>postenancy</c> of the target, so that a tenant can be
/// given back as a SQLite database.
/// </summary>
internal sealed class StoreRecords(TargetServer server)
{
    private const string Table = CopyRecords.Schema + ".stores";

    /// <summary>Whether any copy kept a store.</summary>
    public bool Exists => server.Scalar($"SELECT to_regclass('{Table}')::text") is not null;

    /// <summary>Creates the table if it does not exist.</summary>
    public void Create()
    {
        if (!Exists)
        {
            server.Execute(
                $"""
                CREATE TABLE {Table} (
                    schema_name text NOT NULL,
                    tenant_id text NOT NULL,
                    column_name text NOT NULL,
                    reference_tables text[] NOT NULL,
                    conversions text NOT NULL,
                    source text NOT NULL,
                    has_log boolean NOT NULL,
                    skeleton bytea NOT NULL,
                    obstacle text NOT NULL,
                    version text NOT NULL,
                    PRIMARY KEY (schema_name, tenant_id)
                )
                """);
        }
    }

    /// <summary>Records the store of a tenant.</summary>
    /// <returns>Whether it differs from what was recorded.</returns>
    public bool Write(StoreRecord store)
    {
        using NpgsqlCommand command = new(
            $"""
            INSERT INTO {Table} AS s VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (schema_name, tenant_id) DO UPDATE SET column_name = excluded.column_name,
                reference_tables = excluded.reference_tables, conversions = excluded.conversions, source = excluded.source,
                has_log = excluded.has_log, skeleton = excluded.skeleton, obstacle = excluded.obstacle, version = excluded.version
            WHERE (s.column_name, s.reference_tables, s.conversions, s.source, s.has_log, s.skeleton, s.obstacle) IS DISTINCT FROM
                (excluded.column_name, excluded.reference_tables, excluded.conversions, excluded.source, excluded.has_log,
                excluded.skeleton, excluded.obstacle)
            """,
            server.Connection);
        foreach (object value in (object[])
        [
            store.Schema, store.TenantId, store.ColumnName, store.ReferenceTables, store.Conversions, store.Source, store.HasLog,
            store.Skeleton, store.Obstacle, ProductVersion.Name,
        ])
        {
            _ = command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command.ExecuteNonQuery() > 0;
    }

    /// <summary>The store of a tenant; <see langword="null"/> if none was recorded.</summary>
    public StoreRecord? Find(string schema, string tenantId) => Exists
        ? server.Query(
            $"SELECT column_name, reference_tables, conversions, source, has_log, skeleton, obstacle FROM {Table} " +
                "WHERE schema_name = $1 AND tenant_id = $2",
            r => new StoreRecord(schema, tenantId)
            {
                ColumnName = r.GetString(0),
                ReferenceTables = (string[])r[1],
                Conversions = r.GetString(2),
                Source = r.GetString(3),
                HasLog = r.GetBoolean(4),
                Skeleton = (byte[])r[5],
                Obstacle = r.GetString(6),
            },
            schema,
            tenantId).FirstOrDefault()
        : null;
}
