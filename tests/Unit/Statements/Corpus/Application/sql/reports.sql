-- expect: products Isolated
SELECT category, COUNT(*) AS parts, SUM(quantity_on_hand) AS pieces
FROM products
WHERE tenant_id = $tenant
GROUP BY category
HAVING COUNT(*) > 0;

-- expect: products Leaks
SELECT category, COUNT(*) AS parts
FROM products
GROUP BY category;

-- expect: products Leaks
WITH dear AS (SELECT * FROM products ORDER BY price_cents DESC LIMIT 3)
SELECT sku FROM dear WHERE tenant_id = ?;

-- expect: products Isolated
WITH own AS (SELECT * FROM products WHERE tenant_id = ?)
SELECT sku FROM own ORDER BY price_cents DESC LIMIT 3;

-- expect: products Leaks
SELECT sku, share FROM (
    SELECT sku, tenant_id, price_cents * 1.0 / SUM(price_cents) OVER () AS share FROM products
) WHERE tenant_id = ?;

-- expect: products Isolated
SELECT sku, price_cents * 1.0 / SUM(price_cents) OVER () AS share FROM products WHERE tenant_id = ?;

-- expect: products AllTenants
-- postenancy: all tenants, because the supplier is paid by the turnover of all shops
SELECT SUM(cost_cents * quantity_on_hand) FROM products;

-- expect: products Leaks
-- postenancy: all tenants
SELECT SUM(price_cents * quantity_on_hand) FROM products;

-- expect: products Isolated
UPDATE products SET quantity_on_hand = quantity_on_hand - l.quantity
FROM (SELECT product_id, tenant_id, SUM(quantity) AS quantity FROM work_order_lines GROUP BY product_id, tenant_id) AS l
WHERE l.product_id = products.id AND l.tenant_id = products.tenant_id AND products.tenant_id = ?;

-- expect: products Leaks
UPDATE products SET reorder_point = (SELECT MAX(quantity_on_hand) FROM products);

-- expect: products Leaks
SELECT sku FROM products WHERE tenant_id = 'caps-automotive' AND is_active = 1;

-- expect: products Leaks
SELECT sku FROM products WHERE tenant_id IS NOT NULL AND category = ?;

-- expect: work_orders Leaks; customers Leaks
SELECT customer_name, total_cents FROM v_open_work_orders ORDER BY opened_at;

-- expect: gift_cards Isolated; customers Isolated
SELECT name, balance_cents FROM v_customer_cards WHERE tenant_id = :tenant;

-- expect: gift_cards Leaks; customers Leaks
SELECT name, balance_cents FROM v_customer_cards;

-- expect: users Isolated; audit_log NoTenantOnInsert
UPDATE users SET is_active = 0 WHERE username = ? AND tenant_id = ?;

-- expect: price_levels SharedTable
SELECT name FROM price_levels WHERE discount_bp = 0;

-- expect: work_order_lines NotChecked
INSERT INTO work_order_lines (id, tenant_id, work_order_id, line_no, kind, description, unit_price_cents)
VALUES (?, ?, ?, ?, 'part', ?, ?)
ON CONFLICT (work_order_id, line_no) DO UPDATE SET description = excluded.description;

-- expect: customers NotChecked
SELECT metaphone(name) FROM customers WHERE tenant_id = ?;

-- expect: settings NotChecked
SELECT receipt_footer FROM settings WHERE tenant_id = ?;
