using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guards;

/// <summary>What a guarded connection may write, tried with the sqlite3 shell.</summary>
public sealed class ConnectionGuardTests : GuardFolder
{
    private const string Orders =
        """
        CREATE TABLE orders(id INTEGER PRIMARY KEY, number TEXT UNIQUE, total INTEGER NOT NULL DEFAULT 0,
            tenant_id VARCHAR(255) NOT NULL DEFAULT 'north');
        INSERT INTO orders VALUES (1, 'a', 10, 'north'), (2, 'b', 20, 'south'), (3, 'c', 30, 'north');
        CREATE INDEX i ON orders(tenant_id);
        """;

    [Theory]
    [InlineData("UPDATE orders SET total = 0")]
    [InlineData("UPDATE orders SET total = 0 WHERE id = 2")]
    [InlineData("UPDATE orders SET total = total WHERE id = 2")]
    [InlineData("UPDATE orders SET tenant_id = 'north' WHERE id = 2")]
    [InlineData("UPDATE orders SET tenant_id = 'south' WHERE id = 1")]
    [InlineData("UPDATE orders SET tenant_id = 'NORTH' WHERE id = 1")]
    [InlineData("UPDATE OR IGNORE orders SET tenant_id = 'south' WHERE id = 1")]
    [InlineData("UPDATE OR REPLACE orders SET number = 'b' WHERE id = 1")]
    [InlineData("UPDATE orders SET total = v.t FROM (SELECT 2 AS id, 5 AS t) AS v WHERE v.id = orders.id")]
    [InlineData("DELETE FROM orders")]
    [InlineData("DELETE FROM orders WHERE id = 2")]
    [InlineData("INSERT INTO orders(number, tenant_id) VALUES ('d', 'south')")]
    [InlineData("INSERT INTO orders(number, tenant_id) VALUES ('d', NULL)")]
    [InlineData("INSERT INTO orders(number, tenant_id) VALUES ('d', 'north ')")]
    [InlineData("INSERT INTO orders(number, tenant_id) VALUES ('d', X'6e6f727468')")]
    [InlineData("INSERT OR IGNORE INTO orders(number, tenant_id) VALUES ('d', 'south')")]
    [InlineData("INSERT OR REPLACE INTO orders(id, number, tenant_id) VALUES (2, 'b', 'north')")]
    [InlineData("INSERT OR REPLACE INTO orders(number, tenant_id) VALUES ('b', 'north')")]
    [InlineData("REPLACE INTO orders(id, tenant_id) VALUES (2, 'north')")]
    [InlineData("INSERT INTO orders SELECT id + 10, number || 'x', total, tenant_id FROM orders")]
    [InlineData("INSERT INTO orders(id, total, tenant_id) VALUES (2, 5, 'north') ON CONFLICT(id) DO UPDATE SET total = excluded.total")]
    [InlineData("WITH o AS (SELECT 2 AS id) DELETE FROM orders WHERE id IN (SELECT id FROM o) RETURNING id")]
    public void Write_that_concerns_another_tenant_is_aborted_and_changes_nothing(string sql)
    {
        Shell.Sql(Database, Orders);
        string before = Shell.Sql(Database, "SELECT * FROM orders");

        As("'north'", sql).ShouldContain(Refused);

        Shell.Sql(Database, "SELECT * FROM orders").ShouldBe(before);
    }

    [Theory]
    [InlineData("INSERT INTO orders(number) VALUES ('d')", "4|d|0|north")]
    [InlineData("INSERT INTO orders(number, tenant_id) VALUES ('d', 'north')", "4|d|0|north")]
    [InlineData("UPDATE orders SET total = 11 WHERE tenant_id = 'north' AND id = 1", "1|a|11|north")]
    [InlineData("UPDATE orders SET id = 9 WHERE id = 1", "9|a|10|north")]
    [InlineData("UPDATE OR REPLACE orders SET number = 'c' WHERE id = 1", "1|c|10|north")]
    [InlineData("DELETE FROM orders WHERE tenant_id = 'north' AND id = 1", "1|a|10|north")]
    [InlineData("INSERT OR REPLACE INTO orders(number) VALUES ('a')", "4|a|0|north")]
    [InlineData("REPLACE INTO orders(id, total) VALUES (1, 5)", "1||5|north")]
    [InlineData("INSERT INTO orders(id, total) VALUES (1, 5) ON CONFLICT(id) DO UPDATE SET total = excluded.total", "1|a|5|north")]
    public void Own_write_does_what_it_does_without_the_guard(string sql, string returned)
    {
        Shell.Sql(Database, Orders);
        File.Copy(Database, Database + ".unguarded");
        string statements = sql + " RETURNING *; SELECT changes(), total_changes(), last_insert_rowid(); SELECT * FROM orders";

        // What the guard itself writes counts among the changes of the connection.
        string counted = "CREATE TEMP TABLE c(a); INSERT INTO c VALUES (1); UPDATE c SET a = 2;";
        string guarded = As("'north'", statements);

        guarded.ShouldStartWith(returned + "\n1|");
        guarded.ShouldBe(Shell.Sql(Database + ".unguarded", counted + statements));
    }

