use rusqlite::{params, Connection};

/// Nightly numbers for the operator of the platform, over every shop.
pub fn platform_revenue(db: &Connection) -> rusqlite::Result<i64> {
    // expect: layaways AllTenants
    // postenancy: all tenants, because the operator's invoice is computed from the sum of all shops
    db.query_row("SELECT SUM(paid_cents) FROM layaways", [], |r| r.get(0))
}

pub fn platform_orders(db: &Connection) -> rusqlite::Result<i64> {
    // expect: work_orders Leaks
    // postenancy: all tenants
    db.query_row("SELECT COUNT(*) FROM work_orders WHERE status = 'done'", [], |r| r.get(0))
}

pub fn board(db: &Connection, tenant: &str) -> rusqlite::Result<()> {
    let mut stmt = db.prepare(
        // expect: work_orders Isolated; customers Isolated; work_order_lines Isolated
        r"SELECT w.number, c.name, SUM(l.quantity * l.unit_price_cents)
          FROM work_orders w
          JOIN customers c ON c.id = w.customer_id
          LEFT JOIN work_order_lines l ON l.work_order_id = w.id
          WHERE w.tenant_id = :tenant AND w.status IN ('open', 'in_progress')
          GROUP BY w.id",
    )?;
    stmt.query(&[(":tenant", tenant)])?;

    // expect: work_orders Leaks; customers Leaks; work_order_lines Leaks
    let mut view = db.prepare("SELECT number, customer_name, total_cents FROM v_open_work_orders")?;
    view.query([])?;
    Ok(())
}

pub fn dear_products(db: &Connection, tenant: &str) -> rusqlite::Result<()> {
    // expect: products Leaks
    let mut stmt = db.prepare(
        "SELECT sku, name FROM products
         WHERE tenant_id = ?1 AND price_cents > (SELECT AVG(price_cents) FROM products)",
    )?;
    stmt.query(params![tenant])?;

    // expect: products Isolated
    let mut own = db.prepare(
        "SELECT sku, name FROM products AS p
         WHERE p.tenant_id = ?1 AND p.price_cents >= (SELECT AVG(q.price_cents) FROM products AS q WHERE q.tenant_id = p.tenant_id)",
    )?;
    own.query(params![tenant])?;
    Ok(())
}

pub fn list(db: &Connection, tenant: &str, status: Option<&str>, column: &str) -> rusqlite::Result<()> {
    // expect: work_orders Isolated
    let mut sql = String::from("SELECT id, number FROM work_orders WHERE tenant_id = ?1");
    if status.is_some() {
        sql.push_str(" AND status = ?2");
    }
    db.prepare(&sql)?;

    // expect: - NotChecked
    db.prepare(&format!("SELECT id, number FROM work_orders WHERE tenant_id = ?1 ORDER BY {column}"))?;

    // expect: - NotChecked
    db.prepare(&format!("SELECT id FROM work_orders WHERE tenant_id = ?1 AND complaint LIKE '%{column}%'"))?;
    Ok(())
}

pub fn sync(db: &Connection, tenant: &str) -> rusqlite::Result<()> {
    // expect: sync_queue Isolated
    db.execute(
        "UPDATE sync_queue SET status = 'sent', attempts = attempts + 1
         WHERE tenant_id = ?1 AND id IN (SELECT value FROM json_each(?2))",
        params![tenant, "[]"],
    )?;

    // expect: sync_queue ByKeyOnly
    db.execute(
        "UPDATE sync_queue SET status = 'sent' WHERE id IN (SELECT value FROM json_each(?1))",
        params!["[]"],
    )?;

    // expect: sync_log Leaks
    db.execute("DELETE FROM sync_log WHERE finished_at IS NOT NULL AND started_at < ?1", params!["2024-01-01"])?;

    // expect: products Isolated
    db.execute(
        "INSERT INTO products (id, tenant_id, sku, name, category, price_cents) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (tenant_id, sku) DO UPDATE SET name = excluded.name, price_cents = excluded.price_cents",
        params![],
    )?;

    // expect: products Leaks
    db.execute(
        "INSERT INTO products (id, tenant_id, sku, name, category, price_cents) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, price_cents = excluded.price_cents",
        params![],
    )?;

    // expect: commission_splits Isolated; commissions Isolated
    db.prepare(
        "SELECT s.user_id, s.share_bp FROM commission_splits s
         JOIN commissions c ON c.id = s.commission_id WHERE c.tenant_id = ?1",
    )?;

    // expect: commission_splits Leaks
    db.prepare("SELECT user_id, SUM(share_bp) FROM commission_splits GROUP BY user_id")?;

    // expect: price_levels SharedTable
    db.prepare("SELECT id, name, discount_bp FROM price_levels ORDER BY name")?;

    // expect: settings NotChecked
    db.prepare("SELECT shop_name, receipt_footer FROM settings WHERE tenant_id = ?1")?;
    Ok(())
}
