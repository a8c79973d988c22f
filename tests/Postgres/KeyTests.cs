using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Keys, defaults and expressions: what SQLite and PostgreSQL do differently, and what there is instead.</summary>
public sealed class KeyTests : TargetTest
{
    [Fact]
    public void Primary_key_with_NULL_becomes_UNIQUE()
    {
        Sqlite("CREATE TABLE v (id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (NULL, 'a'), (NULL, 'a'), ('x', 'a');");
        Copy().Warnings.ShouldContain(w => w.Contains("UNIQUE (tenant_id, id) instead of the primary key", StringComparison.Ordinal));
        PsqlError("INSERT INTO v VALUES ('x', 'a')").ShouldContain("duplicate key");
        Psql("INSERT INTO v VALUES (NULL, 'a') RETURNING tenant_id").ShouldBe("a");
    }

    [Fact]
    public void Counter_of_AUTOINCREMENT_goes_on_after_deleted_rows()
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY AUTOINCREMENT, tenant_id TEXT NOT NULL);
            INSERT INTO v VALUES (1, 'a'), (900, 'a'); DELETE FROM v WHERE id = 900;
            CREATE TABLE w (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            INSERT INTO w VALUES (41, 'a');
            """);
        _ = Copy();
        Psql("INSERT INTO v (tenant_id) VALUES ('a') RETURNING id").ShouldBe("901");
        Psql("INSERT INTO w (tenant_id) VALUES ('a') RETURNING id").ShouldBe("42");
    }

    [Fact]
    public void NOCASE_stays_ASCII_only_in_a_unique_key()
    {
        Sqlite(
            """
            CREATE TABLE v (n TEXT COLLATE NOCASE UNIQUE, tenant_id TEXT NOT NULL);
            INSERT INTO v VALUES ('É', 'a'), ('é', 'a'), ('x', 'a');
            """);
        _ = Copy();
        PsqlError("INSERT INTO v VALUES ('X', 'a')").ShouldContain("duplicate key");
        Psql("INSERT INTO v VALUES ('X', 'b') RETURNING n").ShouldBe("X");
    }

    [Fact]
    public void Defaults_give_the_same_text()
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, a TEXT DEFAULT CURRENT_TIMESTAMP, b TEXT DEFAULT (datetime('now')),
                c TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')), d TEXT DEFAULT 'it''s', e INTEGER DEFAULT -5, f REAL DEFAULT 0.1,
                g TEXT DEFAULT (hex(randomblob(4))), h INTEGER DEFAULT TRUE, tenant_id TEXT NOT NULL DEFAULT 'a');
            INSERT INTO v (id) VALUES (1);
            """);
        Copy().Warnings.ShouldContain("v: Column g has no DEFAULT: PostgreSQL has no equal of hex(randomblob(4)).");
        Psql("INSERT INTO v (tenant_id) VALUES ('a') RETURNING length(a), length(b), substr(c, 11, 1) || right(c, 1), d, e, f, g, h")
            .ShouldBe("19|19|TZ|it's|-5|0.1||1");
        Psql("SELECT b ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$' FROM v WHERE id = 2").ShouldBe("t");
        PsqlError("INSERT INTO v (id) VALUES (3)").ShouldContain("tenant_id");
    }

    [Fact]
    public void Checks_and_computed_columns_that_mean_the_same_are_kept_and_others_are_named()
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, n INTEGER CHECK (n BETWEEN 0 AND 10), t TEXT CHECK (t LIKE 'a%'),
                twice INTEGER AS (n * 2) STORED, more REAL AS (n * 1.1), half REAL AS (n / 2.0), tenant_id TEXT NOT NULL);
            INSERT INTO v VALUES (1, 3, 'abc', 'a');
            CREATE INDEX i1 ON v (n) WHERE t IS NOT NULL;
            CREATE INDEX i2 ON v (n) WHERE t GLOB 'x*';
            CREATE UNIQUE INDEX i3 ON v (lower(t));
            """);
        IReadOnlyList<string> warnings = Copy().Warnings;
        warnings.ShouldContain("v: CHECK (t LIKE 'a%') is not created: PostgreSQL has no equal of it.");
        warnings.ShouldContain("v: Column half keeps its values, but PostgreSQL does not compute it: it has no equal of its expression.");
        warnings.ShouldContain("v: Index i2 is not created: PostgreSQL has no equal of its condition.");
        Psql("SELECT twice, more, half FROM v").ShouldBe("6|3.3000000000000003|1.5");
        Psql("SELECT attgenerated FROM pg_attribute WHERE attrelid = 'v'::regclass AND attname = 'more'").ShouldBe("s");
        PsqlError("INSERT INTO v (n, t, tenant_id) VALUES (11, 'x', 'a')").ShouldContain("v_n_check");
        PsqlError("INSERT INTO v (n, t, tenant_id) VALUES (1, 'ABC', 'a')").ShouldContain("i3");
    }

    [Fact]
    public void Rows_that_reference_nothing_or_another_tenant_are_refused_with_the_first()
    {
        Sqlite(
            """
            CREATE TABLE p (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p, tenant_id TEXT NOT NULL);
            INSERT INTO p VALUES (1, 'a'), (2, 'b');
            INSERT INTO c VALUES (1, 1, 'a'), (2, 2, 'a'), (3, 99, 'a');
            """);
        Refused().Message.ShouldContain("The foreign key (p) to p: 2 rows reference no row of the same tenant there (first: rowid 2), " +
            "and PostgreSQL takes such rows with -DanglingReference Keep alone");
    }

    [Fact]
    public void Tables_that_reference_each_other_are_copied_and_replaced()
    {
        Sqlite(
            """
            CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id) ON DELETE CASCADE, tenant_id TEXT NOT NULL);
            CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id) ON DELETE CASCADE,
                me INTEGER REFERENCES b, tenant_id TEXT NOT NULL);
            INSERT INTO a VALUES (1, 1, 'x'), (2, NULL, 'x');
            INSERT INTO b VALUES (1, 2, 2, 'x'), (2, 1, 1, 'x');
            """);
        _ = Copy();
        Sqlite("UPDATE a SET b = 2 WHERE id = 2");
        _ = Copy();
        Psql("SELECT b FROM a WHERE id = 2").ShouldBe("2");
        Psql("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated AND connamespace = 'public'::regnamespace")
            .ShouldBe("3");
        PsqlError("UPDATE a SET b = 77 WHERE id = 2").ShouldContain("a_b_fkey");
    }

    [Fact]
    public void Deferrable_foreign_key_stays_deferrable()
    {
        Sqlite(
            """
            CREATE TABLE p (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, tenant_id TEXT NOT NULL);
            INSERT INTO p VALUES (1, 'a');
            """);
        _ = Copy();
        Psql("BEGIN; INSERT INTO c VALUES (5, 'a'); INSERT INTO p VALUES (5, 'a'); COMMIT; SELECT count(*) FROM c").ShouldBe("1");
    }

    [Fact]
    public void Deleted_parent_sets_the_reference_to_NULL_and_not_the_tenant()
    {
        Sqlite(
            """
            CREATE TABLE p (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            CREATE TABLE c (p INTEGER REFERENCES p (id) ON DELETE SET NULL, tenant_id TEXT NOT NULL);
            INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1, 'a');
            """);
        _ = Copy();
        Psql("DELETE FROM p; SELECT coalesce(p, -1), tenant_id FROM c").ShouldBe("-1|a");
    }

    [Fact]
    public void Table_of_a_full_text_index_is_left_and_one_with_content_of_its_own_is_refused()
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, n TEXT, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 'x', 'a');
            CREATE VIRTUAL TABLE f USING fts5(n, content='v', content_rowid='id');
            """);
        _ = Copy();
        Sqlite("CREATE VIRTUAL TABLE g USING fts5(n)");
        Refused().Message.ShouldContain("g: a virtual table with content of its own");
    }
}
