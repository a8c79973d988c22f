using PosTenancy.Engine.Schema;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>Plans a copy with what the database and the server say.</summary>
internal static class CopyPlanning
{
    /// <summary>Examines every value that is copied, and plans the tables.</summary>
    public static TargetPlan Plan(
        CopySlice slice, TargetServer server, TenantCopyOptions options, Action<string, long, long> examining, bool findsDangling = true)
    {
        TargetOptions target = new(options.Layout, options.Schema, options.DateTime, options.Conversion, server.Version);
        RequireNames(slice, options);
        TableSchema[] tables = [.. slice.Layout.Matched];
        int done = 0;
        return new TargetPlanner(slice, target, server.Try).Plan(
            table =>
            {
                examining(table.Name, done++, tables.Length);
                return TableFindings.Read(slice, table);
            },
            table => server.Columns(SchemaOf(slice, options, table), table),
            table => CopySource.Counter(slice, table),
            findsDangling);
    }

    /// <summary>The schema in which the types of an existing table are looked up; of several tenants' the first.</summary>
    private static string SchemaOf(CopySlice slice, TenantCopyOptions options, string table) =>
        options.Layout == CopyLayout.Schema && slice.Layout.Tables.Any(t => t.Name == table) ? slice.TenantIds[0] : options.Schema;

    /// <summary>A tenant whose schema cannot have its name.</summary>
    private static void RequireNames(CopySlice slice, TenantCopyOptions options)
    {
        if (!TargetNames.Fits(options.Schema))
        {
            throw Errors.CopyRefused(
                slice.Connection.Path, $"the schema name '{options.Schema}' has more than {TargetNames.MaxLength} bytes");
        }

        foreach (string tenant in options.Layout == CopyLayout.Schema ? slice.TenantIds : [])
        {
            string? why = !TargetNames.Fits(tenant) ? $"has more than {TargetNames.MaxLength} bytes"
                : tenant.StartsWith("pg_", StringComparison.OrdinalIgnoreCase) ? "begins with pg_, which PostgreSQL keeps for itself"
                : tenant == options.Schema || tenant is CopyRecords.Schema or "information_schema" or "public" ? "is that of another schema"
                : null;
            if (why is not null)
            {
                throw Errors.CopyRefused(
                    slice.Connection.Path, $"a schema cannot be named after the tenant '{tenant}', because the name {why}");
            }
        }
    }
}
