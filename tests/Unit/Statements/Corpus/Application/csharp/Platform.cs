using Microsoft.Data.Sqlite;

namespace Shop.Data;

public sealed class Platform(SqliteConnection connection)
{
    /* expect: stores AllTenants */
    /* postenancy: all tenants, because the platform lists its shops to its operator */
    private const string Shops = "SELECT id, code, name FROM stores ORDER BY code";

    public Task<Order> Page(string tenant, int? year, string sort)
    {
        // expect: work_orders Isolated
        string sql = "SELECT id, number, status FROM work_orders WHERE tenant_id = @tenant";
        if (year is not null)
        {
            sql += " AND strftime('%Y', opened_at) = @year";
        }

        return connection.Query<Order>(sql, new { tenant, year });
    }

    public Task<Order> Sorted(string tenant, string sort) =>
        // expect: - NotChecked
        connection.Query<Order>($"SELECT id, number FROM work_orders WHERE tenant_id = @tenant ORDER BY {sort}", new { tenant });

    public Task<Order> Named(string tenant, string name) =>
        // expect: - NotChecked
        connection.Query<Order>($"SELECT id FROM customers WHERE tenant_id = @tenant AND name = '{name}'", new { tenant });

    public Task<Order> Recent(string tenant) =>
        // expect: work_orders Isolated
        connection.Query<Order>(
            @"WITH mine AS (SELECT id, number, opened_at FROM work_orders WHERE tenant_id = @tenant)
              SELECT id, number FROM mine ORDER BY opened_at DESC LIMIT 20",
            new { tenant });

    public Task<Order> RecentOfAll(string tenant) =>
        // expect: work_orders Leaks
        connection.Query<Order>(
            @"WITH recent AS (SELECT id, number, tenant_id FROM work_orders ORDER BY opened_at DESC LIMIT 2)
              SELECT id, number FROM recent WHERE tenant_id = @tenant",
            new { tenant });

    public Task<int> Role(string tenant, string id, string role) =>
        // expect: users Isolated; audit_log NoTenantOnInsert
        connection.Execute("UPDATE users SET role = @role WHERE tenant_id = @tenant AND id = @id", new { tenant, id, role });

    public Task<int> Promote(string tenant) =>
        // expect: promotions Leaks
        connection.Execute(
            "INSERT INTO promotions (id, tenant_id, code, name, discount_bp, starts_at) " +
            "VALUES (@id, @tenant, @code, @name, 500, @start)",
            new { tenant });

    public Task<int> Points(string tenant) =>
        // expect: loyalty_transactions Isolated; customers ByKeyOnly
        connection.Execute(
            "INSERT INTO loyalty_transactions (id, tenant_id, customer_id, points, reason) VALUES (@id, @tenant, @customer, 10, 'sale')",
            new { tenant });

    public Task<int> Default() =>
        // expect: users Leaks
        connection.Execute("SELECT id, username FROM users WHERE tenant_id = 'caps-automotive' AND is_active = 1");

    public Task<Session> Session(string token) =>
        // expect: sessions Leaks
        connection.QueryFirst<Session>("SELECT user_id, expires_at FROM sessions WHERE token = @token", new { token });

    public Task<Session> Everyone(string tenant) =>
        // expect: users Leaks; sessions Leaks
        connection.Query<Session>(
            @"SELECT id, display_name FROM users WHERE tenant_id = @tenant
              UNION ALL
              SELECT u.id, u.display_name FROM users u JOIN sessions s ON s.user_id = u.id",
            new { tenant });

    public Task<string> Level(string code) =>
        // expect: price_levels SharedTable
        connection.ExecuteScalar<string>("SELECT name FROM price_levels WHERE code = @code", new { code });

    public Task<string> Slug(string tenant) =>
        // expect: customers NotChecked
        connection.ExecuteScalar<string>("SELECT slugify(name) FROM customers WHERE tenant_id = @tenant", new { tenant });

    public Task<string> Tier(string tenant) =>
        // expect: customers Isolated
        connection.Query<string>("SELECT id, loyalty_tier FROM customers WHERE tenant_id = @tenant", new { tenant });

    public Task<Item> Items(string layaway) =>
        // expect: layaway_items ByKeyOnly
        connection.Query<Item>("SELECT product_id, quantity FROM layaway_items WHERE layaway_id = @layaway", new { layaway });

    public Task<Item> OwnItems(string tenant) =>
        // expect: layaway_items Isolated; layaways Isolated
        connection.Query<Item>(
            @"SELECT i.product_id, i.quantity FROM layaways l
              JOIN layaway_items i ON i.layaway_id = l.id WHERE l.tenant_id = @tenant",
            new { tenant });
}
