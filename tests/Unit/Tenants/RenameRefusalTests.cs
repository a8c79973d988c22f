using PosTenancy.Engine.Tenants;

namespace PosTenancy.Tests.Tenants;

/// <summary>What stands in the way of another name is said before anything is written.</summary>
public sealed class RenameRefusalTests : RenameFolder
{
    private const string Rows = "INSERT INTO a(id, tenant_id) VALUES(1, 'south'), (2, 'north');";

    [Fact]
    public void New_name_that_is_taken_is_refused_wherever_it_is()
    {
        CreateBoth();
        Refused(ErrorIds.TenantExists, newName: "north").ShouldContain("customers has 3 rows of 'north'");
        Sql("DELETE FROM customers WHERE tenant_id = 'north'; DELETE FROM sales WHERE tenant_id = 'north'; " +
            "DELETE FROM lines WHERE tenant_id = 'north'; DELETE FROM parts WHERE tenant_id = 'north'; " +
            "DELETE FROM notes WHERE tenant_id = 'north'");
        Refused(ErrorIds.TenantExists, newName: "north").ShouldContain("the history names it (Import)");
        Sql("CREATE TABLE tenants(id TEXT); INSERT INTO tenants VALUES('south'), ('west')");
        Refused(ErrorIds.TenantExists, newName: "west").ShouldContain("tenants lists it");
    }

    [Fact]
    public void New_name_that_rows_without_a_tenant_would_get_is_refused()
    {
        Make($"CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL DEFAULT 'unknown'); {Rows}");
        Refused(ErrorIds.TenantExists, newName: "unknown").ShouldContain("the DEFAULT of a.tenant_id names it");
    }

