-- Starter rows for schema.sql: 26 in all, every other table stays empty. Makes and models are invented,
-- no account can log in, and timestamps are fixed so that the file always gives the same database.

INSERT INTO stores (id, code, name, address, phone, timezone, tax_rate_bp, created_at) VALUES
    ('store-001', 'MAIN', 'Demo Auto Parts', '1 Example Street', NULL, 'UTC', 800, '2024-01-15 08:00:00');

INSERT INTO stations (id, store_id, parent_station_id, name, is_active, last_seen_at) VALUES
    ('station-001', 'store-001', NULL, 'Front counter', 1, NULL);

INSERT INTO users (id, username, password_hash, display_name, role, store_id, is_active, created_at) VALUES
    ('user-admin-001', 'admin', '!disabled', 'Administrator', 'admin', 'store-001', 1, '2024-01-15 08:05:00'),
    ('user-cashier-001', 'cashier', '!disabled', 'Cashier', 'cashier', 'store-001', 1, '2024-01-15 08:05:00'),
    ('user-manager-001', 'manager', '!disabled', 'Manager', 'manager', 'store-001', 1, '2024-01-15 08:05:00');

INSERT INTO products (id, sku, barcode, name, category, cost_cents, price_cents, core_charge_cents,
                      quantity_on_hand, reorder_point, is_active, created_at, updated_at) VALUES
    ('prod-001', 'OIL-FLT-100', NULL, 'Oil filter, spin-on', 'filters', 410, 899, 0,
     24, 10, 1, '2024-01-15 08:10:00', '2024-01-15 08:10:00'),
    ('prod-002', 'AIR-FLT-200', NULL, 'Air filter, panel', 'filters', 720, 1599, 0,
     12, 6, 1, '2024-01-15 08:10:00', '2024-01-15 08:10:00'),
    ('prod-003', 'BRK-PAD-310', NULL, 'Brake pads, front, ceramic', 'brakes', 2150, 4499, 0,
     3, 4, 1, '2024-01-15 08:10:00', '2024-01-15 08:10:00'),
    ('prod-004', 'SPK-PLG-420', NULL, 'Spark plug, iridium', 'ignition', 480, 1099, 0,
     40, 16, 1, '2024-01-15 08:10:00', '2024-01-15 08:10:00'),
    ('prod-005', 'BAT-12V-600', NULL, 'Battery, 12 V, 600 A', 'electrical', 8200, 14999, 1800,
     2, 2, 1, '2024-01-15 08:10:00', '2024-01-15 08:10:00');

INSERT INTO vehicle_fitment (id, product_id, make, model, year_from, year_to, engine, notes) VALUES
    ('fit-001', 'prod-001', 'Altora', 'Vale', 2012, 2018, '1.8 L', NULL),
    ('fit-002', 'prod-001', 'Kestora', 'Trek', 2010, 2020, '', NULL),
    ('fit-003', 'prod-002', 'Altora', 'Vale', 2012, 2018, '', NULL),
    ('fit-004', 'prod-003', 'Altora', 'Vale', 2012, 2015, '', 'Vented discs only'),
    ('fit-005', 'prod-003', 'Kestora', 'Trek', 2014, 2020, '', NULL),
    ('fit-006', 'prod-004', 'Altora', 'Vale', 2012, 2018, '1.8 L', 'Four per engine'),
    ('fit-007', 'prod-005', 'Orvane', 'Hauler', 2008, 2022, '', NULL);

INSERT INTO maintenance_schedules (id, make, model, service_name, interval_miles, interval_months,
                                   product_id) VALUES
    ('maint-001', 'Altora', 'Vale', 'Oil and filter change', 6000, 12, 'prod-001'),
    ('maint-002', 'Altora', 'Vale', 'Air filter replacement', 20000, 24, 'prod-002'),
    ('maint-003', 'Altora', 'Vale', 'Front brake inspection', 12000, 12, 'prod-003'),
    ('maint-004', 'Altora', 'Vale', 'Spark plug replacement', 60000, NULL, 'prod-004'),
    ('maint-005', 'Kestora', 'Trek', 'Oil and filter change', 7500, 12, 'prod-001'),
    ('maint-006', 'Kestora', 'Trek', 'Front brake inspection', 15000, 12, 'prod-003'),
    ('maint-007', 'Kestora', 'Trek', 'Coolant change', 50000, 48, NULL),
    ('maint-008', 'Orvane', 'Hauler', 'Battery test', NULL, 12, 'prod-005'),
    ('maint-009', 'Orvane', 'Hauler', 'Tyre rotation', 6000, NULL, NULL);
