using PosTenancy.Engine.History;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Guards;

/// <summary>Writes the SQL that keeps the writes of an application within one tenant. The database is only read.</summary>
public static class TenantGuard
{
    /// <summary>The guard of a connection: it belongs to the connection that ran it, and is gone when that is closed.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="expectation">The tenant column, and the tables that belong to no tenant. The tenant is not part of it.</param>
    /// <param name="readViewPrefix">The names of read views: this, and the name of the table; <see langword="null"/> for none.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, was not migrated, or has the name of a view.</exception>
    public static TenantGuardScript ForConnection(
        string path, TenantExpectation expectation, string? readViewPrefix = null, CancellationToken cancellation = default) =>
        Read(path, expectation, tables => ConnectionGuard.Write(tables, readViewPrefix), cancellation);

    /// <summary>Triggers for the schema, which refuse a row whose tenant is not that of the row that it references.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="expectation">The tenant column, and the tables that belong to no tenant.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or was not migrated.</exception>
    public static TenantGuardScript ForSchema(
        string path, TenantExpectation expectation, CancellationToken cancellation = default) =>
        Read(path, expectation, SchemaGuard.Write, cancellation);

    private static TenantGuardScript Read(
        string path,
        TenantExpectation expectation,
        Func<GuardedTables, TenantGuardScript> write,
        CancellationToken cancellation) =>
        DatabaseReader.Read(
            path,
            connection => write(new GuardedTables(
                connection, SchemaReader.Read(connection), SharedTables.AddTo(expectation, connection))),
            cancellation);
}
