using PosTenancy.Engine.History;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Guards;

/// <summary>Which guard to write.</summary>
/// <param name="IsPermanent">
/// Whether to write triggers for the schema, which refuse a row whose tenant is not that of the row that it references; otherwise the guard
/// of a connection, which is gone when that is closed.
/// </param>
/// <param name="ReadViewPrefix">
/// The names of read views of a connection: this, and the name of the table; <see langword="null"/> for none.
/// </param>
/// <exception cref="PosTenancyException">Read views of triggers for the schema.</exception>
public sealed record TenantGuardOptions(bool IsPermanent = false, string? ReadViewPrefix = null)
{
    /// <summary>The names of read views: this, and the name of the table; <see langword="null"/> for none.</summary>
    public string? ReadViewPrefix { get; } =
        IsPermanent && ReadViewPrefix is not null ? throw Errors.ReadViewsOfSchema() : ReadViewPrefix;
}

/// <summary>Writes the SQL that keeps the writes of an application within one tenant. The database is only read.</summary>
public static class TenantGuard
{
    /// <summary>Writes a guard for the schema as it is now.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="expectation">The tenant column, and the tables that belong to no tenant. The tenant is not part of it.</param>
    /// <param name="options">Which guard.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, was not migrated, or has the name of a read view.</exception>
    public static TenantGuardScript Write(
        string path, TenantExpectation expectation, TenantGuardOptions options, CancellationToken cancellation = default) =>
        DatabaseReader.Read(
            path,
            connection =>
            {
                GuardedTables tables = new(connection, SchemaReader.Read(connection), SharedTables.AddTo(expectation, connection));
                return options.IsPermanent ? SchemaGuard.Write(tables) : ConnectionGuard.Write(tables, options.ReadViewPrefix);
            },
            cancellation);
}
