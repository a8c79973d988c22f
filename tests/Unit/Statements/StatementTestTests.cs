using PosTenancy.Engine.Statements;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>The statements of an application: where they are found, in which order, and what a comment beside them allows.</summary>
public sealed class StatementTestTests : ApplicationFolder
{
    [Fact]
    public void Results_come_in_the_order_of_files_and_lines_as_soon_as_they_are_known()
    {
        string later = Write("b.sql", "SELECT name FROM customers WHERE tenant_id = ?;\n\nSELECT name FROM customers;\n");
        string first = Write("a.sql", "SELECT phone FROM customers WHERE id = ?;\n");
        List<StatementResult> found = [];

        StatementRun run = StatementTest.Run(Database, new StatementTestOptions { SourcePath = [Source] }, found.Add);

        run.Results.ShouldBe(found);
        found.Select(r => (r.File, r.Line, r.Verdict)).ShouldBe([
            (first, 1, StatementVerdict.ByKeyOnly),
            (later, 1, StatementVerdict.Isolated),
            (later, 3, StatementVerdict.Leaks),
        ]);
        run.Path.ShouldBe(Database);
        found.ShouldAllBe(r => r.Path == Database && r.Table == "customers");
    }

    [Fact]
    public void Statement_that_stands_in_several_places_has_a_result_at_each()
    {
        Write("a.sql", "SELECT name FROM customers;");
        Write("b.py", "db.execute(\"SELECT name FROM customers\")");

        Run().Results.Select(r => Path.GetFileName(r.File)).ShouldBe(["a.sql", "b.py"]);
    }

    [Fact]
    public void Folder_that_is_named_twice_is_searched_once()
    {
        Write("sub/a.sql", "SELECT name FROM customers;");
        StatementTestOptions options = new() { SourcePath = [Source, Path.Combine(Source, "sub")] };

        StatementTest.Run(Database, options).Results.Count.ShouldBe(1);
    }

    [Fact]
    public void Reason_in_a_comment_allows_all_tenants_and_what_the_trial_showed_stays_as_a_note()
    {
        Write("a.sql", "-- postenancy: all tenants, because the operator bills by the number of rows\nSELECT count(*) FROM customers;");

        StatementResult result = Run().Results.Single();

        result.Verdict.ShouldBe(StatementVerdict.AllTenants);
        result.Severity.ShouldBe(StatementSeverity.None);
        result.AllowedReason.ShouldBe("the operator bills by the number of rows");
        result.Notes.ShouldContain(n => n.StartsWith("Leaks: ", StringComparison.Ordinal));
        result.IsNew.ShouldBeFalse();
    }

    [Fact]
    public void Reason_for_a_statement_that_is_isolated_changes_nothing()
    {
        Write("a.sql", "-- postenancy: all tenants, because of history\nSELECT name FROM customers WHERE tenant_id = ?;");

        StatementResult result = Run().Results.Single();

        result.Verdict.ShouldBe(StatementVerdict.Isolated);
        result.AllowedReason.ShouldBeNull();
    }

    [Fact]
    public void Comment_without_a_reason_allows_nothing_and_is_a_warning_that_names_its_line()
    {
        Write("sub/a.sql", "\n-- postenancy: all tenants\nSELECT count(*) FROM customers;");

        StatementRun run = Run();

        run.Results.Single().Verdict.ShouldBe(StatementVerdict.Leaks);
        run.Warnings.Single().ShouldStartWith("sub/a.sql:2: ");
    }

    [Fact]
    public void Condition_that_is_appended_with_AND_leaves_an_isolated_statement_isolated()
    {
        Write("a.py", """
            def find(db, tenant, name):
                sql = "SELECT id FROM customers WHERE tenant_id = ?"
                if name:
                    sql += " AND name = ?"
                db.execute(sql, [tenant, name])
            """);

        Run().Results.Single().Verdict.ShouldBe(StatementVerdict.Isolated);
    }

    [Fact]
    public void Condition_with_OR_that_is_appended_opens_it()
    {
        Write("a.py", """
            def find(db, tenant, name):
                sql = "SELECT id FROM customers WHERE tenant_id = ?"
                if name:
                    sql += " AND name = ? OR phone IS NOT NULL"
                db.execute(sql, [tenant, name])
            """);

        StatementResult result = Run().Results.Single();

        result.Verdict.ShouldNotBe(StatementVerdict.Isolated, result.Reason);
    }

    [Fact]
    public void Filter_that_is_only_appended_in_some_cases_is_no_filter()
    {
        Write("a.py", """
            def find(db, tenant):
                sql = "SELECT id FROM customers WHERE id > 0"
                if tenant:
                    sql += " AND tenant_id = ?"
                db.execute(sql, [tenant])
            """);

        Run().Results.Single().Verdict.ShouldBe(StatementVerdict.Leaks);
    }

