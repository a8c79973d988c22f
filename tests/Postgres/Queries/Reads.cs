namespace PosTenancy.Tests.Postgres.Queries;

/// <summary>What the application asks. No statement names a tenant, unless Citus needs it.</summary>
internal static class Reads
{
    private const string Joins = "join on Citus";

    public static IReadOnlyList<Query> All { get; } =
    [
        new("SELECT id, name, price_cents, quantity_on_hand FROM products WHERE sku = 'OIL-FLT-100' AND is_active = 1"),
        new(
            """
            SELECT sku, name, quantity_on_hand, reorder_point FROM products
            WHERE is_active = 1 AND quantity_on_hand <= reorder_point ORDER BY quantity_on_hand - reorder_point, sku
            """),
        new("SELECT sku, name, price_cents FROM products ORDER BY category, sku LIMIT 2, 2")
        {
            Postgres = "SELECT sku, name, price_cents FROM products ORDER BY category, sku LIMIT 2 OFFSET 2",
            Rule = "`LIMIT 20, 10`",
        },
        new("SELECT id, name, phone FROM customers WHERE name LIKE '%ADA%' OR phone LIKE '%49' ORDER BY id")
        {
            Postgres = "SELECT id, name, phone FROM customers WHERE name ILIKE '%ADA%' OR phone LIKE '%49' ORDER BY id",
            Rule = "`LIKE`",
        },
        new("SELECT name FROM customers ORDER BY name COLLATE NOCASE, id")
        {
            Postgres = "SELECT name FROM customers ORDER BY lower(name), id",
            Rule = "`COLLATE NOCASE`",
        },
        new("SELECT id, phone FROM customers ORDER BY phone, id LIMIT 6")
        {
            Postgres = "SELECT id, phone FROM customers ORDER BY phone NULLS FIRST, id LIMIT 6",
            Rule = "`ORDER BY` a column with NULL",
        },
        new("SELECT username, ifnull(store_id, '-') FROM users WHERE is_active ORDER BY username")
        {
            Postgres = "SELECT username, coalesce(store_id, '-') FROM users WHERE is_active <> 0 ORDER BY username",
            Rule = "a number as a condition: `WHERE is_active`",
        },
        new("SELECT id, ifnull(email, '-'), ifnull(phone, '-') FROM customers ORDER BY id")
        {
            Postgres = "SELECT id, coalesce(email, '-'), coalesce(phone, '-') FROM customers ORDER BY id",
            Rule = "`ifnull(…)`",
        },
        new("SELECT sku, quantity_on_hand <= reorder_point FROM products ORDER BY sku")
        {
            Postgres = "SELECT sku, CAST(quantity_on_hand <= reorder_point AS INTEGER) FROM products ORDER BY sku",
            Rule = "a condition as a number: `SELECT a <= b`",
        },
        new("SELECT sku, max(reorder_point - quantity_on_hand, 0) FROM products ORDER BY sku")
        {
            Postgres = "SELECT sku, greatest(reorder_point - quantity_on_hand, 0) FROM products ORDER BY sku",
            Rule = "`max(a, b)`, `min(a, b)`",
        },
        new("SELECT count(*) FROM work_orders WHERE status = \"open\"")
        {
            Postgres = "SELECT count(*) FROM work_orders WHERE status = 'open'",
            Rule = "text in double quotes",
        },
        new("SELECT sku FROM products WHERE barcode = 4006381000017")
        {
            Postgres = "SELECT sku FROM products WHERE barcode = '4006381000017'",
            Rule = "a text compared with a number",
        },
        new("SELECT printf('%05d', max(loyalty_points)) FROM customers")
        {
            Postgres = "SELECT lpad(CAST(max(loyalty_points) AS text), 5, '0') FROM customers",
            Rule = "`printf(…)`",
        },
        new(
            """
            SELECT p.sku, f.engine, f.notes
            FROM vehicle_fitment AS f JOIN products AS p ON p.id = f.product_id /*citus: AND p.tenant_id = f.tenant_id */
            WHERE f.make = 'Altora' AND f.model = 'Vale' AND 2014 BETWEEN f.year_from AND f.year_to ORDER BY p.sku
            """) { Rule = Joins },
        new(
            """
            SELECT w.number, c.name, w.status, w.opened_at, CAST(round(coalesce(sum(l.quantity * l.unit_price_cents), 0)) AS INTEGER)
            FROM work_orders AS w
            JOIN customers AS c ON c.id = w.customer_id /*citus: AND c.tenant_id = w.tenant_id */
            LEFT JOIN work_order_lines AS l ON l.work_order_id = w.id /*citus: AND l.tenant_id = w.tenant_id */
            WHERE w.status IN ('open', 'in_progress')
            GROUP BY w.id, w.number, c.name, w.status, w.opened_at ORDER BY w.opened_at DESC, w.number
            """) { Rule = Joins },
        new("SELECT id, round(quantity * 2.5) FROM work_order_lines WHERE kind = 'part' ORDER BY id")
        {
            Postgres = "SELECT id, round(CAST(quantity * 2.5 AS numeric)) FROM work_order_lines WHERE kind = 'part' ORDER BY id",
            Rule = "`round(x)`, `round(x, 2)` of a real number",
        },
        new(
            """
            SELECT date(w.closed_at), count(DISTINCT w.id), sum(l.unit_price_cents)
            FROM work_orders AS w JOIN work_order_lines AS l ON l.work_order_id = w.id /*citus: AND l.tenant_id = w.tenant_id */
            WHERE w.status = 'done' GROUP BY 1 ORDER BY 1
            """) { Rule = Joins },
        new("SELECT strftime('%Y-%m', opened_at), count(*) FROM work_orders GROUP BY 1 ORDER BY 1")
        {
            Postgres = "SELECT substr(opened_at, 1, 7), count(*) FROM work_orders GROUP BY 1 ORDER BY 1",
            Rule = "`strftime(…)`",
        },
        new("SELECT number FROM work_orders WHERE opened_at >= datetime('2024-06-22 12:00:00', '-30 days') ORDER BY number")
        {
            Postgres =
                """
                SELECT number FROM work_orders
                WHERE opened_at >= to_char(timestamp '2024-06-22 12:00:00' - interval '30 days', 'YYYY-MM-DD HH24:MI:SS') ORDER BY number
                """,
            Rule = "`datetime(…)` with a modifier",
        },
        new(
            """
            SELECT substr(w.closed_at, 1, 7) AS month, coalesce(u.display_name, 'unassigned') AS who, count(*)
            FROM work_orders AS w LEFT JOIN users AS u ON u.id = w.technician_id /*citus: AND u.tenant_id = w.tenant_id */
            WHERE w.closed_at >= '2024-02-01' AND w.closed_at < '2024-06-01' GROUP BY 1, 2 ORDER BY 1, 2
            """) { Rule = Joins },
        new("SELECT id, CAST(julianday('2024-08-01') - julianday(due_on) AS INTEGER) FROM layaways WHERE due_on < '2024-08-01' ORDER BY id")
        {
            Postgres = "SELECT id, CAST('2024-08-01' AS date) - CAST(due_on AS date) FROM layaways WHERE due_on < '2024-08-01' ORDER BY id",
            Rule = "`julianday(…)`",
        },
        new("SELECT kind, sum(unit_price_cents) / count(*) FROM work_order_lines GROUP BY kind ORDER BY kind")
        {
            Postgres = "SELECT kind, CAST(sum(unit_price_cents) AS bigint) / count(*) FROM work_order_lines GROUP BY kind ORDER BY kind",
            Rule = "`sum(…) / count(*)` of integers",
        },
        new("SELECT category, count(*) AS n FROM products GROUP BY category HAVING n > 1 ORDER BY category")
        {
            Postgres = "SELECT category, count(*) AS n FROM products GROUP BY category HAVING count(*) > 1 ORDER BY category",
            Rule = "an alias in `WHERE` or `HAVING`",
        },
        new("SELECT id, name, count(*) FROM customers GROUP BY id ORDER BY id")
        {
            Postgres = "SELECT id, name, count(*) FROM customers GROUP BY id, name ORDER BY id",
            Rule = "a column that is not in `GROUP BY`",
        },
        new("SELECT group_concat(sku, ', ') FROM (SELECT sku FROM products ORDER BY sku) AS p")
        {
            Postgres = "SELECT string_agg(sku, ', ' ORDER BY sku) FROM products",
            Rule = "`group_concat(…)`",
        },
        new("SELECT json_extract(payload, '$.n') FROM sync_queue WHERE status = 'pending'")
        {
            Postgres = "SELECT CAST(payload AS json) ->> 'n' FROM sync_queue WHERE status = 'pending'",
            Rule = "`json_extract(…)`",
        },
        new(
            """
            SELECT c.id, c.name FROM customers AS c
            WHERE NOT EXISTS (SELECT 1 FROM work_orders AS w WHERE w.customer_id = c.id /*citus: AND w.tenant_id = c.tenant_id */)
            ORDER BY c.id
            """) { Rule = Joins },
        new("SELECT name, email FROM customers WHERE id IN (SELECT customer_id FROM vehicles WHERE make = 'Orvane') ORDER BY created_at"),
        new(
            """
            SELECT account_id, posted_at, amount_cents, sum(amount_cents) OVER (PARTITION BY account_id ORDER BY posted_at)
            FROM credit_transactions ORDER BY account_id, posted_at
            """),
        new(
            """
            WITH spent AS (
                SELECT w.customer_id, sum(l.unit_price_cents) AS cents
                FROM work_orders AS w JOIN work_order_lines AS l ON l.work_order_id = w.id /*citus: AND l.tenant_id = w.tenant_id */
                GROUP BY w.customer_id)
            SELECT row_number() OVER (ORDER BY cents DESC, customer_id), customer_id, cents FROM spent ORDER BY 1 LIMIT 3
            """) { Rule = Joins },
        new(
            """
            WITH RECURSIVE below (id, depth) AS (
                SELECT id, 0 FROM stations WHERE parent_station_id IS NULL /*citus: AND tenant_id = 'store-07' */
                UNION ALL SELECT s.id, depth + 1 FROM stations AS s JOIN below AS b ON s.parent_station_id = b.id
                /*citus: WHERE s.tenant_id = 'store-07' */)
            SELECT id, depth FROM below ORDER BY depth, id
            """) { Rule = "`WITH RECURSIVE` on Citus" },
        new(
            """
            SELECT 'card' AS kind, id, amount_cents AS n FROM gift_card_transactions
            UNION ALL SELECT 'points', id, points FROM loyalty_transactions ORDER BY 1, 2
            """),
        new("SELECT code, discount_bp FROM promotions WHERE '2024-04-01' BETWEEN starts_at AND coalesce(ends_at, '9') AND is_active = 1"),
    ];
}
