require "sqlite3"

# The tills of a shop and the work that they have queued.
class Stations
  # expect: stations Isolated
  ACTIVE = "SELECT id, name FROM stations WHERE tenant_id = ? AND is_active = 1"

  # expect: stations Leaks
  ALL = 'SELECT id, name, tenant_id FROM stations ORDER BY name'

  def initialize(db)
    @db = db
  end

  def get(id)
    # expect: stations ByKeyOnly
    @db.get_first_row("SELECT * FROM stations WHERE id = ?", [id])
  end

  def own(tenant, id)
    # expect: stations Isolated
    @db.get_first_row("SELECT * FROM stations WHERE id = :id AND tenant_id = :tenant", { id: id, tenant: tenant })
  end

  def of_store(store)
    # expect: stations ByKeyOnly
    @db.execute("SELECT id, name FROM stations WHERE store_id = ?", [store])
  end

  def named(tenant, name)
    # expect: stations Leaks
    @db.execute(<<~SQL, [tenant, name])
      SELECT id
      FROM stations
      WHERE tenant_id = ?
         OR name = ?
    SQL
  end

  def named_own(tenant, name)
    # expect: stations Isolated
    @db.execute(<<~SQL, [tenant, name])
      SELECT id
      FROM stations
      WHERE tenant_id = ?
        AND name = ?
    SQL
  end

  def children(tenant)
    # expect: stations Isolated
    @db.execute(<<~SQL, [tenant])
      SELECT child.name, parent.name
      FROM stations AS child
      LEFT JOIN stations AS parent ON parent.id = child.parent_station_id
      WHERE child.tenant_id = ?
    SQL
  end

  def siblings(tenant)
    # expect: stations Leaks
    @db.execute(<<~SQL, [tenant])
      SELECT a.name, b.name
      FROM stations AS a
      JOIN stations AS b ON b.is_active = a.is_active AND b.id <> a.id
      WHERE a.tenant_id = ?
    SQL
  end

  def add(station)
    # expect: stations NoTenantOnInsert
    @db.execute("INSERT INTO stations (id, store_id, name) VALUES (?, ?, ?)", station)
  end

  def add_own(tenant, station)
    # expect: stations Isolated
    @db.execute("INSERT INTO stations (id, tenant_id, store_id, name) VALUES (?, ?, ?, ?)", [tenant, *station])
  end

  def replace(tenant, station)
    # expect: stations Leaks
    @db.execute("INSERT OR REPLACE INTO stations (id, tenant_id, store_id, name) VALUES (?, ?, ?, ?)", [tenant, *station])
  end

  def seen(id)
    # expect: stations ByKeyOnly
    @db.execute("UPDATE stations SET last_seen_at = CURRENT_TIMESTAMP WHERE id = ?", [id])
  end

  def seen_own(tenant, id)
    # expect: stations Isolated
    @db.execute("UPDATE stations SET last_seen_at = CURRENT_TIMESTAMP WHERE id = ? AND tenant_id = ?", [id, tenant])
  end

  def sleep
    # expect: stations Leaks
    @db.execute("UPDATE stations SET is_active = 0 WHERE last_seen_at < date('now', '-1 year')")
  end

  def queue(tenant)
    # expect: sync_queue Isolated; stations Isolated
    @db.execute("SELECT s.name, COUNT(*) FROM stations s JOIN sync_queue q ON q.station_id = s.id WHERE s.tenant_id = ? GROUP BY s.id", [tenant])
  end

  def queue_of(station)
    # expect: sync_queue ByKeyOnly
    @db.execute("SELECT id, payload FROM sync_queue WHERE station_id = ? AND status = 'pending'", [station])
  end

  def enqueue(tenant)
    # expect: sync_queue Isolated
    @db.execute("INSERT INTO sync_queue (id, tenant_id, station_id, entity_type, entity_id, operation, payload) " \
                "VALUES (?, ?, ?, ?, ?, 'insert', ?)", [tenant])
  end

  def enqueue_unowned
    # expect: sync_queue NoTenantOnInsert
    @db.execute("INSERT INTO sync_queue (id, station_id, entity_type, entity_id, operation, payload) " \
                "VALUES (?, ?, ?, ?, 'update', ?)")
  end

  def clear
    # expect: sync_queue Leaks
    @db.execute("DELETE FROM sync_queue WHERE status = 'sent'")
  end

  def clear_own(tenant)
    # expect: sync_queue Isolated
    @db.execute("DELETE FROM sync_queue WHERE status = 'sent' AND tenant_id = ?", [tenant])
  end
end
