using System.Globalization;

namespace PosTenancy;

/// <summary>A tenant of a database, and what is unusual about it.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The tenant; <see langword="null"/> for the rows without one.</param>
/// <param name="Tables">Number of tables that have rows of it.</param>
/// <param name="Rows">Number of its rows.</param>
/// <param name="Bytes">
/// Bytes that its rows take in the tables: their cells, and their overflow pages in full; indexes and unused bytes of pages are not
/// counted. <see langword="null"/> while part of the database is in a write-ahead log.
/// </param>
public sealed record TenantInfo(string Path, string? TenantId, int Tables, long Rows, long? Bytes)
{
    /// <summary>
    /// How SQLite stores the tenant: <c>text</c> as it should be, <c>null</c>, or another class, which no comparison with a text finds.
    /// </summary>
    public string StorageClass { get; init; } = "text";

    /// <summary>The tables that have rows of it, in the order in which they were created.</summary>
    public IReadOnlyList<TenantTable> PerTable { get; init => field = ResultList.From(value); } = ResultList.From<TenantTable>([]);

    /// <summary>What is unusual, a sentence each; empty if nothing is.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>The tenant and the number of its rows.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        "{0}: {1:N0} {2} in {3} {4}",
        TenantId ?? "no tenant",
        Rows,
        Rows == 1 ? "row" : "rows",
        Tables,
        Tables == 1 ? "table" : "tables");
}

/// <summary>A tenant's rows in one table.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Rows">Number of its rows.</param>
/// <param name="Bytes">Bytes that they take, as in <see cref="TenantInfo.Bytes"/>.</param>
public sealed record TenantTable(string Table, long Rows, long? Bytes)
{
    /// <summary>The table, the number of rows and, if known, their bytes.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        Bytes is null ? "{0}: {1:N0} {2}" : "{0}: {1:N0} {2}, {3:N0} bytes",
        Table,
        Rows,
        Rows == 1 ? "row" : "rows",
        Bytes);
}