    [Fact]
    public void Without_a_tenant_nothing_is_written()
    {
        Shell.Sql(Database, Orders);
        foreach (string sql in new[]
        {
            "INSERT INTO orders(number) VALUES ('d')", "UPDATE orders SET total = 1", "DELETE FROM orders WHERE id = 1",
            "INSERT INTO orders(number, tenant_id) VALUES ('d', NULL)",
        })
        {
            As(tenant: null, sql).ShouldContain("a connection whose tenant is not set", customMessage: sql);
            As("NULL", sql).ShouldContain("a connection whose tenant is not set", customMessage: sql);
        }
    }

    /// <summary>The column of such a row is its DEFAULT, which is what a trigger sees.</summary>
    [Fact]
    public void Insert_without_the_tenant_is_aborted_where_the_default_is_another_one()
    {
        Shell.Sql(Database, Orders);

        As("'south'", "INSERT INTO orders(number) VALUES ('d')").ShouldContain(Refused);
        As("'south'", "INSERT INTO orders DEFAULT VALUES").ShouldContain(Refused);
        As("'south'", "INSERT INTO orders(number, tenant_id) VALUES ('d', 'south') RETURNING id").ShouldBe("4");
    }

    [Fact]
    public void Tenant_of_a_connection_can_change_until_it_is_locked()
    {
        Shell.Sql(Database, Orders);
        const string Set = "UPDATE temp.postenancy_context SET tenant_id = ";

        As("'north'", Set + "'south'; UPDATE orders SET total = 1 WHERE id = 2; SELECT changes()").ShouldBe("1");
        As("'north'", Set + "'south'; UPDATE orders SET total = 1 WHERE id = 1").ShouldContain(Refused);
        As("'north'", Set + "NULL; UPDATE orders SET total = 1 WHERE id = 1").ShouldContain("tenant is not set");
        As("'north'", "INSERT OR REPLACE INTO temp.postenancy_context(id, tenant_id) VALUES (1, 'south');" +
            "UPDATE orders SET total = 1 WHERE id = 2; SELECT changes()").ShouldBe("1");
        As("''", "").ShouldContain("CHECK constraint failed");
        As("'north'", "INSERT INTO temp.postenancy_context(id, tenant_id) VALUES (2, 'south')").ShouldContain("CHECK constraint failed");
        foreach (string sql in new[]
        {
            Set + "'south'", Set + "NULL", Set + "'north', is_locked = 0", "DELETE FROM temp.postenancy_context",
            "INSERT OR REPLACE INTO temp.postenancy_context(id, tenant_id) VALUES (1, 'south')",
        })
        {
            As("'north', is_locked = 1", sql).ShouldContain("the tenant of this connection is locked", customMessage: sql);
        }

        As("'north', is_locked = 1", Set + "'north', is_locked = 1; UPDATE orders SET total = 1 WHERE id = 1; SELECT changes()")
            .ShouldBe("1");
        As("'north'", "DELETE FROM temp.postenancy_context; DELETE FROM orders WHERE id = 1").ShouldContain("tenant is not set");
    }

    [Fact]
    public void Guard_can_run_again_on_a_connection_of_a_pool()
    {
        Shell.Sql(Database, Orders);

        As("'north', is_locked = 1", Guard().Sql + "UPDATE orders SET total = 1 WHERE id = 1; SELECT changes()").ShouldBe("1");
        As("'north'", Guard().Sql + "UPDATE orders SET total = 1 WHERE id = 2").ShouldContain(Refused);
    }

    [Fact]
    public void Guard_belongs_to_its_connection_and_the_file_is_as_before()
    {
        Shell.Sql(Database, Orders);
        string before = Snapshot();

        string guard = Guard("my_").Sql;

        Snapshot().ShouldBe(before);
        As("'north'", "SELECT count(*) FROM main.sqlite_schema", guard: guard).ShouldBe("3");
        Snapshot().ShouldBe(before);
    }

    /// <summary>If SQLite ever holds these, docs/guard-writes.md need not list them any more.</summary>
    [Theory]
    [InlineData("PRAGMA recursive_triggers = OFF; REPLACE INTO orders(id, total) VALUES (2, 5) RETURNING total", "5")]
    [InlineData("PRAGMA temp_store = MEMORY; UPDATE orders SET total = 5 WHERE id = 2 RETURNING total", "5")]
    [InlineData("ATTACH 'pos.db' AS again; UPDATE again.orders SET total = 5 WHERE id = 2 RETURNING total", "5")]
    [InlineData("DROP TABLE orders; SELECT count(*) FROM sqlite_schema", "0")]
    [InlineData("SELECT total FROM orders WHERE id = 2", "20")]
    public void What_the_page_says_that_a_guard_cannot_hold_passes(string sql, string printed)
    {
        Shell.Sql(Database, Orders);

        As("'north'", sql.Replace("'pos.db'", $"'{Database}'", StringComparison.Ordinal)).ShouldBe(printed);
    }
}
