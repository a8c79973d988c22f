using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>What has to be the same in a source and in a database: schemas, versions, shared rows, virtual tables.</summary>
public sealed class ImportMatchTests : ImportFolder
{
    private const string Schema = """
        CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE, n INTEGER CHECK(n > 0), w INTEGER AS (n * 2));
        CREATE TABLE b(a INTEGER REFERENCES a ON DELETE CASCADE, k TEXT UNIQUE);

        """;

    [Theory]
    [InlineData("n INTEGER CHECK(n > 0)", "n INTEGER CHECK(n > 1)", "a: CHECK 1 is ( n > 1 ) in the source")]
    [InlineData("n INTEGER CHECK(n > 0)", "n REAL CHECK(n > 0)", "a: column n is REAL in the source, and INTEGER in the database")]
    [InlineData("DEFAULT 'x'", "DEFAULT 'y'", "a: column v is TEXT NOT NULL DEFAULT 'y'")]
    [InlineData("COLLATE NOCASE", "", "a: column v is TEXT NOT NULL DEFAULT 'x' in the source")]
    [InlineData("ON DELETE CASCADE", "ON DELETE SET NULL", "b: FOREIGN KEY (a) to a is (id) ON DELETE SET NULL")]
    [InlineData("k TEXT UNIQUE", "k TEXT", "b: UNIQUE (k) is missing in the source")]
    [InlineData("k TEXT UNIQUE", "k TEXT UNIQUE, extra", "b: column extra is")]
    [InlineData("CREATE TABLE b(", "CREATE TABLE c(x); CREATE TABLE b(", "the database has no table c")]
    [InlineData("id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY AUTOINCREMENT", "a: AUTOINCREMENT is there in the source")]
    public void Differences_of_the_schema_are_named(string part, string other, string difference)
    {
        Shell.Sql(Database, Schema);
        Shell.Sql(Source, Schema.Replace(part, other, StringComparison.Ordinal));
        Migrate();
        ImportRefused(ErrorIds.SchemaMismatch).ShouldContain(difference);
    }

    [Fact]
    public void Order_of_columns_white_space_and_other_objects_are_no_difference()
    {
        Shell.Sql(Database, Schema + "CREATE INDEX i ON a(v);");
        Shell.Sql(
            Source,
            """
            create table A(
                n INTEGER check(n>0) , id integer primary key, w integer as (n * 2), v text not null default 'x' collate nocase);
            CREATE TABLE b(k TEXT, a INTEGER REFERENCES a(id) ON DELETE CASCADE, UNIQUE(k));
            CREATE INDEX other ON b(a);
            INSERT INTO a(id, v, n) VALUES(1, 'v', 3); INSERT INTO b VALUES('k', 1);
            """);
        Migrate();
        _ = ImportGood();
        Sql("SELECT id, v, n, w FROM a").ShouldBe("1|v|3|6");
    }

    [Fact]
    public void Version_of_the_schema_must_be_the_same_and_its_times_need_not()
    {
        const string History = """
            CREATE TABLE _sqlx_migrations(
                version INTEGER PRIMARY KEY, description TEXT, installed_on TEXT, checksum BLOB, execution_time INT);

            """;
        CreateBoth(
            Schema + History,
            "INSERT INTO _sqlx_migrations VALUES(1, 'first', '2024', x'01', 5), (8, 'add tenant_id', '2026', x'08', 1);",
            "INSERT INTO _sqlx_migrations VALUES(1, 'first', '2025', x'01', 9), (2, 'newer', '2025', x'02', 9);");
        ImportRefused(ErrorIds.SchemaMismatch).ShouldContain("_sqlx_migrations: the database does not have 2, 'newer', X'02'");
        Shell.Sql(Source, "DELETE FROM _sqlx_migrations WHERE version = 2");
        _ = ImportGood();
        Sql("SELECT count(*) FROM _sqlx_migrations").ShouldBe("2");
    }

    [Theory]
    [InlineData("user_version", "the source is at version 7 of its schema (user_version), the database at 0")]
    [InlineData("application_id", "the source is of another application: its application_id is 7, that of the database 0")]
    public void Numbers_in_the_header_tell_versions_and_applications(string pragma, string difference)
    {
        CreateBoth(Schema, "", $"PRAGMA {pragma} = 7;");
        ImportRefused(ErrorIds.SchemaMismatch).ShouldContain(difference);
    }

