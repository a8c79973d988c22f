using System.Globalization;

namespace PosTenancy;

/// <summary>A tenant that was exported, and read back.</summary>
/// <param name="Path">Full path of the live database; of an export from PostgreSQL host, port, database and user there.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="ExportPath">Full path of the export, a SQLite database.</param>
/// <param name="ManifestPath">Full path of the manifest beside it.</param>
/// <param name="Sha256">SHA-256 of the export, read back from the disk: 64 lower-case hexadecimal digits.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Tables">Number of tables that have rows of the tenant.</param>
/// <param name="Rows">Its rows in all of them; rows of tables that all tenants share are not counted.</param>
public sealed record TenantExportResult(
    string Path,
    string TenantId,
    string ExportPath,
    string ManifestPath,
    string Sha256,
    long Length,
    int Tables,
    long Rows)
{
    /// <summary>Whether the export is a store without the tenant column.</summary>
    public bool AsSingleTenant { get; init; }

    /// <summary>Rows of tables that all tenants share, which the export has as well.</summary>
    public long RowsShared { get; init; }

    /// <summary>
    /// Rows that are new since the import and whose keys are the original keys of other rows: they have free keys in the export.
    /// </summary>
    public IReadOnlyList<ExportedKey> NewKeys { get; init => field = ResultList.From(value); } = ResultList.From<ExportedKey>([]);

    /// <summary>What there is to say that stopped nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>When the export was begun.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long all of it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The tenant, its rows and the file.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture, "{0}: {1:N0} {2} in '{3}'", TenantId, Rows, Rows == 1 ? "row" : "rows", ExportPath);
}

/// <summary>A key that is not the same in an export and in the database, because its original value belongs to another row.</summary>
/// <param name="Table">The table whose key it is.</param>
/// <param name="Key">The key in the export.</param>
/// <param name="DatabaseKey">The key in the database.</param>
public sealed record ExportedKey(string Table, string Key, string DatabaseKey)
{
    /// <summary>The table and both keys.</summary>
    public override string ToString() => $"{Table}: {DatabaseKey} is {Key}";
}
