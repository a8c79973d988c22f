using PosTenancy.Engine.Tenants;

namespace PosTenancy.Tests.Tenants;

/// <summary>What others did since the backup: refused by name, or decided.</summary>
public sealed class RestoreConflictTests : RestoreFolder
{
    private const string Schema = """
        CREATE TABLE rates(id INTEGER PRIMARY KEY, percent REAL);
        CREATE TABLE products(id INTEGER PRIMARY KEY, sku TEXT UNIQUE, name TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY AUTOINCREMENT, rate INTEGER REFERENCES rates, about TEXT);
        CREATE TABLE lines(sale INTEGER REFERENCES sales, line INTEGER, product INTEGER REFERENCES products, PRIMARY KEY(sale, line));

        """;

    private const string North = """
        INSERT INTO rates VALUES(1, 7), (2, 19);
        INSERT INTO products VALUES(1, 'A', 'apple'), (2, 'B', 'pear'), (3, 'C', 'plum');
        INSERT INTO sales VALUES(1, 1, 'x'), (2, 2, 'y'), (3, 1, 'z');
        INSERT INTO lines VALUES(1, 1, 1), (1, 2, 2), (3, 1, 1);

        """;

    private const string South = """
        INSERT INTO products VALUES(11, 'S', 'south', 'south');
        INSERT INTO sales VALUES(11, 1, 's', 'south');
        INSERT INTO lines VALUES(11, 1, 11, 'south');

        """;

    [Fact]
    public void Key_that_another_tenant_has_taken_is_refused_by_name()
    {
        string backup = Create();
        Sql("""
            DELETE FROM lines WHERE sale = 3; DELETE FROM sales WHERE id IN (2, 3);
            INSERT INTO sales VALUES(3, 2, 's', 'south');
            """);
        RestoreRefused(ErrorIds.RestoreConflict, backup).ShouldBe(
            $"The rows of tenant 'north' in '{backup}' do not fit into '{Database}' any more: sales 3: id 3 is taken by tenant 'south'. " +
            "-OnConflict NewKey gives new values to keys that are only numbers or ids. -OnConflict Skip leaves rows out. " +
            "The database was not changed.");
        Restore(backup).Conflicts.ShouldHaveSingleItem().ShouldBe(
            new RestoreConflict(Database, "north", "sales", "3", RestoreConflictKind.Taken, "id", "3", "south"));
    }

    [Fact]
    public void Taken_key_gets_a_new_value_and_what_references_it_follows()
    {
        string backup = Create();
        Sql("""
            DELETE FROM lines WHERE sale = 3; DELETE FROM sales WHERE id IN (2, 3);
            INSERT INTO sales VALUES(3, 2, 's', 'south'), (20, 2, 't', 'south'), (30, 1, 'deleted', 'south');
            DELETE FROM sales WHERE id = 30;
            """);
        Preview(backup, NewKey).ShouldContain("Give new values to keys that others have taken: sales.id: 3 -> 31");

        TenantRestoreResult result = RestoreGood(backup, NewKey, differs: true);

        result.NewKeys.ShouldHaveSingleItem().ShouldBe(new RestoredKey("sales", "id", "3", "31"));
        result.Warnings.ShouldBeEmpty();
        result.Conflicts.ShouldHaveSingleItem().Key.ShouldBe("3");
        result.Restored.Select(t => t.ToString()).ShouldBe(["sales (2 back)", "lines (1 back)"]);
        Sql("SELECT id, about FROM sales WHERE tenant_id = 'north'").ShouldBe("1|x\n2|y\n31|z");
        Sql("SELECT sale, line, product FROM lines WHERE tenant_id = 'north'").ShouldBe("1|1|1\n1|2|2\n31|1|1");
        Sql("SELECT seq FROM sqlite_sequence WHERE name = 'sales'").ShouldBe("31", "the number of a deleted row is not assigned again");
        Sql("PRAGMA foreign_key_check").ShouldBe("");
        Differences(backup).ShouldBe("Missing sales (3): id = 3, rate = 1, about = z\nExtra sales (31): id = 31, rate = 1, about = z\n" +
            "Missing lines (3, 1): sale = 3, line = 1, product = 1\nExtra lines (31, 1): sale = 31, line = 1, product = 1");
    }

