using PosTenancy.Engine.Guards;
using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guards;

/// <summary>The guard of unusual schemas: each table, however it is declared, takes the own row and refuses the other.</summary>
public sealed class GuardedSchemaTests : GuardFolder
{
    [Theory]
    [InlineData("t", "id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL) STRICT", "'a'", "'a'", "'b'")]
    [InlineData("t", "id TEXT, tenant_id TEXT NOT NULL, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID", "'a'", "'a'", "'b'")]
    [InlineData("t", "id INTEGER PRIMARY KEY, n GENERATED ALWAYS AS (tenant_id || '-' || id) STORED UNIQUE, tenant_id TEXT)",
        "'a'", "'a'", "'b'")]
    [InlineData("t", "id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL)", "1", "1", "2")]
    [InlineData("t", "id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL)", "'1'", "'1'", "2")]
    [InlineData("t", "id INTEGER PRIMARY KEY, tenant_id NUMERIC)", "'1'", "1", "'2'")]
    [InlineData("t", "id INTEGER PRIMARY KEY, tenant_id)", "1", "1", "2")]
    [InlineData("t", "id INTEGER PRIMARY KEY, tenant_id TEXT)", "1", "1", "2")]
    [InlineData("t", "id INTEGER PRIMARY KEY, tenant_id TEXT COLLATE NOCASE)", "'acme'", "'acme'", "'ACME'")]
    [InlineData("t", "id INTEGER PRIMARY KEY, tenant_id TEXT COLLATE RTRIM)", "'acme'", "'acme'", "'acme '")]
    [InlineData("we \"ird]\n'table", "id INTEGER PRIMARY KEY, tenant_id TEXT)", "'o''neill'", "'o''neill'", "'b'")]
    [InlineData("select", "\"order\" INTEGER PRIMARY KEY, tenant_id TEXT)", "'a'", "'a'", "'b'")]
    [InlineData("postenancy_context", "id INTEGER PRIMARY KEY, tenant_id TEXT)", "'a'", "'a'", "'b'")]
    [InlineData("x", "id INTEGER PRIMARY KEY, tenant_id TEXT)", "'a'", "'a'", "'b'")]
    public void Table_takes_the_own_tenant_only(string table, string rest, string context, string own, string other)
    {
        string name = "main.\"" + table.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        Shell.Sql(Database, $"CREATE TABLE {name} ({rest}");
        string key = rest.StartsWith("\"order\"", StringComparison.Ordinal) ? "\"order\"" : "id";

        Insert(own, 1).ShouldBe("");
        Insert(other, 2).ShouldContain(Refused);
        Shell.Sql(Database, $"INSERT INTO {name}({key}, tenant_id) VALUES (2, {other})");
        As(context, $"DELETE FROM {name} WHERE {key} = 2").ShouldContain(Refused);
        As(context, $"UPDATE {name} SET tenant_id = {own} WHERE {key} = 2").ShouldContain(Refused);
        As(context, $"UPDATE {name} SET tenant_id = {other} WHERE {key} = 1").ShouldContain(Refused);
        As(context, $"UPDATE {name} SET {key} = 3 WHERE {key} = 1; DELETE FROM {name} WHERE {key} = 3; SELECT changes()").ShouldBe("1");

        string Insert(string tenant, int id) => As(context, $"INSERT INTO {name}({key}, tenant_id) VALUES ({id}, {tenant})");
    }

    [Fact]
    public void Tenant_column_may_have_any_name()
    {
        Shell.Sql(Database, "CREATE TABLE t(id INTEGER PRIMARY KEY, \"shop no\" TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')");

        As("'a'", "UPDATE t SET id = 5 WHERE id = 2", "shop no").ShouldContain(Refused);
        As("'a'", "UPDATE t SET id = 5 WHERE id = 1 RETURNING id", "shop no").ShouldBe("5");
    }

