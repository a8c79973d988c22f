-- Statements on the sample store after its migration, each below the verdict that it deserves for every table that it reaches.
-- Unless a statement says otherwise, its parameters are what their place says.

-- Reads with a filter

-- customers=Isolated
SELECT * FROM customers WHERE tenant_id = ?

-- customers=Isolated
SELECT id, name, phone FROM customers WHERE tenant_id = ? ORDER BY name LIMIT ? OFFSET ?

-- customers=Isolated
SELECT id, name FROM customers WHERE tenant_id = :tenant_id AND (name LIKE '%' || :q || '%' OR phone LIKE '%' || :q || '%')

-- customers=Isolated
SELECT * FROM customers WHERE id = ? AND tenant_id = ?

-- customers=Isolated
SELECT * FROM customers WHERE tenant_id = ?1 AND (?2 IS NULL OR price_level_id = ?2)

-- products=Isolated
SELECT COUNT(*) FROM products WHERE tenant_id = ?

-- products=Isolated
SELECT MAX(price_cents), MIN(price_cents), AVG(price_cents) FROM products WHERE tenant_id = ?

-- products=Isolated
SELECT category, COUNT(*) AS n FROM products WHERE tenant_id = ? AND is_active = 1 GROUP BY category HAVING COUNT(*) >= ? ORDER BY n DESC

-- products=Isolated
SELECT * FROM products WHERE sku = ? AND tenant_id = ?

-- products=Isolated
SELECT * FROM products WHERE tenant_id = ? AND barcode IS NOT NULL AND barcode = ?

-- products=Isolated
SELECT * FROM products WHERE tenant_id = ? AND quantity_on_hand <= reorder_point

-- products=Isolated
SELECT id FROM products WHERE tenant_id = ? AND id IN (SELECT value FROM json_each(?))

-- products=Isolated
SELECT id FROM products WHERE tenant_id = ? AND category IN (?, ?, ?)

-- products=Isolated
SELECT id, name FROM products WHERE tenant_id = ? AND price_cents BETWEEN ? AND ?

-- products=Isolated
SELECT id, name FROM products WHERE tenant_id = ? AND (name, id) > (?, ?) ORDER BY name, id LIMIT 50

-- users=Isolated
SELECT id, password_hash FROM users WHERE username = ? AND tenant_id = ? AND is_active = 1

-- users=Isolated
SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND tenant_id = ?)

-- sessions=Isolated
SELECT user_id FROM sessions WHERE token = ? AND expires_at > CURRENT_TIMESTAMP AND tenant_id = ?

-- work_orders=Isolated
SELECT * FROM work_orders WHERE status = 'open' AND closed_at IS NULL AND tenant_id = ? ORDER BY opened_at DESC

-- work_orders=Isolated
SELECT COUNT(*) FROM work_orders WHERE tenant_id = ? AND opened_at >= date('now', '-7 days')

-- work_orders=Isolated
SELECT strftime('%Y-%m', opened_at) AS month, COUNT(*) FROM work_orders WHERE tenant_id = ? GROUP BY month

-- work_orders=Isolated customers=Isolated
SELECT w.number, c.name FROM work_orders w JOIN customers c ON c.id = w.customer_id WHERE w.tenant_id = ?

-- work_orders=Isolated customers=Isolated
SELECT w.number, c.name FROM work_orders AS w INNER JOIN customers AS c ON c.id = w.customer_id AND c.tenant_id = w.tenant_id WHERE w.tenant_id = ? AND w.id = ?

-- work_orders=Isolated customers=Isolated vehicles=Isolated users=Isolated
SELECT w.id, c.name, v.plate, u.display_name FROM work_orders w JOIN customers c ON c.id = w.customer_id LEFT JOIN vehicles v ON v.id = w.vehicle_id LEFT JOIN users u ON u.id = w.technician_id WHERE w.tenant_id = @tenant AND w.status IN ('open', 'in_progress')

-- customers=Isolated work_orders=Isolated
SELECT c.id, (SELECT COUNT(*) FROM work_orders w WHERE w.customer_id = c.id) AS orders FROM customers c WHERE c.tenant_id = ?

