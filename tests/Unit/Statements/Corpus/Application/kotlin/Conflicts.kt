package shop.data

import java.sql.Connection

class Conflicts(private val db: Connection) {
    fun open(tenant: String, type: String?, order: String) {
        // expect: sync_conflicts Isolated
        var sql = "SELECT id, entity_id FROM sync_conflicts WHERE tenant_id = ?"
        if (type != null) {
            sql += " AND entity_type = ?"
        }
        db.prepareStatement(sql)

        // expect: - NotChecked
        db.prepareStatement("SELECT id FROM sync_conflicts WHERE tenant_id = ? ORDER BY $order")

        // expect: - NotChecked
        db.prepareStatement("SELECT id FROM sync_conflicts WHERE tenant_id = ? AND entity_id = '${type}'")
    }

    fun openAnywhere() =
        // expect: sync_conflicts Leaks
        db.prepareStatement("SELECT id, local_payload, remote_payload FROM sync_conflicts WHERE resolved_at IS NULL")

    fun ofLog(log: String) =
        // expect: sync_conflicts ByKeyOnly
        db.prepareStatement("SELECT id FROM sync_conflicts WHERE sync_log_id = ?")

    fun ofOwnLog(tenant: String) =
        // expect: sync_conflicts Isolated; sync_log Isolated
        db.prepareStatement("SELECT f.id, l.direction FROM sync_log l JOIN sync_conflicts f ON f.sync_log_id = l.id WHERE l.tenant_id = ?")

    fun resolve(tenant: String) =
        // expect: sync_conflicts Isolated
        db.prepareStatement("UPDATE sync_conflicts SET resolved_at = datetime('now'), resolved_by = ? WHERE id = ? AND tenant_id = ?")

    fun resolveAny() =
        // expect: sync_conflicts ByKeyOnly
        db.prepareStatement("UPDATE sync_conflicts SET resolved_at = datetime('now') WHERE id = ?")

    fun log(tenant: String) =
        // expect: sync_log Isolated
        db.prepareStatement("INSERT INTO sync_log (id, tenant_id, station_id, direction) VALUES (?, ?, ?, 'push')")

    fun logUnowned() =
        // expect: sync_log NoTenantOnInsert
        db.prepareStatement("INSERT INTO sync_log (id, station_id, direction) VALUES (?, ?, 'pull')")

    fun state(tenant: String) =
        // expect: sync_state Isolated
        db.prepareStatement("SELECT entity_type, last_version FROM sync_state WHERE tenant_id = ? AND station_id = ?")

    fun stateOf() =
        // expect: sync_state ByKeyOnly
        db.prepareStatement("SELECT entity_type, last_version FROM sync_state WHERE station_id = ?")

    fun lowest() =
        // expect: sync_state Leaks
        db.prepareStatement("SELECT MIN(last_version) FROM sync_state")

    fun replaceState() =
        // expect: sync_state Leaks
        db.prepareStatement("REPLACE INTO sync_state (station_id, entity_type, tenant_id, last_version) VALUES (?, ?, ?, ?)")

    fun monitor() =
        // expect: sync_queue AllTenants
        // postenancy: all tenants, because the monitor watches the length of the whole queue
        db.prepareStatement("SELECT COUNT(*) FROM sync_queue WHERE status = 'pending'")

    fun queue(tenant: String) =
        // expect: sync_queue Leaks
        db.prepareStatement(
            """WITH next AS (SELECT id, tenant_id FROM sync_queue ORDER BY created_at LIMIT 1)
               SELECT id FROM next WHERE tenant_id = ?""",
        )

    fun ownQueue(tenant: String) =
        // expect: sync_queue Isolated
        db.prepareStatement(
            """WITH next AS (SELECT id FROM sync_queue WHERE tenant_id = ? ORDER BY created_at LIMIT 1)
               SELECT id FROM next""",
        )

    fun fixed() =
        // expect: sync_log Leaks
        db.prepareStatement("SELECT id FROM sync_log WHERE tenant_id = 'caps-automotive'")

    fun plain() =
        // expect: price_levels SharedTable
        db.prepareStatement("SELECT COUNT(*) FROM price_levels")
}
