using PosTenancy.Engine.Guards;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guards;

/// <summary>Triggers of the schema that refuse a reference to a row of another tenant.</summary>
public sealed class SchemaGuardTests : GuardFolder
{
    private const string Refusal = "a row of lines would reference a row of orders that belongs to another tenant";

    private const string Tables =
        """
        CREATE TABLE orders(id INTEGER PRIMARY KEY, note, tenant_id TEXT NOT NULL DEFAULT 'a');
        CREATE TABLE lines(id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(id) ON UPDATE CASCADE, n,
            tenant_id TEXT NOT NULL DEFAULT 'a');
        CREATE INDEX lines_order ON lines(order_id);
        INSERT INTO orders(id, tenant_id) VALUES (1, 'a'), (2, 'b'), (3, 'a');
        INSERT INTO lines(id, order_id, tenant_id) VALUES (1, 1, 'a'), (2, 2, 'b'), (3, NULL, 'b'), (4, 9, 'b');
        """;

    [Theory]
    [InlineData("INSERT INTO lines(order_id, tenant_id) VALUES (1, 'b')")]
    [InlineData("INSERT INTO lines(order_id) VALUES (2)")]
    [InlineData("INSERT OR IGNORE INTO lines(order_id) VALUES (2)")]
    [InlineData("INSERT OR REPLACE INTO lines(id, order_id, tenant_id) VALUES (1, 2, 'a')")]
    [InlineData("INSERT INTO lines(id, order_id) VALUES (1, 1) ON CONFLICT DO UPDATE SET order_id = 2")]
    [InlineData("UPDATE lines SET order_id = 2 WHERE id = 1")]
    [InlineData("UPDATE lines SET tenant_id = 'b' WHERE id = 1")]
    [InlineData("UPDATE orders SET tenant_id = 'b' WHERE id = 1")]
    [InlineData("UPDATE orders SET tenant_id = 'A' WHERE id = 1")]
    [InlineData("PRAGMA foreign_keys = OFF; UPDATE orders SET id = 9 WHERE id = 3")]
    [InlineData("PRAGMA foreign_keys = OFF; INSERT INTO orders(id, tenant_id) VALUES (9, 'a')")]
    public void Row_and_the_row_that_it_references_have_the_same_tenant(string sql)
    {
        Shell.Sql(Database, Tables);
        Shell.Sql(Database, Permanent());
        string before = Shell.Sql(Database, "SELECT * FROM orders; SELECT * FROM lines");

        Run(sql).ShouldContain(Refusal);

        Shell.Sql(Database, "SELECT * FROM orders; SELECT * FROM lines").ShouldBe(before);
    }

    [Theory]
    [InlineData("INSERT INTO lines(order_id, tenant_id) VALUES (2, 'b'); SELECT changes()")]
    [InlineData("INSERT INTO lines(order_id, tenant_id) VALUES (NULL, 'x'); SELECT changes()")]
    [InlineData("UPDATE lines SET n = 1 WHERE id = 2; SELECT changes()")]
    [InlineData("UPDATE lines SET order_id = 3 WHERE id = 1; SELECT changes()")]
    [InlineData("UPDATE orders SET id = 7 WHERE id = 2; SELECT changes()")]
    [InlineData("UPDATE orders SET tenant_id = 'b' WHERE id = 3; SELECT changes()")]
    [InlineData("INSERT INTO orders(tenant_id) VALUES ('c'); SELECT changes()")]
    [InlineData("PRAGMA foreign_keys = OFF; INSERT INTO orders(id, tenant_id) VALUES (9, 'b'); SELECT changes()")]
    public void All_else_is_as_before(string sql)
    {
        Shell.Sql(Database, Tables);
        Shell.Sql(Database, Permanent());

        Run(sql).ShouldBe("1");
    }

