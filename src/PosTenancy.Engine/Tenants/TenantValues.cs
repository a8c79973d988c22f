using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The texts and blobs of a tenant as they are stored: those of its rows and of its entry in the application's list of tenants, and its
/// names. What references a row of a shared table is the value of that row.
/// </summary>
/// <param name="Slice">The rows of the tenant, in the database or its backup.</param>
/// <param name="Layout">The tables.</param>
/// <param name="Registry">The application's list of tenants, if the tenant is in it.</param>
/// <param name="Names">The names that the tenant has and had.</param>
internal sealed record TenantValues(
    TenantSlice Slice, TenantLayout Layout, TenantRegistry? Registry, IReadOnlyList<string> Names)
{
    /// <summary>The names of the tenant, in the encoding of the database.</summary>
    public IReadOnlyList<byte[]> EncodedNames =>
    [
        .. Names.Select(n => Slice.Connection.Query("SELECT CAST(?1 AS BLOB)", static row => row.GetBytes(0).ToArray(), n).First()),
    ];

    /// <summary>Bytes that the values have in all, an upper estimate.</summary>
    public long Length => Slice.Connection.Scalar("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");

    /// <summary>Reads every value, divided into what it is searched for by.</summary>
    public void Read(BytesAction use)
    {
        foreach (TableSchema table in Layout.Tables)
        {
            string[] columns = [.. Columns(table)];
            if (columns.Length > 0)
            {
                Read(Slice.Select(table.Name, columns), use);
            }
        }

        if (Registry is { } registry)
        {
            Read(
                $"SELECT * FROM main.{Identifier.Quote(registry.Table.Name)} AS t " +
                $"WHERE t.{Identifier.Quote(registry.Column)} = ?1 COLLATE BINARY",
                use);
        }

        foreach (byte[] name in EncodedNames)
        {
            BytePatterns.Divide(name, use);
        }
    }

    private void Read(string sql, BytesAction use)
    {
        using Statement select = Slice.Connection.Prepare(sql, Slice.Parameter);
        while (select.Step())
        {
            for (int i = 0; i < select.Row.Columns; i++)
            {
                if (select.Row.Type(i) is SQLitePCL.raw.SQLITE_TEXT or SQLitePCL.raw.SQLITE_BLOB)
                {
                    BytePatterns.Divide(select.Row.GetBytes(i), use);
                }
            }
        }
    }

    private IEnumerable<string> Columns(TableSchema table)
    {
        HashSet<string> shared = new(
            table.ForeignKeys
                .Where(f => Layout.Shared.Any(s => Identifier.Comparer.Equals(s.Name, f.Parent)))
                .SelectMany(f => f.Columns)
                .Select(c => c.Child),
            Identifier.Comparer);
        return table.Columns
            .Where(c => c.Visibility is ColumnVisibility.Ordinary or ColumnVisibility.StoredGenerated)
            .Select(c => c.Name)
            .Where(n => !shared.Contains(n) && !Identifier.Comparer.Equals(n, Layout.ColumnName));
    }
}
