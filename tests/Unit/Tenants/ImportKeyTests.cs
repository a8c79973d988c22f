using System.Collections;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>Which keys of a source change, how, and what follows them.</summary>
public sealed class ImportKeyTests : ImportFolder
{
    [Fact]
    public void Text_keys_that_collide_get_an_ending_and_others_stay()
    {
        CreateBoth(
            """
            CREATE TABLE customers(id TEXT PRIMARY KEY, name TEXT);
            CREATE TABLE sales(number TEXT, customer TEXT REFERENCES customers(id));
            """,
            "INSERT INTO customers VALUES('cust-0001', 'Ada'), ('', 'Nil'); INSERT INTO sales VALUES('1', 'cust-0001');",
            """
            INSERT INTO customers VALUES('cust-0001', 'Bo'), ('cust-0002', 'Cy'), ('', 'Empty'), ('x-north', 'Odd');
            INSERT INTO sales VALUES('1', 'cust-0001'), ('2', 'cust-0002'), ('3', NULL), ('4', ''), ('5', 'gone');
            """);
        TenantImportResult result = ImportGood();
        Sql("SELECT id FROM customers WHERE tenant_id = 'north' ORDER BY name").ShouldBe(
            "cust-0001-north-2\ncust-0002\n-north-2\nx-north");
        Sql("SELECT quote(customer) FROM sales WHERE tenant_id = 'north' ORDER BY number").ShouldBe(
            "'cust-0001-north-2'\n'cust-0002'\nNULL\n'-north-2'\n'gone'");
        result.Tables[0].Rule.ShouldBe("'-north-2' at the end");
        result.KeysMapped.ShouldBe(2);
    }

    [Fact]
    public void Keys_that_differ_only_in_case_collide_where_the_column_says_so()
    {
        CreateBoth(
            """
            CREATE TABLE c(id TEXT PRIMARY KEY COLLATE NOCASE);
            CREATE TABLE s(c TEXT REFERENCES c(id));
            """,
            "INSERT INTO c VALUES('ABC');",
            "INSERT INTO c VALUES('abc'); INSERT INTO s VALUES('aBC');");
        _ = ImportGood();
        Sql("SELECT id FROM c WHERE tenant_id = 'north'").ShouldBe("abc-north");
        Sql("SELECT c FROM s").ShouldBe("aBC-north");
    }

    [Fact]
    public void Composite_keys_cycles_and_one_to_one_tables_follow_their_root()
    {
        CreateBoth(
            """
            CREATE TABLE orders(
                id INTEGER PRIMARY KEY, best INTEGER, FOREIGN KEY(id, best) REFERENCES lines(o, n) DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE lines(o INTEGER REFERENCES orders(id), n INTEGER, PRIMARY KEY(o, n));
            CREATE TABLE notes(o INTEGER, n INTEGER, note TEXT, FOREIGN KEY(o, n) REFERENCES lines(o, n));
            CREATE TABLE details(id INTEGER PRIMARY KEY REFERENCES orders(id), text TEXT);
            CREATE TABLE more(d INTEGER REFERENCES details);
            """,
            "INSERT INTO orders VALUES(1, 1); INSERT INTO lines VALUES(1, 1); INSERT INTO details VALUES(1, 'a');",
            """
            INSERT INTO orders VALUES(1, 2); INSERT INTO lines VALUES(1, 1), (1, 2); INSERT INTO notes VALUES(1, 2, 'x');
            INSERT INTO details VALUES(1, 'b'); INSERT INTO more VALUES(1);
            """);
        _ = ImportGood();
        Sql("SELECT id, best FROM orders WHERE tenant_id = 'north'").ShouldBe("2|2");
        Sql("SELECT o, n FROM lines WHERE tenant_id = 'north'").ShouldBe("2|1\n2|2");
        Sql("SELECT o, n FROM notes").ShouldBe("2|2");
        Sql("SELECT id FROM details WHERE tenant_id = 'north'").ShouldBe("2");
        Sql("SELECT d FROM more").ShouldBe("2");
        Sql("PRAGMA foreign_key_check").ShouldBeEmpty();
    }

