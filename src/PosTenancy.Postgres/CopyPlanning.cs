using PosTenancy.Engine.Schema;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>Plans a copy with what the database and the server say.</summary>
internal static class CopyPlanning
{
    /// <summary>Plans the tables.</summary>
    /// <param name="slice">The rows that are copied.</param>
    /// <param name="server">The target.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="find">Examines the values of a table.</param>
    /// <param name="findsDangling">Whether to search for rows that reference nothing, even if they are not to be kept.</param>
    public static TargetPlan Plan(
        CopySlice slice, TargetServer server, TenantCopyOptions options, Func<TableSchema, TableFindings> find, bool findsDangling = true)
    {
        TargetOptions target = new(options.Layout, options.Schema, options.DateTime, options.Conversion, server.Version)
        {
            Dangling = options.DanglingReference,
            IsSpread = options.Layout == CopyLayout.Citus ||
                (options.Layout == CopyLayout.Schema && server.HasCitus && !new CopyRecords(server).HasUnspreadSchemas),
        };
        RequireNames(slice, options);
        return new TargetPlanner(slice, target, server.Try).Plan(
            find,
            table => server.Columns(SchemaOf(slice, options, table), table),
            table => CopySource.Counter(slice, table),
            findsDangling || options.DanglingReference == DanglingReferences.Keep);
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
