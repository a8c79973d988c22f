namespace PosTenancy.Engine.Guards;

/// <summary>The temporary table with one row, in which an application names the tenant of its connection.</summary>
internal static class GuardContext
{
    public const string Table = "postenancy_context";

    /// <summary>How an application names its tenant: the statement has one parameter.</summary>
    public const string SetTenant = $"UPDATE temp.{Table} SET tenant_id = ?";

    /// <summary>How every message of the guard begins, so that an application can tell it from a constraint of its own.</summary>
    public const string MessagePrefix = "PosTenancy guard: ";

    /// <summary>
    /// May run again on a connection that comes back from a pool: the tenant and the lock stay. A locked context accepts its own values, so
    /// that such a connection can be given the same tenant once more.
    /// </summary>
    public const string Sql = $"""
        CREATE TEMP TABLE IF NOT EXISTS {Table} (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            tenant_id TEXT CHECK (tenant_id <> ''),
            is_locked INTEGER NOT NULL DEFAULT 0 CHECK (is_locked IN (0, 1))
        );
        INSERT INTO temp.{Table} (id) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM temp.{Table});
        CREATE TEMP TRIGGER IF NOT EXISTS {Table}_insert BEFORE INSERT ON temp.{Table}
        WHEN EXISTS (SELECT 1 FROM temp.{Table} AS x WHERE x.is_locked)
        BEGIN
            SELECT RAISE(ABORT, '{MessagePrefix}the tenant of this connection is locked');
        END;
        CREATE TEMP TRIGGER IF NOT EXISTS {Table}_update BEFORE UPDATE ON temp.{Table}
        WHEN OLD.is_locked AND (NEW.tenant_id IS NOT OLD.tenant_id OR NOT NEW.is_locked)
        BEGIN
            SELECT RAISE(ABORT, '{MessagePrefix}the tenant of this connection is locked');
        END;
        CREATE TEMP TRIGGER IF NOT EXISTS {Table}_delete BEFORE DELETE ON temp.{Table}
        WHEN OLD.is_locked
        BEGIN
            SELECT RAISE(ABORT, '{MessagePrefix}the tenant of this connection is locked');
        END;
        """;
}
