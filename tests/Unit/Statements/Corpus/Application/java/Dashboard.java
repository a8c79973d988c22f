package shop.data;

import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

class Dashboard {
    private final JdbcTemplate jdbc;

    Dashboard(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    Object page(String tenant, Integer year, String order) {
        // expect: commissions Isolated
        StringBuilder sql = new StringBuilder("SELECT id, amount_cents FROM commissions WHERE tenant_id = ?");
        if (year != null) {
            sql.append(" AND strftime('%Y', earned_at) = ?");
        }
        jdbc.queryForList(sql.toString(), tenant, year);

        // expect: - NotChecked
        jdbc.queryForList("SELECT id FROM commissions WHERE tenant_id = ? ORDER BY " + order, tenant);

        // expect: - NotChecked
        jdbc.queryForList(String.format("SELECT id FROM %s WHERE tenant_id = ?", order), tenant);

        // expect: commissions Isolated
        jdbc.queryForObject("SELECT COUNT(*) FROM commissions WHERE tenant_id = ?", Long.class, tenant);

        // expect: commissions Leaks
        jdbc.queryForObject("SELECT COUNT(*) FROM commissions", Long.class);

        // expect: commissions Leaks
        jdbc.queryForList("SELECT id, earned_at FROM commissions WHERE tenant_id = ? OR paid_at IS NULL", tenant);

        // expect: commissions Leaks
        jdbc.queryForList("SELECT tenant_id, amount_cents FROM commissions ORDER BY amount_cents DESC LIMIT 1");

        // expect: commissions Leaks
        jdbc.queryForList("SELECT amount_cents FROM commissions WHERE tenant_id = 'caps-automotive'");

        // expect: commissions Leaks; commission_rules Isolated
        jdbc.queryForList(
            "SELECT c.id, r.name FROM commissions c LEFT JOIN commission_rules r ON r.id = c.rule_id AND r.tenant_id = ?", tenant);

        // expect: commissions Isolated; commission_rules Isolated
        jdbc.queryForList(
            "SELECT c.id, r.name FROM commissions c JOIN commission_rules r ON r.id = c.rule_id WHERE c.tenant_id = ?", tenant);

        // expect: commission_rules Isolated; commissions Isolated
        jdbc.queryForList(
            "SELECT r.name FROM commission_rules r WHERE r.tenant_id = ? "
                + "AND NOT EXISTS (SELECT 1 FROM commissions c WHERE c.rule_id = r.id)", tenant);

        // expect: commissions Leaks
        jdbc.queryForList(
            "SELECT r.name, (SELECT SUM(amount_cents) FROM commissions) FROM commission_rules r WHERE r.tenant_id = ?", tenant);

        // expect: commissions AllTenants
        // postenancy: all tenants, because payroll of the franchise runs once for all shops
        jdbc.queryForList("SELECT id, amount_cents FROM commissions WHERE earned_at >= ?", year);

        // expect: users Isolated; audit_log NoTenantOnInsert
        jdbc.update("UPDATE users SET role = 'manager' WHERE id = ? AND tenant_id = ?", order, tenant);

        // expect: users Leaks; audit_log NoTenantOnInsert
        jdbc.update("UPDATE users SET is_active = 0 WHERE role = 'cashier'");

        // expect: sessions ByKeyOnly
        jdbc.update("DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE id = ?)", order);

        // expect: price_levels SharedTable
        jdbc.queryForList("SELECT name FROM price_levels");

        // expect: work_orders Leaks
        jdbc.queryForList("SELECT number, status FROM v_open_work_orders WHERE status = ?", order);

        // expect: settings NotChecked
        return jdbc.queryForList("SELECT shop_name FROM settings WHERE tenant_id = ?", tenant);
    }
}
