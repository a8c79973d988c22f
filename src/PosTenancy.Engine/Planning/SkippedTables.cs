using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Knows the tables that belong to no tenant, and why.</summary>
internal static class SkippedTables
{
    /// <summary>The table in which an application lists its tenants.</summary>
    public const string Registry = "tenants";

    private static readonly HashSet<string> HistoryTables = new(Identifier.Comparer)
    {
        "_migrations",
        "migrations",
        "schema_migrations",
        "_sqlx_migrations",
        "__EFMigrationsHistory",
        "flyway_schema_history",
        "schema_version",
        "alembic_version",
        "django_migrations",
        "DATABASECHANGELOG",
        "DATABASECHANGELOGLOCK",
        "knex_migrations",
        "knex_migrations_lock",
        "refinery_schema_history",
        "goose_db_version",
        "__diesel_schema_migrations",
        "_prisma_migrations",
        "SequelizeMeta",
        "seaql_migrations",
        "ar_internal_metadata",
        "phinxlog",
        "VersionInfo",
        "typeorm_metadata",
        "grdb_migrations",
    };

    /// <summary>
    /// Whether a script records its own work in the table: the application's history, or its registry of tenants.
    /// </summary>
    public static bool IsKeptByScripts(string table) => HistoryTables.Contains(table) || Identifier.Comparer.Equals(table, Registry);

    /// <summary>Whether the application records the migrations of its own schema in the table.</summary>
    public static bool IsHistory(string table) => HistoryTables.Contains(table);

    /// <summary>Whether all tenants share the table.</summary>
    public static bool IsShared(TableSchema table, TenantExpectation expectation) =>
        NamePattern.MatchesAny(expectation.ReferenceTable, table.Name);

    /// <summary>Why a table belongs to no tenant, or <see langword="null"/> if it is a business table.</summary>
    public static string? Reason(TableSchema table, TenantExpectation expectation) => table switch
    {
        { Kind: TableKind.Virtual } => "virtual table: its module determines its columns",
        { Kind: TableKind.Shadow } => "shadow table: another column would break the virtual table that stores its data here",
        { Kind: TableKind.System } => "internal table of SQLite",
        _ when Identifier.Comparer.Equals(table.Name, HistoryPlan.OwnTable) => "PosTenancy's own history",
        _ when Identifier.Comparer.Equals(table.Name, expectation.HistoryTable!) => "history in which the migration is recorded",
        _ when HistoryTables.Contains(table.Name) => "history of the application's own schema migrations",
        _ when Identifier.Comparer.Equals(table.Name, Registry) => "registry of the tenants",
        _ when IsShared(table, expectation) => "shared by all tenants",
        _ when NamePattern.MatchesAny(expectation.ExcludeTable, table.Name) => "excluded on request",
        _ => null,
    };
}
