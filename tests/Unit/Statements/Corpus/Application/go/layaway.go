package shop

import (
	"context"
	"database/sql"
	"fmt"
)

// expect: layaways Isolated
const activeLayaways = "SELECT id, total_cents, paid_cents FROM layaways WHERE tenant_id = $1 AND status = 'active'"

// expect: layaways Leaks
const dueLayaways = `SELECT id, due_on, tenant_id FROM layaways WHERE due_on < date('now')`

type Layaways struct{ db *sql.DB }

func (l Layaways) Get(ctx context.Context, id string) *sql.Row {
	// expect: layaways ByKeyOnly
	return l.db.QueryRowContext(ctx, "SELECT id, customer_id, total_cents FROM layaways WHERE id = ?", id)
}

func (l Layaways) Own(ctx context.Context, tenant, id string) *sql.Row {
	// expect: layaways Isolated
	return l.db.QueryRowContext(ctx, "SELECT id, customer_id, total_cents FROM layaways WHERE id = ? AND tenant_id = ?", id, tenant)
}

func (l Layaways) OfCustomer(ctx context.Context, customer string) (*sql.Rows, error) {
	// expect: layaways ByKeyOnly
	return l.db.QueryContext(ctx, `SELECT id, status FROM layaways WHERE customer_id = ?`, customer)
}

func (l Layaways) Open(ctx context.Context, tenant string) (*sql.Rows, error) {
	// expect: layaways Leaks
	return l.db.QueryContext(ctx, `
		SELECT id, status
		FROM layaways
		WHERE tenant_id = ? AND status = 'active'
		   OR due_on IS NULL`, tenant)
}

func (l Layaways) Create(ctx context.Context, tenant string) error {
	// expect: layaways Isolated
	_, err := l.db.ExecContext(ctx,
		"INSERT INTO layaways (id, tenant_id, customer_id, total_cents) VALUES (?, ?, ?, ?)", tenant)
	return err
}

func (l Layaways) CreateUnowned(ctx context.Context) error {
	// expect: layaways NoTenantOnInsert
	_, err := l.db.ExecContext(ctx, "INSERT INTO layaways (id, customer_id, total_cents) VALUES (?, ?, ?)")
	return err
}

func (l Layaways) Pay(ctx context.Context, tenant string) error {
	// expect: layaway_payments Isolated
	_, err := l.db.ExecContext(ctx, "INSERT INTO layaway_payments (id, tenant_id, layaway_id, amount_cents, method) "+
		"VALUES (?, ?, ?, ?, 'cash')", tenant)
	if err != nil {
		return err
	}

	// expect: layaways ByKeyOnly
	_, err = l.db.ExecContext(ctx, "UPDATE layaways SET paid_cents = paid_cents + ? WHERE id = ?")
	return err
}

func (l Layaways) Recount(ctx context.Context, tenant string) error {
	// expect: layaways Isolated; layaway_payments Isolated
	_, err := l.db.ExecContext(ctx, `
		UPDATE layaways SET paid_cents = (
			SELECT COALESCE(SUM(p.amount_cents), 0) FROM layaway_payments p WHERE p.layaway_id = layaways.id)
		WHERE tenant_id = ?`, tenant)
	if err != nil {
		return err
	}

	// expect: layaways Leaks
	_, err = l.db.ExecContext(ctx, `
		UPDATE layaways SET paid_cents = (
			SELECT COALESCE(SUM(p.amount_cents), 0) FROM layaway_payments p WHERE p.layaway_id = layaways.id)`)
	if err != nil {
		return err
	}

	// expect: layaway_payments Leaks
	_, err = l.db.ExecContext(ctx, `
		UPDATE layaways SET paid_cents = (SELECT SUM(amount_cents) FROM layaway_payments)
		WHERE tenant_id = ?`, tenant)
	return err
}

func (l Layaways) Cancel(ctx context.Context, tenant, id string) error {
	// expect: layaways Isolated
	_, err := l.db.ExecContext(ctx, "UPDATE layaways SET status = 'cancelled' WHERE tenant_id = ? AND id = ?", tenant, id)
	if err != nil {
		return err
	}

	// expect: layaway_items Isolated
	_, err = l.db.ExecContext(ctx, `
		DELETE FROM layaway_items WHERE layaway_id IN (SELECT id FROM layaways WHERE tenant_id = ? AND id = ?)`, tenant, id)
	if err != nil {
		return err
	}

	// expect: layaway_items ByKeyOnly
	_, err = l.db.ExecContext(ctx, "DELETE FROM layaway_items WHERE layaway_id = ?", id)
	return err
}

func (l Layaways) List(ctx context.Context, tenant, order, table string, statuses bool) (*sql.Rows, error) {
	// expect: - NotChecked
	query := fmt.Sprintf("SELECT id FROM layaways WHERE tenant_id = ? ORDER BY %s", order)
	if _, err := l.db.QueryContext(ctx, query, tenant); err != nil {
		return nil, err
	}

	// expect: - NotChecked
	_, err := l.db.QueryContext(ctx, fmt.Sprintf("SELECT id FROM customers WHERE tenant_id = ? AND name = '%s'", order), tenant)
	if err != nil {
		return nil, err
	}

	// expect: layaways Isolated
	text := "SELECT id, status FROM layaways WHERE tenant_id = ?"
	if statuses {
		text += " AND status = ?"
	}

	return l.db.QueryContext(ctx, text, tenant)
}
