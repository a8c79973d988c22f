using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Isolation;

/// <summary>Databases in which one tenant reaches rows of another: the named operation must fail, and report where.</summary>
public sealed class LeakTests : IsolationFolder
{
    private static string TwoTables(string action = "") =>
        $"""
            CREATE TABLE parents(id INTEGER PRIMARY KEY, name TEXT, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
            CREATE TABLE children(
                id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents(id) {action},
                n INTEGER NOT NULL DEFAULT 0, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
            INSERT INTO parents VALUES (1, 'a', 'caps-automotive'), (2, 'b', 'other');
            INSERT INTO children VALUES (1, 1, 0, 'caps-automotive'), (2, 2, 0, 'other');
            CREATE INDEX i1 ON parents(tenant_id);
            CREATE INDEX i2 ON children(tenant_id);

        """;

    [Fact]
    public void Child_that_points_at_a_parent_of_another_tenant_fails_the_join_and_is_named()
    {
        IReadOnlyList<IsolationResult> results = Test(TwoTables() + "UPDATE children SET parent_id = 1 WHERE id = 2");

        IsolationResult join = Find(results, "children", IsolationOperation.Join);
        join.Status.ShouldBe(CheckStatus.Failed);
        join.Detail.ShouldContain("rowid 2 of 'other' references a row of 'caps-automotive'");
        (join.Related, join.Columns, join.Expected).ShouldBe(("parents", "parent_id", 1));
        results.Where(r => r.Status == CheckStatus.Failed).ShouldBe([join]);
    }

    [Theory]
    [InlineData("ON DELETE CASCADE", "deleted 1 in children (first: rowid 2)")]
    [InlineData("ON DELETE SET NULL", "changed 1 in children (first: rowid 2)")]
    public void Foreign_key_that_reaches_over_to_another_tenant_fails_the_delete(string action, string what)
    {
        IsolationResult delete = Find(
            Test(TwoTables(action) + "UPDATE children SET parent_id = 1 WHERE id = 2"),
            "parents",
            IsolationOperation.Delete);

        delete.Status.ShouldBe(CheckStatus.Failed);
        delete.Detail.ShouldContain(what);
    }

    [Theory]
    [InlineData("AFTER UPDATE ON parents BEGIN UPDATE children SET n = n + 1; END", IsolationOperation.Update, "changed")]
    [InlineData("AFTER UPDATE ON parents BEGIN UPDATE children SET n = 0; END", IsolationOperation.Update, "changed")]
    [InlineData("AFTER UPDATE OF name ON parents BEGIN DELETE FROM children WHERE n = 0; END", IsolationOperation.Update, "deleted")]
    [InlineData(
        "AFTER UPDATE ON parents BEGIN INSERT OR REPLACE INTO children(id, n, tenant_id) VALUES (2, 9, NEW.tenant_id); END",
        IsolationOperation.Update,
        "replaced"
    )]
    [InlineData(
        "AFTER UPDATE ON parents BEGIN REPLACE INTO children(id, n, tenant_id) VALUES (2, 9, 'other'); END",
        IsolationOperation.Update,
        "replaced"
    )]
    [InlineData("AFTER DELETE ON parents BEGIN DELETE FROM children; END", IsolationOperation.Delete, "deleted")]
    [InlineData("AFTER DELETE ON parents BEGIN UPDATE children SET tenant_id = OLD.tenant_id; END", IsolationOperation.Delete, "changed")]
    [InlineData("AFTER INSERT ON parents BEGIN UPDATE children SET n = n + 1; END", IsolationOperation.Insert, "changed")]
    public void Trigger_that_writes_to_rows_of_another_tenant_fails_the_statement_that_fires_it(
        string trigger,
        IsolationOperation operation,
        string verb)
    {
        IReadOnlyList<IsolationResult> results = Test(TwoTables() + "CREATE TRIGGER reaches_over " + trigger);

        IsolationResult failed = Find(results, "parents", operation);
        failed.Status.ShouldBe(CheckStatus.Failed, failed.Detail);
        failed.Detail.ShouldContain($"{verb} ");
        failed.Detail.ShouldContain("in children");
        Find(results, "children", IsolationOperation.Update).Status.ShouldBe(CheckStatus.Passed);
    }

    [Fact]
    public void Trigger_that_stays_within_its_tenant_fails_nothing()
    {
        IReadOnlyList<IsolationResult> results = Test(
            TwoTables() +
                """
                CREATE TRIGGER own AFTER UPDATE ON parents BEGIN
                    UPDATE children SET n = n + 1 WHERE parent_id = NEW.id AND tenant_id = NEW.tenant_id; END;
                CREATE TRIGGER own_row AFTER UPDATE ON children BEGIN UPDATE children SET n = n + 1 WHERE id = NEW.id; END;
                """);
        results.ShouldAllBe(r => r.Status == CheckStatus.Passed, NotPassed(results));
    }