    [Fact]
    public void Keys_of_any_kind_are_followed()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE "we ""ird"(a TEXT COLLATE NOCASE, b, tenant_id TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
            CREATE TABLE child(id INTEGER PRIMARY KEY, x TEXT, y, self INTEGER REFERENCES child, tenant_id TEXT,
                FOREIGN KEY (x, y) REFERENCES "we ""ird", FOREIGN KEY (y) REFERENCES nowhere, FOREIGN KEY (x) REFERENCES child(no_column));
            CREATE TABLE one(id INTEGER PRIMARY KEY REFERENCES child(id), tenant_id TEXT);
            CREATE TABLE keyed(id INTEGER PRIMARY KEY, tenant_id TEXT, UNIQUE (tenant_id, id));
            CREATE TABLE by_key(id INTEGER PRIMARY KEY, k INTEGER, tenant_id TEXT,
                FOREIGN KEY (tenant_id, k) REFERENCES keyed(tenant_id, id));
            INSERT INTO "we ""ird" VALUES ('K', 1, 'a'), ('K', 2, 'b');
            """);
        string sql = Permanent();
        Shell.Sql(Database, sql);

        sql.ShouldNotContain("by_key", customMessage: "its foreign key compares the tenants itself");
        Run("INSERT INTO child(x, y, tenant_id) VALUES ('k', 1, 'b')", foreignKeys: false).ShouldContain("another tenant");
        Run("INSERT INTO child(id, x, y, tenant_id) VALUES (1, 'k', 1, 'a') RETURNING id", foreignKeys: false).ShouldBe("1");
        Run("INSERT INTO child(self, tenant_id) VALUES (1, 'b')", foreignKeys: false).ShouldContain("another tenant");
        Run("INSERT INTO child(id, self, tenant_id) VALUES (7, 7, 'b') RETURNING id", foreignKeys: false).ShouldBe("7");
        Run("INSERT INTO one VALUES (1, 'b')").ShouldContain("another tenant");

        // A rowid that SQLite assigns may reference a row as well: it is known only after the row is there.
        Run("INSERT INTO one(tenant_id) VALUES ('b')").ShouldContain("another tenant");
        Run("INSERT INTO one(tenant_id) VALUES ('a') RETURNING id").ShouldBe("1");
    }

    [Fact]
    public void Tenants_are_compared_byte_by_byte_and_keys_by_the_collation_of_the_parent()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE orders(code TEXT PRIMARY KEY COLLATE NOCASE, tenant_id TEXT COLLATE NOCASE);
            CREATE TABLE lines(id INTEGER PRIMARY KEY, code TEXT REFERENCES orders, tenant_id TEXT COLLATE NOCASE);
            INSERT INTO orders VALUES ('K', 'a');
            INSERT INTO lines VALUES (1, 'k', 'a');
            """);
        Shell.Sql(Database, Permanent());

        Run("UPDATE lines SET tenant_id = 'A'").ShouldContain(Refusal);
        Run("UPDATE orders SET tenant_id = 'A'").ShouldContain(Refusal);
        Run("INSERT INTO lines(code, tenant_id) VALUES ('K', 'A')").ShouldContain(Refusal);
        Run("INSERT INTO lines(code, tenant_id) VALUES ('k', 'a') RETURNING id").ShouldBe("2");
    }

    [Fact]
    public void Statements_can_run_again_and_within_a_transaction_of_the_migration()
    {
        Shell.Sql(Database, Tables);

        Shell.Sql(Database, $"BEGIN; {Permanent()} COMMIT; {Permanent()} SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'")
            .ShouldBe("4");
    }

    private string Permanent() => TenantGuard.Write(
        Database, new TenantExpectation(null, "tenant_id", []), new TenantGuardOptions(IsPermanent: true)).Sql;

    private string Run(string sql, bool foreignKeys = true)
    {
        (_, string output, string error) = Shell.Run(
            "sqlite3", $"PRAGMA foreign_keys = {(foreignKeys ? "ON" : "OFF")}; {sql};", "-batch", "-bail", Database);
        return (output + error).Trim();
    }
}
