using SQLitePCL;

namespace PosTenancy.Fuzz;

/// <summary>Small seed files, each with a feature that the others lack.</summary>
internal static class Seeds
{
    private static readonly string[] Texts =
    [
        "BEGIN; ALTER TABLE t ADD COLUMN tenant_id VARCHAR(255) NOT NULL DEFAULT 'caps'; CREATE INDEX i ON t(tenant_id); COMMIT;",
        "-- a comment\nPRAGMA foreign_keys = OFF;\nCREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT NOT NULL UNIQUE COLLATE " +
        "NOCASE, c AS (a + 1) STORED, CHECK (a > 0));",
        "CREATE TABLE \"a\"\"b\"([c d] TEXT DEFAULT 'it''s', `e` REFERENCES t(a) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, " +
        "CONSTRAINT k PRIMARY KEY ([c d] DESC)) WITHOUT ROWID, STRICT;",
        "CREATE TRIGGER r AFTER UPDATE OF a ON t WHEN new.a IS NOT old.a BEGIN INSERT INTO log VALUES(x'00', 1.5e-3, ?1, :b); SELECT " +
        "CASE WHEN 1 THEN 2 END; END;",
        "CREATE TABLE t(a, b); CREATE UNIQUE INDEX IF NOT EXISTS main.\"i\" ON t(lower(a) COLLATE NOCASE DESC, (b || ')')) WHERE b IS " +
        "NOT NULL /* why */;",
        "EXPLAIN QUERY PLAN SELECT * FROM t; SELECT 'a;b', \"c;d\", [e;f] /* ; */ -- ;\n; WITH x AS (VALUES(1)) SELECT * FROM x;",
        "CREATE TABLE t(a generated, b GENERATED ALWAYS AS (1), c DEFAULT (1), d DEFAULT -1 CHECK (d IN (1, 2)) NOT NULL ON CONFLICT " +
        "REPLACE, FOREIGN KEY(a, b) REFERENCES p);",
        "CREATE TABLE t(a VARCHAR(10, 2) NULL, UNIQUE(a) ON CONFLICT IGNORE CONSTRAINT x CHECK (a) FOREIGN KEY (a) REFERENCES t MATCH " +
        "FULL);",
        ".read x\nSAVEPOINT s; ROLLBACK TO s; ATTACH 'x' AS y; VACUUM;",
    ];

    public static void Write(string folder)
    {
        foreach (string target in new[] { "script", "schema" })
        {
            string texts = Directory.CreateDirectory(Path.Combine(folder, target)).FullName;
            for (int i = 0; i < Texts.Length; i++)
            {
                File.WriteAllText(Path.Combine(texts, $"{i}.sql"), Texts[i]);
            }
        }

        string pages = Directory.CreateDirectory(Path.Combine(folder, "pages")).FullName;
        foreach ((int size, string vacuum) in new[] { (512, "NONE"), (512, "FULL"), (512, "INCREMENTAL"), (1024, "NONE") })
        {
            Create(Path.Combine(pages, $"{size}-{vacuum}.db"), size, vacuum);
        }
    }

    /// <summary>Creates a file of a few kilobytes: AFL++ changes a byte at a time.</summary>
    private static void Create(string path, int pageSize, string vacuum)
    {
        Batteries_V2.Init();
        File.Delete(path);
        _ = raw.sqlite3_open(path, out sqlite3 connection);
        using (connection)
        {
            int result = raw.sqlite3_exec(connection, $"""
                PRAGMA page_size = {pageSize}; PRAGMA auto_vacuum = {vacuum};
                CREATE TABLE t(a INTEGER PRIMARY KEY, b);
                CREATE INDEX i ON t(b);
                CREATE TABLE k(a PRIMARY KEY, b) WITHOUT ROWID;
                CREATE TABLE gone(x);
                WITH n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 12) INSERT INTO t SELECT i, printf('%.*c', i * 9, 'x') FROM n;
                INSERT INTO t VALUES(99, zeroblob(1200));
                INSERT INTO k SELECT b, a FROM t;
                INSERT INTO gone SELECT zeroblob(600) FROM t LIMIT 3;
                DROP TABLE gone;
                """);
            if (result != raw.SQLITE_OK)
            {
                throw new InvalidOperationException(raw.sqlite3_errmsg(connection).utf8_to_string());
            }
        }
    }
}
