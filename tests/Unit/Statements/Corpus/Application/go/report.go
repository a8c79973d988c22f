package shop

import "database/sql"

func Totals(db *sql.DB, tenant string) error {
	// expect: layaways Isolated
	if _, err := db.Query("SELECT SUM(total_cents), MAX(total_cents), COUNT(*) FROM layaways WHERE tenant_id = ?", tenant); err != nil {
		return err
	}

	// expect: layaways Leaks
	if _, err := db.Query("SELECT MAX(total_cents) FROM layaways"); err != nil {
		return err
	}

	// expect: layaways Leaks; customers Isolated
	if _, err := db.Query(`
		SELECT l.id, c.name FROM layaways l
		LEFT JOIN customers c ON c.id = l.customer_id AND c.tenant_id = ?`, tenant); err != nil {
		return err
	}

	// expect: layaways Isolated; customers Isolated; users Isolated
	if _, err := db.Query(`
		SELECT l.id, c.name, u.display_name FROM layaways l
		JOIN customers c ON c.id = l.customer_id
		LEFT JOIN users u ON u.id = l.opened_by
		WHERE l.tenant_id = ?`, tenant); err != nil {
		return err
	}

	// expect: layaways Leaks
	if _, err := db.Query(`
		SELECT id FROM layaways WHERE tenant_id = ?
		UNION SELECT id FROM layaways WHERE status = 'completed'`, tenant); err != nil {
		return err
	}

	// expect: layaways Isolated
	if _, err := db.Query(`
		SELECT id FROM layaways WHERE tenant_id = ?1 AND status = 'active'
		UNION SELECT id FROM layaways WHERE tenant_id = ?1 AND status = 'completed'`, tenant); err != nil {
		return err
	}

	// expect: layaways Leaks
	if _, err := db.Query("SELECT id FROM layaways WHERE tenant_id = 'caps-automotive' AND paid_cents < total_cents"); err != nil {
		return err
	}

	// expect: layaways AllTenants
	// postenancy: all tenants, because the insurer asks for the liability of the whole platform
	if _, err := db.Query("SELECT SUM(paid_cents) FROM layaways WHERE status = 'active'"); err != nil {
		return err
	}

	// expect: layaway_payments Leaks
	if _, err := db.Exec("DELETE FROM layaway_payments WHERE paid_at < date('now', '-10 years')"); err != nil {
		return err
	}

	// expect: layaway_payments Isolated
	if _, err := db.Exec("DELETE FROM layaway_payments WHERE tenant_id = ? AND layaway_id = ?", tenant); err != nil {
		return err
	}

	// expect: users Isolated; audit_log NoTenantOnInsert
	if _, err := db.Exec("UPDATE users SET username = ? WHERE id = ? AND tenant_id = ?", tenant); err != nil {
		return err
	}

	// expect: gift_cards Isolated; customers Isolated
	if _, err := db.Query("SELECT name, code FROM v_customer_cards WHERE tenant_id = ? ORDER BY name", tenant); err != nil {
		return err
	}

	// expect: products Leaks
	if _, err := db.Query("SELECT COUNT(*) FROM v_low_stock WHERE quantity_on_hand = 0"); err != nil {
		return err
	}

	// expect: customers Leaks
	if _, err := db.Exec(`INSERT INTO customers (id, tenant_id, name) VALUES (?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name`); err != nil {
		return err
	}

	// expect: customers Isolated
	if _, err := db.Exec(`INSERT INTO customers (id, tenant_id, name) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`); err != nil {
		return err
	}

	// expect: price_levels SharedTable
	if _, err := db.Query("SELECT id, discount_bp FROM price_levels WHERE id = ?"); err != nil {
		return err
	}

	// expect: - NotChecked
	_, err := db.Query("SELECT id FROM warehouse_shelves WHERE tenant_id = ?", tenant)
	return err
}
