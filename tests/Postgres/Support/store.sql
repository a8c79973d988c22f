-- A year of store :n, added to the sample store: every value that differs between stores comes from its number.
UPDATE stores SET name = 'Store ' || :n, phone = '555-01' || printf('%02d', :n), tax_rate_bp = 700 + :n;
UPDATE products SET price_cents = price_cents + :n, quantity_on_hand = (quantity_on_hand * :n) % 13, updated_at = '2024-02-01 00:00:00';
UPDATE products SET barcode = '40063810000' || (10 + :n), updated_at = '2024-02-01 00:00:01' WHERE sku = 'OIL-FLT-100';
UPDATE users SET role = 'manager' WHERE username = 'cashier' AND :n % 2 = 0;
UPDATE audit_log SET id = 'audit-' || :n, created_at = '2024-02-02 10:00:00';
INSERT INTO stations (id, store_id, parent_station_id, name) VALUES ('station-002', 'store-001', 'station-001', 'Handheld');
INSERT INTO price_levels VALUES ('level-1', 'RETAIL', 'Retail', 0, 1), ('level-2', 'GARAGE', 'Garage', 1250 + :n, 0);
WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < 8 + :n % 5)
INSERT INTO customers
SELECT printf('cust-%03d', i), (SELECT value FROM json_each('["Ada Müller","bo smith","Čapek","Ödön","O''Brien","Ada Lovelace","zoë","Smithers"]')
    WHERE key = (i + :n) % 8) || ' ' || i, CASE i % 3 WHEN 0 THEN NULL ELSE printf('c%d@store%d.example', i, :n) END,
    CASE i % 4 WHEN 0 THEN '' WHEN 1 THEN NULL ELSE printf('555-%04d', i * :n) END, CASE i % 2 WHEN 0 THEN 'level-2' END,
    i * :n, i % 7 = 0, printf('2024-01-%02d 09:00:00', i), '2024-03-01 00:00:00'
FROM c;
WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < 8)
INSERT INTO vehicles
SELECT printf('veh-%03d', i), printf('cust-%03d', i), printf('VIN%02d%04d', :n, i), 'P ' || i || ' ',
    (SELECT value FROM json_each('["Altora","Kestora","Orvane"]') WHERE key = i % 3),
    (SELECT value FROM json_each('["Vale","Trek","Hauler"]') WHERE key = i % 3), 2005 + i * 2, CASE i % 2 WHEN 0 THEN '1.8 L' END,
    CASE i WHEN 1 THEN NULL ELSE 10000 * i + :n END
FROM c;
WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < 20)
INSERT INTO work_orders
SELECT printf('order-%03d', i), printf('WO-%05d', i), 'store-001', printf('cust-%03d', 1 + (i * :n) % 8), printf('veh-%03d', 1 + i % 8),
    CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN 'user-manager-001' ELSE 'user-cashier-001' END,
    (SELECT value FROM json_each('["open","in_progress","done","done","cancelled"]') WHERE key = i % 5),
    CASE i % 4 WHEN 0 THEN 'Noise from the front, "left"' END, printf('2024-%02d-%02d %02d:30:00', 1 + i % 6, 1 + i, 8 + i % 9),
    CASE WHEN i % 5 > 1 THEN printf('2024-%02d-%02d 17:15:%02d', 1 + i % 6, 1 + i, i) END
FROM c;
WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < 60)
INSERT INTO work_order_lines
SELECT printf('line-%03d', i), printf('order-%03d', 1 + i % 20), 1 + i / 20,
    CASE i % 3 WHEN 0 THEN 'labour' ELSE 'part' END, CASE i % 3 WHEN 0 THEN NULL ELSE printf('prod-%03d', 1 + (i * :n) % 5) END,
    'Item ' || i, CASE i % 3 WHEN 0 THEN 0.1 * (1 + i % 7) ELSE 1 + i % 4 END, 500 + i * 37 + :n
FROM c;
INSERT INTO layaways VALUES
    ('lay-1', 'cust-001', 'user-cashier-001', 'active', 8998 + :n, 2000, '2024-07-01', '2024-05-01 10:00:00'),
    ('lay-2', 'cust-002', NULL, 'completed', 1599, 1599, NULL, '2024-04-01 10:00:00');
INSERT INTO layaway_items VALUES ('item-1', 'lay-1', 'prod-003', 2, 4499 + :n), ('item-2', 'lay-2', 'prod-002', 1, 1599);
INSERT INTO layaway_payments VALUES
    ('pay-1', 'lay-1', 1500, 'cash', '2024-05-01 10:00:00'), ('pay-2', 'lay-1', 500, 'card', '2024-05-15 11:00:00'),
    ('pay-3', 'lay-2', 1599, 'card', '2024-04-02 09:00:00');
INSERT INTO commission_rules VALUES ('rule-1', 'Parts', 'cashier', NULL, 150 + :n, 1), ('rule-2', 'Labour', NULL, 'labour', 500, 1);
INSERT INTO commissions
SELECT 'com-' || w.id, w.id, 'rule-1', CAST(round(sum(l.quantity * l.unit_price_cents) * 0.015) AS INTEGER), w.closed_at, NULL
FROM work_orders AS w JOIN work_order_lines AS l ON l.work_order_id = w.id WHERE w.status = 'done' GROUP BY w.id, w.closed_at;
INSERT INTO commission_splits SELECT id, 'user-cashier-001', 6000 FROM commissions UNION ALL SELECT id, 'user-manager-001', 4000 FROM commissions;
INSERT INTO loyalty_transactions SELECT 'loy-' || id, id, loyalty_points, 'opening', '2024-01-31 00:00:00' FROM customers;
INSERT INTO gift_cards VALUES
    ('card-1', printf('GC-%02d-1', :n), 'cust-001', 5000, '2024-01-20 10:00:00', '2025-01-20'), ('card-2', printf('GC-%02d-2', :n), NULL, 0,
    '2024-01-21 10:00:00', NULL);
INSERT INTO gift_card_transactions VALUES ('gct-1', 'card-1', 5000, 'issue', '2024-01-20 10:00:00');
INSERT INTO promotions VALUES
    ('promo-1', 'SPRING', 'Spring', 1000, NULL, '2024-03-01', '2024-05-31', 1), ('promo-2', 'TEN', 'Ten off', NULL, 1000, '2024-01-01', NULL, 0);
INSERT INTO credit_accounts VALUES ('acct-1', printf('A-%04d', :n), 'cust-003', 100000, 25000 + :n, 0);
INSERT INTO credit_transactions VALUES ('ct-1', 'acct-1', 'charge', 30000, 'WO-00003', '2024-02-10 10:00:00'),
    ('ct-2', 'acct-1', 'payment', -5000 + :n, NULL, '2024-03-10 10:00:00');
INSERT INTO sync_state VALUES ('station-001', 'products', 17 + :n, '2024-06-01 00:00:00'), ('station-002', 'customers', 3, NULL);
INSERT INTO sync_queue VALUES ('sync-1', 'station-002', 'customers', 'none', 'update', '{"n":' || :n || '}', 'pending', 0, '2024-06-01 00:00:00');
