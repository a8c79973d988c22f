<?php

function lists(PDO $db, string $tenant, ?string $name, string $order): void
{
    // expect: promotions Isolated
    $sql = "SELECT id, name FROM promotions WHERE tenant_id = ?";
    if ($name !== null) {
        $sql .= " AND name = ?";
    }
    $db->prepare($sql);

    // expect: promotions Leaks
    $all = "SELECT id, name FROM promotions WHERE is_active = 1";
    if ($name !== null) {
        $all .= " AND name = ?";
    }
    $db->prepare($all);

    // expect: - NotChecked
    $db->query("SELECT id, name FROM promotions WHERE tenant_id = ? ORDER BY $order");

    // expect: - NotChecked
    $db->query("SELECT id FROM promotions WHERE name = '$name'");

    // expect: - NotChecked
    $db->query("SELECT id FROM promotions WHERE tenant_id = ? AND name = '" . $name . "'");

    // expect: promotions AllTenants
    // postenancy: all tenants, because the newsletter of the franchise names the promotions of all shops
    $db->query("SELECT name, starts_at FROM promotions WHERE starts_at > date('now')");

    // expect: promotions Leaks
    // postenancy: all tenants
    $db->query("SELECT name, ends_at FROM promotions WHERE ends_at > date('now')");

    // expect: promotions Leaks
    $db->query("SELECT name FROM promotions WHERE tenant_id = 'caps-automotive' LIMIT 5");

    // expect: promotions Leaks
    $db->query("SELECT name, tenant_id FROM promotions ORDER BY starts_at DESC LIMIT 1");

    // expect: promotions Leaks
    $db->prepare("SELECT p.code FROM promotions p LEFT JOIN promotion_usage u ON u.promotion_id = p.id AND u.tenant_id = ?");

    // expect: promotions Isolated; promotion_usage Isolated
    $db->prepare("SELECT p.code, COUNT(u.id) FROM promotions p LEFT JOIN promotion_usage u ON u.promotion_id = p.id WHERE p.tenant_id = ? GROUP BY p.id");

    // expect: promotions Leaks
    $db->prepare("SELECT code FROM promotions WHERE tenant_id = ? AND discount_cents >= (SELECT MAX(discount_cents) FROM promotions)");

    // expect: customers Isolated; promotion_usage Isolated
    $db->prepare("SELECT name FROM customers WHERE tenant_id = ? AND id IN (SELECT customer_id FROM promotion_usage WHERE tenant_id = ?)");

    // expect: price_levels SharedTable
    $db->query("SELECT code, name FROM price_levels WHERE discount_bp > 0");

    // expect: customers Isolated
    $db->prepare("SELECT name, company FROM customers WHERE tenant_id = ?");

    // expect: customers NotChecked
    $db->prepare("SELECT initials(name) FROM customers WHERE tenant_id = ?");

    // expect: users Isolated; audit_log NoTenantOnInsert
    $db->prepare("UPDATE users SET role = 'cashier', is_active = 1 WHERE tenant_id = ? AND username = ?");

    // expect: products Leaks
    $db->query("SELECT product_id FROM v_low_stock");
}
