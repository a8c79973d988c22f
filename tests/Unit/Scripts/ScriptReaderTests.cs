using System.Diagnostics;
using System.Text;
using PosTenancy.Engine.Scripts;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Scripts;

/// <summary>
/// A script is split where SQLite would split it, and a forbidden statement is refused with its line before anything runs.
/// </summary>
public sealed class ScriptReaderTests : TestFolder
{
    private const string Trigger = """
        CREATE TEMP TRIGGER keep AFTER INSERT ON sales WHEN NEW.total > 0 BEGIN
          UPDATE stock SET left = CASE WHEN left > 0 THEN left - 1 ELSE 0 END; -- not here; nor here
          INSERT INTO log VALUES ('a;b', "c;d", [e;f]); /* END; */
          SELECT CASE NEW.total WHEN 1 THEN RAISE(ABORT, 'no;') END;
        END
        """;

    public static TheoryData<string, string[]> Texts =>
        new()
        {
            { "SELECT 1", ["1: SELECT 1"] },
            { "SELECT 1;", ["1: SELECT 1"] },
            { ";;\n ; SELECT 1;;\nSELECT 2;", ["2: SELECT 1", "3: SELECT 2"] },
            { "-- a; b\nSELECT 1; /* c;\n d */ SELECT 2 -- ;", ["2: SELECT 1", "3: SELECT 2"] },
            { "SELECT ';', \";\", `;`, [;], 'it''s;', x'3b';SELECT 2", ["1: SELECT ';', \";\", `;`, [;], 'it''s;', x'3b'", "1: SELECT 2"] },
            { "SELECT 1\r\n;\r\n\r\nSELECT\r\n2;\r\n", ["1: SELECT 1", "4: SELECT\r\n2"] },
            { "SELECT 1;\n" + Trigger + ";\nSELECT 2;", ["1: SELECT 1", "2: " + Trigger, "7: SELECT 2"] },
            { Trigger, ["1: " + Trigger] },
            { "EXPLAIN " + Trigger + "; SELECT 2", ["1: EXPLAIN " + Trigger, "5: SELECT 2"] },
            { "SELECT 1; /* never closed", ["1: SELECT 1"] },
            {
                "CREATE TABLE trigger_log(a); CREATE INDEX i ON trigger_log(a);",
                ["1: CREATE TABLE trigger_log(a)", "1: CREATE INDEX i ON trigger_log(a)"]
            },
            {
                "SAVEPOINT a; ROLLBACK TO a; ROLLBACK TRANSACTION TO SAVEPOINT a; RELEASE a",
                ["1: SAVEPOINT a", "1: ROLLBACK TO a", "1: ROLLBACK TRANSACTION TO SAVEPOINT a", "1: RELEASE a"]
            },
            {
                "PRAGMA user_version = 8; PRAGMA main.table_info(users); PRAGMA foreign_key_check; PRAGMA journal_mode; PRAGMA " +
                "foreign_keys;",
                [
                    "1: PRAGMA user_version = 8",
                    "1: PRAGMA main.table_info(users)",
                    "1: PRAGMA foreign_key_check",
                    "1: PRAGMA journal_mode",
                    "1: PRAGMA foreign_keys",
                ]
            },
        };

