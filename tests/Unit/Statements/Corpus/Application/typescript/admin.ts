import { Database } from "sqlite";

// expect: users Isolated
export const USERS = `SELECT id, username, role FROM users WHERE tenant_id = $tenant AND is_active = 1`;

// expect: users Leaks
export const ADMINS = `SELECT id, username, tenant_id FROM users WHERE role = 'admin'`;

// expect: users AllTenants
// postenancy: all tenants, because sign-in finds the shop by the name of the user
export const SIGN_IN = "SELECT id, tenant_id, password_hash FROM users WHERE username = ?";

export async function logs(db: Database, tenant: string, table: string, order: string) {
  // expect: audit_log Isolated
  await db.all("SELECT action, entity_id FROM audit_log WHERE tenant_id = ? AND entity_type = ? ORDER BY created_at DESC", tenant);

  // expect: audit_log Leaks
  await db.all("SELECT action, entity_id FROM audit_log WHERE entity_type = ? AND entity_id = ?", table);

  // expect: audit_log NoTenantOnInsert
  await db.run(
    "INSERT INTO audit_log (id, user_id, action, entity_type, entity_id) VALUES (?, ?, ?, ?, ?)",
    table,
  );

  // expect: audit_log Isolated
  await db.run(
    "INSERT INTO audit_log (id, tenant_id, user_id, action, entity_type, entity_id) VALUES (?, ?, ?, ?, ?, ?)",
    table,
  );

  // expect: - NotChecked
  await db.all(`SELECT * FROM ${table} WHERE tenant_id = ?`, tenant);

  // expect: - NotChecked
  await db.all(`SELECT id FROM users WHERE tenant_id = ? AND username = '${order}'`, tenant);

  // expect: - NotChecked
  await db.all("SELECT id FROM users WHERE tenant_id = ? ORDER BY " + order, tenant);

  // expect: users Leaks
  await db.all("SELECT username FROM users WHERE tenant_id <> ?", tenant);

  // expect: sessions Isolated; users Isolated
  await db.all(
    `SELECT s.id, u.username FROM sessions s, users u
     WHERE s.user_id = u.id AND s.tenant_id = ? AND s.expires_at > datetime('now')`,
    tenant,
  );

  // expect: sessions Leaks
  await db.run("DELETE FROM sessions WHERE expires_at < datetime('now')");

  // expect: sessions Isolated
  await db.run("DELETE FROM sessions WHERE tenant_id = ? AND user_id = ?", tenant);

  // expect: stations Isolated
  await db.all(
    `WITH RECURSIVE tree(id, name) AS (
       SELECT id, name FROM stations WHERE tenant_id = ?1 AND parent_station_id IS NULL
       UNION ALL
       SELECT s.id, s.name FROM stations s JOIN tree t ON s.parent_station_id = t.id
     )
     SELECT id, name FROM tree`,
    tenant,
  );

  // expect: stations Leaks
  await db.all(
    `WITH RECURSIVE tree(id, name) AS (
       SELECT id, name FROM stations WHERE parent_station_id IS NULL
       UNION ALL
       SELECT s.id, s.name FROM stations s JOIN tree t ON s.parent_station_id = t.id
     )
     SELECT id, name FROM tree`,
  );

  // expect: users Isolated; audit_log NoTenantOnInsert
  await db.run("UPDATE users SET is_active = 0 WHERE tenant_id = ? AND id = ?", tenant);

  // expect: customers Isolated
  await db.all("SELECT name, birthday FROM customers WHERE tenant_id = ?", tenant);

  // expect: price_levels SharedTable
  await db.all("SELECT code FROM price_levels WHERE is_default = 1");

  // expect: gift_cards Isolated; customers Isolated
  await db.all("SELECT code, balance_cents FROM v_customer_cards WHERE tenant_id = ?", tenant);
}