-- customers=Isolated work_orders=Isolated
SELECT c.* FROM customers c WHERE c.tenant_id = ? AND NOT EXISTS (SELECT 1 FROM work_orders w WHERE w.customer_id = c.id AND w.status = 'done')

-- customers=Isolated work_orders=Isolated
WITH mine AS (SELECT id, name FROM customers WHERE tenant_id = ?) SELECT m.name, w.number FROM mine m JOIN work_orders w ON w.customer_id = m.id

-- stations=Isolated
WITH RECURSIVE tree(id, depth) AS (SELECT id, 0 FROM stations WHERE id = ? AND tenant_id = ? UNION ALL SELECT s.id, depth + 1 FROM stations s JOIN tree ON s.parent_station_id = tree.id) SELECT * FROM tree

-- customers=Isolated users=Isolated
SELECT name FROM customers WHERE tenant_id = ?1 UNION SELECT display_name FROM users WHERE tenant_id = ?1

-- products=Isolated
SELECT id, ROW_NUMBER() OVER (ORDER BY price_cents) FROM products WHERE tenant_id = ?

-- products=Isolated
SELECT * FROM (SELECT id, tenant_id, rank() OVER (ORDER BY price_cents) AS r FROM products) WHERE tenant_id = ?

-- commissions=Isolated commission_splits=Isolated users=Isolated
SELECT u.display_name, SUM(c.amount_cents * s.share_bp / 10000) FROM commissions c JOIN commission_splits s ON s.commission_id = c.id JOIN users u ON u.id = s.user_id WHERE c.tenant_id = ? AND c.paid_at IS NULL GROUP BY u.id

-- credit_accounts=Isolated credit_transactions=Isolated
SELECT a.account_number, COALESCE(SUM(t.amount_cents), 0) FROM credit_accounts a LEFT JOIN credit_transactions t ON t.account_id = a.id AND t.kind = 'charge' WHERE a.tenant_id = ? AND a.is_frozen = 0 GROUP BY a.id

-- gift_cards=Isolated
SELECT balance_cents FROM gift_cards WHERE code = UPPER(?) AND tenant_id = ? AND (expires_at IS NULL OR expires_at > datetime('now'))

-- promotions=Isolated
SELECT * FROM promotions WHERE tenant_id = ? AND is_active = 1 AND starts_at <= ? AND (ends_at IS NULL OR ends_at >= ?)

-- sync_queue=Isolated
SELECT * FROM sync_queue WHERE tenant_id = ? AND status = 'pending' AND attempts < 5 ORDER BY created_at LIMIT ?

-- audit_log=Isolated
SELECT * FROM audit_log WHERE tenant_id = ? AND entity_type = ? AND entity_id = ? ORDER BY created_at DESC

-- vehicle_fitment=Isolated products=Isolated
SELECT p.* FROM products p WHERE p.tenant_id = ? AND p.id IN (SELECT f.product_id FROM vehicle_fitment f WHERE f.make = ? AND f.model = ? AND ? BETWEEN f.year_from AND f.year_to)

-- maintenance_schedules=Isolated products=Isolated
SELECT m.service_name, p.sku FROM maintenance_schedules m LEFT JOIN products p ON p.id = m.product_id WHERE m.tenant_id = ? AND lower(m.make) = lower(?)

-- layaways=Isolated layaway_payments=Isolated
SELECT l.id, l.total_cents - (SELECT IFNULL(SUM(p.amount_cents), 0) FROM layaway_payments p WHERE p.layaway_id = l.id) FROM layaways l WHERE l.tenant_id = ? AND l.status = 'active'

-- loyalty_transactions=Isolated
SELECT SUM(points) FROM loyalty_transactions WHERE customer_id = ? AND tenant_id = ?

-- customers=Isolated price_levels=Isolated
SELECT c.name, p.discount_bp FROM customers c, price_levels p WHERE p.id = c.price_level_id AND c.tenant_id = ?

-- Shared, or no table

-- =SharedTable
SELECT 1

-- =SharedTable
SELECT version FROM _migrations ORDER BY version DESC LIMIT 1

-- =SharedTable
PRAGMA foreign_keys = ON

-- =SharedTable
BEGIN IMMEDIATE

-- Reads that leak

-- customers=Leaks
SELECT * FROM customers

-- customers=Leaks
SELECT id, name, tenant_id FROM customers ORDER BY name

