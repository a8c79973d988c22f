using PosTenancy.Engine.Statements.Trial;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>What a trial says of statements on schemas of every kind.</summary>
public sealed class TrialTests : StatementFolder
{
    [Theory]
    [InlineData("SELECT * FROM parents WHERE tenant_id = ?", "parents=Isolated")]
    [InlineData("SELECT * FROM parents", "parents=Leaks")]
    [InlineData("SELECT * FROM parents WHERE id = ?", "parents=ByKeyOnly")]
    [InlineData("SELECT * FROM parents WHERE id > ? ORDER BY id LIMIT 1", "parents=Leaks")]
    [InlineData("SELECT max(n) FROM parents", "parents=Leaks")]
    [InlineData("SELECT * FROM parents ORDER BY id DESC LIMIT 1", "parents=Leaks")]
    [InlineData(
        "SELECT p.* FROM parents p WHERE p.tenant_id = ? AND EXISTS (SELECT 1 FROM parents q WHERE q.n = p.n AND q.id <> p.id)",
        "parents=Leaks")]
    [InlineData(
        "SELECT c.n, p.name FROM children c JOIN parents p ON p.id = c.parent_id WHERE c.tenant_id = ?",
        "children=Isolated parents=Isolated")]
    [InlineData("SELECT c.n, p.name FROM children c JOIN parents p ON p.n = c.n WHERE c.tenant_id = ?", "children=Isolated parents=Leaks")]
    [InlineData("DELETE FROM parents WHERE tenant_id = ?", "parents=Isolated")]
    [InlineData("DELETE FROM parents WHERE id = ?", "children=ByKeyOnly parents=ByKeyOnly")]
    [InlineData("UPDATE parents SET n = n", "parents=Leaks")]
    [InlineData("INSERT INTO parents(name, tenant_id) VALUES (?, ?) RETURNING id", "parents=Isolated")]
    [InlineData("INSERT INTO parents(name) VALUES (?)", "parents=NoTenantOnInsert")]
    [InlineData("INSERT INTO parents VALUES (?, ?, ?, ?)", "parents=NoTenantOnInsert")]
    [InlineData("INSERT INTO parents(code, name, tenant_id) SELECT ?, name, ? FROM parents WHERE id = ?", "parents=ByKeyOnly")]
    [InlineData("UPDATE OR REPLACE parents SET code = ? WHERE id = ? AND tenant_id = ?", "children=Leaks parents=Leaks")]
    public void Verdict(string sql, string expected)
    {
        IReadOnlyList<TrialFinding> findings = Try(TwoTables, sql);
        Verdicts(findings).ShouldBe(expected, Text(findings));
    }

    /// <summary>The authorizer is not told of a table whose only columns are those of USING.</summary>
    [Theory]
    [InlineData("SELECT note FROM parents LEFT JOIN notes USING (code)", "parents=Leaks")]
    [InlineData("SELECT note FROM parents NATURAL LEFT JOIN notes", "parents=Leaks")]
    [InlineData("SELECT note FROM noted", "parents=Leaks")]
    [InlineData("SELECT note FROM parents LEFT JOIN notes USING (code) WHERE tenant_id = ?", "parents=Isolated")]
    [InlineData("SELECT note FROM notes", "=SharedTable")]
    public void Table_that_only_USING_reads_is_reached(string sql, string expected)
    {
        IReadOnlyList<TrialFinding> findings = Try(
            TwoTables + """
            CREATE TABLE notes(code TEXT, note TEXT);
            CREATE VIEW noted AS SELECT note FROM parents LEFT JOIN notes USING (code);
            INSERT INTO notes VALUES ('a', 'x');
            """,
            sql);
        Verdicts(findings).ShouldBe(expected, Text(findings));
    }