    [Fact]
    public void Statement_with_a_part_that_is_not_fixed_is_not_checked_and_says_which()
    {
        Write("a.py", "def f(db, order):\n    db.execute(f\"DELETE FROM customers WHERE tenant_id = ? ORDER BY {order}\")\n");

        StatementResult result = Run().Results.Single();

        result.Verdict.ShouldBe(StatementVerdict.NotChecked);
        result.Operation.ShouldBe(StatementOperation.Delete);
        result.Table.ShouldBeEmpty();
        result.Reason.ShouldStartWith("A part of its text is decided when the application runs: ");
    }

    [Fact]
    public void Value_that_is_spliced_into_quotes_is_a_warning_even_if_the_statement_is_allowed()
    {
        Write("a.py", """
            def f(db, name):
                # postenancy: all tenants, because support searches every shop
                db.execute(f"SELECT id FROM customers WHERE name = '{name}'")
            """);

        StatementResult result = Run().Results.Single();

        result.Verdict.ShouldBe(StatementVerdict.AllTenants);
        result.Severity.ShouldBe(StatementSeverity.Warning);
        result.Notes.ShouldContain(n => n.Contains("injection", StringComparison.Ordinal));
    }

    [Fact]
    public void Statements_without_a_file_are_tested_each_on_its_own()
    {
        StatementTestOptions options = new()
        {
            Statement = ["SELECT name FROM customers; DELETE FROM sales WHERE tenant_id = :t", "no SQL at all"],
        };

        StatementRun run = StatementTest.Run(Database, options);

        run.Results.Select(r => (r.Table, r.Verdict, r.File, r.Line)).ShouldBe([
            ("customers", StatementVerdict.Leaks, null, 0),
            ("sales", StatementVerdict.Isolated, null, 0),
            ("", StatementVerdict.NotChecked, null, 0),
        ]);
    }

    [Fact]
    public void Source_without_a_statement_is_an_error_and_not_clean()
    {
        Write("a.py", "print('hello')");

        Should.Throw<PosTenancyException>(() => Run()).ErrorId.ShouldBe(ErrorIds.StatementsNotFound);
    }

    [Fact]
    public void Source_that_does_not_exist_is_an_error() =>
        Should.Throw<PosTenancyException>(() =>
            StatementTest.Run(Database, new StatementTestOptions { SourcePath = [Path.Combine(Folder, "nowhere")] }))
            .ErrorId.ShouldBe(ErrorIds.FileNotFound);

    [Fact]
    public void Database_that_was_not_migrated_is_an_error()
    {
        string plain = Path.Combine(Folder, "plain.db");
        Shell.Sql(plain, "CREATE TABLE customers(id INTEGER PRIMARY KEY);");
        StatementTestOptions options = new() { Statement = ["SELECT * FROM customers"] };

        Should.Throw<PosTenancyException>(() => StatementTest.Run(plain, options)).ErrorId.ShouldBe(ErrorIds.NotMigrated);
    }

    [Fact]
    public void Files_of_tests_and_of_migrations_are_counted_and_left_out()
    {
        Write("a.sql", "SELECT name FROM customers WHERE tenant_id = ?;");
        Write("tests/b.sql", "SELECT name FROM customers;");
        Write("migrations/c.sql", "UPDATE customers SET phone = NULL;");

        StatementRun run = Run();

        run.Results.Count.ShouldBe(1);
        run.Skipped.ShouldContain(s => s.Contains("-IncludeTest ", StringComparison.Ordinal));
        run.Skipped.ShouldContain(s => s.Contains("-IncludeMigration ", StringComparison.Ordinal));
        StatementTestOptions all = new() { SourcePath = [Source], IncludeTests = true, IncludeMigrations = true };
        StatementTest.Run(Database, all).Results.Count.ShouldBe(3);
    }

    [Fact]
    public void Live_file_stays_as_it_is_whatever_a_statement_says()
    {
        Write("a.sql", """
            DELETE FROM customers; UPDATE sales SET cents = 0; ATTACH 'other.db' AS o; VACUUM INTO 'copy.db'; PRAGMA user_version = 9;
            """);
        string before = Snapshot();

        _ = Run();

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Summary_counts_a_statement_once_under_its_worst_verdict()
    {
        string file = Write("a.sql", """
            SELECT c.name, s.cents FROM customers c, sales s WHERE c.tenant_id = ?;
            SELECT name FROM customers WHERE tenant_id = ?;
            """);

        StatementSummary summary = StatementSummary.From(Run().Results).Single();

        summary.ShouldBe(new StatementSummary(file, 2, 1, 0, 0, 0, 0, 1, 0));
        summary.ToString().ShouldBe($"{file}: 2 statements (1 Leaks, 1 Isolated)");
    }

    [Fact]
    public void Cancelled_test_ends_between_two_statements()
    {
        Write("a.sql", "SELECT name FROM customers;\nSELECT phone FROM customers;");
        using CancellationTokenSource stop = new();
        List<StatementResult> found = [];

        Should.Throw<OperationCanceledException>(() => StatementTest.Run(
            Database,
            new StatementTestOptions { SourcePath = [Source] },
            result =>
            {
                found.Add(result);
                stop.Cancel();
            },
            cancellation: stop.Token));

        found.Count.ShouldBe(1);
    }
}
