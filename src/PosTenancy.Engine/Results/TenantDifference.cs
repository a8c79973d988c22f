namespace PosTenancy;

/// <summary>How the rows of a tenant differ from those that they are compared with.</summary>
public enum TenantDifferenceKind : long
{
    /// <summary>The database lacks a row.</summary>
    Missing,

    /// <summary>The database has a row more.</summary>
    Extra,

    /// <summary>A column of the same row has another value.</summary>
    Value,

    /// <summary>A column of the same row references another row.</summary>
    Reference,
}

/// <summary>One difference between the rows of a tenant and those of another file.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Table">The table.</param>
/// <param name="Key">
/// The primary key of the row as the other file has it, without the tenant; several columns are separated by commas.
/// <see langword="null"/> if the table has no primary key.
/// </param>
/// <param name="Kind">How they differ.</param>
/// <param name="Left">
/// The value in the database as text, with keys as the other file has them; of an extra row its columns; <see langword="null"/> for a NULL
/// and for a missing row. Of more than 4096 bytes the first are shown.
/// </param>
/// <param name="Right">The same of the other file; <see langword="null"/> for a NULL and for an extra row.</param>
public sealed record TenantDifference(
    string Path, string TenantId, string Table, string? Key, TenantDifferenceKind Kind, string? Left, string? Right)
{
    /// <summary>The column that differs; <see langword="null"/> if a whole row is missing or extra.</summary>
    public string? Column { get; init; }

    /// <summary>The kind, the row and the values.</summary>
    public override string ToString() =>
        $"{Kind} {Table}{(Key is null ? "" : $" ({Key})")}" +
        (Kind switch
        {
            TenantDifferenceKind.Missing => $": {Right}",
            TenantDifferenceKind.Extra => $": {Left}",
            _ => $" {Column}: {Left ?? "NULL"} instead of {Right ?? "NULL"}",
        });
}
