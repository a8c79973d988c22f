namespace PosTenancy.Tests.Tenants;

/// <summary>What a rename cannot change is searched for, and listed without its values.</summary>
public sealed class RenameMentionTests : RenameFolder
{
    [Fact]
    public void Name_in_texts_json_and_blobs_is_counted_by_table_and_column()
    {
        Make("""
            CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT);
            CREATE TABLE log(id INTEGER PRIMARY KEY, tenant_id TEXT, about TEXT, body BLOB, n INTEGER);
            INSERT INTO settings VALUES('default_tenant', 'south'), ('path', '/srv/south/files'), ('south', ''), ('other', 'north');
            INSERT INTO log VALUES
                (1, 'south', '{"tenant":"south","to":"south"}', NULL, 1),
                (2, 'north', 'southern south-west _south south1 ésouth southé', CAST('{"t":"south"}' AS BLOB), 2),
                (3, 'north', 'from (south) with love', x'00ff736f757468', 3),
                (4, 'north', NULL, x'736f7574680a', 4);
            """);

        TenantRenameResult result = Rename();

        result.Mentions.ShouldBe(
        [
            new TenantMention(TenantMentionKind.Rows, "settings", "key", 1),
            new TenantMention(TenantMentionKind.Rows, "settings", "value", 2),
            new TenantMention(TenantMentionKind.Rows, "log", "about", 2),
            new TenantMention(TenantMentionKind.Rows, "log", "body", 3),
        ], ignoreOrder: true);
        result.Warnings.ShouldContain("The old name 'south' is in settings.value (2 rows), and was left there.");
        Sql("SELECT value FROM settings WHERE key = 'default_tenant'; SELECT about FROM log WHERE id = 1").ShouldBe(
            "south\n{\"tenant\":\"south\",\"to\":\"south\"}");
    }

    [Theory]
    [InlineData("PRAGMA encoding = 'UTF-8';")]
    [InlineData("PRAGMA encoding = 'UTF-16le';")]
    public void Short_name_is_found_as_a_word_only_and_once_for_each_column(string prologue)
    {
        Make(prologue + """
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT, v TEXT, w TEXT, "odd ""x" TEXT);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
            INSERT INTO a SELECT i, 'é', 'café été ' || i, CASE WHEN i % 2 THEN 'to é' ELSE 'résumé' END, '日é本' FROM n;
            """);

        Rename("é", "e").Mentions.ShouldBe([new TenantMention(TenantMentionKind.Rows, "a", "w", 1500)]);
    }

    [Fact]
    public void Definitions_that_have_the_name_are_listed_and_kept()
    {
        Make("""
            CREATE TABLE "south"(id INTEGER PRIMARY KEY, tenant_id TEXT, kind TEXT DEFAULT 'south-east', "v" TEXT, CHECK (kind <> 'not south'));
            INSERT INTO "south"(tenant_id) VALUES('south'), ('north');
            CREATE INDEX p ON "south"(v) WHERE tenant_id = 'south';
            CREATE INDEX q ON "south"(v) WHERE tenant_id = 'southern' /* south */;
            CREATE VIEW v AS SELECT id, "v" FROM "south" WHERE tenant_id = 'south';
            CREATE VIEW w AS SELECT * FROM "south" -- south
            ;
            CREATE TRIGGER t AFTER INSERT ON "south" WHEN new.tenant_id IN ('north', 'south') BEGIN SELECT 1; END;
            """);
        string schema = Sql("SELECT sql FROM sqlite_schema WHERE name NOT LIKE '\\_p%' ESCAPE '\\' ORDER BY name");

        TenantRenameResult result = Rename();

        result.Mentions.ShouldBe(
        [
            new TenantMention(TenantMentionKind.Table, "south", null, 0),
            new TenantMention(TenantMentionKind.Index, "p", null, 0),
            new TenantMention(TenantMentionKind.View, "v", null, 0),
            new TenantMention(TenantMentionKind.Trigger, "t", null, 0),
        ]);
        result.Warnings.ShouldContain("The old name 'south' is in the view v, which was left as it is.");
        result.Warnings.ShouldContain("The old name 'south' is in the definition of south, which was left as it is.");
        Sql("SELECT sql FROM sqlite_schema WHERE name NOT LIKE '\\_p%' ESCAPE '\\' ORDER BY name").ShouldBe(schema);
        Sql("SELECT count(*) FROM v; PRAGMA integrity_check").ShouldBe("0\nok");
    }

    [Fact]
    public void Full_text_index_with_rows_of_its_own_is_searched_too()
    {
        Make("""
            CREATE TABLE a(id INTEGER PRIMARY KEY, tenant_id TEXT);
            INSERT INTO a VALUES(1, 'south');
            CREATE VIRTUAL TABLE f USING fts5(tenant_id UNINDEXED, body);
            INSERT INTO f VALUES('south', 'text'), ('north', 'a south wind');
            """);

        Rename().Mentions.ShouldBe(
        [
            new TenantMention(TenantMentionKind.Rows, "f", "tenant_id", 1),
            new TenantMention(TenantMentionKind.Rows, "f", "body", 1),
        ]);
    }

    [Fact]
    public void Table_with_more_columns_than_an_expression_can_have_is_searched()
    {
        string columns = string.Join(", ", Enumerable.Range(0, 1500).Select(i => $"c{i} TEXT"));
        Make($"CREATE TABLE a(tenant_id TEXT, {columns}); INSERT INTO a(tenant_id, c1499) VALUES('south', 'south');");

        Rename().Mentions.ShouldBe([new TenantMention(TenantMentionKind.Rows, "a", "c1499", 1)]);
    }

    [Fact]
    public void Shared_table_and_former_names_in_the_history_are_told_apart()
    {
        CreateBoth();
        Sql("CREATE TABLE regions(name TEXT, tenant_id TEXT DEFAULT 'south'); INSERT INTO regions VALUES('x', 'south')");
        Rename(change: o => o with { ReferenceTable = ["regions"] }).Mentions.Select(m => m.ToString()).ShouldBe(
            ["notes.about (1 row)", "regions.tenant_id (1 row)", "the definition of regions.tenant_id"]);
        Rename("east", "south", o => o with { ReferenceTable = ["regions"] }).Mentions.ShouldBeEmpty();
    }
}
