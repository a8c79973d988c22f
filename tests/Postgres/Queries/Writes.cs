namespace PosTenancy.Tests.Postgres.Queries;

/// <summary>What the application changes, in this order. A row is created with its tenant, and found by it.</summary>
internal static class Writes
{
    public static IReadOnlyList<Query> All { get; } =
    [
        new(
            """
            INSERT INTO customers (id, name, email, created_at, updated_at, tenant_id)
            VALUES ('new-1', 'Née O''Hara', 'new@example', '2024-07-01 08:00:00', '2024-07-01 08:00:00', 'store-07')
            RETURNING id, name, phone, loyalty_points, tax_exempt
            """),
        new(
            """
            UPDATE products SET quantity_on_hand = quantity_on_hand - 1, updated_at = '2024-07-01 08:05:00'
            WHERE sku = 'OIL-FLT-100' AND tenant_id = 'store-07' RETURNING id, quantity_on_hand
            """),
        new(
            """
            INSERT INTO products (id, sku, name, category, price_cents, created_at, updated_at, tenant_id)
            VALUES ('x', 'BRK-PAD-310', 'other', 'brakes', 5000, '2024-07-01', '2024-07-01', 'store-07'),
                ('new-2', 'WIP-BLD-700', 'Wiper blade', 'wipers', 1299, '2024-07-01', '2024-07-01', 'store-07')
            ON CONFLICT (tenant_id, sku) DO UPDATE SET price_cents = excluded.price_cents, updated_at = excluded.updated_at
            """),
        new("SELECT id, sku, name, price_cents, core_charge_cents FROM products WHERE tenant_id = 'store-07' ORDER BY sku"),
        new(
            """
            INSERT INTO sync_state (station_id, entity_type, last_version, tenant_id)
            VALUES ('station-001-store-07', 'products', 99, 'store-07'), ('station-001-store-07', 'users', 1, 'store-07')
            ON CONFLICT (/*tenant: tenant_id, */ station_id, entity_type) DO UPDATE SET last_version = excluded.last_version
            RETURNING last_version
            """) { Rule = "`ON CONFLICT (id)`" },
        new(
            """
            INSERT OR IGNORE INTO commission_splits (commission_id, user_id, share_bp, tenant_id)
            SELECT commission_id, user_id, 1, tenant_id FROM commission_splits WHERE tenant_id = 'store-07';
            SELECT count(*) FROM commission_splits WHERE share_bp = 1 AND tenant_id = 'store-07'
            """)
        {
            Postgres =
                """
                INSERT INTO commission_splits (commission_id, user_id, share_bp, tenant_id)
                SELECT commission_id, user_id, 1, tenant_id FROM commission_splits WHERE tenant_id = 'store-07' ON CONFLICT DO NOTHING;
                SELECT count(*) FROM commission_splits WHERE share_bp = 1 AND tenant_id = 'store-07'
                """,
            Rule = "`INSERT OR IGNORE`, `INSERT OR REPLACE`",
        },
        new(
            """
            UPDATE layaways SET paid_cents = (SELECT sum(p.amount_cents) + 1 FROM layaway_payments AS p
                WHERE p.layaway_id = layaways.id AND p.tenant_id = layaways.tenant_id)
            WHERE tenant_id = 'store-07' AND status = 'active' RETURNING id, paid_cents
            """),
        new(
            """
            UPDATE products SET quantity_on_hand = quantity_on_hand + i.quantity, updated_at = '2024-07-02' FROM layaway_items AS i
            WHERE i.product_id = products.id AND i.tenant_id = products.tenant_id AND products.tenant_id = 'store-07'
            """),
        new(
            """
            INSERT INTO loyalty_transactions (id, customer_id, points, reason, created_at, tenant_id)
            SELECT 'bonus-' || id, id, 10 + loyalty_points, 'bonus', '2024-07-03', tenant_id FROM customers
            WHERE tenant_id = 'store-07' AND email IS NOT NULL
            """),
        new(
            """
            INSERT INTO work_orders (id, number, store_id, customer_id, opened_at, tenant_id)
            VALUES ('new-3', 'WO-90001', 'store-001-store-07', 'new-1', '2024-07-04 09:00:00', 'store-07') RETURNING status, closed_at;
            INSERT INTO work_order_lines (id, work_order_id, line_no, kind, description, quantity, unit_price_cents, tenant_id)
            VALUES ('new-4', 'new-3', 1, 'labour', 'Diagnosis', 0.1, 9000, 'store-07') RETURNING quantity;
            UPDATE work_orders SET status = 'done', closed_at = '2024-07-04 10:00:00' WHERE id = 'new-3' AND tenant_id = 'store-07'
            """),
        new("DELETE FROM work_orders WHERE number = 'WO-00002' AND tenant_id = 'store-07' RETURNING id"),
        new(
            """
            SELECT (SELECT count(*) FROM work_order_lines WHERE tenant_id = 'store-07'),
                (SELECT count(*) FROM commissions WHERE tenant_id = 'store-07'),
                (SELECT count(*) FROM commission_splits WHERE tenant_id = 'store-07')
            """),
        new(
            """
            /*citus: UPDATE work_orders SET vehicle_id = NULL WHERE vehicle_id = 'veh-004-store-07' AND tenant_id = 'store-07'; */
            DELETE FROM vehicles WHERE id = 'veh-004-store-07' AND tenant_id = 'store-07' RETURNING id
            """) { Rule = "`ON DELETE SET NULL` on Citus" },
        new("SELECT count(*) FROM work_orders WHERE vehicle_id IS NULL AND tenant_id = 'store-07'"),
    ];

    /// <summary>What both refuse: a row that is referenced, a duplicate, a value that a CHECK forbids, a reference to nothing.</summary>
    public static IReadOnlyList<string> Refused { get; } =
    [
        "DELETE FROM products WHERE sku = 'OIL-FLT-100' AND tenant_id = 'store-07'",
        "UPDATE products SET sku = 'AIR-FLT-200' WHERE sku = 'OIL-FLT-100' AND tenant_id = 'store-07'",
        "UPDATE gift_cards SET balance_cents = -1 WHERE tenant_id = 'store-07'",
        "UPDATE work_orders SET status = 'lost' WHERE tenant_id = 'store-07'",
        "UPDATE vehicles SET customer_id = 'missing' WHERE id = 'veh-001-store-07' AND tenant_id = 'store-07'",
        "INSERT INTO price_levels (id, code, tenant_id) VALUES ('new-5', 'X', 'store-07')",
    ];

    /// <summary>What triggers do in SQLite, and the application itself in PostgreSQL. The time of it is not compared.</summary>
    public static IReadOnlyList<Query> WithTriggers { get; } =
    [
        new(
            """
            UPDATE products SET quantity_on_hand = 4 WHERE sku = 'SPK-PLG-420' AND tenant_id = 'store-07';
            SELECT quantity_on_hand, updated_at > '2024-08-01' FROM products WHERE sku = 'SPK-PLG-420' AND tenant_id = 'store-07'
            """)
        {
            Postgres =
                """
                UPDATE products SET quantity_on_hand = 4, updated_at = to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
                WHERE sku = 'SPK-PLG-420' AND tenant_id = 'store-07';
                SELECT quantity_on_hand, CAST(updated_at > '2024-08-01' AS INTEGER) FROM products
                WHERE sku = 'SPK-PLG-420' AND tenant_id = 'store-07'
                """,
            Rule = "what a trigger does",
        },
    ];
}