    [Theory]
    [InlineData("INSERT INTO parents(name) VALUES (?)", "belongs to the tenant of the DEFAULT")]
    [InlineData("INSERT INTO parents(name, tenant_id) VALUES (?, NULL)", "fails")]
    public void Insert_without_a_tenant_says_what_becomes_of_the_row(string sql, string what) =>
        Try(TwoTables, sql).Single().Reason.ShouldContain(what);

    [Fact]
    public void Insert_into_a_column_that_allows_it_has_NULL_for_a_tenant()
    {
        TrialFinding finding = Try(
            "CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, tenant_id TEXT); INSERT INTO items VALUES (1, 'a', 'caps-automotive')",
            "INSERT INTO items(name) VALUES (?)").Single();
        (finding.Verdict, finding.Severity).ShouldBe((StatementVerdict.NoTenantOnInsert, StatementSeverity.Error));
        finding.Reason.ShouldContain("NULL for a tenant");
    }

    [Fact]
    public void Conflict_with_a_key_of_another_tenant_is_a_note()
    {
        TrialFinding finding = Try(TwoTables, "INSERT INTO parents(code, name, tenant_id) VALUES (?, ?, ?)").Single();
        (finding.Verdict, finding.Severity).ShouldBe((StatementVerdict.Isolated, StatementSeverity.Information));
        finding.Notes.Single().ShouldBe("Its error tells that another tenant has a value: UNIQUE constraint failed: parents.code.");
        Try(TwoTables, "INSERT OR IGNORE INTO parents(code, name, tenant_id) VALUES (?, ?, ?)").Single()
            .Notes.Single().ShouldContain("Whether it does something tells");
    }

    [Fact]
    public void Rank_over_all_rows_is_a_note_and_a_sum_over_all_rows_a_leak()
    {
        const string ranked = "SELECT * FROM (SELECT id, tenant_id, row_number() OVER (ORDER BY n) AS r FROM parents) WHERE tenant_id = ?";
        TrialFinding finding = Try(TwoTables, ranked).Single();
        (finding.Verdict, finding.Notes.Count).ShouldBe((StatementVerdict.Isolated, 1), finding.ToString());
        Try(TwoTables, ranked.Replace("row_number() OVER (ORDER BY n)", "sum(n) OVER ()", StringComparison.Ordinal)).Single()
            .Verdict.ShouldBe(StatementVerdict.Leaks);
    }