    [Fact]
    public void Tenant_that_does_not_exist_is_refused()
    {
        CreateBoth();
        Refused(ErrorIds.TenantNotFound, tenant: "sout").ShouldContain("'north', 'south'");
        Refused(ErrorIds.TenantNotFound, tenant: "South").ShouldContain("'north', 'south'");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a\nb", "control character")]
    [InlineData("south", "is the name that the tenant has")]
    public void New_name_that_is_none_is_misuse(string newName, string why)
    {
        PosTenancyException error = Should.Throw<PosTenancyException>(() => new TenantRenameOptions("south", newName));
        error.ErrorId.ShouldBe(ErrorIds.InvalidNewName);
        error.Message.ShouldContain(why);
        Should.Throw<PosTenancyException>(() => new TenantRenameOptions(" ", "east")).ErrorId.ShouldBe(ErrorIds.InvalidTenantId);
    }

    [Theory]
    [InlineData("tenant_id TEXT CONSTRAINT known CHECK (tenant_id IN ('south', 'north'))", "CONSTRAINT known of a names the tenant")]
    [InlineData("tenant_id TEXT, CHECK (\"tenant_id\" <> \"south\" OR id < 9)", "names the tenant")]
    [InlineData("tenant_id TEXT CHECK (length(tenant_id) = 5)", "CHECK (length(tenant_id) = 5) of a does not allow the name 'east'")]
    [InlineData("tenant_id TEXT, v TEXT, CHECK (id > 1 OR a.tenant_id GLOB '*o*')", "does not allow the name 'east'")]
    public void Check_that_decides_by_the_name_is_refused(string columns, string why)
    {
        Make($"CREATE TABLE a(id INTEGER PRIMARY KEY, {columns}); {Rows}");
        Refused(ErrorIds.RenameRefused).ShouldContain(why);
    }

    [Fact]
    public void Check_that_only_rows_to_come_would_violate_is_refused()
    {
        Make($"CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT); CREATE TABLE b(tenant_id TEXT CHECK (tenant_id > 'm')); {Rows}");
        Refused(ErrorIds.RenameRefused).ShouldContain("CHECK (tenant_id > 'm') of b does not allow the name 'east'");
    }

    [Fact]
    public void Check_that_the_list_of_tenants_would_violate_is_refused()
    {
        Make($"""
            CREATE TABLE tenants(id TEXT PRIMARY KEY CHECK (length(id) > 4), name TEXT);
            INSERT INTO tenants VALUES('south', 'S'), ('north', 'N');
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT); {Rows}
            """);
        Refused(ErrorIds.RenameRefused).ShouldContain("CHECK (length(id) > 4) of tenants");
    }

    [Theory]
    [InlineData("CHECK (tenant_id <> '' AND id > 0)")]
    [InlineData("CHECK (v IN ('south', 'north'))")]
    [InlineData("CHECK (id IS NOT NULL AND tenant_id IS NOT NULL AND v IS NOT NULL)")]
    [InlineData("CHECK (\"south\" IS NULL OR tenant_id IS NOT NULL)")]
    public void Check_that_does_not_decide_by_the_name_is_none_of_its_business(string check)
    {
        Make($"CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT, v TEXT DEFAULT 'south', south TEXT, {check}); {Rows}");
        _ = Rename();
        Sql("SELECT tenant_id FROM a").ShouldBe("east\nnorth");
    }

    [Theory]
    [InlineData("tenant_id TEXT AS ('south')", "the column b.tenant_id is computed")]
    [InlineData("v TEXT DEFAULT 'south', tenant_id TEXT AS (v) STORED", "the column b.tenant_id is computed")]
    [InlineData("tenant_id TEXT, kind TEXT AS (CASE tenant_id WHEN 'south' THEN 1 END)", "the computed column b.kind decides by the name")]
    public void Computed_column_that_is_the_tenant_or_decides_by_it_is_refused(string columns, string why)
    {
        Make($"CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT); {Rows} CREATE TABLE b(id INTEGER PRIMARY KEY, {columns}); " +
            "INSERT INTO b(id) VALUES(1);");
        Refused(ErrorIds.RenameRefused).ShouldContain(why);
    }

    [Fact]
    public void Computed_column_that_contains_the_name_follows_it()
    {
        Make($"""
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT, label TEXT AS (tenant_id || '-' || id) STORED, up AS (upper(tenant_id)));
            CREATE INDEX i ON a(label);
            {Rows}
            """);

        TenantRenameResult result = Rename();

        Sql("SELECT label, up FROM a WHERE label LIKE '%-1'; PRAGMA integrity_check").ShouldBe("east-1|EAST\nok");
        result.Warnings.ShouldContain("The column a.label is computed from tenant_id: its values change with the name.");
        result.Mentions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tenant_id INTEGER", "", "does not hold the name '007'", "007")]
    [InlineData("tenant_id INTEGER NOT NULL", "STRICT", "does not hold the name 'east'", "east")]
    public void Column_that_would_make_another_value_of_the_name_is_refused(string column, string option, string why, string newName)
    {
        Make($"CREATE TABLE a(id INTEGER PRIMARY KEY, {column}) {option}; INSERT INTO a VALUES(1, 1), (2, 2);");
        Refused(ErrorIds.RenameRefused, "1", newName).ShouldContain(why);
    }

    [Fact]
    public void Rows_that_only_a_comparison_takes_for_the_tenant_are_refused()
    {
        Make($"CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT COLLATE NOCASE); {Rows} INSERT INTO a VALUES(3, 'South');");
        Refused(ErrorIds.RenameRefused).ShouldContain("a has 1 row of 'South', stored as text");
        Refused(ErrorIds.TenantExists, newName: "NORTH").ShouldContain("a has 1 row of 'north'");
    }

    [Fact]
    public void Rows_that_show_the_name_and_are_no_text_are_refused()
    {
        Make("CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id); INSERT INTO a VALUES(1, '5'), (2, 5), (3, 'x');");
        Refused(ErrorIds.RenameRefused, "5").ShouldContain("a has 1 row of '5', stored as integer");
    }

    [Fact]
    public void Reference_by_name_from_a_column_that_does_not_change_is_refused()
    {
        Make($"""
            CREATE TABLE tenants(id TEXT PRIMARY KEY);
            INSERT INTO tenants VALUES('south'), ('north');
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT, sent_to TEXT REFERENCES tenants);
            {Rows}
            UPDATE a SET sent_to = 'south' WHERE id = 2;
            """);
        Refused(ErrorIds.RenameRefused).ShouldContain(
            "1 row of a would lose the row of tenants that the foreign key from sent_to to tenants.id references. " +
            "Set a.sent_to of these rows to 'east' first, with foreign keys off");

        // No row references the other one.
        _ = Rename("north", "west");
        Sql("UPDATE a SET sent_to = 'east' WHERE sent_to = 'south'");
        _ = Rename();
        Sql("SELECT id, tenant_id, sent_to FROM a; PRAGMA foreign_key_check").ShouldBe("1|east|\n2|west|east");
    }

    [Fact]
    public void Reference_to_a_list_that_does_not_change_needs_the_new_name_there()
    {
        Make($"""
            CREATE TABLE shops(code TEXT PRIMARY KEY);
            INSERT INTO shops VALUES('south'), ('north');
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT REFERENCES shops);
            {Rows}
            """);
        Refused(ErrorIds.RenameRefused).ShouldContain("Add 'east' to shops.code first.");

        Sql("INSERT INTO shops VALUES('east')");
        TenantRenameResult result = Rename();
        Sql("PRAGMA foreign_key_check").ShouldBe("");
        result.Mentions.ShouldBe([new TenantMention(TenantMentionKind.Rows, "shops", "code", 1)]);
    }

    [Fact]
    public void Database_without_tenants_is_refused()
    {
        Make("CREATE TABLE a(id INTEGER PRIMARY KEY)");
        Refused(ErrorIds.NotMigrated);
    }
}