    [Fact]
    public void Trigger_whose_new_row_falls_to_the_first_tenant_is_a_warning()
    {
        IsolationResult update = Find(
            Test(TwoTables() + "CREATE TRIGGER log AFTER UPDATE ON parents BEGIN INSERT INTO children(n) VALUES (7); END"),
            "parents",
            IsolationOperation.Update);
        update.Status.ShouldBe(CheckStatus.Warning);
        update.Detail.ShouldContain("a trigger assigned rows to another tenant: added 1 in children");
    }

    [Fact]
    public void Column_that_does_not_tell_upper_from_lower_case_fails_where_two_tenants_differ_by_it()
    {
        IReadOnlyList<IsolationResult> results = Test(
            """
            CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, tenant_id TEXT COLLATE NOCASE NOT NULL);
            CREATE INDEX i ON items(tenant_id);
            INSERT INTO items VALUES (1, 'a', 'ACME'), (2, 'b', 'acme'), (3, 'c', 'acme');
            """,
            "ACME");

        foreach (IsolationOperation operation in new[] { IsolationOperation.Select, IsolationOperation.Update, IsolationOperation.Delete })
        {
            IsolationResult result = Find(results, "items", operation);
            (result.Status, result.Expected, result.Actual).ShouldBe((CheckStatus.Failed, 1, 3), $"{operation}: {result.Detail}");
        }

        Find(results, "items", IsolationOperation.Select).Detail.ShouldContain("sees 2 rows of others (first: rowid 2 of 'acme')");
        Find(results, "items", IsolationOperation.UnknownTenant).Status.ShouldBe(CheckStatus.Passed);
    }

    [Theory]
    [InlineData("NOCASE", "CAPS-AUTOMOTIVE")]
    [InlineData("RTRIM", "caps-automotive ")]
    public void Column_that_would_take_two_tenants_for_one_is_a_warning_before_they_are_there(string collation, string twin)
    {
        IReadOnlyList<IsolationResult> results = Test(
            $"CREATE TABLE items(id INTEGER PRIMARY KEY, tenant_id TEXT COLLATE {collation} NOT NULL); INSERT INTO items VALUES (1, {Own})"
        );
        IsolationResult select = Find(results, "items", IsolationOperation.Select);
        (select.Status, select.Detail.Contains($"'{twin}'", StringComparison.Ordinal)).ShouldBe((CheckStatus.Warning, true), select.Detail);
    }

    [Fact]
    public void Table_that_came_without_the_column_fails()
    {
        IReadOnlyList<IsolationResult> results = Test(
            TwoTables() + "CREATE TABLE later(id INTEGER PRIMARY KEY); INSERT INTO later VALUES (1), (2)");
        foreach (
            IsolationOperation operation in new[]
            {
                IsolationOperation.Select,
                IsolationOperation.Update,
                IsolationOperation.Delete,
                IsolationOperation.UnknownTenant,
            })
        {
            (Find(results, "later", operation).Status, Find(results, "later", operation).Leaked).ShouldBe((CheckStatus.Failed, 2));
        }
    }

    [Fact]
    public void View_that_does_not_show_the_tenant_is_a_warning_and_names_its_tables()
    {
        IsolationResult view = Find(
            Test(TwoTables() + "CREATE VIEW names AS SELECT p.name, c.n FROM parents p JOIN children c ON c.parent_id = p.id"),
            "names",
            IsolationOperation.Select);
        view.Status.ShouldBe(CheckStatus.Warning);
        view.Detail.ShouldContain("children, parents");
    }

    [Fact]
    public void Index_that_has_lost_rows_fails_the_select()
    {
        Shell.Sql(Database, """
            CREATE TABLE items(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
            CREATE INDEX i ON items(tenant_id);
            INSERT INTO items VALUES (1, 'caps-automotive'), (2, 'caps-automotive');
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON items(tenant_id) WHERE id < 2' WHERE name = 'i';
            """);
        Shell.Sql(
            Database,
            "REINDEX; PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON items(tenant_id)' WHERE name = 'i'");

        IsolationResult select = Find(Test(), "items", IsolationOperation.Select);
        (select.Status, select.Expected, select.Actual).ShouldBe((CheckStatus.Failed, 2, 1));
        select.Detail.ShouldContain("misses 1 of its own rows");
    }

    [Fact]
    public void What_a_statement_without_a_filter_leaks_is_counted()
    {
        IReadOnlyList<IsolationResult> results = Test(TwoTables() + "INSERT INTO parents VALUES (3, 'c', 'third')");

        // One of 'other', one of 'third', one of the canary.
        Find(results, "parents", IsolationOperation.Select).Leaked.ShouldBe(3);
        Find(results, "parents", IsolationOperation.Delete).Leaked.ShouldBe(3);
        Find(results, "parents", IsolationOperation.UnknownTenant).Leaked.ShouldBe(4);
        Find(results, "children", IsolationOperation.Join).Leaked.ShouldBe(2);
        Find(results, "parents", IsolationOperation.Insert).Leaked.ShouldBe(1);
        results.ShouldAllBe(r => r.Status == CheckStatus.Passed, NotPassed(results));
    }
}
