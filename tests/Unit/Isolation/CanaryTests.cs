namespace PosTenancy.Tests.Isolation;

/// <summary>A canary row must be possible in every kind of table; without one, nothing may be Passed.</summary>
public sealed class CanaryTests : IsolationFolder
{
    private const string Column = "tenant_id TEXT NOT NULL DEFAULT 'caps-automotive'";

    [Theory]
    [InlineData(
        "CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, code TEXT UNIQUE NOT NULL, C) ; INSERT INTO t VALUES ('a-1', 'AB', 'caps-automotive')"
    )]
    [InlineData(
        "CREATE TABLE t(code TEXT NOT NULL UNIQUE CHECK (length(code) = 3 AND code GLOB '[A-Z][A-Z][A-Z]'), C); INSERT INTO t VALUES " +
        "('EUR', 'caps-automotive')"
    )]
    [InlineData("CREATE TABLE t(code TEXT NOT NULL UNIQUE CHECK (length(code) = 3 AND code GLOB '[A-Z][A-Z][A-Z]'), C)")]
    [InlineData("CREATE TABLE t(kind TEXT NOT NULL CHECK (kind IN ('part', 'labour')), n INTEGER NOT NULL CHECK (n BETWEEN 5 AND 9), C)")]
    [InlineData(
        "CREATE TABLE t(kind TEXT NOT NULL UNIQUE CHECK (kind IN ('part', 'labour')), C); INSERT INTO t VALUES ('part', 'caps-automotive')"
    )]
    [InlineData("CREATE TABLE t(a INTEGER, b INTEGER, C, CHECK ((a IS NULL) <> (b IS NULL)))")]
    [InlineData("CREATE TABLE t(a INTEGER NOT NULL, b INTEGER NOT NULL, C, CONSTRAINT \"in order\" CHECK (a <= b), CHECK (a > 10))")]
    [InlineData("CREATE TABLE t(a TEXT NOT NULL CHECK (json_valid(a)), d TEXT NOT NULL CHECK (date(d) IS NOT NULL), C)")]
    [InlineData("CREATE TABLE t(a TEXT, b TEXT, C, PRIMARY KEY (a, b)) WITHOUT ROWID")]
    [InlineData("CREATE TABLE t(a INT, b TEXT NOT NULL, c REAL NOT NULL, d BLOB NOT NULL, e ANY NOT NULL, C) STRICT")]
    [InlineData(
        "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL COLLATE NOCASE UNIQUE, C); INSERT INTO t VALUES " +
        "(9223372036854775806, 'A', 'caps-automotive')"
    )]
    [InlineData("CREATE TABLE t(a INTEGER NOT NULL, b AS (a * 2) STORED UNIQUE, c AS (a + 1) NOT NULL, C); INSERT INTO t(a) VALUES (1)")]
    [InlineData("CREATE TABLE t(a TEXT, C); CREATE UNIQUE INDEX u ON t(lower(a)); INSERT INTO t VALUES ('X', 'caps-automotive')")]
    [InlineData(
        "CREATE TABLE t(is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)), C); CREATE UNIQUE INDEX u ON t(is_default) WHERE " +
        "is_default = 1; INSERT INTO t VALUES (1, 'caps-automotive')"
    )]
    [InlineData("CREATE TABLE t(a INTEGER, b INTEGER, C, UNIQUE (a, b)); INSERT INTO t VALUES (9223372036854775807, 1, 'caps-automotive')")]
    [InlineData(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t(id), C); INSERT INTO t VALUES (1, NULL, 'caps-automotive'), " +
        "(2, 1, 'caps-automotive')"
    )]
    [InlineData("CREATE TABLE t(id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES t(id), C)")]
    [InlineData(
        "CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, other TEXT NOT NULL REFERENCES u(id), C); CREATE TABLE u(id TEXT PRIMARY KEY NOT " +
        "NULL, back TEXT NOT NULL REFERENCES t(id), C)"
    )]
    [InlineData(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, u INTEGER NOT NULL REFERENCES u, C); CREATE TABLE u(id INTEGER PRIMARY KEY, t INTEGER " +
        "REFERENCES t(id), C)"
    )]
    [InlineData(
        "CREATE TABLE p(a TEXT, b INTEGER, C, PRIMARY KEY (a, b)); CREATE TABLE t(x TEXT NOT NULL, y INTEGER NOT NULL, C, FOREIGN KEY " +
        "(x, y) REFERENCES p ON DELETE RESTRICT)"
    )]
    [InlineData(
        "CREATE TABLE p(id TEXT PRIMARY KEY NOT NULL, C); CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL REFERENCES p(id) ON DELETE " +
        "RESTRICT, C); CREATE TABLE s(id TEXT NOT NULL REFERENCES t(id) ON DELETE RESTRICT, C)"
    )]
    [InlineData(
        "CREATE TABLE p(sku TEXT NOT NULL, C, UNIQUE (tenant_id, sku)); CREATE TABLE t(sku TEXT NOT NULL, C, FOREIGN KEY (tenant_id, " +
        "sku) REFERENCES p(tenant_id, sku)); INSERT INTO p VALUES ('a', 'caps-automotive'); INSERT INTO t VALUES ('a', 'caps-automotive')"
    )]
    [InlineData(
        "CREATE TABLE \"t \"\"x\"\" [é] 'y'\"(\"a b\" TEXT NOT NULL UNIQUE, \"select\" INTEGER NOT NULL CHECK (\"select\" > 3), C); " +
        "INSERT INTO \"t \"\"x\"\" [é] 'y'\" VALUES ('q', 4, 'caps-automotive')"
    )]
    [InlineData(
        "CREATE TABLE p(id INTEGER PRIMARY KEY, C); CREATE TABLE t(product INTEGER NOT NULL UNIQUE, C); CREATE TRIGGER stock AFTER " +
        "INSERT ON p BEGIN INSERT INTO t VALUES (NEW.id, NEW.tenant_id); END"
    )]
    [InlineData("CREATE TABLE t(rowid TEXT, oid TEXT, C); INSERT INTO t VALUES ('a', 'b', 'caps-automotive')")]
    public void Canary_finds_a_row_that_the_table_takes_and_everything_passes(string sql)
    {
        IReadOnlyList<IsolationResult> results = Test(
            sql.Replace(", C)", $", {Column})", StringComparison.Ordinal).Replace(", C,", $", {Column},", StringComparison.Ordinal));

        results.ShouldNotBeEmpty();
        results.ShouldAllBe(r => r.Status == CheckStatus.Passed, NotPassed(results));
        results.Where(r => r.Operation == IsolationOperation.Insert).ShouldAllBe(r => r.Actual == 1 && r.CanaryRows > 0);
    }

    [Theory]
    [InlineData("CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'closed for today'); END", "closed for today")]
    [InlineData("CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(IGNORE); END", "a trigger ignored the row")]
    [InlineData(
        "CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(ROLLBACK, 'and everything with it'); END",
        "and everything with it"
    )]
    [InlineData("CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT only_the_application_has_this(NEW.a); END", "no such function")]
    [InlineData("CREATE UNIQUE INDEX only_one ON t((1))", "UNIQUE constraint failed")]
    public void Table_that_takes_no_row_is_not_checked_and_says_why(string sql, string why)
    {
        IReadOnlyList<IsolationResult> results = Test($"CREATE TABLE t(a INTEGER, {Column}); INSERT INTO t(a) VALUES (1); {sql}");

        IsolationResult insert = Find(results, "t", IsolationOperation.Insert);
        insert.Detail.ShouldContain(why);
        results.ShouldAllBe(r => r.Status == CheckStatus.NotChecked, NotPassed(results));
    }

    [Fact]
    public void Row_that_a_trigger_gives_to_another_tenant_fails_the_insert()
    {
        IsolationResult insert = Find(
            Test(
                $"CREATE TABLE t(id INTEGER PRIMARY KEY, {Column}); CREATE TRIGGER own AFTER INSERT ON t BEGIN UPDATE t SET tenant_id = " +
                "'caps-automotive' WHERE id = NEW.id; END"
            ),
            "t",
            IsolationOperation.Insert);
        (insert.Status, insert.Actual).ShouldBe((CheckStatus.Failed, 0), insert.Detail);
    }

    [Fact]
    public void Child_of_a_table_that_takes_no_row_never_points_at_another_tenant()
    {
        IReadOnlyList<IsolationResult> results = Test($"""
            CREATE TABLE p(id INTEGER PRIMARY KEY, {Column});
            CREATE TABLE t(id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p(id), {Column});
            INSERT INTO p(id) VALUES (1); INSERT INTO t(p) VALUES (1);
            CREATE TRIGGER no BEFORE INSERT ON p BEGIN SELECT RAISE(ABORT, 'no'); END;
            """);
        Find(results, "t", IsolationOperation.Insert).Detail.ShouldContain("its parent p has no row of the canary tenant");
        Find(results, "t", IsolationOperation.Join).Status.ShouldBe(CheckStatus.NotChecked);
        results.ShouldAllBe(r => r.Status == CheckStatus.NotChecked, NotPassed(results));
    }

    [Theory]
    [InlineData("x INTEGER", "FOREIGN KEY (x) REFERENCES d, FOREIGN KEY (x) REFERENCES t")]
    [InlineData("x INTEGER", "FOREIGN KEY (x) REFERENCES t, FOREIGN KEY (x) REFERENCES d")]
    [InlineData("x INTEGER NOT NULL", "FOREIGN KEY (x) REFERENCES d, FOREIGN KEY (x) REFERENCES t")]
    [InlineData("x INTEGER NOT NULL", "FOREIGN KEY (x) REFERENCES t, FOREIGN KEY (x) REFERENCES d")]
    public void Column_of_two_foreign_keys_never_points_at_another_tenant(string column, string keys)
    {
        IReadOnlyList<IsolationResult> results = Test($"""
            CREATE TABLE d(e UNIQUE PRIMARY KEY, {Column});
            CREATE TABLE t(id INTEGER PRIMARY KEY, {column}, {Column}, {keys});
            INSERT INTO d(e) SELECT value FROM json_each('[1, 2, 3, 4, 5]');
            """);
        results.Where(r => r.Status == CheckStatus.Failed).ShouldBeEmpty(NotPassed(results));
    }

    [Fact]
    public void Tenant_that_must_be_registered_is()
    {
        IReadOnlyList<IsolationResult> results = Test("""
            CREATE TABLE tenants(id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE);
            INSERT INTO tenants VALUES ('caps-automotive', 'Caps');
            CREATE TABLE t(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL REFERENCES tenants(id));
            INSERT INTO t VALUES (1, 'caps-automotive');
            """);
        Find(results, "t", IsolationOperation.Insert).Status.ShouldBe(CheckStatus.Passed, NotPassed(results));
        Find(results, "t", IsolationOperation.Join).Status.ShouldBe(CheckStatus.NotChecked);
        Find(results, "t", IsolationOperation.Join).Detail.ShouldContain("registry");
    }

    [Fact]
    public void Rows_that_belong_together_without_a_foreign_key_do_not_fail()
    {
        IReadOnlyList<IsolationResult> results = Test($"""
            CREATE TABLE books(id INTEGER PRIMARY KEY, title TEXT, {Column});
            CREATE TABLE data(id INTEGER PRIMARY KEY, book INTEGER NOT NULL, {Column});
            CREATE TABLE enforced(id INTEGER PRIMARY KEY, book INTEGER NOT NULL, {Column});
            CREATE TABLE empty(id INTEGER PRIMARY KEY, book INTEGER NOT NULL, name TEXT NOT NULL, {Column}, UNIQUE(tenant_id, book, name));
            CREATE TRIGGER gone AFTER DELETE ON books BEGIN
              DELETE FROM data WHERE book = OLD.id; DELETE FROM enforced WHERE book = OLD.id; DELETE FROM empty WHERE book = OLD.id;
            END;
            CREATE TRIGGER known BEFORE INSERT ON enforced BEGIN
              SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM books WHERE id = NEW.book) THEN RAISE(ABORT, 'no such book') END;
            END;
            INSERT INTO books(id, title) VALUES (1, 'a'); INSERT INTO data(book) VALUES (1); INSERT INTO enforced(book) VALUES (1);
            """);
        results.Where(r => r.Status == CheckStatus.Failed).ShouldBeEmpty(NotPassed(results));
        Find(results, "books", IsolationOperation.Update).Status.ShouldBe(CheckStatus.Passed);
    }

    [Fact]
    public void Empty_tables_are_tested_as_well()
    {
        CreateSampleStore();
        Engine.Migration.TenantMigration.Migrate(Database, new MigrationOptions(Tenant));
        IReadOnlyList<IsolationResult> results = Test();

        results.Where(r => r.Operation == IsolationOperation.Insert).ShouldAllBe(r => r.Status == CheckStatus.Passed, NotPassed(results));
        results.Count(r => r.Operation == IsolationOperation.Insert).ShouldBe(32);
        results.Where(r => r.Operation == IsolationOperation.Join).ShouldAllBe(r => r.Status == CheckStatus.Passed, NotPassed(results));
        results.ShouldNotContain(r => r.Status == CheckStatus.Failed, NotPassed(results));

        // One object per table and operation, and per foreign key.
        results.GroupBy(r => (r.Table, r.Operation, r.Related, r.Columns)).ShouldAllBe(g => g.Count() == 1);
    }

    [Theory]
    [InlineData("o'neill & \"sons\"")]
    [InlineData("'; DROP TABLE t; --")]
    [InlineData("postenancy-canary")]
    [InlineData("postenancy-nobody")]
    [InlineData("42")]
    [InlineData("école 🛒")]
    public void Any_tenant_id_will_do(string tenant)
    {
        string literal = "'" + tenant.Replace("'", "''", StringComparison.Ordinal) + "'";
        IReadOnlyList<IsolationResult> results = Test(
            $"CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, tenant_id TEXT NOT NULL DEFAULT {literal}); INSERT INTO t(a) VALUES ('x'), " +
            "('y')",
            tenant);
        results.ShouldAllBe(r => r.Status == CheckStatus.Passed && r.CanaryId != tenant, NotPassed(results));
        Find(results, "t", IsolationOperation.Select).Actual.ShouldBe(2);
    }
}
