using System.Globalization;
using System.Text.RegularExpressions;

namespace PosTenancy.Bench;

/// <summary>The sample store after years of work: the same 32 tables, with an order, three lines and two records for each job.</summary>
internal static partial class GrownStore
{
    /// <summary>Bytes of the file for each work order; measured.</summary>
    private const int BytesPerOrder = 1107;

    /// <summary>Creates a store of about that size.</summary>
    /// <param name="path">Path of the file, which must not exist.</param>
    /// <param name="bytes">Its size; 0 for the sample as it is.</param>
    /// <param name="prefix">What the ids begin with, so that those of two stores differ.</param>
    public static void Create(string path, long bytes, string prefix = "")
    {
        string sample = Path.Combine(AppContext.BaseDirectory, "pos-store");
        string settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;";
        string rows = File.ReadAllText(Path.Combine(sample, "schema.sql")) + File.ReadAllText(Path.Combine(sample, "seed.sql"));
        string all = rows + Growth(bytes / BytesPerOrder);
        Shell.Time("sqlite3", settings + (prefix.Length == 0 ? all : Id().Replace(all, $"'{prefix}${{id}}")), path);
    }

    /// <summary>Creates a store without rows.</summary>
    /// <param name="path">Path of the file, which must not exist.</param>
    public static void CreateEmpty(string path) =>
        Shell.Time("sqlite3", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pos-store", "schema.sql")), path);

    /// <summary>The ids of the sample, such as 'user-admin-001', and those of the growth, such as 'w-' || i.</summary>
    [GeneratedRegex(@"'(?<id>([a-z]+-)+(\d{3}'|'))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Id();

    private static string Growth(long orders)
    {
        long products = Math.Max(orders / 20, 10);
        long customers = Math.Max(orders / 10, 10);
        return orders == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"""
                BEGIN;
                {Count(products)} INSERT INTO products(id, sku, name, category, price_cents)
                    SELECT 'p-' || i, 'SKU-' || i, 'Part number ' || i, 'category ' || (i % 20), i % 9000 FROM n;
                {Count(customers)} INSERT INTO customers(id, name, phone)
                    SELECT 'c-' || i, 'Customer number ' || i, '555-' || i FROM n;
                {Count(customers)} INSERT INTO vehicles(id, customer_id, vin, make, model, year)
                    SELECT 'v-' || i, 'c-' || i, 'VIN' || i, 'make ' || (i % 30), 'model ' || (i % 200), 2000 + i % 24 FROM n;
                {Count(orders)} INSERT INTO work_orders
                        (id, number, store_id, customer_id, technician_id, status, complaint, opened_at, closed_at)
                    SELECT 'w-' || i, 'WO-' || i, 'store-001', 'c-' || (i % {customers} + 1), 'user-manager-001', 'done',
                        hex(randomblob(30)), datetime(1600000000 + i * 60, 'unixepoch'), datetime(1600003600 + i * 60, 'unixepoch')
                    FROM n;
                {Count(orders * 3)} INSERT INTO work_order_lines
                        (id, work_order_id, line_no, kind, product_id, description, unit_price_cents)
                    SELECT 'l-' || i, 'w-' || ((i + 2) / 3), i % 3, 'part', 'p-' || (i % {products} + 1), hex(randomblob(20)), i % 9000
                    FROM n;
                {Count(orders)} INSERT INTO audit_log(id, user_id, action, entity_type, entity_id, new_values, created_at)
                    SELECT 'a-' || i, 'user-admin-001', 'insert', 'work_orders', 'w-' || i, hex(randomblob(80)),
                        datetime(1600000000 + i * 60, 'unixepoch') FROM n;
                {Count(orders)} INSERT INTO loyalty_transactions(id, customer_id, points, reason)
                    SELECT 't-' || i, 'c-' || (i % {customers} + 1), 1 + i % 50, 'sale' FROM n;
                COMMIT;
                """);
    }

    private static string Count(long rows) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})");
}