    [Fact]
    public void Reference_without_a_foreign_key_is_to_be_declared_before_keys_change()
    {
        const string notes = "CREATE TABLE notes(sale_id INTEGER, word TEXT);";
        Create(Schema + notes, North + "INSERT INTO notes VALUES(3, 'n'), (1, 'm');", South, Shared);
        string backup = Backup();
        Sql("DELETE FROM lines WHERE sale = 3; DELETE FROM sales WHERE id = 3; INSERT INTO sales VALUES(3, 2, 's', 'south');");
        RestoreRefused(ErrorIds.ReferenceNotDeclared, backup, NewKey).ShouldContain("-KeyMap @{ 'notes.sale_id' = 'sales' }");
        KeyDeclarations keys = KeyDeclarations.Parse(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["notes.sale_id"] = "sales" });
        RestoreGood(backup, o => NewKey(o) with { Keys = keys }, differs: true).NewKeys.Single().NewKey.ShouldBe("12");
        Sql("SELECT sale_id FROM notes ORDER BY 1").ShouldBe("1\n12");
    }

    [Fact]
    public void Row_whose_key_is_taken_is_left_out_and_listed()
    {
        string backup = Create();
        Sql("DELETE FROM sales WHERE id = 2; INSERT INTO sales VALUES(2, 2, 's', 'south'); UPDATE sales SET about = 'w' WHERE id = 1");
        Preview(backup, Skip).ShouldContain("Leave out 1 row: sales 2: id 2 is taken by tenant 'south'");

        TenantRestoreResult result = RestoreGood(backup, Skip, differs: true);

        result.RowsSkipped.ShouldBe(1);
        result.Conflicts.ShouldHaveSingleItem().ToString().ShouldBe("sales 2: id 2 is taken by tenant 'south'");
        result.Checks.Single(c => c.Name == "TenantEqualsSource").Expected
            .ShouldBe("every row as in the source, with those that were left out (1)");
        Sql("SELECT id, about FROM sales WHERE tenant_id = 'north'").ShouldBe("1|x\n3|z");
        Differences(backup).ShouldBe("Missing sales (2): id = 2, rate = 2, about = y");
    }

    [Fact]
    public void Row_that_others_reference_is_not_left_out()
    {
        string backup = Create();
        Sql("DELETE FROM lines WHERE sale = 3; DELETE FROM sales WHERE id = 3; INSERT INTO sales VALUES(3, 2, 's', 'south');");
        RestoreRefused(ErrorIds.RestoreConflict, backup, Skip)
            .ShouldContain("any more: lines 3, 1: sale 3 references a row of sales that would be left out. " +
                "-OnConflict NewKey gives new values to keys that are only numbers or ids. A row is not left out while others reference ");
    }

    [Fact]
    public void Value_that_people_see_never_changes()
    {
        string backup = Create();
        Sql("UPDATE products SET sku = 'Z' WHERE id = 3; INSERT INTO products VALUES(12, 'C', 'cherry', 'south');");
        foreach (Func<TenantRestoreOptions, TenantRestoreOptions> change in new[] { o => o, NewKey })
        {
            RestoreRefused(ErrorIds.RestoreConflict, backup, change)
                .ShouldContain("products 3: sku C is taken by tenant 'south'");
        }

        RestoreGood(backup, Skip, differs: true).RowsSkipped.ShouldBe(1);
        Sql("SELECT id, sku FROM products ORDER BY id").ShouldBe("1|A\n2|B\n11|S\n12|C");
    }

    [Theory]
    [InlineData("CREATE UNIQUE INDEX u ON t(lower(a)) WHERE b > 0", "lower(a)")]
    [InlineData("CREATE UNIQUE INDEX u ON t(a COLLATE NOCASE)", "a")]
    public void Unique_index_over_an_expression_or_some_rows_or_with_a_collation_is_searched(string index, string named)
    {
        Create($"CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER); {index};", "INSERT INTO t VALUES(1, 'Aa', 1), (2, 'b', 0);");
        string backup = Backup();
        Sql("UPDATE t SET a = 'x' WHERE id = 1; INSERT INTO t VALUES(3, 'aA', 1, 'south');");
        RestoreRefused(ErrorIds.RestoreConflict, backup).ShouldContain($"t 1: {named} ");
        Sql("DELETE FROM t WHERE id = 3; INSERT INTO t VALUES(3, 'c', 0, 'south');");
        RestoreGood(backup);
    }

    [Fact]
    public void Keys_that_are_unique_per_tenant_do_not_conflict()
    {
        Create(Schema, North, South, Shared with { UniqueScope = UniqueScope.TenantAndPrimaryKey });
        string backup = Backup();
        Sql("UPDATE products SET sku = 'Z' WHERE id = 3; INSERT INTO products VALUES(12, 'C', 'cherry', 'south');");
        RestoreGood(backup).RowsChanged.ShouldBe(1);
    }

    [Fact]
    public void Reference_to_a_shared_row_that_is_gone_is_refused_by_name_or_left_out()
    {
        string backup = Create();
        Sql("UPDATE sales SET rate = 1 WHERE id = 2; DELETE FROM rates WHERE id = 2;");
        RestoreRefused(ErrorIds.RestoreConflict, backup).ShouldContain(
            "any more: sales 2: rate 2 references a row of rates that is gone. -OnConflict Skip leaves rows out. The database");
        RestoreRefused(ErrorIds.RestoreConflict, backup, NewKey).ShouldContain("sales 2: rate 2 references a row of rates that is gone");
        RestoreGood(backup, Skip, differs: true).Conflicts.ShouldHaveSingleItem().Kind.ShouldBe(RestoreConflictKind.ReferenceGone);
        Sql("SELECT id FROM sales WHERE tenant_id = 'north'").ShouldBe("1\n3");
    }

    [Fact]
    public void Row_of_another_tenant_that_references_a_row_that_would_go_is_named()
    {
        string backup = Create();
        Sql("INSERT INTO products VALUES(4, 'D', 'new', 'north'); INSERT INTO lines VALUES(11, 2, 4, 'south');");
        foreach (Func<TenantRestoreOptions, TenantRestoreOptions> change in new[] { o => o, NewKey, Skip })
        {
            RestoreRefused(ErrorIds.RestoreConflict, backup, change).ShouldContain(
                "any more: lines 11, 2 of tenant 'south': product 4 references a row of products that would go. Change the rows that");
        }

        Sql("UPDATE lines SET product = 11 WHERE product = 4;");
        RestoreGood(backup).RowsGone.ShouldBe(1);
    }

    [Fact]
    public void Reference_to_a_row_of_another_tenant_that_is_gone_is_named()
    {
        const string crossing = "INSERT INTO lines VALUES(3, 9, 11, 'north'); INSERT INTO products VALUES(12, 'T', 't', 'south');";
        Create(Schema, North, South + crossing, Shared);
        string backup = Backup();
        Sql("DELETE FROM lines WHERE product = 11; DELETE FROM products WHERE id = 11;");
        RestoreRefused(ErrorIds.RestoreConflict, backup).ShouldContain("lines 3, 9: product 11 references a row of products that is gone");
    }

    [Fact]
    public void Reference_that_named_nothing_does_not_come_to_name_the_row_of_another_tenant()
    {
        Create(Schema, North + "INSERT INTO lines VALUES(3, 9, 77);", South, Shared);
        string backup = Backup();
        Sql("DELETE FROM lines WHERE product = 77; INSERT INTO products VALUES(77, 'T', 't', 'south');");
        RestoreRefused(ErrorIds.RestoreConflict, backup).ShouldContain(
            "lines 3, 9: product 77 referenced no row of products, and would reference one of tenant 'south'");
        RestoreGood(backup, NewKey, differs: true).NewKeys.ShouldBeEmpty();
        Sql("SELECT product FROM lines WHERE tenant_id = 'north' AND line = 9").ShouldBe("78");
    }

    [Fact]
    public void Ten_conflicts_are_named_and_the_rest_counted()
    {
        Create("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);", "INSERT INTO t SELECT value, 'n' FROM generate_series(1, 1500);");
        string backup = Backup();
        Sql("UPDATE t SET tenant_id = 'south'");
        string message = RestoreRefused(ErrorIds.RestoreConflict, backup);
        message.ShouldContain("t 1: id 1 is taken by tenant 'south'; t 2: ");
        message.ShouldContain("t 10: id 10 is taken by tenant 'south'; and 1,490 more. -OnConflict");
        Restore(backup).Conflicts.Count.ShouldBe(1000);
        RestoreGood(backup, Skip, differs: true).RowsSkipped.ShouldBe(1500);
        RestoreGood(backup, NewKey, differs: true).NewKeys.Count.ShouldBe(1500);
        Sql("SELECT count(*), min(id), max(id) FROM t WHERE tenant_id = 'north'").ShouldBe("1500|1501|3000");
    }

    [Fact]
    public void Taken_entry_in_the_list_of_tenants_is_refused_by_name_or_left_out()
    {
        Create(
            Schema + "CREATE TABLE tenants(id INTEGER PRIMARY KEY, slug TEXT UNIQUE);",
            North + "INSERT INTO tenants VALUES(1, 'north'), (2, 'south');",
            South,
            Shared);
        string backup = Backup();
        Sql("UPDATE tenants SET id = 9 WHERE slug = 'north'; DELETE FROM tenants WHERE id = 9; INSERT INTO tenants VALUES(1, 'west');");
        RestoreRefused(ErrorIds.RestoreConflict, backup).ShouldContain("tenants north: id 1 is taken by tenant 'west'");
        Sql("DELETE FROM lines");
        Sql(South.Split(';')[2] + ";");
        RestoreGood(backup, Skip, differs: true).Conflicts.ShouldHaveSingleItem().Table.ShouldBe("tenants");
        Sql("SELECT * FROM tenants").ShouldBe("1|west\n2|south");
    }

    [Fact]
    public void Text_key_that_is_taken_gets_an_ending()
    {
        Create(
            """
            CREATE TABLE a(id TEXT PRIMARY KEY, up TEXT REFERENCES a, v);
            CREATE TABLE b(id TEXT PRIMARY KEY, a TEXT REFERENCES a) WITHOUT ROWID;

            """,
            "INSERT INTO a VALUES('k', 'k', 1), ('l', 'k', 2); INSERT INTO b VALUES('m', 'k');",
            "INSERT INTO a VALUES('s', NULL, 3, 'south');");
        string backup = Backup();
        Sql("DELETE FROM b; DELETE FROM a WHERE tenant_id = 'north'; INSERT INTO a VALUES('k', 's', 4, 'south');");
        RestoreGood(backup, NewKey, differs: true).NewKeys.Select(k => k.ToString()).ShouldBe(["a.id: k -> k-north"]);
        Sql("SELECT id, up FROM a WHERE tenant_id = 'north' ORDER BY 1").ShouldBe("k-north|k-north\nl|k-north");
        Sql("SELECT a FROM b").ShouldBe("k-north");
    }

    private static MigrationOptions Shared => new("north") { ReferenceTable = ["rates"] };

    private static TenantRestoreOptions NewKey(TenantRestoreOptions options) => options with { OnConflict = RestoreConflictAction.NewKey };

    private static TenantRestoreOptions Skip(TenantRestoreOptions options) => options with { OnConflict = RestoreConflictAction.Skip };

    private string Create()
    {
        Create(Schema, North, South, Shared);
        return Backup();
    }
}
