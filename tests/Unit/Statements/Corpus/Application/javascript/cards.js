"use strict";

module.exports = (db) => ({
  // expect: gift_card_transactions Isolated; gift_cards Isolated
  movements: (tenant) =>
    db.all(
      `SELECT t.amount_cents, t.kind, g.code
       FROM gift_card_transactions t JOIN gift_cards g ON g.id = t.gift_card_id
       WHERE t.tenant_id = ?`,
      tenant,
    ),

  // expect: gift_card_transactions Leaks; gift_cards Leaks
  movementsByCode: (code) =>
    db.all(
      `SELECT t.amount_cents, t.kind
       FROM gift_card_transactions t JOIN gift_cards g ON g.id = t.gift_card_id
       WHERE g.code = ?`,
      code,
    ),

  // expect: gift_card_transactions Isolated
  ownMovements: (tenant) =>
    db.all(
      `SELECT t.amount_cents FROM gift_card_transactions t
       WHERE EXISTS (SELECT 1 FROM gift_cards g WHERE g.id = t.gift_card_id AND g.tenant_id = ?)`,
      tenant,
    ),

  // expect: gift_card_transactions Leaks
  anyMovements: (tenant) =>
    db.all(
      `SELECT t.amount_cents FROM gift_card_transactions t
       WHERE EXISTS (SELECT 1 FROM gift_cards g WHERE g.tenant_id = ?)`,
      tenant,
    ),

  // expect: gift_cards Leaks
  orExpired: (tenant) => db.all("SELECT code FROM gift_cards WHERE tenant_id = ? OR expires_at < date('now')", tenant),

  // expect: gift_cards Isolated
  andExpired: (tenant) => db.all("SELECT code FROM gift_cards WHERE tenant_id = ? AND (expires_at < date('now') OR balance_cents = 0)", tenant),

  // expect: gift_cards Leaks
  ignore: () => db.run("INSERT OR REPLACE INTO gift_cards (id, tenant_id, code) VALUES (?, ?, ?)"),

  // expect: gift_cards Isolated
  keep: () => db.run("INSERT OR IGNORE INTO gift_cards (id, tenant_id, code) VALUES (?, ?, ?)"),

  search: (tenant, filter) => {
    // expect: gift_cards Isolated
    let sql = "SELECT id, code FROM gift_cards WHERE tenant_id = ?";
    const values = [tenant];
    if (filter.customer) {
      sql += " AND customer_id = ?";
      values.push(filter.customer);
    }
    return db.all(sql, values);
  },

  searchAll: (filter) => {
    // expect: gift_cards Leaks
    let sql = "SELECT id, code FROM gift_cards WHERE 1 = 1";
    if (filter.customer) {
      sql += " AND customer_id = ?";
    }
    return db.all(sql, filter.customer);
  },

  sorted: (tenant, by) =>
    // expect: - NotChecked
    db.all(`SELECT id, code FROM gift_cards WHERE tenant_id = ? ORDER BY ${by} DESC`, tenant),

  quoted: (code) =>
    // expect: - NotChecked
    db.get(`SELECT id FROM gift_cards WHERE code = '${code}'`),

  // expect: gift_cards AllTenants
  // postenancy: all tenants, because the bank reconciles the float of all shops together
  float: () => db.get("SELECT SUM(balance_cents) AS cents FROM gift_cards"),

  // expect: gift_cards Leaks
  // postenancy: all tenants, because
  floatByDay: () => db.all("SELECT date(issued_at), SUM(balance_cents) FROM gift_cards GROUP BY 1"),

  // expect: gift_cards Leaks
  fixed: () => db.all("SELECT code FROM gift_cards WHERE tenant_id = 'caps-automotive'"),

  // expect: price_levels SharedTable
  levels: () => db.all("SELECT code, discount_bp FROM price_levels ORDER BY discount_bp"),

  // expect: settings NotChecked
  footer: () => db.get("SELECT receipt_footer FROM settings WHERE id = 1"),
});