    [Fact]
    public void Witness_is_a_made_up_row_and_names_its_key_alone()
    {
        Shell.Sql(Database, TwoTables + "UPDATE parents SET name = 'a secret of Ada'");
        IReadOnlyList<TrialFinding> findings =
            [.. Try("", "SELECT name FROM parents"), .. Try("", "UPDATE parents SET name = upper(name)")];
        findings.ShouldAllBe(f => f.Verdict == StatementVerdict.Leaks && f.Witness!.Table == "parents");
        Text(findings).ShouldNotContain("secret");
        findings.Select(f => f.Witness!.ToString()).ShouldAllBe(w => !w.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE children SET n = n + 1", "children=Leaks parents=Isolated")]
    [InlineData("UPDATE children SET n = n + 1 WHERE parent_id = NEW.id", "children=Isolated parents=Isolated")]
    [InlineData("UPDATE children SET n = n + 1 WHERE tenant_id = NEW.tenant_id", "children=Isolated parents=Isolated")]
    [InlineData("DELETE FROM children", "children=Leaks parents=Isolated")]
    [InlineData("INSERT INTO children(parent_id) VALUES (NEW.id)", "children=NoTenantOnInsert parents=Isolated")]
    [InlineData("INSERT INTO children(parent_id, tenant_id) VALUES (NEW.id, NEW.tenant_id)", "children=Isolated parents=Isolated")]
    [InlineData("UPDATE parents SET n = n + 1", "parents=Leaks")]
    public void Effects_of_a_trigger_count(string effect, string expected)
    {
        IReadOnlyList<TrialFinding> findings = Try(
            TwoTables + $"CREATE TRIGGER reaches_over AFTER INSERT ON parents BEGIN {effect}; END;",
            "INSERT INTO parents(name, tenant_id) VALUES (?, ?)");

        // A new parent has no children yet.
        Verdicts(findings).Replace("children=NotChecked", "children=Isolated", StringComparison.Ordinal).ShouldBe(expected, Text(findings));
        findings.Where(f => f.Table == "children").ShouldAllBe(f =>
            f.Verdict == StatementVerdict.NotChecked || f.Reason.Contains("trigger reaches_over", StringComparison.Ordinal));
    }

    [Fact]
    public void View_is_judged_by_the_tables_behind_it()
    {
        const string view =
            "CREATE VIEW names AS SELECT p.name, p.tenant_id, c.n FROM parents p LEFT JOIN children c ON c.parent_id = p.id;";
        Verdicts(Try(TwoTables + view, "SELECT name, n FROM names WHERE tenant_id = ?")).ShouldBe("children=Isolated parents=Isolated");
        IReadOnlyList<TrialFinding> leak = Try("", "SELECT name, n FROM names");
        Verdicts(leak).ShouldBe("children=Leaks parents=Leaks");
        leak.ShouldAllBe(f => f.Reason.Contains("through view names", StringComparison.Ordinal));
    }

    private const string WithoutColumn = """
        CREATE TABLE orders(id TEXT PRIMARY KEY, total INTEGER, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
        CREATE TABLE lines(id INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id), price INTEGER);
        CREATE TABLE parts(id INTEGER PRIMARY KEY, line_id INTEGER NOT NULL REFERENCES lines(id), name TEXT);
        CREATE TABLE rates(code TEXT PRIMARY KEY, rate INTEGER);
        INSERT INTO rates VALUES ('a', 1);

        """;

    [Theory]
    [InlineData("SELECT * FROM lines", "lines=Leaks")]
    [InlineData("SELECT * FROM lines WHERE order_id = ?", "lines=ByKeyOnly")]
    [InlineData("SELECT * FROM parts WHERE line_id = ?", "parts=ByKeyOnly")]
    [InlineData("SELECT l.* FROM lines l JOIN orders o ON o.id = l.order_id WHERE o.tenant_id = ?", "lines=Isolated orders=Isolated")]
    [InlineData("DELETE FROM parts WHERE line_id IN (SELECT l.id FROM lines l JOIN orders o ON o.id = l.order_id WHERE o.tenant_id = ?)",
        "lines=Isolated orders=Isolated parts=Isolated")]
    [InlineData("INSERT INTO lines(order_id, price) VALUES (?, ?)", "lines=ByKeyOnly")]
    [InlineData("SELECT * FROM rates", "=SharedTable")]
    [InlineData("SELECT o.total * r.rate FROM orders o, rates r WHERE r.code = ? AND o.tenant_id = ?", "orders=Isolated")]
    public void Child_without_the_column_is_judged_by_the_tenant_of_its_parent(string sql, string expected)
    {
        IReadOnlyList<TrialFinding> findings = Try(WithoutColumn, sql);
        Verdicts(findings).ShouldBe(expected, Text(findings));
    }

    [Fact]
    public void Table_that_the_user_calls_shared_is_shared_even_if_it_has_parents_or_the_column() =>
        Verdicts(Try(WithoutColumn, "SELECT * FROM lines", isPartial: false, "lin*")).ShouldBe("=SharedTable");

    [Theory]
    [InlineData("SELECT * FROM settings WHERE id = 1")]
    [InlineData("SELECT * FROM settings WHERE tenant_id = ?")]
    public void Table_that_cannot_hold_a_second_tenant_says_so(string sql)
    {
        TrialFinding finding = Try(
            "CREATE TABLE settings(id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');" +
                "INSERT INTO settings VALUES (1, 'x', 'caps-automotive')",
            sql).Single();
        finding.Verdict.ShouldBe(StatementVerdict.NotChecked);
        finding.Reason.ShouldContain("rows of two tenants do not fit into settings: CHECK constraint failed: id = 1");
    }

    [Theory]
    [InlineData("SELECT nowhere FROM parents WHERE tenant_id = ?", StatementVerdict.Isolated)]
    [InlineData("SELECT nowhere FROM parents", StatementVerdict.Leaks)]
    [InlineData("INSERT INTO parents(name, nowhere, tenant_id) VALUES (?, ?, ?)", StatementVerdict.Isolated)]
    public void Missing_column_is_added_for_the_trial_and_named(string sql, StatementVerdict expected)
    {
        TrialFinding finding = Try(TwoTables, sql).Single();
        finding.Verdict.ShouldBe(expected, finding.ToString());
        finding.Reason.ShouldContain("The schema lacks parents.nowhere");
        Verdicts(Try("", "SELECT * FROM parents WHERE tenant_id = ?")).ShouldBe("parents=Isolated");
    }

    [Theory]
    [InlineData("SELECT * FROM children WHERE tenant = ?", "Leaks")]
    [InlineData("SELECT * FROM absent WHERE tenant_id = ?", "no such table: absent")]
    [InlineData("SELECT p.* FROM rates p WHERE p.tenant_id = ?", "no such column: p.tenant_id")]
    [InlineData("SELECT * FROM parents WHERE tenant_id = ? AND name REGEXP ?", "what only the application has: REGEXP")]
    [InlineData("SELECT name FROM parents WHERE tenant_id = ? ORDER BY name COLLATE german", "what only the application has: german")]
    [InlineData("SELECT * FROM parents WHERE tenant_id = ? AND n = -77 AND n = -78", "no row of the acting tenant")]
    [InlineData("COMMIT", "It reaches no table")]
    [InlineData("DROP TABLE parents", "changes the schema")]
    [InlineData("ATTACH 'x.db' AS x", "opens another file")]
    [InlineData("DETACH main", "opens another file")]
    [InlineData("VACUUM INTO 'x.db'", "was not run")]
    [InlineData("PRAGMA writable_schema = ON", "was not run")]
    [InlineData("SELECT load_extension('x') FROM parents WHERE tenant_id = ?", "not authorized")]
    [InlineData("SELECT fts3_tokenizer('simple') FROM parents WHERE tenant_id = ?", "not authorized")]
    [InlineData("SELECT writefile('x', 'y') FROM parents WHERE tenant_id = ?", "not authorized")]
    [InlineData("SELECT 1; DELETE FROM parents", "SQLite ended the statement")]
    [InlineData("", "")]
    public void Statement_that_proves_nothing_is_never_isolated(string sql, string why)
    {
        string[] before = [.. Directory.GetFileSystemEntries(Environment.CurrentDirectory)];
        IReadOnlyList<TrialFinding> findings = Try(TwoTables + "CREATE TABLE rates(code TEXT PRIMARY KEY);", sql);
        findings.ShouldAllBe(f => f.Verdict != StatementVerdict.Isolated, Text(findings));
        Text(findings).ShouldContain(why);
        Directory.GetFileSystemEntries(Environment.CurrentDirectory).ShouldBe(before);
    }

    [Theory]
    [InlineData("SELECT max(i), (SELECT count(*) FROM parents) FROM n", "too long")]
    [InlineData("SELECT i, p.id FROM n, parents p WHERE tenant_id = ?", "too ")]
    public void Statement_without_an_end_is_stopped(string sql, string why)
    {
        TrialFinding finding = Try(TwoTables, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) " + sql).Single();
        finding.Verdict.ShouldBe(StatementVerdict.NotChecked);
        finding.Reason.ShouldContain(why);
    }

    [Fact]
    public void Value_that_would_exhaust_the_memory_is_an_error()
    {
        TrialFinding finding = Try(TwoTables, "SELECT hex(zeroblob(1000000000)) FROM parents WHERE tenant_id = ?").Single();
        finding.Verdict.ShouldBe(StatementVerdict.NotChecked);
        finding.Reason.ShouldContain("too big");
    }

    [Theory]
    [InlineData("SELECT *, random(), strftime('%f', 'now'), julianday() FROM parents WHERE tenant_id = ?")]
    [InlineData("SELECT id FROM parents WHERE tenant_id = ? ORDER BY random() LIMIT 1")]
    [InlineData("INSERT INTO parents(name, n, tenant_id) VALUES (hex(randomblob(8)), unixepoch('now', 'subsec'), ?) RETURNING *")]
    [InlineData("UPDATE parents SET name = CURRENT_TIMESTAMP, n = random() WHERE tenant_id = ? RETURNING name, n")]
    public void Random_numbers_and_the_clock_make_no_difference(string sql)
    {
        Shell.Sql(Database, TwoTables);
        using StatementTrial trial = StatementTrial.Open(Database, "tenant_id", []);
        for (int i = 0; i < 5; i++)
        {
            Verdicts(trial.Try(sql)).ShouldBe("parents=Isolated");
        }
    }

    [Theory]
    [InlineData("SELECT * FROM parents WHERE tenant_id = ?", "Isolated")]
    [InlineData("SELECT * FROM parents WHERE 1 = 1", "NotChecked")]
    [InlineData("SELECT * FROM parents WHERE id = ?", "NotChecked")]
    public void Fixed_part_of_a_statement_is_proved_by_its_own_filter_alone(string sql, string expected) =>
        Verdicts(Try(TwoTables, sql, isPartial: true)).ShouldBe($"parents={expected}");

    [Theory]
    [InlineData("SELECT * FROM parents WHERE tenant_id = 'caps-automotive'")]
    [InlineData("SELECT * FROM parents WHERE tenant_id = 'some-other-shop' AND id = ?")]
    [InlineData("UPDATE parents SET n = 1 WHERE tenant_id = 'caps-automotive'")]
    [InlineData("INSERT INTO parents(name, tenant_id) VALUES (?, 'caps-automotive')")]
    public void Tenant_in_the_text_is_a_leak(string sql)
    {
        TrialFinding finding = Try(TwoTables, sql).Single();
        finding.Verdict.ShouldBe(StatementVerdict.Leaks);
        finding.Reason.ShouldContain("its text names a tenant");
    }

    [Fact]
    public void Tenant_in_a_view_is_a_leak()
    {
        TrialFinding finding = Try(
            TwoTables + "CREATE VIEW mine AS SELECT * FROM parents WHERE tenant_id = 'caps-automotive'",
            "SELECT * FROM mine WHERE id = ?").Single();
        finding.Verdict.ShouldBe(StatementVerdict.Leaks);
        finding.Reason.ShouldContain("through view mine: something names a tenant");
    }

    [Fact]
    public void Keys_that_two_tenants_may_share_leak_and_others_only_by_key()
    {
        const string schema = """
            CREATE TABLE items(tenant_id TEXT NOT NULL, sku TEXT NOT NULL, name TEXT, PRIMARY KEY (tenant_id, sku)) WITHOUT ROWID;
            INSERT INTO items VALUES ('caps-automotive', 's1', 'x');
            """;
        Verdicts(Try(schema, "SELECT name FROM items WHERE sku = ?")).ShouldBe("items=Leaks");
        Verdicts(Try("", "SELECT name FROM items WHERE sku = ? AND tenant_id = ?")).ShouldBe("items=Isolated");
        Verdicts(Try("", "INSERT INTO items(tenant_id, sku, name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name"))
            .ShouldBe("items=Isolated");
    }

    [Fact]
    public void Tenants_of_a_registry_and_numbers_for_tenants_are_understood()
    {
        const string schema = """
            CREATE TABLE tenants(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
            CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, tenant_id INTEGER NOT NULL REFERENCES tenants(id));
            INSERT INTO tenants VALUES (7, 'seven');
            INSERT INTO items VALUES (1, 'x', 7);
            """;
        Verdicts(Try(schema, "INSERT INTO items(name, tenant_id) VALUES (?, ?)")).ShouldBe("items=Isolated");
        Verdicts(Try("", "SELECT i.name, t.name FROM items i JOIN tenants t ON t.id = i.tenant_id WHERE i.tenant_id = ?"))
            .ShouldBe("items=Isolated");
        Verdicts(Try("", "SELECT name FROM items")).ShouldBe("items=Leaks");
    }

    [Fact]
    public void Full_text_search_is_judged_by_the_table_behind_it()
    {
        const string schema = TwoTables + """
            CREATE VIRTUAL TABLE search USING fts5(name, content='parents', content_rowid='id');
            INSERT INTO search(search) VALUES ('rebuild');
            """;
        const string found = "SELECT p.id FROM search s JOIN parents p ON p.id = s.rowid WHERE s.name MATCH ?";
        Verdicts(Try(schema, found)).ShouldContain("parents=Leaks");
        Verdicts(Try("", found + " AND p.tenant_id = ?")).ShouldContain("parents=Isolated");
    }

    [Fact]
    public void Rows_of_the_made_up_tenant_come_first_with_keys_of_their_own_and_other_values_equal_below_and_above()
    {
        Shell.Sql(Database, TwoTables);
        using StatementTrial trial = StatementTrial.Open(Database, "tenant_id", []);
        TrialRow[] parents = [.. trial.Rows.Where(r => r.Table.Name == "parents")];
        long[] Ids(TrialOwner owner) => [.. parents.Where(r => r.Owner == owner).Select(r => (long)r.Locator[0]!)];
        long[] Numbers(TrialOwner owner) => [.. parents.Where(r => r.Owner == owner).Select(r => (long)r.Values[3]!)];

        parents[0].Owner.ShouldBe(TrialOwner.Second);
        Ids(TrialOwner.Second).Min().ShouldBeLessThan(Ids(TrialOwner.First).Min());
        Ids(TrialOwner.Second).Max().ShouldBeGreaterThan(Ids(TrialOwner.First).Max());
        parents.Select(r => r.Values[1]).ShouldBeUnique();
        Numbers(TrialOwner.Second).ShouldBe([3, 2, 3, 4], ignoreOrder: true);
        Numbers(TrialOwner.First).ShouldAllBe(n => n == 3);
        parents.Where(r => r.Owner == TrialOwner.First).Select(r => r.Values[2]).ShouldAllBe(name => Equals(name, "Ada"));
    }

    [Fact]
    public void Live_file_and_its_folder_stay_as_they_are()
    {
        Shell.Sql(Database, TwoTables);
        string before = Snapshot();
        Verdicts(Try("", "DELETE FROM parents")).ShouldContain("parents=Leaks");
        Snapshot().ShouldBe(before);
    }

    [Fact]
    public void Trial_does_not_grow_with_the_database()
    {
        Shell.Sql(Database, TwoTables + """
            WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
            INSERT INTO parents SELECT i, 'c' || i, 'name', i, 'caps-automotive' FROM n;
            """);
        using StatementTrial trial = StatementTrial.Open(Database, "tenant_id", []);
        Verdicts(trial.Try("SELECT * FROM parents WHERE tenant_id = ?")).ShouldBe("parents=Isolated");
        trial.Rows.Count.ShouldBeLessThan(20);
    }

    [Fact]
    public void Database_without_the_column_is_refused() => Should.Throw<PosTenancyException>(
        () => Try("CREATE TABLE items(id INTEGER PRIMARY KEY)", "SELECT * FROM items")).ErrorId.ShouldBe(ErrorIds.NotMigrated);
}