-- customers=Leaks
SELECT * FROM customers WHERE tenant_id = ? OR name = ?

-- customers=Leaks
SELECT * FROM customers WHERE tenant_id IS NOT NULL AND name LIKE ?

-- customers=Leaks
SELECT * FROM customers WHERE tenant_id <> ?

-- customers=Leaks
SELECT * FROM customers WHERE tenant_id = tenant_id

-- customers=Leaks
SELECT * FROM customers WHERE phone = ?

-- customers=Leaks
SELECT id FROM customers LIMIT 1

-- customers=Leaks
SELECT * FROM customers WHERE tenant_id = 'caps-automotive'

-- customers=Leaks
SELECT * FROM customers WHERE tenant_id = 'another-shop'

-- products=Leaks
SELECT COUNT(*) FROM products

-- products=Leaks
SELECT MAX(price_cents) FROM products

-- products=Leaks
SELECT COALESCE(MAX(quantity_on_hand), 0) + 1 FROM products WHERE is_active = 1

-- products=Leaks
SELECT category FROM products GROUP BY category

-- products=Leaks
SELECT DISTINCT category FROM products WHERE is_active = 1 ORDER BY category

-- products=Leaks
SELECT * FROM products WHERE category = ? AND is_active = 1 ORDER BY price_cents LIMIT ?

-- products=Leaks
SELECT EXISTS (SELECT 1 FROM products WHERE quantity_on_hand <= reorder_point)

-- products=Leaks
SELECT id, SUM(quantity_on_hand) OVER () FROM products WHERE 1 = 1

-- products=Leaks
SELECT * FROM (SELECT id, tenant_id, SUM(price_cents) OVER () AS total FROM products) WHERE tenant_id = ?

-- products=Leaks
SELECT json_group_array(name) FROM products WHERE price_cents > ?

-- users=Leaks
SELECT id FROM users WHERE role = 'admin' LIMIT 1

-- sessions=Leaks
SELECT COUNT(*) FROM sessions WHERE expires_at > datetime('now')

-- work_orders=Leaks
SELECT * FROM work_orders WHERE status = 'open' AND closed_at IS NULL ORDER BY opened_at DESC

-- work_orders=Leaks
SELECT COUNT(*) FROM work_orders WHERE date(opened_at) = date('now')

-- work_orders=Leaks customers=Leaks
SELECT w.number, c.name FROM work_orders w JOIN customers c ON c.id = w.customer_id

-- work_orders=Leaks customers=Isolated
SELECT w.number, c.name FROM work_orders w LEFT JOIN customers c ON c.id = w.customer_id AND c.tenant_id = ?

-- work_orders=Leaks customers=Isolated
SELECT w.number, c.name FROM work_orders w LEFT JOIN customers c ON c.id = w.customer_id AND w.tenant_id = ?

-- work_orders=Isolated vehicles=Leaks
SELECT w.number, v.id FROM work_orders w JOIN vehicles v ON v.make = ? WHERE w.tenant_id = ?

-- customers=Isolated products=Leaks
SELECT c.name, p.name FROM customers c CROSS JOIN products p WHERE c.tenant_id = ?

-- customers=Isolated work_orders=Leaks
SELECT c.id, (SELECT COUNT(*) FROM work_orders) AS orders FROM customers c WHERE c.tenant_id = ?

-- customers=Isolated work_orders=Leaks
SELECT c.* FROM customers c WHERE c.tenant_id = ? AND EXISTS (SELECT 1 FROM work_orders w WHERE w.status = 'done')

-- customers=Leaks work_orders=Isolated
SELECT c.* FROM customers c WHERE EXISTS (SELECT 1 FROM work_orders w WHERE w.tenant_id = ?)

-- customers=Leaks
WITH all_of_them AS (SELECT id, name, tenant_id FROM customers) SELECT * FROM all_of_them

-- customers=Isolated users=Leaks
SELECT name FROM customers WHERE tenant_id = ?1 UNION SELECT display_name FROM users

-- stations=Leaks
WITH RECURSIVE tree(id, depth) AS (SELECT id, 0 FROM stations WHERE parent_station_id IS NULL UNION ALL SELECT s.id, depth + 1 FROM stations s JOIN tree ON s.parent_station_id = tree.id) SELECT * FROM tree

