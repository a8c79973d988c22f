using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Postgres.Server;

/// <summary>
/// What the last copies wrote, kept in the schema <c>postenancy</c> of the target: rows that have changed there since are recognized by
/// their digest, and are not overwritten.
/// </summary>
internal sealed class CopyRecords(TargetServer server)
{
    /// <summary>The schema.</summary>
    public const string Schema = "postenancy";

    /// <summary>Creates the schema if it does not exist.</summary>
    public void Create()
    {
        if (Exists)
        {
            return;
        }

        server.Execute($"CREATE SCHEMA IF NOT EXISTS {Schema}");
        server.Execute(
            $"""
            CREATE TABLE {Schema}.copies (
                schema_name text NOT NULL,
                table_name text NOT NULL,
                tenant_id text NOT NULL,
                layout text NOT NULL,
                row_count bigint NOT NULL,
                digest text NOT NULL,
                source text NOT NULL,
                version text NOT NULL,
                copied_at timestamptz NOT NULL,
                PRIMARY KEY (schema_name, table_name, tenant_id)
            )
            """);
    }

    /// <summary>Whether anything was ever copied to the database.</summary>
    public bool Exists => server.Scalar($"SELECT to_regclass('{Schema}.copies')::text") is not null;

    /// <summary>
    /// Whether a copy made schemas of tenants that Citus does not spread, because the database did not have it yet: then others are created
    /// beside them, whose foreign keys can reference the same shared tables.
    /// </summary>
    public bool HasUnspreadSchemas => Exists && server.Scalar(
        $"""
        SELECT 1
        FROM {Schema}.copies AS r JOIN pg_namespace AS n ON n.nspname = r.schema_name
            JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = r.table_name
        WHERE r.layout = '{CopyLayout.Schema}' AND
            NOT EXISTS (SELECT FROM pg_dist_partition AS d WHERE d.logicalrelid = c.oid AND d.colocationid > 0)
        LIMIT 1
        """) is not null;

    /// <summary>The layout of a table that a copy created; <see langword="null"/> if none did.</summary>
    public string? Layout(string schema, string table) => Exists
        ? (string?)server.Scalar($"SELECT max(layout) FROM {Schema}.copies WHERE schema_name = $1 AND table_name = $2", schema, table)
        : null;

    /// <summary>The layout of the last copy of a tenant; <see langword="null"/> if it was never copied to these tables.</summary>
    public CopyLayout? LayoutOf(string schema, string tenantId)
    {
        string? layout = Exists
            ? (string?)server.Scalar(
                $"SELECT max(layout) FROM {Schema}.copies WHERE tenant_id = $2 AND (schema_name = $1 OR schema_name = $2)",
                schema,
                tenantId)
            : null;
        return Enum.TryParse(layout, out CopyLayout known) ? known : null;
    }

    /// <summary>The rows that the last copy of a tenant wrote; <see langword="null"/> if it was never copied.</summary>
    public RowDigest? Find(string schema, string table, string tenantId) => server.Query(
        $"SELECT row_count, digest FROM {Schema}.copies WHERE schema_name = $1 AND table_name = $2 AND tenant_id = $3",
        r => new RowDigest(r.GetInt64(0), r.GetString(1)),
        schema,
        table,
        tenantId).FirstOrDefault();

    /// <summary>Records what a copy wrote.</summary>
    public void Write(string schema, string table, string tenantId, CopyLayout layout, RowDigest rows, string source) => _ = server.Scalar(
        $"""
        INSERT INTO {Schema}.copies VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
        ON CONFLICT (schema_name, table_name, tenant_id) DO UPDATE SET layout = excluded.layout, row_count = excluded.row_count,
            digest = excluded.digest, source = excluded.source, version = excluded.version, copied_at = excluded.copied_at
        """,
        schema,
        table,
        tenantId,
        layout.ToString(),
        rows.Rows,
        rows.Sum,
        source,
        ProductVersion.Name);
}
