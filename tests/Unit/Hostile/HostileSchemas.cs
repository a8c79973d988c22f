namespace PosTenancy.Tests.Hostile;

/// <summary>Databases designed to harm a program that opens them, as SQL for the sqlite3 shell.</summary>
internal static class HostileSchemas
{
    /// <summary>A name that an error would show after an attempt to load it.</summary>
    public const string Library = "/nowhere/evil";

    private const string Sales = """
        CREATE TABLE sales(id INTEGER PRIMARY KEY AUTOINCREMENT, item TEXT UNIQUE, price REAL);
        CREATE TABLE lines(id INTEGER PRIMARY KEY, sale INTEGER REFERENCES sales(id), n INTEGER);
        CREATE INDEX lines_n ON lines(n);
        INSERT INTO sales(item, price) VALUES('tea', 1.5), ('coffee', 2.5), ('milk', 3.5);
        INSERT INTO lines(sale, n) VALUES(1, 10), (2, 20), (3, 30);

        """;

    /// <summary>Schemas by the harm that they try to do.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["view loads"] = $"CREATE VIEW v AS SELECT load_extension('{Library}') AS x, * FROM sales;",
        ["view sets a tokenizer"] = "CREATE VIEW v AS SELECT fts3_tokenizer('simple', x'4141414141414141') AS x FROM sales;",
        ["view writes a file"] = "CREATE VIEW v AS SELECT writefile('evil.txt', 'x') AS x FROM sales;",
        ["trigger loads"] = $"CREATE TRIGGER r AFTER INSERT ON sales BEGIN SELECT load_extension('{Library}'); END;",
        ["trigger writes"] =
            "CREATE TRIGGER r AFTER UPDATE ON sales BEGIN DELETE FROM lines; END; CREATE TRIGGER r2 BEFORE INSERT ON lines BEGIN DELETE " +
            "FROM sales; END; "
            + "CREATE VIEW v AS SELECT * FROM sales; CREATE TRIGGER r3 INSTEAD OF DELETE ON v BEGIN DELETE FROM lines; DELETE FROM " +
            "sales; END;",
        ["trigger rolls back"] = "CREATE TRIGGER r BEFORE INSERT ON sales BEGIN SELECT RAISE(ROLLBACK, 'no'); END;",
        ["trigger ruins the history"] =
            "CREATE TABLE _postenancy_history(x); INSERT INTO _postenancy_history VALUES(NULL), (x'00'), ('junk');",
        ["CHECK loads"] = Schema(
            "CREATE TABLE evil(a CHECK (abs(a) IS NOT NULL)); INSERT INTO evil VALUES(1);",
            "abs(a)",
            $"load_extension('{Library}')"),
        ["DEFAULT loads"] = Schema(
            "CREATE TABLE evil(a, b DEFAULT (abs(1))); INSERT INTO evil VALUES(1, 2);",
            "abs(1)",
            $"load_extension('{Library}')"),
        ["index loads"] = Schema(
            "CREATE TABLE evil(a); CREATE INDEX i ON evil(abs(a)); INSERT INTO evil VALUES(1);",
            "abs(a)",
            $"load_extension('{Library}')"),
        ["partial index loads"] = Schema(
            "CREATE TABLE evil(a); CREATE INDEX i ON evil(a) WHERE abs(a); INSERT INTO evil VALUES(1);",
            "abs(a)",
            $"load_extension('{Library}')"),
        ["generated column loads"] = Schema(
            "CREATE TABLE evil(a, b AS (abs(a)), c AS (abs(a)) STORED); INSERT INTO evil VALUES(1);",
            "abs(a)",
            $"load_extension('{Library}')"),
        ["view never ends"] =
            "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, (SELECT count(*) FROM sales) " +
            "FROM n;",
        ["view of very long values"] = "CREATE VIEW v AS SELECT hex(zeroblob(400000000)) AS x FROM sales;",
        ["CHECK of 900 KB"] =
            $"CREATE TABLE evil(a CHECK (a <> '{new string('x', 900_000)}' AND a NOT IN " +
            $"({string.Join(", ", Enumerable.Range(1, 5_000))}))); INSERT INTO evil VALUES(-1);",
        ["CHECK 900 deep"] =
            $"CREATE TABLE evil(a CHECK ({string.Join(" OR ", Enumerable.Range(1, 900).Select(i => $"a = {i}"))})); INSERT INTO evil " +
            "VALUES(1);",
        ["CHECK 3000 deep"] = Schema(
            "CREATE TABLE evil(a CHECK (abs(a))); INSERT INTO evil VALUES(1);",
            "abs(a)",
            string.Join(" OR ", Enumerable.Range(1, 3000).Select(i => $"a = {i}"))),
        ["CHECK in 20,000 parentheses"] = Schema(
            "CREATE TABLE evil(a CHECK (abs(a))); INSERT INTO evil VALUES(1);",
            "abs(a)",
            new string('(', 20_000) + "a" + new string(')', 20_000)),
        ["fewer columns than values"] = Schema("CREATE TABLE evil(a, b, c UNIQUE); INSERT INTO evil VALUES(1, 2, 3);", "b, ", ""),
        ["a key that is none"] = Schema("CREATE TABLE evil(a, b); INSERT INTO evil VALUES('x', 2), ('x', 3);", "a, b", "a PRIMARY KEY, b"),
        ["a table without rowid that has them"] = Schema(
            "CREATE TABLE evil(a PRIMARY KEY, b); INSERT INTO evil VALUES('x', 2);",
            "b)",
            "b) WITHOUT ROWID"),
        ["a table that is a view"] = Schema("CREATE TABLE evil(a);", "CREATE TABLE evil(a)", "CREATE VIEW evil AS SELECT 1 AS a"),
        ["a table that is a query"] = Schema(
            "CREATE TABLE evil(a);",
            "CREATE TABLE evil(a)",
            "CREATE TABLE evil AS SELECT load_extension(1)"),
        ["a second statement"] = Schema("CREATE TABLE evil(a);", "(a)", "(a); DELETE FROM sales"),
        ["temporary"] = Schema("CREATE TABLE evil(a);", "CREATE TABLE", "CREATE TEMP TABLE"),
        ["unknown module"] = Row("'table', 'evil', 'evil', 0, 'CREATE VIRTUAL TABLE evil USING evil_module(file=''/etc/passwd'')'"),
        ["module that reads files"] = Row("'table', 'evil', 'evil', 0, 'CREATE VIRTUAL TABLE evil USING csv(filename=''/etc/passwd'')'"),
        ["no name"] = Schema("CREATE TABLE evil(a); ", "name", column: "name", to: "NULL"),
        ["no type"] = Schema("CREATE TABLE evil(a); ", "type", column: "type", to: "NULL"),
        ["no table name"] = Schema("CREATE TABLE evil(a); ", "tbl_name", column: "tbl_name", to: "NULL"),
        ["no name of an index"] = Schema("CREATE TABLE other(a); CREATE INDEX evil ON other(a); ", "name", column: "name", to: "NULL"),
        ["unknown type"] = Schema("CREATE TABLE evil(a); ", "type", column: "type", to: "'gadget'"),
        ["name of another table"] = Schema("CREATE TABLE evil(a); ", "name", column: "name", to: "'sales'"),
        ["name of two"] = Schema(
            "CREATE TABLE evil(a); CREATE TABLE evil2(b); ",
            "name",
            column: "name",
            to: "'twin'",
            where: "name LIKE 'evil%'"),
        ["name of another table and its text"] = Schema(
            "CREATE TABLE evil(a); ",
            "x",
            column: "(name, tbl_name, sql)",
            to: "('sales', 'sales', 'CREATE TABLE sales(id, item, price)')"),
        ["name of bytes"] = Schema(
            "CREATE TABLE evil(a); ",
            "x",
            column: "(name, tbl_name)",
            to: "(CAST(x'FF' AS TEXT), CAST(x'FE' AS TEXT))"),
        ["tables named by bytes"] = Schema(
            "CREATE TABLE evil(a); CREATE TABLE evil2(a);", "x", column: "(name, tbl_name, sql)",
            to: "(CAST(substr(x'FFFE', length(name) - 3, 1) AS TEXT), CAST(substr(x'FFFE', length(name) - 3, 1) AS TEXT), CAST('CREATE " +
                "TABLE \"' || substr(x'FFFE', length(name) - 3, 1) || '\"(a)' AS TEXT))",
            where: "name LIKE 'evil%'"),
        ["name with NUL"] = Schema("CREATE TABLE evil(a); ", "x", column: "name", to: "CAST(x'6576696C0061' AS TEXT)"),
        ["root of another table"] = Schema(
            "CREATE TABLE evil(id, sale, n); ",
            "x",
            column: "rootpage",
            to: "(SELECT rootpage FROM sqlite_schema WHERE name = 'lines')"),
        ["root of an index"] = Schema(
            "CREATE TABLE evil(id, sale, n); ",
            "x",
            column: "rootpage",
            to: "(SELECT rootpage FROM sqlite_schema WHERE name = 'lines_n')"),
        ["root in the schema"] = Schema("CREATE TABLE evil(id, sale, n); ", "x", column: "rootpage", to: "1"),
        ["root out of range"] = Schema("CREATE TABLE evil(id, sale, n); ", "x", column: "rootpage", to: "99999"),
        ["root of 0"] = Schema("CREATE TABLE evil(id, sale, n); ", "x", column: "rootpage", to: "0"),
        ["root below 0"] = Schema("CREATE TABLE evil(id, sale, n); ", "x", column: "rootpage", to: "-5"),
        ["root of text"] = Schema("CREATE TABLE evil(id, sale, n); ", "x", column: "rootpage", to: "'abc'"),
        ["root of 64 bits"] = Schema("CREATE TABLE evil(id, sale, n); ", "x", column: "rootpage", to: "9223372036854775807"),
        ["index with the root of a table"] = Schema(
            "CREATE INDEX evil ON lines(sale); ",
            "x",
            column: "rootpage",
            to: "(SELECT rootpage FROM sqlite_schema WHERE name = 'lines')"),
        ["index of no table"] = Schema(
            "CREATE INDEX evil ON lines(sale); ",
            "x",
            column: "(tbl_name, sql)",
            to: "('gone', 'CREATE INDEX evil ON gone(sale)')"),
        ["index without text"] = Schema("CREATE INDEX evil ON lines(sale); ", "x", column: "sql", to: "NULL"),
        ["table without text"] = Schema("CREATE TABLE evil(a); ", "x", column: "sql", to: "NULL"),
        ["trigger of no table"] =
            Row("'trigger', 'r', 'gone', 0, 'CREATE TRIGGER r AFTER INSERT ON gone BEGIN DELETE FROM sales; END'"),
        ["trigger under another name"] =
            Row("'trigger', 'r', 'lines', 0, 'CREATE TRIGGER other AFTER INSERT ON sales BEGIN DELETE FROM sales; END'"),
        ["own history with a trigger"] =
            "CREATE TABLE _postenancy_history(x); CREATE TRIGGER r AFTER INSERT ON _postenancy_history BEGIN DELETE FROM sales; END;",
        ["junk in the statistics"] =
            "ANALYZE; INSERT INTO sqlite_stat1 VALUES(NULL, NULL, NULL), ('sales', 'nothing', x'FF00'), ('lines', 'lines_n', '0 0 0 0 " +
            "99999999999999999999 junk'), ('gone', 'i', '-1');"
            + "UPDATE sqlite_stat1 SET stat = '1 0' WHERE tbl = 'lines';",
        ["text in the sequence"] =
            "UPDATE sqlite_sequence SET seq = 'not a number'; INSERT INTO sqlite_sequence VALUES(NULL, x'00'), ('sales', " +
            "9223372036854775807), ('gone', -1);",
        ["names that are SQL"] =
            "CREATE TABLE \"x\"\"); DELETE FROM sales; --\"(\"'; DROP TABLE lines; --\" TEXT, \"a\nb\", [c`d]); INSERT INTO \"x\"\"); " +
            "DELETE FROM sales; --\" VALUES(1, 2, 3);"
            + "CREATE INDEX \"i'); DELETE FROM lines; --\" ON \"x\"\"); DELETE FROM sales; --\"(\"a\nb\");",
    };

    /// <summary>The complete SQL for the shell.</summary>
    public static string With(string schema) => Sales + schema;

    /// <summary>Views that each name the preceding one twice.</summary>
    public static string Views(int count) =>
        "CREATE VIEW v0 AS SELECT id AS a FROM sales;" +
        string.Concat(
            Enumerable.Range(1, count).Select(i => $"CREATE VIEW v{i} AS SELECT x.a FROM v{i - 1} x JOIN v{i - 1} y ON x.a = y.a;"));

    /// <summary>Creates a legitimate object and changes its SQL text in sqlite_schema.</summary>
    private static string Schema(string sql, string from, string to) =>
        Schema(
            sql,
            from,
            column: "sql",
            to: $"replace(sql, '{from}', '{to.Replace("'", "''", StringComparison.Ordinal)}')",
            where: $"instr(sql, '{from}')");

    private static string Schema(string sql, string from, string column, string to, string where = "name = 'evil'") =>
        $"{sql}\n.dbconfig defensive off\nPRAGMA writable_schema = ON;\nUPDATE sqlite_schema SET {column} = {to} WHERE {where}; -- " +
        $"{from}\n";

    private static string Row(string values) =>
        $"\n.dbconfig defensive off\nPRAGMA writable_schema = ON;\nINSERT INTO sqlite_schema VALUES({values});\n";
}