    public static TheoryData<string, int, string> Refused => new()
    {
        { "SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\nBEGIN;\nSELECT 3;\nCOMMIT", 4, "ends the transaction before the end" },
        { "BEGIN;\nSELECT 1;\nBEGIN;\nCOMMIT", 3, "second transaction" },
        { "BEGIN;\nSELECT 1;\nEND;\nCREATE TABLE x(a);", 4, "follow the COMMIT" },
        { "SELECT 1;\nDELETE FROM users;\nBEGIN;\nSELECT 1;\nEND;", 2, "precede the BEGIN" },
        { "SELECT 1;\n-- a comment\nbegin immediate transaction", 3, "has no COMMIT" },
        { "SELECT 1;\n\ncommit transaction;", 3, "no BEGIN" },
        { "SELECT 1;\nEND", 2, "no BEGIN" },
        { "COMMIT;\nBEGIN;", 1, "no BEGIN" },
        { "SELECT 1;\n/* why */ ROLLBACK;", 2, "ROLLBACK would end" },
        { "SELECT 1;\nROLLBACK TRANSACTION", 2, "ROLLBACK would end" },
        { "SELECT 1;\nATTACH 'x.db' AS x", 2, "ATTACH" },
        { "SELECT 1;\nDetach database x", 2, "DETACH" },
        { "SELECT 1;\nVACUUM", 2, "VACUUM" },
        { "SELECT 1;\nVACUUM INTO 'x.db'", 2, "VACUUM" },
        { "SELECT 1;\nPRAGMA journal_mode = WAL", 2, "PRAGMA journal_mode" },
        { "SELECT 1;\npragma main.journal_mode(delete)", 2, "PRAGMA journal_mode" },
        { "SELECT 1;\npragma /* main. */ \"journal_mode\" = off", 2, "PRAGMA journal_mode" },
        { "SELECT 1;\nPRAGMA [main] . 'writable_schema' = 1", 2, "PRAGMA writable_schema" },
        { "SELECT 1;\nPRAGMA optimize", 2, "PRAGMA optimize" },
        { "SELECT 1;\nPRAGMA schema_version = 7", 2, "PRAGMA schema_version" },
        { "SELECT 1;\nPRAGMA ignore_check_constraints(1)", 2, "PRAGMA ignore_check_constraints" },
        { "SELECT 1;\nPRAGMA no_such_pragma", 2, "PRAGMA no_such_pragma" },
        { "SELECT 1;\nPRAGMA", 2, "PRAGMA" },
        { "SELECT 1;\nEXPLAIN PRAGMA writable_schema = 1", 2, "PRAGMA writable_schema" },
        { "SELECT 1;\nEXPLAIN QUERY PLAN VACUUM", 2, "VACUUM" },
        { "SELECT 1;\nEXPLAIN COMMIT", 2, "single transaction" },
        { "SELECT 1;\n.read other.sql\nSELECT 2;", 2, "'.read'" },
        { ".print it's done\nSELECT 1;\n", 1, "'.print'" },
        { ".mode box", 1, "'.mode'" },
        { "SELECT 1;\nSELECT 'a\0b'", 2, "NUL" },
        { "SELECT 1;\nSELECT 'never closed;\nCOMMIT;\n", 2, "no end" },
        { "SELECT 1;\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;\nCOMMIT;\n", 2, "no end" },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Texts))]
    public void A_text_is_cut_into_its_statements(string text, string[] statements) =>
        ScriptReader.Read("x.sql", text).Select(s => $"{s.Line}: {s.Sql}").ShouldBe(statements);

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Refused))]
    public void What_would_leave_the_guard_is_refused_with_its_line(string text, int line, string why)
    {
        PosTenancyException refused = Should.Throw<PosTenancyException>(() => ScriptReader.Read("x.sql", text));
        refused.ErrorId.ShouldBe(ErrorIds.ScriptNotAllowed);
        refused.Message.ShouldStartWith($"Line {line} of the script 'x.sql' ");
        refused.Message.ShouldContain(why);
    }

    [Theory]
    [InlineData("BEGIN; SELECT 1; COMMIT;")]
    [InlineData("begin exclusive transaction; SELECT 1; end transaction")]
    [InlineData("PRAGMA user_version; SELECT 0;\nBEGIN TRANSACTION;\nSELECT 1;\nCOMMIT;\nPRAGMA foreign_key_check; SELECT 2;")]
    public void A_transaction_around_the_whole_script_is_left_out(string text) =>
        ScriptReader.Read("x.sql", text).Where(s => s.Skipped is not null).Select(s => s.Sql.Split(' ')[0].ToUpperInvariant())
            .ShouldBe(["BEGIN", text.Contains("end", StringComparison.Ordinal) ? "END" : "COMMIT"]);

    [Theory]
    [InlineData("PRAGMA foreign_keys = OFF")]
    [InlineData("pragma main.foreign_keys(on)")]
    [InlineData("PRAGMA \"foreign_keys\"=1")]
    public void Setting_foreign_keys_is_left_out_with_the_reason(string sql) =>
        ScriptReader.Read("x.sql", $"{sql}; SELECT 1")[0].Skipped.ShouldNotBeNull().ShouldContain("checked at the end");

    [Fact]
    public void A_script_of_10_MB_and_100_000_statements_is_cut_in_time()
    {
        StringBuilder text = new("CREATE TRIGGER big AFTER INSERT ON a BEGIN\n");
        for (int i = 0; i < 20_000; i++)
        {
            text.Append("INSERT INTO log VALUES ('").Append(i).Append("; a row of the trigger'); SELECT CASE 1 WHEN 1 THEN 2 END;\n");
        }

        text.Append("END;\n");
        for (int i = 0; i < 100_000; i++)
        {
            text.Append("INSERT INTO sales(id, name) VALUES (")
                .Append(i)
                .Append(", 'a sale; of something that has a long name, so that the file grows');\n");
        }

        text.Length.ShouldBeGreaterThan(10_000_000);
        Stopwatch watch = Stopwatch.StartNew();
        IReadOnlyList<ScriptStatement> statements = ScriptReader.Read("x.sql", text.ToString());

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), "about one second; squared it would be hours");
        (statements.Count, statements[0].Line, statements[1].Line, statements[^1].Line).ShouldBe((100_001, 1, 20_003, 120_002));
    }

    [Fact]
    public void A_file_is_read_in_each_encoding_and_has_the_hash_of_its_bytes()
    {
        string path = Path.Combine(Folder, "008.sql");
        foreach (
            Encoding encoding in new Encoding[]
            {
                new UTF8Encoding(false),
                new UTF8Encoding(true),
                new UnicodeEncoding(false, true),
                new UnicodeEncoding(true, true),
            })
        {
            File.WriteAllText(path, "-- é\nSELECT 'ü€😀';", encoding);
            MigrationScript script = ScriptFile.Read(path);
            (script.Path, script.Name, script.Sha256).ShouldBe((path, "008.sql", Sha256(path)), encoding.EncodingName);
            script.Statements.ShouldBe([new ScriptStatement(2, "SELECT 'ü€😀'", Skipped: null)]);
        }
    }

    [Fact]
    public void What_is_no_script_is_refused_with_the_reason()
    {
        string path = Path.Combine(Folder, "008.sql");
        void ShouldBeRefused(byte[] bytes, string errorId, string why)
        {
            File.WriteAllBytes(path, bytes);
            PosTenancyException refused = Should.Throw<PosTenancyException>(() => ScriptFile.Read(path));
            refused.ErrorId.ShouldBe(errorId);
            refused.Message.ShouldContain(why);
            refused.Message.ShouldContain(path);
        }

        ShouldBeRefused([], ErrorIds.ScriptInvalid, "no statement");
        ShouldBeRefused(Encoding.UTF8.GetBytes("-- only\n/* comments */ ;;\n"), ErrorIds.ScriptInvalid, "no statement");
        ShouldBeRefused(Encoding.Latin1.GetBytes("SELECT 1;\n-- café\nSELECT 2;"), ErrorIds.ScriptInvalid, "line 2");
        ShouldBeRefused([0xFF, 0xFE, 0x41], ErrorIds.ScriptInvalid, "not UTF-8");
        ShouldBeRefused(Encoding.Unicode.GetBytes("SELECT 1"), ErrorIds.ScriptNotAllowed, "NUL");
        Should.Throw<PosTenancyException>(() => ScriptFile.Read(Folder)).ErrorId.ShouldBe(ErrorIds.ScriptInvalid);
        Should.Throw<PosTenancyException>(() => ScriptFile.Read(path + ".not-there")).ErrorId.ShouldBe(ErrorIds.ScriptNotFound);
        Should
            .Throw<PosTenancyException>(() => ScriptFile.Read(Path.Combine(Folder, "nowhere", "x.sql")))
            .ErrorId.ShouldBe(ErrorIds.ScriptNotFound);
        Should.Throw<PosTenancyException>(() => ScriptFile.Read("/dev/zero")).ErrorId.ShouldBe(ErrorIds.ScriptInvalid);
    }

    [Fact]
    public void A_script_and_a_unique_scope_contradict_each_other_in_any_order()
    {
        MigrationScript script = new("x.sql", "x.sql", "", []);
        Should
            .Throw<PosTenancyException>(() => new MigrationOptions(Tenant) { UniqueScope = UniqueScope.Tenant, Script = script })
            .ErrorId.ShouldBe(ErrorIds.ScriptAndUniqueScope);
        Should
            .Throw<PosTenancyException>(() => new MigrationOptions(Tenant) { Script = script, UniqueScope = UniqueScope.Tenant })
            .ErrorId.ShouldBe(ErrorIds.ScriptAndUniqueScope);
        new MigrationOptions(Tenant) { Script = script, UniqueScope = UniqueScope.Database }.Script.ShouldBe(script);
    }
}