-- work_orders=Leaks customers=Leaks work_order_lines=Leaks
SELECT * FROM v_open_work_orders ORDER BY opened_at DESC

-- products=Leaks
SELECT sku FROM v_low_stock

-- work_orders=Leaks
SELECT w.* FROM work_orders w WHERE w.status = ? AND (w.tenant_id = ? OR w.customer_id IS NOT NULL)

-- customers=Leaks
SELECT * FROM customers WHERE (? = 1 OR tenant_id = ?)

-- audit_log=Leaks
SELECT COUNT(*) FROM audit_log WHERE created_at < ?

-- sync_queue=Leaks
SELECT * FROM sync_queue WHERE status = 'pending' ORDER BY created_at LIMIT ?

-- vehicles=Leaks customers=Isolated
SELECT v.* FROM vehicles v WHERE v.make = ? AND (SELECT COUNT(*) FROM customers c WHERE c.tenant_id = ?) > 0

-- promotions=Leaks
SELECT * FROM promotions WHERE is_active = 1 AND starts_at <= datetime('now')

-- Reads by a key

-- customers=ByKeyOnly
SELECT * FROM customers WHERE id = ?

-- customers=ByKeyOnly
SELECT * FROM customers WHERE email = ?

-- products=ByKeyOnly
SELECT * FROM products WHERE sku = :sku

-- products=ByKeyOnly
SELECT id, name FROM products WHERE id IN (?, ?)

-- products=ByKeyOnly
SELECT id FROM products WHERE id IN (SELECT value FROM json_each(?))

-- products=ByKeyOnly
SELECT p.id FROM json_each(?) AS j JOIN products p ON p.id = j.value

-- users=ByKeyOnly
SELECT id, password_hash, role FROM users WHERE username = ? AND is_active = 1

-- sessions=ByKeyOnly users=ByKeyOnly
SELECT u.* FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token = ? AND s.expires_at > datetime('now')

-- work_order_lines=ByKeyOnly
SELECT * FROM work_order_lines WHERE work_order_id = ? ORDER BY line_no

-- work_orders=ByKeyOnly customers=ByKeyOnly
SELECT w.*, c.name FROM work_orders w JOIN customers c ON c.id = w.customer_id WHERE w.id = ?

-- work_orders=Isolated customers=ByKeyOnly
SELECT w.number, c.name FROM work_orders w, customers c WHERE w.id = ? AND w.tenant_id = ? AND c.id = ?

-- loyalty_transactions=ByKeyOnly
SELECT COALESCE(SUM(points), 0) FROM loyalty_transactions WHERE customer_id = ?

-- gift_cards=ByKeyOnly
SELECT balance_cents FROM gift_cards WHERE code = ?

-- commission_splits=ByKeyOnly
SELECT share_bp FROM commission_splits WHERE commission_id = ? AND user_id = ?

-- sync_state=ByKeyOnly
SELECT last_version FROM sync_state WHERE station_id = ? AND entity_type = ?

-- customers=ByKeyOnly
SELECT * FROM customers WHERE lower(email) = lower(?)

-- Updates and deletes

-- customers=Isolated
UPDATE customers SET name = ?, phone = ? WHERE id = ? AND tenant_id = ?

-- customers=Isolated
UPDATE customers SET loyalty_points = loyalty_points + ?, updated_at = CURRENT_TIMESTAMP WHERE id = ? AND tenant_id = ? RETURNING loyalty_points

-- customers=Isolated
DELETE FROM customers WHERE id = ? AND tenant_id = ?

-- sessions=Isolated
DELETE FROM sessions WHERE tenant_id = ? AND expires_at < datetime('now')

-- work_orders=Isolated
UPDATE work_orders SET status = 'done', closed_at = CURRENT_TIMESTAMP WHERE id = ? AND tenant_id = ? AND status <> 'done'

-- products=Isolated work_order_lines=Isolated
UPDATE products SET quantity_on_hand = quantity_on_hand - (SELECT SUM(quantity) FROM work_order_lines l WHERE l.product_id = products.id) WHERE id = ? AND tenant_id = ?