    [Fact]
    public void Reference_that_dangles_does_not_find_a_row_of_another_tenant()
    {
        CreateBoth(
            "CREATE TABLE c(id INTEGER PRIMARY KEY); CREATE TABLE s(c INTEGER REFERENCES c, t TEXT);",
            "INSERT INTO c VALUES(5), (9); INSERT INTO s VALUES(12, 'lost here');",
            "INSERT INTO c VALUES(1), (12); INSERT INTO s VALUES(5, 'lost'), (6, 'lost too'), (1, 'ok'), (12, 'ok');");
        _ = ImportGood();
        Sql("SELECT count(*) FROM s JOIN c ON s.c = c.id WHERE s.tenant_id <> c.tenant_id").ShouldBe("0");
        Sql("SELECT count(*) FROM s JOIN c ON s.c = c.id WHERE s.t LIKE 'lost%'").ShouldBe("0");
        Sql("SELECT count(*) FROM s JOIN c ON s.c = c.id WHERE s.t = 'ok' AND s.tenant_id = c.tenant_id").ShouldBe("2");
    }

    [Theory]
    [InlineData(UniqueScope.Tenant)]
    [InlineData(UniqueScope.TenantAndPrimaryKey)]
    public void Keys_per_tenant_do_not_collide(UniqueScope scope)
    {
        CreateBoth(
            """
            CREATE TABLE p(sku TEXT UNIQUE, id TEXT PRIMARY KEY); CREATE UNIQUE INDEX i ON p(lower(sku));
            CREATE TABLE s(p TEXT REFERENCES p(id), sku TEXT REFERENCES p(sku));
            """,
            "INSERT INTO p VALUES('A', 'p1'); INSERT INTO s VALUES('p1', 'A');",
            "INSERT INTO p VALUES('A', 'p1'), ('B', 'p2'); INSERT INTO s VALUES('p1', 'A'), ('p2', 'B');",
            new MigrationOptions("south") { UniqueScope = scope });
        TenantImportResult result = ImportGood();
        Sql("SELECT sku, id FROM p WHERE tenant_id = 'north' ORDER BY sku").ShouldBe(
            scope == UniqueScope.Tenant ? "A|p1-north\nB|p2" : "A|p1\nB|p2");
        Sql("SELECT p, sku FROM s WHERE tenant_id = 'north' ORDER BY sku").ShouldBe(
            scope == UniqueScope.Tenant ? "p1-north|A\np2|B" : "p1|A\np2|B");
        result.KeysMapped.ShouldBe(scope == UniqueScope.Tenant ? 1 : 0);
    }

    [Fact]
    public void Natural_keys_never_change()
    {
        CreateBoth(
            """
            CREATE TABLE g(code TEXT PRIMARY KEY, v); CREATE TABLE r(number INTEGER UNIQUE);
            CREATE TABLE y(y INTEGER, n INTEGER, UNIQUE(y, n));
            """,
            "INSERT INTO g VALUES('G1', 1); INSERT INTO r VALUES(7); INSERT INTO y VALUES(2026, 1);",
            "INSERT INTO g VALUES('G1', 2); INSERT INTO r VALUES(7), (8); INSERT INTO y VALUES(2026, 1);");
        string message = ImportRefused(ErrorIds.KeysCollide);
        message.ShouldContain("g (code), such as (G1)");
        message.ShouldContain("r (number), such as (7)");
        message.ShouldContain("y (y, n), such as (2026, 1)");
        message.ShouldContain("-UniqueScope TenantAndPrimaryKey");

        // Declared as keys that may change, they do.
        _ = Sql("DELETE FROM y");
        _ = ImportGood(keys: Keys(("g.code", "Key"), ("r.number", "key")));
        Sql("SELECT code FROM g WHERE tenant_id = 'north'").ShouldBe("G1-north");
        Sql("SELECT group_concat(number) FROM r WHERE tenant_id = 'north'").ShouldBe("9,8");
    }

