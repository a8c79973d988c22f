import Database from "better-sqlite3";

export class Orders {
  constructor(private readonly db: Database.Database) {}

  open(tenant: string) {
    // expect: work_orders Isolated
    return this.db.prepare("SELECT id, number, status FROM work_orders WHERE tenant_id = ? AND status <> 'done'").all(tenant);
  }

  openEverywhere() {
    // expect: work_orders Leaks
    return this.db.prepare("SELECT id, number, status FROM work_orders WHERE closed_at IS NULL").all();
  }

  one(id: string) {
    // expect: work_orders ByKeyOnly
    return this.db.prepare("SELECT * FROM work_orders WHERE id = ?").get(id);
  }

  byNumber(tenant: string, number: string) {
    // expect: work_orders Isolated
    return this.db.prepare(`SELECT * FROM work_orders WHERE number = ? AND tenant_id = ?`).get(number, tenant);
  }

  lines(order: string) {
    // expect: work_order_lines ByKeyOnly
    return this.db
      .prepare(
        `SELECT line_no, description, quantity
         FROM work_order_lines
         WHERE work_order_id = ?
         ORDER BY line_no`,
      )
      .all(order);
  }

  linesOf(tenant: string, order: string) {
    // expect: work_order_lines Isolated
    return this.db
      .prepare(
        `SELECT line_no, description, quantity
         FROM work_order_lines
         WHERE tenant_id = @tenant AND work_order_id = @order
         ORDER BY line_no`,
      )
      .all({ tenant, order });
  }

  withCustomer(tenant: string) {
    // expect: work_orders Isolated; customers Isolated; vehicles Isolated
    return this.db
      .prepare(
        `SELECT w.number, c.name, v.plate
         FROM work_orders AS w
         JOIN customers AS c ON c.id = w.customer_id
         LEFT JOIN vehicles AS v ON v.id = w.vehicle_id
         WHERE w.tenant_id = ?`,
      )
      .all(tenant);
  }

  withPeople(tenant: string) {
    // expect: work_orders Leaks; users Isolated
    return this.db
      .prepare(
        `SELECT w.number, u.display_name
         FROM work_orders AS w
         LEFT JOIN users AS u ON u.id = w.technician_id AND u.tenant_id = ?`,
      )
      .all(tenant);
  }

  create(tenant: string, order: Order) {
    // expect: work_orders Isolated
    this.db
      .prepare(
        "INSERT INTO work_orders (id, tenant_id, number, store_id, customer_id, complaint) " +
          "VALUES (@id, @tenant, @number, @store, @customer, @complaint)",
      )
      .run({ ...order, tenant });
  }

  createAnywhere(order: Order) {
    // expect: work_orders NoTenantOnInsert
    this.db
      .prepare("INSERT INTO work_orders (id, number, store_id, customer_id) VALUES (@id, @number, @store, @customer)")
      .run(order);
  }

  addLines(order: string) {
    // expect: work_order_lines NoTenantOnInsert
    this.db
      .prepare(
        `INSERT INTO work_order_lines (id, work_order_id, line_no, kind, description, unit_price_cents)
         VALUES (?, ?, ?, 'part', ?, ?), (?, ?, ?, 'labour', ?, ?)`,
      )
      .run(order);
  }

  finish(id: string) {
    // expect: work_orders ByKeyOnly
    return this.db
      .prepare("UPDATE work_orders SET status = 'done', closed_at = CURRENT_TIMESTAMP WHERE id = ? RETURNING number")
      .get(id);
  }

  finishOwn(tenant: string, id: string) {
    // expect: work_orders Isolated
    return this.db
      .prepare(
        `UPDATE work_orders SET status = 'done', closed_at = CURRENT_TIMESTAMP
         WHERE id = ? AND tenant_id = ? RETURNING number`,
      )
      .get(id, tenant);
  }

  cancelOld(before: string) {
    // expect: work_orders Leaks
    this.db.prepare("UPDATE work_orders SET status = 'cancelled' WHERE status = 'open' AND opened_at < ?").run(before);
  }

  dropLine(tenant: string, id: string) {
    // expect: work_order_lines Isolated
    this.db.prepare("DELETE FROM work_order_lines WHERE id = ? AND tenant_id = ?").run(id, tenant);
  }

  dropLineById(id: string) {
    // expect: work_order_lines ByKeyOnly
    this.db.prepare("DELETE FROM work_order_lines WHERE id = ?").run(id);
  }

  dropFees() {
    // expect: work_order_lines Leaks
    this.db.prepare("DELETE FROM work_order_lines WHERE kind = 'fee'").run();
  }

  newest(tenant: string) {
    // expect: work_orders Leaks
    return this.db.prepare("SELECT id, number, tenant_id FROM work_orders ORDER BY opened_at DESC LIMIT 1").get();
  }

  filter(tenant: string, status?: string, customer?: string) {
    // expect: work_orders Isolated
    let sql = "SELECT id, number FROM work_orders WHERE tenant_id = @tenant";
    if (status) {
      sql += " AND status = @status";
    }
    if (customer) {
      sql += " AND customer_id = @customer";
    }
    return this.db.prepare(sql).all({ tenant, status, customer });
  }
}
