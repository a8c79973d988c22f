import sqlite3


class Offline:
    def __init__(self, db: sqlite3.Connection):
        self.db = db

    def pending(self, tenant):
        # expect: offline_credit_verifications Isolated
        return self.db.execute(
            "SELECT id, amount_cents FROM offline_credit_verifications WHERE tenant_id = ? AND settled_at IS NULL",
            (tenant,),
        )

    def pending_everywhere(self):
        # expect: offline_credit_verifications Leaks
        return self.db.execute("SELECT id, amount_cents FROM offline_credit_verifications WHERE settled_at IS NULL")

    def filtered(self, tenant, station=None):
        # expect: offline_credit_verifications Isolated
        sql = "SELECT id FROM offline_credit_verifications WHERE tenant_id = ?"
        values = [tenant]
        if station:
            sql += " AND station_id = ?"
            values.append(station)
        return self.db.execute(sql, values)

    def sorted(self, tenant, column):
        # expect: - NotChecked
        return self.db.execute(f"SELECT id FROM offline_credit_verifications WHERE tenant_id = ? ORDER BY {column}", (tenant,))

    def formatted(self, tenant, table):
        # expect: - NotChecked
        return self.db.execute("SELECT id FROM {} WHERE tenant_id = ?".format(table), (tenant,))

    def injected(self, name):
        # expect: - NotChecked
        return self.db.execute(f"SELECT id FROM customers WHERE name = '{name}'")

    def settle(self, tenant, ids):
        # expect: offline_credit_verifications Isolated
        self.db.execute(
            "UPDATE offline_credit_verifications SET settled_at = CURRENT_TIMESTAMP "
            "WHERE tenant_id = :tenant AND id IN (SELECT value FROM json_each(:ids))",
            {"tenant": tenant, "ids": ids},
        )

    def settle_any(self, ids):
        # expect: offline_credit_verifications ByKeyOnly
        self.db.execute(
            "UPDATE offline_credit_verifications SET settled_at = CURRENT_TIMESTAMP "
            "WHERE id IN (SELECT value FROM json_each(:ids))",
            {"ids": ids},
        )

    def per_station(self, tenant):
        # expect: stations Isolated; offline_credit_verifications Isolated
        return self.db.execute(
            """
            SELECT s.name, (SELECT COUNT(*) FROM offline_credit_verifications v WHERE v.station_id = s.id)
            FROM stations s
            WHERE s.tenant_id = ?
            """,
            (tenant,),
        )

    def per_station_wrong(self, tenant):
        # expect: offline_credit_verifications Leaks
        return self.db.execute(
            """
            SELECT s.name, (SELECT COUNT(*) FROM offline_credit_verifications)
            FROM stations s
            WHERE s.tenant_id = ?
            """,
            (tenant,),
        )

    def ranked(self, tenant):
        # A rank over all rows is a note: it tells how many rows others have.
        # expect: offline_credit_verifications Isolated
        return self.db.execute(
            """
            SELECT id, place FROM (
                SELECT id, tenant_id, ROW_NUMBER() OVER (ORDER BY amount_cents DESC) AS place
                FROM offline_credit_verifications)
            WHERE tenant_id = ?
            """,
            (tenant,),
        )

    def ranked_own(self, tenant):
        # expect: offline_credit_verifications Isolated
        return self.db.execute(
            """
            SELECT id, ROW_NUMBER() OVER (ORDER BY amount_cents DESC) AS place
            FROM offline_credit_verifications
            WHERE tenant_id = ?
            """,
            (tenant,),
        )

    def upsert_state(self, tenant):
        # expect: sync_state Leaks
        self.db.execute(
            "INSERT INTO sync_state (station_id, entity_type, tenant_id, last_version) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (station_id, entity_type) DO UPDATE SET last_version = excluded.last_version",
            (tenant,),
        )

    def platform(self):
        # expect: sync_log AllTenants
        # postenancy: all tenants, because the monitor alarms when any shop stops syncing
        return self.db.execute("SELECT MAX(started_at) FROM sync_log")

    def view(self):
        # expect: work_orders Leaks; customers Leaks
        return self.db.execute("SELECT COUNT(*) FROM v_open_work_orders")

    def shared(self):
        # expect: price_levels SharedTable
        return self.db.execute("SELECT id FROM price_levels WHERE code = %s", ("retail",))

    def collated(self, tenant):
        # expect: customers NotChecked
        return self.db.execute("SELECT soundalike(name) FROM customers WHERE tenant_id = ?", (tenant,))

    def fixed(self):
        # expect: stations Leaks
        return self.db.execute("SELECT id, name FROM stations WHERE tenant_id = 'caps-automotive' AND is_active = 1")
