module Reports
  def self.all(db, tenant, order, name)
    # expect: stations Isolated
    sql = "SELECT id FROM stations WHERE tenant_id = ?"
    sql += " AND name = ?" if name
    db.execute(sql, [tenant])

    # expect: - NotChecked
    db.execute("SELECT id FROM stations WHERE tenant_id = ? ORDER BY #{order}", [tenant])

    # expect: - NotChecked
    db.execute("SELECT id FROM stations WHERE tenant_id = ? AND name = '#{name}'", [tenant])

    # expect: stations AllTenants
    # postenancy: all tenants, because the updater rolls a release out to every till
    db.execute("SELECT id, last_seen_at FROM stations WHERE is_active = 1")

    # expect: stations Leaks
    db.get_first_value("SELECT COUNT(*) FROM stations")

    # expect: stations Isolated
    db.get_first_value("SELECT COUNT(*) FROM stations WHERE tenant_id = ?", [tenant])

    # expect: stations Leaks
    db.execute("SELECT name FROM stations WHERE tenant_id = 'caps-automotive'")

    # expect: stations Leaks
    db.execute("SELECT s.name FROM stations s WHERE EXISTS (SELECT 1 FROM stores WHERE tenant_id = ?)", [tenant])

    # expect: stations Isolated; stores Isolated
    db.execute("SELECT s.name FROM stations s WHERE EXISTS (SELECT 1 FROM stores t WHERE t.id = s.store_id AND t.tenant_id = ?)", [tenant])

    # expect: stores Leaks
    db.execute("SELECT code FROM stores WHERE tenant_id = ? UNION ALL SELECT code FROM stores WHERE timezone = 'UTC'", [tenant])

    # expect: sync_log Leaks; stations Isolated
    db.execute("SELECT l.id, s.name FROM sync_log l LEFT JOIN stations s ON s.id = l.station_id AND s.tenant_id = ?", [tenant])

    # expect: sync_log Isolated; stations Isolated
    db.execute("SELECT l.id, s.name FROM sync_log l LEFT JOIN stations s ON s.id = l.station_id WHERE l.tenant_id = ?", [tenant])

    # expect: sync_log Leaks
    db.execute("WITH last AS (SELECT * FROM sync_log ORDER BY started_at DESC LIMIT 1) SELECT id FROM last WHERE tenant_id = ?", [tenant])

    # expect: users Isolated; audit_log NoTenantOnInsert
    db.execute("UPDATE users SET username = ? WHERE tenant_id = ? AND id = ?", [tenant])

    # expect: price_levels SharedTable
    db.execute("SELECT * FROM price_levels")

    # expect: settings NotChecked
    db.execute("UPDATE settings SET receipt_footer = ? WHERE tenant_id = ?")

    # expect: layaway_items Leaks
    db.execute("SELECT product_id, SUM(quantity) FROM layaway_items GROUP BY product_id")
  end
end