    [Fact]
    public void Shared_table_that_the_history_records_has_no_guard()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE tax_rates(id INTEGER PRIMARY KEY, rate REAL);
            CREATE TABLE orders(id INTEGER PRIMARY KEY);
            INSERT INTO orders VALUES (1);
            """);
        TenantMigration.Migrate(Database, new MigrationOptions("north") { ReferenceTable = ["tax_rates"] });

        As("'south'", "INSERT INTO tax_rates VALUES (1, 0.07) RETURNING id").ShouldBe("1");
        As("'south'", "UPDATE orders SET id = id").ShouldContain(Refused);
        Guard().Sql.ShouldContain("--     tax_rates: shared by all tenants");
        Guard().Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Row_without_a_tenant_column_belongs_to_the_tenant_of_its_parents()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE orders(id INTEGER PRIMARY KEY, tenant_id TEXT);
            CREATE TABLE lines(id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders, other_id INTEGER REFERENCES orders(id));
            CREATE TABLE notes(id INTEGER PRIMARY KEY, line_id INTEGER REFERENCES lines(id));
            CREATE TABLE loose(id INTEGER PRIMARY KEY);
            INSERT INTO orders VALUES (1, 'a'), (2, 'b');
            INSERT INTO lines VALUES (1, 1, NULL), (2, 2, NULL), (3, NULL, 2), (4, NULL, NULL);
            INSERT INTO notes VALUES (1, 1), (2, 2);
            """);

        foreach (string sql in new[]
        {
            "INSERT INTO lines(order_id) VALUES (2)", "UPDATE lines SET order_id = 2 WHERE id = 1", "UPDATE lines SET id = 9 WHERE id = 2",
            "INSERT INTO lines(order_id, other_id) VALUES (1, 2)", "DELETE FROM lines WHERE id = 3", "DELETE FROM notes WHERE id = 2",
            "INSERT INTO notes(line_id) VALUES (2)", "REPLACE INTO lines(id, order_id) VALUES (2, 1)",
        })
        {
            As("'a'", sql).ShouldContain(Refused, customMessage: sql);
        }

        As("'a'", "INSERT INTO lines(order_id) VALUES (1) RETURNING id").ShouldBe("5");
        As("'a'", "UPDATE notes SET line_id = 5 WHERE id = 1 RETURNING line_id").ShouldBe("5");
        As("'a'", "DELETE FROM lines WHERE id IN (1, 4, 5); SELECT changes()").ShouldBe("3");
        Guard().Warnings.ShouldHaveSingleItem().ShouldContain("these are not guarded: loose.");
        As("'a'", "INSERT INTO loose VALUES (1) RETURNING id").ShouldBe("1");
    }

    [Theory]
    [InlineData("ON DELETE CASCADE", "DELETE FROM p WHERE id = 1")]
    [InlineData("ON DELETE SET NULL", "DELETE FROM p WHERE id = 1")]
    [InlineData("ON DELETE SET DEFAULT", "DELETE FROM p WHERE id = 1")]
    [InlineData("ON UPDATE CASCADE", "UPDATE p SET id = 9 WHERE id = 1")]
    public void Action_of_a_foreign_key_on_a_row_of_another_tenant_is_aborted(string action, string sql)
    {
        Shell.Sql(
            Database,
            $"""
            CREATE TABLE p(id INTEGER PRIMARY KEY, tenant_id TEXT);
            CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id) {action}, tenant_id TEXT);
            INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1, 1, 'a'), (2, 1, 'b');
            """);

        As("'a'", "PRAGMA foreign_keys = ON; " + sql).ShouldContain(Refused);
        Shell.Sql(Database, "DELETE FROM c WHERE id = 2");
        As("'a'", $"PRAGMA foreign_keys = ON; {sql}; SELECT changes()").ShouldBe("1");
    }

    [Fact]
    public void What_triggers_of_the_schema_write_is_guarded_too()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE orders(id INTEGER PRIMARY KEY, tenant_id TEXT);
            CREATE TABLE log(id INTEGER PRIMARY KEY, tenant_id TEXT DEFAULT 'a');
            CREATE VIEW v AS SELECT id FROM orders;
            CREATE TRIGGER t1 AFTER UPDATE ON orders BEGIN INSERT INTO log(id) VALUES (NULL); END;
            CREATE TRIGGER t2 INSTEAD OF DELETE ON v BEGIN DELETE FROM orders WHERE id = OLD.id; END;
            INSERT INTO orders VALUES (1, 'a'), (2, 'b');
            """);

        As("'b'", "UPDATE orders SET id = 3 WHERE id = 2").ShouldContain("INSERT into log for another tenant");
        As("'a'", "DELETE FROM v").ShouldContain("DELETE from orders for another tenant");
        As("'a'", "DELETE FROM v WHERE id = 1; SELECT count(*) FROM orders").ShouldBe("1");
    }

    [Fact]
    public void Trigger_that_recursion_would_change_is_named()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY, a, updated_at, tenant_id TEXT);
            CREATE TABLE u(id INTEGER PRIMARY KEY, a, updated_at, tenant_id TEXT);
            CREATE TRIGGER touches_itself AFTER UPDATE ON t BEGIN UPDATE t SET updated_at = 1 WHERE id = NEW.id; END;
            CREATE TRIGGER names_columns AFTER UPDATE OF a ON u BEGIN UPDATE u SET updated_at = 1 WHERE id = NEW.id; END;
            """);

        Guard().Warnings.ShouldHaveSingleItem().ShouldStartWith("The trigger 'touches_itself' may fire itself");
    }

    [Fact]
    public void Read_views_show_the_rows_of_the_tenant_and_use_its_index()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE orders(id INTEGER PRIMARY KEY, tenant_id TEXT);
            CREATE TABLE cased(id INTEGER PRIMARY KEY, tenant_id TEXT COLLATE NOCASE);
            CREATE TABLE numbers(id INTEGER PRIMARY KEY, tenant_id INTEGER);
            CREATE TABLE lines(id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders);
            CREATE INDEX orders_tenant ON orders(tenant_id);
            INSERT INTO orders VALUES (1, '1'), (2, 'b'); INSERT INTO cased VALUES (1, 'b'), (2, 'B');
            INSERT INTO numbers VALUES (1, 1), (2, 2);
            INSERT INTO lines VALUES (1, 1), (2, 2), (3, NULL);
            """);
        string guard = Guard("my_").Sql;

        const string Reads = "SELECT id FROM my_orders; SELECT id FROM my_cased; SELECT count(*) FROM my_numbers; SELECT id FROM my_lines";
        As("'b'", Reads, guard: guard).ShouldBe("2\n1\n0\n2");
        As("1", "SELECT id FROM my_numbers; SELECT id FROM my_lines", guard: guard).ShouldBe("1\n1");
        As(null, "SELECT count(*) FROM my_orders; SELECT count(*) FROM my_lines", guard: guard).ShouldBe("0\n0");
        As("'b'", "EXPLAIN QUERY PLAN SELECT * FROM my_orders", guard: guard).ShouldContain("orders_tenant (tenant_id=?)");
    }

    [Fact]
    public void Read_view_must_not_hide_a_table_or_view()
    {
        Shell.Sql(Database, "CREATE TABLE t(tenant_id); CREATE VIEW my_T AS SELECT 1");

        Should.Throw<PosTenancyException>(() => Guard("my_")).ErrorId.ShouldBe(ErrorIds.InvalidReadViewPrefix);
        Should.Throw<PosTenancyException>(() => Guard("")).ErrorId.ShouldBe(ErrorIds.InvalidReadViewPrefix);
        Guard("own_").Sql.ShouldContain("\"own_t\"");
        Should.Throw<PosTenancyException>(() => new TenantGuardOptions(IsPermanent: true, "own_"))
            .ErrorId.ShouldBe(ErrorIds.InvalidReadViewPrefix);
    }

    [Fact]
    public void Database_without_the_column_is_refused()
    {
        Shell.Sql(Database, "CREATE TABLE t(id)");

        Should.Throw<PosTenancyException>(() => Guard()).ErrorId.ShouldBe(ErrorIds.NotMigrated);
    }

    [Fact]
    public void Sample_store_is_guarded_without_a_warning()
    {
        CreateSampleStore();
        TenantMigration.Migrate(Database, new MigrationOptions(Tenant));

        Guard().Warnings.ShouldBeEmpty();
        As($"'{Tenant}'", "UPDATE users SET role = role; UPDATE products SET name = name; SELECT changes()").ShouldBe("5");
        As("'other'", "UPDATE users SET role = role").ShouldContain(Refused);
    }
}
