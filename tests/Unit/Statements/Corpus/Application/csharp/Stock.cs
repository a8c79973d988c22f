using Microsoft.Data.Sqlite;

namespace Shop.Data;

public sealed class Stock(SqliteConnection connection)
{
    // expect: products Isolated
    private const string ByCategory =
        "SELECT id, sku, name FROM products WHERE tenant_id = @tenant AND category = @category";

    // expect: products Leaks
    private const string AllOfCategory = "SELECT id, sku, name, tenant_id FROM products WHERE category = @category";

    public Task<Product?> Find(string tenant, string barcode) =>
        // expect: products Isolated
        connection.QueryFirst<Product>(
            "SELECT id, sku, name, price_cents " +
            "FROM products " +
            "WHERE tenant_id = @tenant AND barcode = @barcode",
            new { tenant, barcode });

    public Task<Product?> FindAnywhere(string barcode) =>
        // expect: products Leaks
        connection.QueryFirst<Product>("SELECT id, sku, name FROM products WHERE barcode = @barcode LIMIT 1", new { barcode });

    public Task<Product?> Get(string id) =>
        // expect: products ByKeyOnly
        connection.QueryFirst<Product>("SELECT * FROM products WHERE id = @id", new { id });

    public Task<int> SetPrice(string tenant, string id, long price) =>
        // expect: products Isolated
        connection.Execute(
            @"UPDATE products
              SET price_cents = @price
              WHERE id = @id AND tenant_id = @tenant",
            new { tenant, id, price });

    public Task<int> SetPriceOf(string id, long price) =>
        // expect: products ByKeyOnly
        connection.Execute("UPDATE products SET price_cents = @price WHERE id = @id", new { id, price });

    public Task<int> Inflate(int percent) =>
        // expect: products Leaks
        connection.Execute("UPDATE products SET price_cents = price_cents * (100 + @percent) / 100", new { percent });

    public Task<int> Add(string tenant, Product product) =>
        // expect: products Isolated
        connection.Execute(
            """
            INSERT INTO products (id, tenant_id, sku, barcode, name, category, price_cents)
            VALUES (@Id, @tenant, @Sku, @Barcode, @Name, @Category, @PriceCents)
            """,
            new { tenant, product.Id });

    public Task<int> AddUnowned(Product product) =>
        // expect: products NoTenantOnInsert
        connection.Execute(
            """
            INSERT INTO products (id, sku, name, category, price_cents)
            VALUES (@Id, @Sku, @Name, @Category, @PriceCents)
            """,
            product);

    public Task<int> Replace(string tenant, Product product) =>
        // expect: products Leaks
        connection.Execute(
            "INSERT OR REPLACE INTO products (id, tenant_id, sku, name, category, price_cents) " +
            "VALUES (@Id, @tenant, @Sku, @Name, @Category, @PriceCents)",
            new { tenant });

    public Task<int> Upsert(string tenant, Product product) =>
        // expect: products Isolated
        connection.Execute(
            @"INSERT INTO products (id, tenant_id, sku, name, category, price_cents)
              VALUES (@Id, @tenant, @Sku, @Name, @Category, @PriceCents)
              ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE tenant_id = excluded.tenant_id",
            new { tenant });

    public Task<int> Remove(string tenant, string id) =>
        // expect: vehicle_fitment Isolated
        connection.Execute("DELETE FROM vehicle_fitment WHERE tenant_id = @tenant AND product_id = @id", new { tenant, id });

    public Task<int> RemoveFitment(string id) =>
        // expect: vehicle_fitment ByKeyOnly
        connection.Execute("DELETE FROM vehicle_fitment WHERE product_id = @id", new { id });

    public Task<int> Clear() =>
        // expect: vehicle_fitment Leaks
        connection.Execute("DELETE FROM vehicle_fitment");

    public Task<long> Value(string tenant) =>
        // expect: products Isolated
        connection.ExecuteScalar<long>(
            "SELECT SUM(quantity_on_hand * cost_cents) FROM products WHERE tenant_id = @tenant", new { tenant });

    public Task<long> Dearest() =>
        // expect: products Leaks
        connection.ExecuteScalar<long>("SELECT MAX(price_cents) FROM products");

    public Task<Fitment> Fits(string tenant, string make) =>
        // expect: vehicle_fitment Isolated; products Isolated
        connection.Query<Fitment>(
            $@"SELECT p.sku, f.model, f.year_from FROM vehicle_fitment f
               INNER JOIN products p ON p.id = f.product_id
               WHERE f.tenant_id = @tenant AND f.make = @make",
            new { tenant, make });

    public Task<Fitment> Similar(string tenant) =>
        // expect: products Leaks
        connection.Query<Fitment>(
            @"SELECT p.sku, q.sku AS other FROM products p
              JOIN products q ON q.category = p.category AND q.id <> p.id
              WHERE p.tenant_id = @tenant",
            new { tenant });

    public Task<Fitment> Low() =>
        // expect: products Leaks
        connection.Query<Fitment>("SELECT sku, name FROM v_low_stock ORDER BY sku");
}
