-- What the corpus has beside samples/pos-store: run after the migration of the sample.

-- One row by its CHECK: it cannot hold a second tenant.
CREATE TABLE settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    tenant_id VARCHAR(255) NOT NULL DEFAULT 'caps-automotive',
    shop_name TEXT NOT NULL,
    receipt_footer TEXT
);
INSERT INTO settings (id, shop_name) VALUES (1, 'Demo Auto Parts');

-- A view that shows the tenant, so that it can be filtered.
CREATE VIEW v_customer_cards AS
SELECT c.tenant_id, c.id AS customer_id, c.name, g.code, g.balance_cents
FROM customers AS c JOIN gift_cards AS g ON g.customer_id = c.id;

-- Stays within the tenant: a balance follows its movements.
CREATE TRIGGER trg_loyalty_balance AFTER INSERT ON loyalty_transactions
BEGIN
    UPDATE customers SET loyalty_points = loyalty_points + NEW.points WHERE id = NEW.customer_id;
END;

-- Reaches every tenant: a new promotion ends all others of the same name.
CREATE TRIGGER trg_promotions_one_by_name AFTER INSERT ON promotions
BEGIN
    UPDATE promotions SET is_active = 0 WHERE name = NEW.name AND id <> NEW.id;
END;
