using PosTenancy.Tests.Generated.Checking;
using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated;

/// <summary>Cases found by generated databases, reduced to a readable size, and the properties that must hold for them.</summary>
public sealed class FoundCases : IDisposable
{
    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(GeneratedSettings.Folder, $"postenancy-{Guid.NewGuid():N}"))
        .FullName;

    [Fact]
    public void View_that_could_not_be_compiled_before_is_nobodys_loss() => Holds("""
        CREATE TABLE schema_migrations (a, b, c);
        CREATE TABLE sales (d, e);
        CREATE VIEW v AS SELECT * FROM schema_migrations UNION SELECT * FROM sales;
        """);

    [Fact]
    public void Trigger_that_could_not_be_compiled_before_is_nobodys_loss() => Holds("""
        CREATE TABLE tenants (a, b);
        CREATE TABLE log (c);
        CREATE TABLE sales (d);
        CREATE TRIGGER t AFTER DELETE ON sales BEGIN INSERT INTO log SELECT * FROM tenants; END;
        """);

    [Fact]
    public void Log_that_a_program_left_behind_is_part_of_the_database() => Holds(
        "CREATE TABLE sales (a UNIQUE, b); PRAGMA journal_mode = WAL; INSERT INTO sales VALUES (1, 'in the log')", leavesLog: true);

    [Fact]
    public void Refusal_leaves_a_log_alone() =>
        IsRefused(
            "CREATE TABLE sales (a, tenant_id AS (a)); PRAGMA journal_mode = WAL; INSERT INTO sales VALUES (1)",
            "has a computed column",
            leavesLog: true);

    [Fact]
    public void Table_constraints_without_commas_and_a_comment_at_the_end_take_the_column() => Holds("""
        CREATE TABLE "a,b" ([x] INT CONSTRAINT nameless, `y` DEFAULT "a text" -- the last one, with )
          , UNIQUE (x, y COLLATE NOCASE) CHECK ("a,b".x > 0) CONSTRAINT c PRIMARY KEY (y DESC) -- the end
        ) WITHOUT ROWID -- really
        ;
        INSERT INTO "a,b" VALUES (1, 'A'), (2, 'b');
        """);

    [Fact]
    public void Quoted_word_in_a_view_that_would_become_the_column_is_refused() =>
        IsRefused(
            "CREATE TABLE sales (a); INSERT INTO sales VALUES (1); CREATE VIEW v AS SELECT \"tenant_id\" AS word FROM sales",
            "cannot be changed: ");

    [Fact]
    public void Quoted_word_in_a_trigger_that_would_become_the_column_is_refused() =>
        IsRefused(
            "CREATE TABLE sales (a); CREATE TABLE log (b); CREATE TRIGGER t AFTER INSERT ON sales BEGIN UPDATE log SET b = " +
            "\"tenant_id\"; END",
            "cannot be changed: ");

    [Fact]
    public void Quoted_word_in_a_check_that_would_become_the_column_is_refused() => IsRefused(
        "CREATE TABLE sales (a CHECK (a <> \"tenant_id\")); INSERT INTO sales VALUES (1)", "tenant_id");

    [Fact]
    public void Quoted_word_in_a_computed_column_that_would_become_the_column_is_refused() => IsRefused(
        "CREATE TABLE sales (a, b AS (a || \"tenant_id\")); INSERT INTO sales VALUES (1)", "tenant_id");

    [Fact]
    public void Quoted_word_that_stays_a_name_or_a_text_is_no_reason() => Holds("""
        CREATE TABLE shops (tenant_id VARCHAR(255) PRIMARY KEY NOT NULL DEFAULT 'caps-automotive');
        CREATE TABLE "tenant_id" (a CONSTRAINT "tenant_id" DEFAULT "tenant_id" REFERENCES shops ("tenant_id"));
        CREATE TABLE sales (a DEFAULT 'tenant_id' CHECK (a <> 'tenant_id'));
        CREATE TABLE log (b);
        CREATE TRIGGER t AFTER INSERT ON sales BEGIN UPDATE log SET b = 'tenant_id'; END;
        """);

    [Fact]
    public void Quoted_word_in_an_index_that_would_become_the_column_is_refused() =>
        IsRefused(
            "CREATE TABLE sales (a); CREATE INDEX i ON sales (a || \"tenant_id\"); CREATE INDEX p ON sales (a) WHERE a <> \"tenant_id\"; " +
            "INSERT INTO sales VALUES (1)",
            "tenant_id");

    [Fact]
    public void Row_that_its_own_check_forbids_stays_as_it_is() => Holds(
        "CREATE TABLE sales (a CHECK (a < 5)); PRAGMA ignore_check_constraints = ON; INSERT INTO sales VALUES (9)");

    [Fact]
    public void Row_that_its_own_check_forbids_stays_as_it_is_in_a_strict_table() => Holds(
        "CREATE TABLE sales (a INT CHECK (a < 5)) STRICT; PRAGMA ignore_check_constraints = ON; INSERT INTO sales VALUES (9)");

    [Fact]
    public void Row_that_its_own_check_forbids_stays_as_it_is_in_a_rebuild() =>
        Holds(
            "CREATE TABLE sales (a UNIQUE CHECK (sales.a < 5)); PRAGMA ignore_check_constraints = ON; INSERT INTO sales VALUES (9)",
            scope: UniqueScope.Tenant);

    [Fact]
    public void Text_in_double_quotes_stays_one_in_a_rebuild() => Holds(
        "CREATE TABLE sales (a UNIQUE, CHECK (a <> \"no such column\")); INSERT INTO sales VALUES (1)", scope: UniqueScope.Tenant);

    [Fact]
    public void Unique_over_the_primary_key_makes_no_index_and_stays_with_it() =>
        Holds(
            "CREATE TABLE sales (a COLLATE nocase PRIMARY KEY ON CONFLICT ROLLBACK, UNIQUE (a COLLATE NOCASE DESC)); INSERT INTO sales " +
            "VALUES ('x')",
            scope: UniqueScope.Tenant);

    [Fact]
    public void Key_that_stays_is_still_looked_at_after_those_that_were_written_before_it() => Holds(
        "CREATE TABLE sales (b UNIQUE, a UNIQUE ON CONFLICT IGNORE, PRIMARY KEY (a)); INSERT INTO sales VALUES (7, 'caps-automotive')",
        scope: UniqueScope.Tenant,
        statement: "INSERT INTO sales (b, a) VALUES (7, 'caps-automotive')");

    [Fact]
    public void Foreign_key_follows_the_key_that_compares_as_its_parent_column_does() =>
        Holds(
            """
            CREATE TABLE sales (a, b, PRIMARY KEY (b COLLATE NOCASE, a), UNIQUE (b, a DESC),
                FOREIGN KEY (a, b) REFERENCES sales (b, a) ON UPDATE CASCADE);
            INSERT INTO sales VALUES ('x', 'x'), (1, 1);
            """,
            scope: UniqueScope.Tenant);

    [Fact]
    public void Tenant_column_without_a_type_holds_a_text_as_it_is() => Holds(
        "CREATE TABLE sales (a CHECK (sales.a IS NOT 2), tenant_id NOT NULL DEFAULT 'caps-automotive'); INSERT INTO sales(a) VALUES (1)");

    [Fact]
    public void Trigger_that_would_break_is_found_though_a_foreign_key_points_nowhere() =>
        IsRefused(
            "CREATE TABLE sales (a, b REFERENCES nowhere (c)); CREATE TRIGGER t AFTER UPDATE ON sales BEGIN INSERT INTO sales VALUES (1, " +
            "2); END",
            "cannot be changed: ");

    [Fact]
    public void Collation_that_SQLite_ignores_in_a_number_key_of_its_own_is_not_let_loose() =>
        IsRefused(
            "CREATE TABLE sales (a INTEGER, PRIMARY KEY (a COLLATE NOCASE)) WITHOUT ROWID",
            "would not read the changed text of its CREATE TABLE as intended",
            scope: UniqueScope.TenantAndPrimaryKey);

    [Fact]
    public void Index_on_the_tenant_alone_goes_when_others_begin_with_the_tenant() => Holds("""
        CREATE TABLE sales (a, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive');
        CREATE INDEX idx_sales_tenant_id ON sales (tenant_id);
        CREATE INDEX i ON sales (a);
        """, strategy: IndexStrategy.Composite);

    [Fact]
    public void Rows_of_another_tenant_are_a_reason() =>
        IsRefused(
            "CREATE TABLE sales (a, tenant_id NOT NULL DEFAULT 'caps-automotive'); INSERT INTO sales VALUES (1, 2)",
            "has rows of the tenant");

    [Fact]
    public void Key_that_SQLite_itself_checks_only_in_one_order_of_the_tables_is_nobodys_loss() =>
        Holds(
            "CREATE TABLE refunds (a UNIQUE REFERENCES sales (a) ON DELETE RESTRICT); CREATE TABLE sales (a INTEGER PRIMARY KEY, b " +
            "REFERENCES sales ON DELETE SET NULL)",
            scope: UniqueScope.Tenant,
            statement: "INSERT OR REPLACE INTO sales (a, b) VALUES (3, 4)");

    [Fact]
    public void Row_that_happens_to_come_first_is_nobodys_loss() =>
        Holds(
            "CREATE TABLE sales (a PRIMARY KEY, b UNIQUE); INSERT INTO sales VALUES (0, 3), (2, 1)",
            scope: UniqueScope.Tenant,
            statement: "UPDATE OR IGNORE sales SET a = 1 WHERE b < 9");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Holds(
        string sql,
        bool leavesLog = false,
        UniqueScope scope = UniqueScope.Database,
        IndexStrategy strategy = IndexStrategy.Separate,
        string statement = "DELETE FROM sales") => Check(sql, null, leavesLog, scope, strategy, statement).Ending.ShouldBe(Ending.Migrated);

    private void IsRefused(string sql, string reason, bool leavesLog = false, UniqueScope scope = UniqueScope.Database) =>
        Check(sql, reason, leavesLog, scope, IndexStrategy.Separate).ShouldBe(new Verdict(Ending.Refused, reason));

    private Verdict Check(
        string sql,
        string? reason,
        bool leavesLog,
        UniqueScope scope,
        IndexStrategy strategy,
        string statement = "DELETE FROM sales") =>
        MigrationProperty.Check(
            new RandomDatabase(
                100,
                new FileShape([sql], [], IsOldFormat: false, leavesLog) { MayBeRefused = reason },
                new TenantWish("caps-automotive", "tenant_id", []),
                [],
                [],
                ["SELECT a FROM sales WHERE a IS NOT 2"],
                ["INSERT INTO sales (a) VALUES ('tenant_id')", "INSERT INTO sales (a) VALUES ('caps-automotive')", statement]),
            scope,
            strategy,
            _folder);
}
