package shop.data

import java.sql.Connection

// expect: vehicles Isolated
const val VEHICLES = "SELECT id, vin, plate FROM vehicles WHERE tenant_id = ?"

// expect: vehicles Leaks
const val VEHICLE_BY_PLATE = "SELECT id, vin, plate FROM vehicles WHERE plate = ?"

class Fleet(private val db: Connection) {
    fun get(id: String) =
        // expect: vehicles ByKeyOnly
        db.prepareStatement("SELECT make, model, year FROM vehicles WHERE id = ?")

    fun own(tenant: String, id: String) =
        // expect: vehicles Isolated
        db.prepareStatement("SELECT make, model, year FROM vehicles WHERE id = ? AND tenant_id = ?")

    fun byVin(tenant: String, vin: String) =
        // expect: vehicles Isolated
        db.prepareStatement("""
            SELECT make, model, year
            FROM vehicles
            WHERE tenant_id = ? AND vin = ?
        """.trimIndent())

    fun byVinAnywhere(vin: String) =
        // expect: vehicles Leaks
        db.prepareStatement("""
            SELECT make, model, year
            FROM vehicles
            WHERE vin = ?
        """.trimIndent())

    fun newer(tenant: String) =
        // expect: vehicles Leaks
        db.prepareStatement("SELECT vin FROM vehicles WHERE tenant_id = ? OR year > 2015")

    fun owners(tenant: String) =
        // expect: vehicles Isolated; customers Isolated
        db.prepareStatement(
            "SELECT v.plate, c.name " +
                "FROM vehicles v " +
                "JOIN customers c ON c.id = v.customer_id " +
                "WHERE v.tenant_id = ?",
        )

    fun ownersWrong(tenant: String) =
        // expect: vehicles Isolated; customers Leaks
        db.prepareStatement("SELECT v.plate, c.name FROM vehicles v JOIN customers c ON c.phone = v.plate OR 1 = 1 WHERE v.tenant_id = ?")

    fun schedules(tenant: String) =
        // expect: vehicles Isolated; maintenance_schedules Leaks
        db.prepareStatement(
            """SELECT v.id, m.service_name FROM vehicles v
               JOIN maintenance_schedules m ON m.make = v.make AND m.model = v.model
               WHERE v.tenant_id = ?""",
        )

    fun ownSchedules(tenant: String) =
        // expect: vehicles Isolated; maintenance_schedules Isolated
        db.prepareStatement(
            """SELECT v.id, m.service_name FROM vehicles v
               JOIN maintenance_schedules m ON m.make = v.make AND m.model = v.model AND m.tenant_id = v.tenant_id
               WHERE v.tenant_id = ?""",
        )

    fun add() =
        // expect: vehicles NoTenantOnInsert
        db.prepareStatement("INSERT INTO vehicles (id, customer_id, vin, make, model, year) VALUES (?, ?, ?, ?, ?, ?)")

    fun addOwn(tenant: String) =
        // expect: vehicles Isolated
        db.prepareStatement("INSERT INTO vehicles (id, tenant_id, customer_id, vin, make, model, year) VALUES (?, ?, ?, ?, ?, ?, ?)")

    fun addDefault() =
        // expect: vehicles NoTenantOnInsert
        db.prepareStatement("INSERT OR IGNORE INTO vehicles (id, customer_id, make, model, year) VALUES (?, ?, ?, ?, 2020)")

    fun odometer(id: String) =
        // expect: vehicles ByKeyOnly
        db.prepareStatement("UPDATE vehicles SET odometer_miles = ? WHERE id = ?")

    fun ownOdometer(tenant: String) =
        // expect: vehicles Isolated
        db.prepareStatement("UPDATE vehicles SET odometer_miles = ? WHERE id = ? AND tenant_id = ?")

    fun resetOdometers() =
        // expect: vehicles Leaks
        db.prepareStatement("UPDATE vehicles SET odometer_miles = NULL WHERE odometer_miles = 0")

    fun move(tenant: String) =
        // expect: vehicles Isolated
        db.prepareStatement("UPDATE vehicles SET customer_id = ? WHERE customer_id = ? AND tenant_id = ?")

    fun moveAny() =
        // expect: vehicles ByKeyOnly
        db.prepareStatement("UPDATE vehicles SET customer_id = ? WHERE customer_id = ?")

    fun scrap(tenant: String) =
        // expect: vehicles Isolated
        db.prepareStatement("DELETE FROM vehicles WHERE tenant_id = ? AND year < ?")

    fun scrapAll() =
        // expect: vehicles Leaks
        db.prepareStatement("DELETE FROM vehicles WHERE year < ?")
}
