package shop.data;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

public final class Commissions {
    // expect: commissions Isolated
    private static final String OPEN = "SELECT id, amount_cents FROM commissions WHERE tenant_id = ? AND paid_at IS NULL";

    // expect: commissions Leaks
    private static final String OPEN_OF_ALL = "SELECT id, amount_cents FROM commissions WHERE paid_at IS NULL";

    // expect: commission_rules Isolated
    private static final String RULES =
        "SELECT id, name, rate_bp "
            + "FROM commission_rules "
            + "WHERE tenant_id = ? "
            + "ORDER BY name";

    // expect: commission_rules Leaks
    private static final String RULE_BY_NAME = "SELECT id, rate_bp FROM commission_rules WHERE name = ?";

    private final Connection connection;

    public Commissions(Connection connection) {
        this.connection = connection;
    }

    public PreparedStatement get() throws SQLException {
        // expect: commissions ByKeyOnly
        return connection.prepareStatement("SELECT amount_cents, earned_at FROM commissions WHERE id = ?");
    }

    public PreparedStatement ofOrder() throws SQLException {
        // expect: commissions ByKeyOnly
        return connection.prepareStatement("SELECT amount_cents FROM commissions WHERE work_order_id = ?");
    }

    public PreparedStatement ofOwnOrder() throws SQLException {
        // expect: commissions Isolated
        return connection.prepareStatement("SELECT amount_cents FROM commissions WHERE work_order_id = ? AND tenant_id = ?");
    }

    public PreparedStatement splits() throws SQLException {
        // expect: commission_splits ByKeyOnly
        return connection.prepareStatement("SELECT user_id, share_bp FROM commission_splits WHERE commission_id = ?");
    }

    public PreparedStatement ownSplits() throws SQLException {
        // expect: commission_splits Isolated
        return connection.prepareStatement("""
            SELECT user_id, share_bp FROM commission_splits
            WHERE commission_id IN (SELECT id FROM commissions WHERE tenant_id = ?)
            """);
    }

    public PreparedStatement earnings() throws SQLException {
        // expect: commission_splits Isolated; commissions Isolated; users Isolated
        return connection.prepareStatement("""
            SELECT u.display_name, SUM(c.amount_cents * s.share_bp / 10000)
            FROM commissions c
            JOIN commission_splits s ON s.commission_id = c.id
            JOIN users u ON u.id = s.user_id
            WHERE c.tenant_id = ?
            GROUP BY u.id
            """);
    }

    public PreparedStatement earningsOfAll() throws SQLException {
        // expect: commission_splits Leaks; commissions Leaks; users Leaks
        return connection.prepareStatement("""
            SELECT u.display_name, SUM(c.amount_cents * s.share_bp / 10000)
            FROM commissions c
            JOIN commission_splits s ON s.commission_id = c.id
            JOIN users u ON u.id = s.user_id
            GROUP BY u.id
            """);
    }

    public PreparedStatement addRule() throws SQLException {
        // expect: commission_rules NoTenantOnInsert
        return connection.prepareStatement("INSERT INTO commission_rules (id, name, rate_bp) VALUES (?, ?, ?)");
    }

    public PreparedStatement addOwnRule() throws SQLException {
        // expect: commission_rules Isolated
        return connection.prepareStatement("INSERT INTO commission_rules (id, tenant_id, name, rate_bp) VALUES (?, ?, ?, ?)");
    }

    public PreparedStatement upsertRule() throws SQLException {
        // expect: commission_rules Isolated
        return connection.prepareStatement(
            "INSERT INTO commission_rules (id, tenant_id, name, rate_bp) VALUES (?, ?, ?, ?) "
                + "ON CONFLICT (tenant_id, name) DO UPDATE SET rate_bp = excluded.rate_bp");
    }

    public PreparedStatement replaceRule() throws SQLException {
        // expect: commission_rules Leaks
        return connection.prepareStatement("REPLACE INTO commission_rules (id, tenant_id, name, rate_bp) VALUES (?, ?, ?, ?)");
    }

    public PreparedStatement pay() throws SQLException {
        // expect: commissions ByKeyOnly
        return connection.prepareStatement("UPDATE commissions SET paid_at = CURRENT_TIMESTAMP WHERE id = ?");
    }

    public PreparedStatement payOwn() throws SQLException {
        // expect: commissions Isolated
        return connection.prepareStatement("UPDATE commissions SET paid_at = CURRENT_TIMESTAMP WHERE id = ? AND tenant_id = ?");
    }

    public PreparedStatement payAll() throws SQLException {
        // expect: commissions Leaks
        return connection.prepareStatement("UPDATE commissions SET paid_at = CURRENT_TIMESTAMP WHERE paid_at IS NULL");
    }

    public PreparedStatement deleteRule(String name) throws SQLException {
        // expect: - NotChecked
        return connection.prepareStatement("DELETE FROM commission_rules WHERE tenant_id = ? AND name = '" + name + "'");
    }
}
