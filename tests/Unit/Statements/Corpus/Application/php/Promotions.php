<?php

declare(strict_types=1);

final class Promotions
{
    // expect: promotions Isolated
    private const CURRENT = "SELECT id, code, name FROM promotions WHERE tenant_id = ? AND is_active = 1";

    // expect: promotions Leaks
    private const BY_CODE = 'SELECT id, discount_bp FROM promotions WHERE code = ?';

    public function __construct(private PDO $db)
    {
    }

    public function get(string $id): array
    {
        // expect: promotions ByKeyOnly
        $statement = $this->db->prepare('SELECT * FROM promotions WHERE id = :id');
        $statement->execute(['id' => $id]);
        return $statement->fetch();
    }

    public function own(string $tenant, string $code): array
    {
        // expect: promotions Isolated
        $statement = $this->db->prepare('SELECT * FROM promotions WHERE code = :code AND tenant_id = :tenant');
        $statement->execute(compact('tenant', 'code'));
        return $statement->fetch();
    }

    public function ending(string $tenant): array
    {
        // expect: promotions Leaks
        $statement = $this->db->prepare(
            'SELECT id, name FROM promotions ' .
            'WHERE tenant_id = ? AND ends_at IS NULL ' .
            'OR starts_at > ?'
        );
        $statement->execute([$tenant, '2026-01-01']);
        return $statement->fetchAll();
    }

    public function endingOwn(string $tenant): array
    {
        // expect: promotions Isolated
        $statement = $this->db->prepare(
            'SELECT id, name FROM promotions ' .
            'WHERE tenant_id = ? AND (ends_at IS NULL ' .
            'OR starts_at > ?)'
        );
        $statement->execute([$tenant, '2026-01-01']);
        return $statement->fetchAll();
    }

    public function usage(string $promotion): array
    {
        // expect: promotion_usage ByKeyOnly
        $statement = $this->db->prepare("SELECT customer_id, discount_cents FROM promotion_usage WHERE promotion_id = ?");
        $statement->execute([$promotion]);
        return $statement->fetchAll();
    }

    public function usageOwn(string $tenant): array
    {
        // expect: promotion_usage Isolated; promotions Isolated; customers Isolated
        $statement = $this->db->prepare(<<<SQL
            SELECT p.code, c.name, u.discount_cents
            FROM promotion_usage u
            JOIN promotions p ON p.id = u.promotion_id
            LEFT JOIN customers c ON c.id = u.customer_id
            WHERE u.tenant_id = ?
            SQL);
        $statement->execute([$tenant]);
        return $statement->fetchAll();
    }

    public function use(string $tenant): void
    {
        // expect: promotion_usage NoTenantOnInsert
        $this->db->prepare('INSERT INTO promotion_usage (id, promotion_id, discount_cents) VALUES (?, ?, ?)');
        // expect: promotion_usage Isolated
        $this->db->prepare('INSERT INTO promotion_usage (id, tenant_id, promotion_id, discount_cents) VALUES (?, ?, ?, ?)');
        // expect: promotions Leaks
        $this->db->prepare("INSERT INTO promotions (id, tenant_id, code, name, discount_cents, starts_at) VALUES (?, ?, ?, ?, 100, ?)");
    }

    public function end(string $tenant): void
    {
        // expect: promotions ByKeyOnly
        $this->db->prepare('UPDATE promotions SET ends_at = CURRENT_TIMESTAMP WHERE id = ?');
        // expect: promotions Isolated
        $this->db->prepare('UPDATE promotions SET ends_at = CURRENT_TIMESTAMP WHERE id = ? AND tenant_id = ?');
        // expect: promotions Leaks
        $this->db->prepare('UPDATE promotions SET is_active = 0 WHERE ends_at < CURRENT_TIMESTAMP');
        // expect: promotion_usage Isolated
        $this->db->prepare('DELETE FROM promotion_usage WHERE tenant_id = ? AND promotion_id = ?');
        // expect: promotion_usage ByKeyOnly
        $this->db->prepare('DELETE FROM promotion_usage WHERE promotion_id = ?');
        // expect: promotion_usage Leaks
        $this->db->exec('DELETE FROM promotion_usage');
    }

    public function totals(string $tenant): void
    {
        // expect: promotion_usage Isolated
        $this->db->prepare('SELECT promotion_id, COUNT(*) FROM promotion_usage WHERE tenant_id = ? GROUP BY promotion_id');
        // expect: promotion_usage Leaks
        $this->db->query('SELECT promotion_id, COUNT(*) FROM promotion_usage GROUP BY promotion_id');
    }
}