    [Fact]
    public void Shared_rows_are_recognized_or_decided()
    {
        CreateBoth(
            """
            CREATE TABLE makes(id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE cars(id INTEGER PRIMARY KEY, make INTEGER REFERENCES makes);
            """,
            "INSERT INTO makes VALUES(1, 'Dell'), (2, 'Sony'); INSERT INTO cars VALUES(1, 1);",
            "INSERT INTO makes VALUES(1, 'Lenovo'), (2, 'Sony'), (3, 'Acer'); INSERT INTO cars VALUES(1, 2), (2, 3);",
            new MigrationOptions("south") { ReferenceTable = ["makes"] });
        string message = ImportRefused(ErrorIds.SharedRowsDiffer);
        message.ShouldContain("makes: 2 rows, such as (1) is different, (3) is missing");
        message.ShouldContain($"than in '{Database}': ", customMessage: "the copy of the rehearsal means nothing to a user");

        TenantImportResult result = ImportGood(new TenantImportOptions { SharedRows = SharedRowsAction.KeepExisting });
        (result.RowsShared, result.RowsAdded).ShouldBe((2, 1));
        Sql("SELECT id, name FROM makes").ShouldBe("1|Dell\n2|Sony\n3|Acer");
        Sql("SELECT id, make FROM cars WHERE tenant_id = 'north'").ShouldBe("2|3\n3|2");
    }

    [Fact]
    public void Full_text_index_is_rebuilt_from_its_table()
    {
        CreateBoth(
            """
            CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT);
            CREATE VIRTUAL TABLE notes_fts USING fts5(body, content='notes', content_rowid='id');
            CREATE TRIGGER n AFTER INSERT ON notes BEGIN INSERT INTO notes_fts(rowid, body) VALUES(new.id, new.body); END;
            """,
            "INSERT INTO notes VALUES(1, 'brake fluid');",
            "INSERT INTO notes VALUES(1, 'brake disc'), (2, 'oil');");
        _ = ImportGood();
        Sql("SELECT rowid FROM notes_fts WHERE notes_fts MATCH 'brake' ORDER BY 1").ShouldBe("1\n3");
        Sql("INSERT INTO notes_fts(notes_fts, rank) VALUES('integrity-check', 1)").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("fts5(body)")]
    [InlineData("fts5(body, content='')")]
    [InlineData("rtree(id, x0, x1)")]
    public void Virtual_table_with_rows_of_its_own_is_refused(string module)
    {
        string insert = module.StartsWith("fts", StringComparison.Ordinal)
            ? "INSERT INTO v(rowid, body) VALUES(1, 'x');"
            : "INSERT INTO v VALUES(1, 1, 2);";
        CreateBoth(Schema + $"CREATE VIRTUAL TABLE v USING {module};", "", insert);
        ImportRefused(ErrorIds.SchemaMismatch).ShouldContain("the virtual table v has rows of its own");
    }

    [Theory]
    [InlineData("UTF-8", "UTF-16le")]
    [InlineData("UTF-16be", "UTF-8")]
    public void Encodings_may_differ(string here, string there)
    {
        Shell.Sql(Database, $"PRAGMA encoding = '{here}';" + Schema);
        Shell.Sql(Source, $"PRAGMA encoding = '{there}';" + Schema + "INSERT INTO a(id, v, n) VALUES(1, 'Grüße 😀', 1);");
        Migrate();
        _ = ImportGood();
        Sql("SELECT v FROM a").ShouldBe("Grüße 😀");
    }

    [Fact]
    public void Every_storage_class_and_odd_text_arrives_as_it_was()
    {
        CreateBoth(
            """
            CREATE TABLE t(x, y ANY, "odd ""name" TEXT); CREATE TABLE w(k BLOB PRIMARY KEY, v) WITHOUT ROWID;
            CREATE TABLE s(i INTEGER, a ANY) STRICT;
            """,
            "",
            """
            INSERT INTO t VALUES(1, 1.0, '1'), (NULL, x'', ''), (CAST(x'41ff42' AS TEXT), char(0, 65), x'41'), (9e999, -9e999, 1e300),
                (9223372036854775807, -9223372036854775808, 0.1);
            INSERT INTO w VALUES(x'00', zeroblob(20000)), (x'0001', 'ü');
            INSERT INTO s VALUES(1, '1'), (2, 1), (3, 1.5), (4, x'31');
            """);
        _ = ImportGood();
        foreach ((string table, string[] columns) in new (string, string[])[]
        {
            ("t", ["x", "y", "\"odd \"\"name\""]),
            ("w", ["k", "v"]),
            ("s", ["i", "a"]),
        })
        {
            string values = string.Join(", ", columns.Select(c => $"typeof({c}), hex({c}), quote({c})"));
            string sql = $"SELECT {values} FROM {table} ORDER BY 1, 2, 3, 4, 5";
            Sql(sql).ShouldBe(Shell.Sql(Source, sql));
        }
    }
}
