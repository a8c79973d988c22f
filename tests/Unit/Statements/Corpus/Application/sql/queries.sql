-- Queries of the back office, one file for all.

-- expect: stores Isolated
SELECT id, code, name FROM stores WHERE tenant_id = :tenant;

-- expect: stores Leaks
SELECT id, code, name FROM stores;

-- expect: stores ByKeyOnly
SELECT name, address, phone FROM stores WHERE id = ?;

-- expect: stores Leaks
SELECT name, tenant_id FROM stores WHERE code = ?;

-- expect: stores Isolated
UPDATE stores
SET phone = :phone
WHERE id = :id
  AND tenant_id = :tenant;

-- expect: stores ByKeyOnly
UPDATE stores SET phone = :phone WHERE id = :id;

-- expect: stores Leaks
UPDATE stores SET tax_rate_bp = 900 WHERE tax_rate_bp = 800;

-- expect: stores NoTenantOnInsert
INSERT INTO stores (id, code, name) VALUES (:id, :code, :name);

-- expect: stores Isolated
INSERT INTO stores (id, tenant_id, code, name) VALUES (:id, :tenant, :code, :name);

-- expect: stores Isolated
INSERT INTO stores (id, tenant_id, code, name) VALUES (:id, :tenant, :code, :name)
ON CONFLICT (tenant_id, code) DO UPDATE SET name = excluded.name;

-- expect: stores Leaks
INSERT INTO stores (id, tenant_id, code, name) VALUES (:id, :tenant, :code, :name)
ON CONFLICT (id) DO UPDATE SET name = excluded.name;

-- expect: maintenance_schedules Isolated
SELECT make, model, service_name FROM maintenance_schedules WHERE tenant_id = ? AND interval_miles IS NOT NULL;

-- expect: maintenance_schedules Leaks
SELECT make, model, service_name FROM maintenance_schedules WHERE make = ? AND model = ?;

-- expect: maintenance_schedules Leaks
SELECT service_name FROM maintenance_schedules WHERE tenant_id = ? AND make = ? OR interval_months > 12;

-- expect: maintenance_schedules Isolated; products Isolated
SELECT m.service_name, p.sku, p.price_cents
FROM maintenance_schedules AS m
LEFT JOIN products AS p ON p.id = m.product_id
WHERE m.tenant_id = ?;

-- expect: maintenance_schedules Leaks; products Isolated
SELECT m.service_name, p.sku
FROM maintenance_schedules AS m
LEFT JOIN products AS p ON p.id = m.product_id AND p.tenant_id = ?;

-- expect: maintenance_schedules Isolated
DELETE FROM maintenance_schedules WHERE tenant_id = ? AND make = ?;

-- expect: maintenance_schedules Leaks
DELETE FROM maintenance_schedules WHERE make = ?;

-- expect: maintenance_schedules ByKeyOnly
DELETE FROM maintenance_schedules WHERE id = ?;
