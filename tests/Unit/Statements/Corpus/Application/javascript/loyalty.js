const db = require("better-sqlite3")("pos.db");

// expect: loyalty_transactions Isolated
const history = db.prepare("SELECT points, reason FROM loyalty_transactions WHERE tenant_id = ? AND customer_id = ?");

// expect: loyalty_transactions ByKeyOnly
const historyOf = db.prepare("SELECT points, reason FROM loyalty_transactions WHERE customer_id = ?");

// expect: loyalty_transactions Leaks
const total = db.prepare("SELECT SUM(points) AS points FROM loyalty_transactions");

// expect: loyalty_transactions Isolated
const ownTotal = db.prepare('SELECT SUM(points) AS points FROM loyalty_transactions WHERE tenant_id = $tenant');

// expect: loyalty_transactions Leaks
const best = db.prepare(`
  SELECT customer_id, SUM(points) AS points
  FROM loyalty_transactions
  GROUP BY customer_id
  ORDER BY points DESC
  LIMIT 10
`);

// expect: loyalty_transactions Isolated
const ownBest = db.prepare(`
  SELECT customer_id, SUM(points) AS points
  FROM loyalty_transactions
  WHERE tenant_id = :tenant
  GROUP BY customer_id
  HAVING SUM(points) > 0
  ORDER BY points DESC
  LIMIT 10
`);

// expect: loyalty_transactions Leaks
const having = db.prepare(
  "SELECT tenant_id, COUNT(*) FROM loyalty_transactions GROUP BY tenant_id HAVING COUNT(*) > 1",
);

// expect: loyalty_transactions NoTenantOnInsert; customers ByKeyOnly
const earn = db.prepare("INSERT INTO loyalty_transactions (id, customer_id, points, reason) VALUES (?, ?, ?, ?)");

// expect: customers ByKeyOnly; loyalty_transactions ByKeyOnly
const bonus = db.prepare(
  "INSERT INTO loyalty_transactions (id, tenant_id, customer_id, points, reason) " +
    "SELECT ?, tenant_id, id, 10, 'bonus' FROM customers WHERE id = ?",
);

// expect: customers Isolated; loyalty_transactions Isolated
const birthday = db.prepare(
  "INSERT INTO loyalty_transactions (id, tenant_id, customer_id, points, reason) " +
    "SELECT lower(hex(randomblob(16))), tenant_id, id, 5, 'birthday' FROM customers WHERE tenant_id = ?",
);

// expect: loyalty_transactions Leaks
const forget = db.prepare("DELETE FROM loyalty_transactions WHERE created_at < ?");

// expect: loyalty_transactions Isolated
const forgetOwn = db.prepare("DELETE FROM loyalty_transactions WHERE created_at < ? AND tenant_id = ?");

// expect: gift_cards Leaks
const balance = db.prepare("SELECT balance_cents FROM gift_cards WHERE code = ?");

// expect: gift_cards Isolated
const ownBalance = db.prepare("SELECT balance_cents FROM gift_cards WHERE code = ? AND tenant_id = ?");

// expect: gift_cards Leaks
const redeem = db.prepare("UPDATE gift_cards SET balance_cents = balance_cents - ? WHERE code = ?");

// expect: gift_cards ByKeyOnly
const redeemById = db.prepare("UPDATE gift_cards SET expires_at = ? WHERE id = ?");

// expect: gift_cards Isolated
const redeemOwn = db.prepare("UPDATE gift_cards SET expires_at = ? WHERE id = ? AND tenant_id = ?");

// expect: gift_cards NoTenantOnInsert
const issue = db.prepare("INSERT INTO gift_cards (id, code, balance_cents) VALUES (@id, @code, @balance)");

// expect: gift_cards Isolated
const issueOwn = db.prepare("INSERT INTO gift_cards (id, tenant_id, code, balance_cents) VALUES (@id, @tenant, @code, @balance)");