-- customers=Isolated loyalty_transactions=Isolated
UPDATE customers SET loyalty_points = t.total FROM (SELECT customer_id, SUM(points) AS total FROM loyalty_transactions GROUP BY customer_id) AS t WHERE t.customer_id = customers.id AND customers.tenant_id = ?

-- sync_log=Isolated
DELETE FROM sync_log WHERE tenant_id = ? AND started_at < datetime('now', ?)

-- gift_cards=Isolated
UPDATE gift_cards SET balance_cents = balance_cents - ? WHERE code = ? AND tenant_id = ? AND balance_cents >= ?

-- customers=ByKeyOnly
UPDATE customers SET name = ? WHERE id = ?

-- customers=ByKeyOnly
UPDATE customers SET loyalty_points = loyalty_points + ? WHERE id = ? RETURNING loyalty_points

-- sessions=ByKeyOnly
DELETE FROM sessions WHERE token = ?

-- work_order_lines=ByKeyOnly
DELETE FROM work_order_lines WHERE id IN (?, ?)

-- customers=ByKeyOnly
UPDATE customers SET tenant_id = ? WHERE id = ?

-- layaways=Isolated layaway_payments=ByKeyOnly
UPDATE layaways SET paid_cents = (SELECT SUM(amount_cents) FROM layaway_payments WHERE layaway_id = ?) WHERE id = ? AND tenant_id = ?

-- products=Leaks
UPDATE products SET price_cents = price_cents + ?

-- products=Leaks
UPDATE products SET is_active = 0 WHERE category = ?

-- sessions=Leaks
DELETE FROM sessions WHERE expires_at < datetime('now')

-- sessions=Leaks
DELETE FROM sessions

-- customers=Leaks
UPDATE customers SET loyalty_points = 0 WHERE updated_at < ? RETURNING id

-- work_order_lines=Leaks work_orders=Leaks
DELETE FROM work_order_lines WHERE work_order_id IN (SELECT id FROM work_orders WHERE status = 'cancelled')

-- work_order_lines=Isolated work_orders=Isolated
DELETE FROM work_order_lines WHERE work_order_id IN (SELECT id FROM work_orders WHERE status = 'cancelled' AND tenant_id = ?)

-- customers=Leaks loyalty_transactions=Leaks
UPDATE customers SET loyalty_points = t.total FROM (SELECT customer_id, SUM(points) AS total FROM loyalty_transactions GROUP BY customer_id) AS t WHERE t.customer_id = customers.id

-- customers=Isolated products=Leaks
UPDATE customers SET loyalty_points = (SELECT MAX(price_cents) FROM products) WHERE tenant_id = ?

-- customers=Leaks
UPDATE customers SET tenant_id = 'caps-automotive' WHERE tenant_id = ?

-- products=Leaks
UPDATE products SET quantity_on_hand = 0 WHERE tenant_id = 'caps-automotive' AND is_active = 1

-- users=Isolated audit_log=NoTenantOnInsert
UPDATE users SET role = ? WHERE id = ? AND tenant_id = ?

-- users=ByKeyOnly audit_log=NoTenantOnInsert
UPDATE users SET is_active = 0 WHERE id = ?

-- users=Isolated
UPDATE users SET display_name = ? WHERE id = ? AND tenant_id = ?

-- products=Isolated
UPDATE products SET price_cents = ? WHERE sku = ? AND tenant_id = ?

-- Inserts

-- customers=Isolated
INSERT INTO customers (id, name, email, phone, tenant_id) VALUES (?, ?, ?, ?, ?)

-- customers=Isolated
INSERT INTO customers (id, name, tenant_id) VALUES (lower(hex(randomblob(16))), ?, ?) RETURNING id

-- work_orders=Isolated
INSERT INTO work_orders (id, number, store_id, customer_id, vehicle_id, status, tenant_id) VALUES (:id, :number, :store, :customer, :vehicle, 'open', :tenant)

