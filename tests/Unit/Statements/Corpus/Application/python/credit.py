"""House credit: accounts, their movements and statements."""

import sqlite3

# expect: credit_accounts Isolated
ACCOUNTS = "SELECT account_number, balance_cents FROM credit_accounts WHERE tenant_id = ?"

# expect: credit_accounts Leaks
OVERDRAWN = "SELECT account_number, balance_cents, tenant_id FROM credit_accounts WHERE balance_cents > limit_cents"


def account(db: sqlite3.Connection, account_id: str):
    # expect: credit_accounts ByKeyOnly
    return db.execute("SELECT * FROM credit_accounts WHERE id = ?", (account_id,)).fetchone()


def account_of(db, tenant, customer):
    # expect: credit_accounts Isolated
    return db.execute(
        "SELECT * FROM credit_accounts "
        "WHERE tenant_id = :tenant "
        "AND customer_id = :customer",
        {"tenant": tenant, "customer": customer},
    ).fetchone()


def account_of_customer(db, customer):
    # expect: credit_accounts ByKeyOnly
    return db.execute("SELECT * FROM credit_accounts WHERE customer_id = :customer", {"customer": customer}).fetchone()


def charge(db, tenant, account_id, cents):
    # expect: credit_accounts Isolated
    db.execute(
        """
        UPDATE credit_accounts
        SET balance_cents = balance_cents + ?
        WHERE id = ? AND tenant_id = ? AND is_frozen = 0
        """,
        (cents, account_id, tenant),
    )
    # expect: credit_transactions NoTenantOnInsert
    db.execute(
        """
        INSERT INTO credit_transactions (id, account_id, kind, amount_cents)
        VALUES (?, ?, 'charge', ?)
        """,
        (account_id, cents),
    )


def pay(db, tenant, account_id, cents):
    # expect: credit_accounts ByKeyOnly
    db.execute("UPDATE credit_accounts SET balance_cents = balance_cents - ? WHERE id = ?", (cents, account_id))
    # expect: credit_transactions Isolated
    db.execute(
        """
        INSERT INTO credit_transactions (id, tenant_id, account_id, kind, amount_cents)
        VALUES (?, ?, ?, 'payment', ?)
        """,
        (tenant, account_id, cents),
    )


def freeze_all(db):
    # expect: credit_accounts Leaks
    db.execute("UPDATE credit_accounts SET is_frozen = 1 WHERE balance_cents > limit_cents")


def movements(db, tenant):
    # expect: credit_transactions Isolated; credit_accounts Isolated; customers Isolated
    return db.execute(
        """
        SELECT t.posted_at, t.amount_cents, c.name
        FROM credit_transactions t
        JOIN credit_accounts a ON a.id = t.account_id
        JOIN customers c ON c.id = a.customer_id
        WHERE t.tenant_id = ?
        ORDER BY t.posted_at
        """,
        (tenant,),
    ).fetchall()


def movements_of(db, account_id):
    # expect: credit_transactions ByKeyOnly
    return db.execute("SELECT * FROM credit_transactions WHERE account_id = ?", (account_id,)).fetchall()


def exposure(db, tenant):
    # expect: credit_accounts Isolated
    own = db.execute("SELECT SUM(limit_cents) FROM credit_accounts WHERE tenant_id = ?", (tenant,)).fetchone()
    # expect: credit_accounts Leaks
    every = db.execute("SELECT SUM(limit_cents) FROM credit_accounts").fetchone()
    return own, every


def statements(db, tenant, period):
    # expect: ar_statements Isolated
    db.execute(
        "INSERT INTO ar_statements (id, tenant_id, account_id, period_start, period_end, opening_cents, closing_cents) "
        "SELECT lower(hex(randomblob(16))), tenant_id, id, :start, :end, 0, balance_cents "
        "FROM credit_accounts WHERE tenant_id = :tenant",
        {"tenant": tenant},
    )
    # expect: ar_statements Leaks; credit_accounts Leaks
    db.execute(
        "INSERT INTO ar_statements (id, tenant_id, account_id, period_start, period_end, opening_cents, closing_cents) "
        "SELECT lower(hex(randomblob(16))), tenant_id, id, :start, :end, 0, balance_cents FROM credit_accounts",
        {"start": period},
    )


def purge(db, tenant):
    # expect: ar_statements Isolated
    db.execute("DELETE FROM ar_statements WHERE tenant_id = ? AND period_end < ?", (tenant, "2020-01-01"))
    # expect: ar_statements Leaks
    db.execute("DELETE FROM ar_statements WHERE period_end < date('now', '-7 years')")
    # expect: ar_statements ByKeyOnly
    db.execute("DELETE FROM ar_statements WHERE account_id = ?", (tenant,))
