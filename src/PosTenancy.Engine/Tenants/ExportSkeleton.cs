using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The file that the export of a tenant would be, without rows of the tenant's tables and of those that all tenants share: it has what
/// another database system has no place for, such as views, triggers, the page size, and the histories of migrations.
/// </summary>
/// <param name="connection">The database.</param>
/// <param name="layout">Its tables.</param>
internal sealed class ExportSkeleton(DatabaseConnection connection, TenantLayout layout)
{
    private readonly ExportedSchema _schema = ExportedSchema.Read(connection, layout, asSingleTenant: false);

    /// <summary>The bytes of the file, in the journal mode DELETE. Equal databases give equal bytes.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <exception cref="PosTenancyException">The tenant cannot be exported.</exception>
    public byte[] Create(string tenantId)
    {
        ExportedSlice slice = new(
            new TenantSlice(connection, layout.ColumnName, tenantId), _schema, new Dictionary<KeyDomain, KeyRule>(), []);
        using DatabaseConnection target = DatabaseConnection.OpenEmpty(connection.Path, connection.Cancellation);
        new ExportedFile(slice, connection.Path, progress: null, connection.Cancellation) { IsWithoutShared = true }.Fill(target);
        return DatabaseImage.Read(target);
    }
}