-- work_order_lines=Isolated
INSERT INTO work_order_lines (id, work_order_id, line_no, kind, product_id, description, quantity, unit_price_cents, tenant_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- commission_splits=Isolated
INSERT INTO commission_splits (commission_id, user_id, share_bp, tenant_id) VALUES (?, ?, ?, ?)

-- credit_accounts=Isolated
INSERT INTO credit_accounts (id, account_number, customer_id, limit_cents, tenant_id) VALUES (?, ?, ?, ?, ?)

-- customers=Isolated
INSERT OR IGNORE INTO customers (id, name, tenant_id) VALUES (?, ?, ?)

-- customers=Isolated
INSERT INTO customers (id, name, tenant_id) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING

-- customers=Isolated
INSERT INTO customers (id, name, tenant_id) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE customers.tenant_id = excluded.tenant_id

-- loyalty_transactions=Isolated work_orders=Isolated
INSERT INTO loyalty_transactions (id, customer_id, points, reason, tenant_id) SELECT lower(hex(randomblob(8))), w.customer_id, 10, 'visit', w.tenant_id FROM work_orders w WHERE w.id = ? AND w.tenant_id = ?

-- sync_queue=Isolated
INSERT INTO sync_queue (id, station_id, entity_type, entity_id, operation, payload, tenant_id) VALUES (?, ?, ?, ?, ?, ?, ?)

-- customers=Leaks
INSERT INTO customers (id, name, tenant_id) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name

-- customers=Leaks
INSERT OR REPLACE INTO customers (id, name, tenant_id) VALUES (?, ?, ?)

-- sync_state=Leaks
REPLACE INTO sync_state (station_id, entity_type, last_version, tenant_id) VALUES (?, ?, ?, ?)

-- sync_state=Leaks
INSERT INTO sync_state (station_id, entity_type, last_version, tenant_id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (station_id, entity_type) DO UPDATE SET last_version = excluded.last_version, last_synced_at = CURRENT_TIMESTAMP

-- customers=Leaks
INSERT INTO customers (id, name, tenant_id) VALUES (?, ?, 'caps-automotive')

-- loyalty_transactions=Isolated customers=Leaks
INSERT INTO loyalty_transactions (id, customer_id, points, reason, tenant_id) SELECT lower(hex(randomblob(8))), ?, COUNT(*) + 1, 'count', ? FROM customers

-- loyalty_transactions=Isolated work_orders=ByKeyOnly
INSERT INTO loyalty_transactions (id, customer_id, points, reason, tenant_id) SELECT ?, ?, (SELECT COUNT(*) + 1 FROM work_orders WHERE customer_id = ?), 'orders', ?

-- customers=NoTenantOnInsert
INSERT INTO customers (id, name) VALUES (?, ?)

-- sessions=NoTenantOnInsert
INSERT INTO sessions (id, user_id, token, expires_at) VALUES (?, ?, ?, datetime('now', '+1 day'))

-- audit_log=NoTenantOnInsert
INSERT INTO audit_log (id, user_id, action, entity_type, entity_id) VALUES (lower(hex(randomblob(16))), ?, ?, ?, ?) RETURNING id

-- gift_card_transactions=NoTenantOnInsert gift_cards=ByKeyOnly
INSERT INTO gift_card_transactions (id, gift_card_id, amount_cents, kind) SELECT ?, id, balance_cents, 'redeem' FROM gift_cards WHERE code = ?

-- customers=NoTenantOnInsert
INSERT INTO customers (id, name, tenant_id) VALUES (?, ?, NULL)

-- Not to be tried

-- =NotChecked
SELECT * FROM no_such_table WHERE tenant_id = ?

-- =NotChecked
SELECT * FROM customers WHERE

-- =NotChecked
ATTACH DATABASE 'other.db' AS other

-- =NotChecked
VACUUM INTO '/tmp/copy.db'

-- customers=NotChecked
DROP TABLE customers

-- products=NotChecked
SELECT * FROM products WHERE tenant_id = ? AND name REGEXP ?

-- products=NotChecked
SELECT my_own_function(name) FROM products WHERE tenant_id = ?

-- customers=NotChecked
SELECT name FROM customers WHERE tenant_id = ? ORDER BY name COLLATE UNICODE_CI

-- customers=NotChecked
SELECT * FROM customers WHERE tenant_id = ? AND 1 = 0

-- customers=Isolated
SELECT nickname FROM customers WHERE tenant_id = ? AND nickname = ?

-- customers=Leaks
SELECT id, nickname FROM customers WHERE nickname = ?

-- customers=Isolated
UPDATE customers SET nickname = ? WHERE id = ? AND tenant_id = ?

-- Further cases: values that decide, row values, times, JSON

-- customers=Leaks
SELECT * FROM customers WHERE tenant_id = ? OR ? = 'admin'

-- customers=ByKeyOnly
UPDATE customers SET name = ? WHERE id = ? AND (tenant_id = ? OR ? = 'root')

-- customers=Leaks
SELECT * FROM customers WHERE (tenant_id = ? OR tax_exempt = 1) AND name = ?

-- customers=ByKeyOnly loyalty_transactions=ByKeyOnly
INSERT INTO loyalty_transactions (id, customer_id, points, reason, tenant_id) SELECT ?, id, 10, 'gift', tenant_id FROM customers WHERE id = ?

-- customers=Isolated
SELECT * FROM customers WHERE rowid = ? AND tenant_id = ?

-- customers=Isolated
SELECT c.name FROM customers c WHERE c.tenant_id = ? AND c.created_at BETWEEN date('now', '-30 days') AND date('now', '+1 day')

-- customers=Leaks
SELECT c.name FROM customers c WHERE c.created_at BETWEEN date('now', '-30 days') AND date('now', '+1 day') AND ? = c.tax_exempt

-- work_orders=Isolated customers=Isolated
SELECT w.id FROM work_orders w WHERE (w.customer_id, w.tenant_id) IN (SELECT id, tenant_id FROM customers WHERE tenant_id = ?)

-- work_orders=Leaks customers=Leaks
SELECT w.id FROM work_orders w WHERE (w.customer_id, w.tenant_id) IN (SELECT id, tenant_id FROM customers)

-- products=Isolated
WITH t(id) AS (VALUES (?)) SELECT p.* FROM products p JOIN t ON p.tenant_id = t.id

-- products=Isolated
WITH me AS (SELECT ? AS tenant_id) SELECT p.sku FROM products p, me WHERE p.tenant_id = me.tenant_id

-- customers=Isolated products=Leaks
SELECT sku FROM products p WHERE EXISTS (SELECT 1 FROM customers c WHERE c.tenant_id = ?)

-- products=Isolated
UPDATE products SET quantity_on_hand = CASE id WHEN ? THEN ? ELSE quantity_on_hand END WHERE tenant_id = ? AND id IN (?, ?)

-- products=Isolated
SELECT printf('%s-%s', sku, name) FROM products WHERE tenant_id IS ? ORDER BY 1 COLLATE NOCASE

-- products=Isolated
SELECT sku, SUM(price_cents) OVER (PARTITION BY tenant_id) FROM products WHERE tenant_id = ?

-- sync_log=Isolated sync_conflicts=Isolated
SELECT l.id, json_group_array(c.entity_id) FROM sync_log l JOIN sync_conflicts c ON c.sync_log_id = l.id WHERE l.tenant_id = ? AND l.direction = 'push' AND c.resolved_at IS NULL GROUP BY l.id

-- sync_queue=Isolated
SELECT * FROM sync_queue WHERE tenant_id = ? AND json_extract(payload, '$.kind') = ?

-- sync_queue=Isolated
SELECT * FROM sync_queue WHERE tenant_id = ? AND payload ->> '$.kind' = 'sale'

-- sync_queue=Leaks
SELECT * FROM sync_queue WHERE json_extract(payload, '$.kind') = ?

-- products=Leaks
SELECT id, ROW_NUMBER() OVER (ORDER BY price_cents) AS n, (SELECT COUNT(*) FROM products) AS total FROM products WHERE tenant_id = ?

-- products=Isolated
SELECT * FROM (SELECT id, tenant_id, ROW_NUMBER() OVER (PARTITION BY category ORDER BY price_cents) AS place FROM products) WHERE tenant_id = ? AND place = 1

-- products=Leaks
SELECT id FROM (SELECT id, ROW_NUMBER() OVER w AS place FROM products WINDOW w AS (PARTITION BY category ORDER BY price_cents)) WHERE place <= 3

-- customers=Isolated
INSERT INTO customers (id, name, email, tenant_id) SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM customers WHERE phone = ? AND tenant_id = ?)

-- customers=Leaks
INSERT INTO customers (id, name, email, tenant_id) SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM customers WHERE phone = ?)

-- customers=ByKeyOnly
INSERT INTO customers (id, name, email, tenant_id) SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM customers WHERE email = ?)