    [Fact]
    public void Integers_stay_below_what_a_program_reads_exactly_and_within_checks()
    {
        CreateBoth(
            """
            CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT);
            CREATE TABLE b(id INTEGER PRIMARY KEY CHECK(id BETWEEN 1 AND 20), a INTEGER REFERENCES a);
            """,
            "INSERT INTO a VALUES(1, 'x'), (9223372036854775807, 'max'); INSERT INTO b VALUES(1, 1), (2, 1), (18, 1);",
            "INSERT INTO a VALUES(1, 'y'), (9223372036854775807, 'also'); INSERT INTO b VALUES(1, 1), (2, 9223372036854775807);");
        string message = ImportRefused(ErrorIds.KeysCollide);
        message.ShouldContain("a.id");

        Shell.Sql(Source, "DELETE FROM a WHERE v = 'also'; UPDATE b SET a = 1");
        _ = ImportGood();
        Sql("SELECT id FROM a WHERE tenant_id = 'north'").ShouldBe("2");
        Sql("SELECT group_concat(id) FROM b WHERE tenant_id = 'north'").ShouldBe("19,20");
    }

    [Fact]
    public void Check_that_leaves_no_room_refuses_the_source()
    {
        CreateBoth(
            "CREATE TABLE c(id INTEGER PRIMARY KEY CHECK(id < 3));", "INSERT INTO c VALUES(1);", "INSERT INTO c VALUES(1), (2);");
        ImportRefused(ErrorIds.KeysCollide).ShouldContain("c.id");
    }

