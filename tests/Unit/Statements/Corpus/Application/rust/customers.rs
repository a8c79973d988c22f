use sqlx::{Row, SqlitePool};

pub struct Customers {
    pool: SqlitePool,
}

// expect: customers Isolated
const BY_TENANT: &str = "SELECT id, name, phone FROM customers WHERE tenant_id = ?1 ORDER BY name";

impl Customers {
    pub async fn all(&self, tenant: &str) -> sqlx::Result<Vec<Customer>> {
        sqlx::query_as(BY_TENANT).bind(tenant).fetch_all(&self.pool).await
    }

    pub async fn everyone(&self) -> sqlx::Result<Vec<Customer>> {
        // expect: customers Leaks
        sqlx::query_as("SELECT id, name, phone FROM customers ORDER BY created_at DESC LIMIT 50")
            .fetch_all(&self.pool)
            .await
    }

    pub async fn get(&self, id: &str) -> sqlx::Result<Option<Customer>> {
        // expect: customers ByKeyOnly
        sqlx::query_as!(Customer, "SELECT id, name, phone FROM customers WHERE id = $1", id)
            .fetch_optional(&self.pool)
            .await
    }

    pub async fn get_scoped(&self, tenant: &str, id: &str) -> sqlx::Result<Option<Customer>> {
        // expect: customers Isolated
        sqlx::query_as("SELECT id, name, phone FROM customers WHERE id = ?2 AND tenant_id = ?1")
            .bind(tenant)
            .bind(id)
            .fetch_optional(&self.pool)
            .await
    }

    pub async fn by_email(&self, email: &str) -> sqlx::Result<Option<Customer>> {
        // expect: customers Leaks
        sqlx::query_as(r#"SELECT id, name, tenant_id FROM customers WHERE email = ?"#)
            .bind(email)
            .fetch_optional(&self.pool)
            .await
    }

    pub async fn search(&self, tenant: &str, text: &str) -> sqlx::Result<Vec<Customer>> {
        // expect: customers Leaks
        sqlx::query_as(
            r#"
            SELECT id, name, phone
            FROM customers
            WHERE tenant_id = ?1 AND name LIKE ?2 OR phone LIKE ?2
            "#,
        )
        .bind(tenant)
        .bind(format!("%{text}%"))
        .fetch_all(&self.pool)
        .await
    }

    pub async fn search_scoped(&self, tenant: &str, text: &str) -> sqlx::Result<Vec<Customer>> {
        // expect: customers Isolated
        sqlx::query_as(
            r#"
            SELECT id, name, phone
            FROM customers
            WHERE tenant_id = ?1 AND (name LIKE ?2 OR phone LIKE ?2)
            "#,
        )
        .bind(tenant)
        .bind(format!("%{text}%"))
        .fetch_all(&self.pool)
        .await
    }

    pub async fn insert(&self, c: &NewCustomer) -> sqlx::Result<()> {
        // expect: customers NoTenantOnInsert
        sqlx::query("INSERT INTO customers (id, name, email, phone) VALUES (?, ?, ?, ?)")
            .bind(&c.id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn insert_scoped(&self, tenant: &str, c: &NewCustomer) -> sqlx::Result<()> {
        // expect: customers Isolated
        sqlx::query("INSERT INTO customers (id, tenant_id, name, email, phone) VALUES (?, ?, ?, ?, ?)")
            .bind(&c.id)
            .bind(tenant)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn rename(&self, id: &str, name: &str) -> sqlx::Result<()> {
        // expect: customers ByKeyOnly
        sqlx::query("UPDATE customers SET name = ?, updated_at = datetime('now') WHERE id = ?")
            .bind(name)
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn rename_scoped(&self, tenant: &str, id: &str, name: &str) -> sqlx::Result<()> {
        // expect: customers Isolated
        sqlx::query(
            "UPDATE customers SET name = ?3, updated_at = datetime('now') \
             WHERE id = ?2 AND tenant_id = ?1",
        )
        .bind(tenant)
        .bind(id)
        .bind(name)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub async fn expire_points(&self) -> sqlx::Result<()> {
        // expect: customers Leaks
        sqlx::query("UPDATE customers SET loyalty_points = 0 WHERE updated_at < ?")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn vehicles_of(&self, customer: &str) -> sqlx::Result<Vec<Vehicle>> {
        // expect: vehicles ByKeyOnly
        sqlx::query_as("SELECT id, make, model FROM vehicles WHERE customer_id = ?")
            .bind(customer)
            .fetch_all(&self.pool)
            .await
    }

    pub async fn garage(&self, tenant: &str) -> sqlx::Result<Vec<Vehicle>> {
        // expect: customers Isolated; vehicles Isolated
        sqlx::query_as(
            "SELECT v.id, v.make, c.name FROM customers c JOIN vehicles v ON v.customer_id = c.id WHERE c.tenant_id = ?",
        )
        .bind(tenant)
        .fetch_all(&self.pool)
        .await
    }

    pub async fn orphans(&self, tenant: &str) -> sqlx::Result<Vec<Vehicle>> {
        // expect: vehicles Leaks
        sqlx::query_as(
            "SELECT v.id, v.plate, c.name FROM vehicles v \
             LEFT JOIN customers c ON c.id = v.customer_id AND c.tenant_id = ?",
        )
        .bind(tenant)
        .fetch_all(&self.pool)
        .await
    }

    pub async fn count(&self, tenant: &str) -> sqlx::Result<i64> {
        // expect: customers Isolated
        sqlx::query_scalar("SELECT COUNT(*) FROM customers WHERE tenant_id = ?")
            .bind(tenant)
            .fetch_one(&self.pool)
            .await
    }

    pub async fn count_all(&self) -> sqlx::Result<i64> {
        // expect: customers Leaks
        sqlx::query_scalar("SELECT COUNT(*) FROM customers").fetch_one(&self.pool).await
    }

    pub async fn delete(&self, id: &str) -> sqlx::Result<()> {
        // expect: vehicles ByKeyOnly
        sqlx::query("DELETE FROM vehicles WHERE id = ?").bind(id).execute(&self.pool).await?;
        Ok(())
    }

    pub async fn delete_scoped(&self, tenant: &str, id: &str) -> sqlx::Result<()> {
        // expect: vehicles Isolated
        sqlx::query("DELETE FROM vehicles WHERE id = ? AND tenant_id = ?")
            .bind(id)
            .bind(tenant)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
