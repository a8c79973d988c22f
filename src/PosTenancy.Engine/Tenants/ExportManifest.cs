using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Tenants;

/// <summary>What an exported tenant holds, in a JSON file beside it: <c>&lt;export&gt;.json</c>.</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Version">Version of the format; readers refuse one that they do not know.</param>
/// <param name="Source">Full path of the database at the time.</param>
/// <param name="Export">File name of the export.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="ColumnName">The tenant column of the database.</param>
/// <param name="AsSingleTenant">Whether the export is a store without the tenant column.</param>
/// <param name="Keys"><see cref="CurrentKeys"/> or <see cref="OriginalKeys"/>.</param>
/// <param name="Sha256">SHA-256 of the export, 64 lower-case hexadecimal digits.</param>
/// <param name="Length">Size of the export in bytes.</param>
/// <param name="PageSize">Bytes per page.</param>
/// <param name="NewKeys">Keys of the database that are others in the export.</param>
/// <param name="Tables">The tables of the tenant, with their rows and the sum of their hashes.</param>
/// <param name="CreatedAt">When the export was begun.</param>
/// <param name="CreatedBy">Name and version of the program.</param>
internal sealed record ExportManifest(
    string Format,
    int Version,
    string Source,
    string Export,
    string TenantId,
    string ColumnName,
    bool AsSingleTenant,
    string Keys,
    string Sha256,
    long Length,
    int PageSize,
    IReadOnlyList<StoredKey> NewKeys,
    IReadOnlyList<ExportedTable> Tables,
    DateTimeOffset CreatedAt,
    string CreatedBy)
{
    public const string FormatName = "PosTenancy.Export";
    public const int CurrentVersion = 1;

    /// <summary>The keys are those of the database.</summary>
    public const string CurrentKeys = "current";

    /// <summary>The keys are those of the store that was imported.</summary>
    public const string OriginalKeys = "original";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    /// <summary>Finds the manifest of a file.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <returns><see langword="null"/> if the file is no export, or has lost its manifest.</returns>
    /// <exception cref="PosTenancyException">The manifest is of another file, or cannot be read.</exception>
    public static ExportManifest? Find(string path)
    {
        if (ManifestFormat.Read(path)?.Name != FormatName)
        {
            return null;
        }

        string name = BackupManifest.PathFor(path);
        ExportManifest? manifest;
        try
        {
            manifest = FileErrors.Guard(name, () => JsonSerializer.Deserialize<ExportManifest>(File.ReadAllText(name), Json));
        }
        catch (JsonException exception)
        {
            throw Errors.ManifestInvalid(name, "its entries differ from those that Export-PosTenant writes", exception);
        }

        if (manifest is not
            {
                Version: CurrentVersion,
                Length: > 0,
                PageSize: >= 512 and <= 65536,
                Sha256.Length: 64,
                Source.Length: > 0,
                Export.Length: > 0,
                TenantId.Length: > 0,
                NewKeys: not null,
                Tables: not null,
            })
        {
            throw Errors.ManifestInvalid(
                name, $"its version is {manifest?.Version}, or its entries differ from those that Export-PosTenant writes");
        }

        return manifest.Export == Path.GetFileName(path)
            ? manifest
            : throw Errors.ManifestInvalid(
                name, $"it belongs to an export called '{manifest.Export}'; if both were renamed, restore their original names");
    }

    /// <summary>Verifies that a file still is the export that the manifest describes.</summary>
    /// <param name="path">Full path of the export.</param>
    /// <param name="work">The report of this work; it is sent again and again, with the bytes that are done.</param>
    /// <param name="progress">Receives the reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">It was changed.</exception>
    public void Verify(string path, StageProgress work, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        long length = new FileInfo(path).Length;
        if (length != Length)
        {
            throw Errors.ExportTampered(path, $"it has {length} bytes, not {Length}");
        }

        string hash = FileErrors.Guard(path, () => FileDigest.Compute(
            path,
            PageSize,
            done => progress?.Report(work with { Completed = done, Total = Length }),
            cancellation));
        if (hash != Sha256)
        {
            throw Errors.ExportTampered(path, $"its SHA-256 is {hash}, not {Sha256}");
        }

        if (FilePath.HasContent(path + "-wal"))
        {
            throw Errors.ExportTampered(path, $"a program has written to it: '{path}-wal' exists");
        }
    }

    /// <summary>The same bytes on every system.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, Json).Replace("\r\n", "\n") + "\n");
}

/// <summary>The rows of one table in an export.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Rows">Number of its rows.</param>
/// <param name="Sum">Sum of the hashes of its rows without the tenant column, as in a key map.</param>
internal sealed record ExportedTable(string Table, long Rows, string Sum)
{
    /// <summary>The same with the keys of the database, where others are restored; else <see langword="null"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DatabaseSum { get; init; }
}