    [Fact]
    public void Declared_references_follow()
    {
        CreateBoth(
            """
            CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE work_orders(id INTEGER PRIMARY KEY, customer_ref TEXT);
            CREATE TABLE audit(id INTEGER PRIMARY KEY, entity_type TEXT, entity_id, payload TEXT);
            """,
            "INSERT INTO customers VALUES(1, 'Ada'), (3, 'Bo'); INSERT INTO work_orders VALUES(1, '1'), (2, NULL);",
            """
            INSERT INTO customers VALUES(1, 'Cy'), (2, 'Di');
            INSERT INTO work_orders VALUES(1, '2'), (2, '1'), (3, 'no number');
            INSERT INTO audit VALUES
                (1, 'customer', 1, '{"customer_id": 1, "n" : 1, "items":[{"order_id":2},{"order_id": 9}]}'),
                (2, 'work_order', 2, '{"customer_id":"1","x":"\u00e4"}'),
                (3, 'other', 1, 'no json'), (4, 'work_order', '1', NULL), (5, 'customer', 3, '[1]');
            """);
        KeyDeclarations keys = Keys(
            ("work_orders.customer_ref", "customers"),
            ("audit.entity_id", new Hashtable { ["Type"] = "entity_type", ["customer"] = "customers", ["work_order"] = "work_orders.id" }),
            ("audit.payload", new Hashtable { ["$.customer_id"] = "customers", ["$.items[*].order_id"] = "work_orders" }));
        _ = ImportGood(keys: keys);
        Sql("SELECT id, name FROM customers WHERE tenant_id = 'north' ORDER BY name").ShouldBe("4|Cy\n2|Di");
        Sql("SELECT id, customer_ref FROM work_orders WHERE tenant_id = 'north' ORDER BY id").ShouldBe("3|no number\n10|2\n11|4");
        Sql("SELECT entity_type, quote(entity_id), payload FROM audit ORDER BY id").ShouldBe(
            """
            customer|4|{"customer_id": 4, "n" : 1, "items":[{"order_id":11},{"order_id": 9}]}
            work_order|11|{"customer_id":"4","x":"\u00e4"}
            other|1|no json
            work_order|'10'|
            customer|6|[1]
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Undeclared_references_are_named_and_small_integers_are_not()
    {
        CreateBoth(
            """
            CREATE TABLE customers(id INTEGER PRIMARY KEY, level INTEGER, customer_count INTEGER, visits INTEGER);
            CREATE TABLE work_orders(id INTEGER PRIMARY KEY, soldToCustomerId INTEGER, quantity INTEGER, store_id INTEGER);
            CREATE TABLE audit(entity_type TEXT, entity_id INTEGER, payload TEXT);
            CREATE TABLE tree(id INTEGER PRIMARY KEY, parent_id INTEGER);
            """,
            "INSERT INTO customers VALUES(1, 1, 1, 1); INSERT INTO work_orders VALUES(1, 1, 1, 1); INSERT INTO tree VALUES(1, NULL);",
            """
            INSERT INTO customers VALUES(1, 1, 2, 1), (2, 2, 1, 2);
            INSERT INTO work_orders VALUES(1, 1, 2, 1), (2, 2, 1, 2);
            INSERT INTO audit VALUES('work_order', 2, '{"customer_id":1}'), ('customer', 2, NULL);
            INSERT INTO tree VALUES(1, NULL), (2, 1);
            """);
        string message = ImportRefused(ErrorIds.ReferenceNotDeclared);
        message.ShouldContain("work_orders.soldToCustomerId to customers.id");
        message.ShouldContain("audit.entity_id by entity_type");
        message.ShouldContain("'customer_id' in the JSON of audit.payload to customers.id");
        message.ShouldContain("tree.parent_id to tree.id");
        message.ShouldNotContain("quantity");
        message.ShouldNotContain("count");
        message.ShouldNotContain("level");
        message.ShouldNotContain("visits");
        message.ShouldNotContain("store_id");

        _ = ImportGood(keys: Keys(
            ("work_orders.soldToCustomerId", "customers"),
            ("audit.entity_id", "None"),
            ("audit.payload", "None"),
            ("tree.parent_id", "tree")));
        Sql("SELECT group_concat(soldToCustomerId) FROM work_orders WHERE tenant_id = 'north'").ShouldBe("2,3");
        Sql("SELECT group_concat(entity_id) FROM audit").ShouldBe("2,2");
    }

    [Theory]
    [InlineData("nowhere.x", "customers", "no table nowhere")]
    [InlineData("customers.x", "customers", "has no column x")]
    [InlineData("customers.name", "nowhere", "no table nowhere")]
    public void Declaration_that_names_nothing_is_refused(string column, string target, string why)
    {
        CreateBoth("CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT);", "", "");
        ImportRefused(ErrorIds.KeyMapInvalid, keys: Keys((column, target))).ShouldContain(why);
    }

    [Fact]
    public void Pattern_declares_the_keys_of_many_tables()
    {
        CreateBoth(
            "CREATE TABLE a(id TEXT PRIMARY KEY); CREATE TABLE b(id TEXT PRIMARY KEY); CREATE TABLE c(id INTEGER PRIMARY KEY, v TEXT);",
            "INSERT INTO a VALUES('1'); INSERT INTO b VALUES('1');",
            "INSERT INTO a VALUES('1'); INSERT INTO b VALUES('1'), ('2');");
        ImportRefused(ErrorIds.KeysCollide).ShouldContain("-KeyMap @{ 'a.id' = 'Key'; 'b.id' = 'Key' }");
        ImportRefused(ErrorIds.KeyMapInvalid, keys: Keys(("*.nothing", "Key")));
        _ = ImportGood(keys: Keys(("*.id", "Key")));
        Sql("SELECT id FROM b ORDER BY id").ShouldBe("1\n1-north\n2");
    }

    [Fact]
    public void Declaration_that_cannot_be_read_is_refused()
    {
        foreach ((string column, object meaning) in new (string, object)[]
        {
            ("customers", "customers"),
            ("a.b", ""),
            ("a.b", new Hashtable { ["customer"] = "customers" }),
            ("a.b", new Hashtable { ["Type"] = "t", ["$.x"] = "customers" }),
            ("a.b", new Hashtable()),
        })
        {
            Should.Throw<PosTenancyException>(() => Keys((column, meaning))).ErrorId.ShouldBe(ErrorIds.KeyMapInvalid);
        }
    }
}
