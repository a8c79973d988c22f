using System.IO.Compression;
using System.Text.Json;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Postgres.Server;

/// <summary>The store that a tenant was, apart from its rows.</summary>
/// <param name="Schema">The schema that the copy named.</param>
/// <param name="TenantId">The tenant.</param>
internal sealed record StoreRecord(string Schema, string TenantId)
{
    /// <summary>The tenant column.</summary>
    public string ColumnName { get; init; } = "";

    /// <summary>Names or patterns of tables that all tenants share, beside those that the history in the skeleton names.</summary>
    public string[] ReferenceTables { get; init; } = [];

    /// <summary>The columns whose values have another type in PostgreSQL, as JSON.</summary>
    public string Conversions { get; init; } = "";

    /// <summary>Full path of the database at the time of the copy.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whether the database had a write-ahead log.</summary>
    public bool HasLog { get; init; }

    /// <summary>The database without rows, compressed: <see cref="Engine.Tenants.ExportSkeleton"/>.</summary>
    public byte[] Skeleton { get; init; } = [];

    /// <summary>Why there is no skeleton; empty if there is one.</summary>
    public string Obstacle { get; init; } = "";

    /// <summary>The name of the database, as a file name on this system.</summary>
    public string FileName
    {
        get
        {
            char[] invalid = [.. Path.GetInvalidFileNameChars(), '\\', ':'];
            string name = Source.Substring(Source.LastIndexOfAny(['/', '\\']) + 1);
            return new([.. name.Select(c => invalid.Contains(c) ? '_' : c)]);
        }
    }

    /// <summary>The rule of each column that <see cref="Conversions"/> names.</summary>
    public IReadOnlyList<StoredConversion> Rules => JsonSerializer.Deserialize<StoredConversion[]>(Conversions)!;

    /// <summary>The rules as text.</summary>
    public static string Format(IEnumerable<ColumnConversion> conversions) => JsonSerializer.Serialize(conversions
        .Where(c => c.Kind == ColumnConversionKind.Converted)
        .Select(c => new StoredConversion(c.Table, c.Column, c.Rule)));

    /// <summary>Compresses a skeleton, in the format of gzip.</summary>
    public static byte[] Compress(byte[] skeleton)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(skeleton, 0, skeleton.Length);
        }

        return compressed.ToArray();
    }

    /// <summary>The bytes of the database without rows.</summary>
    public byte[] Decompress()
    {
        using MemoryStream skeleton = new();
        using GZipStream gzip = new(new MemoryStream(Skeleton), CompressionMode.Decompress);
        gzip.CopyTo(skeleton);
        return skeleton.ToArray();
    }

    /// <summary>Opens the database without rows, in memory.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public DatabaseConnection OpenSkeleton(string name, CancellationToken cancellation) =>
        DatabaseImage.Open(name, Decompress(), cancellation);
}

/// <summary>The rule by which the values of a column were converted.</summary>
internal sealed record StoredConversion(string Table, string Column, string Rule);
