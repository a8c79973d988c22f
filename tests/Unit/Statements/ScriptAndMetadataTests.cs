using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Tests.Statements;

/// <summary>Files of statements, and what sqlx recorded.</summary>
public sealed class ScriptAndMetadataTests
{
    [Fact]
    public void Statements_of_a_script_are_split_as_SQLite_splits_them()
    {
        SourceSummary summary = new();
        IReadOnlyList<SourceStatement> found = SourceCase.Read(
            "q.sql",
            """
            .mode csv
            .print it's
            -- name: GetCustomer :one
            SELECT * FROM customers
            WHERE id = ?; -- it's
            CREATE TRIGGER x AFTER INSERT ON a
            BEGIN
              UPDATE a SET b = CASE WHEN c THEN 1 END; DELETE FROM b;
            END;
            INSERT INTO a VALUES ('; -- no comment'), ("/*");
            SELECT 1;
            VALUES (1);
            DELETE FROM a
            """,
            summary);
        found.Select(s => (s.Line, s.Column, s.Sql.ReplaceLineEndings("\n"))).ShouldBe(
        [
            (4, 1, "SELECT * FROM customers\nWHERE id = ?"),
            (10, 1, "INSERT INTO a VALUES ('; -- no comment'), (\"/*\")"),
            (13, 1, "DELETE FROM a"),
        ]);
        found.ShouldAllBe(s => s.Language == "SQL" && s.Form == SourceForm.Fixed);
        summary.Skipped.ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["CREATE"] = 1, ["SELECT"] = 1, ["VALUES"] = 1 });
    }

    [Fact]
    public void Metadata_of_sqlx_gives_the_statement_and_its_parameters()
    {
        const string Json =
            """
            {
              "db_name": "SQLite",
              "query": "\n  SELECT a AS \"a!\"\n  FROM t WHERE b = ?",
              "describe": { "columns": [{ "name": "query", "ordinal": 0 }], "parameters": { "Right": 1 }, "nullable": [true] },
              "hash": "1"
            }
            """;
        SourceStatement found = SourceCase.Read(".sqlx/query-1.json", Json).ShouldHaveSingleItem();
        found.Sql.ShouldBe("SELECT a AS \"a!\"\n  FROM t WHERE b = ?");
        (found.Line, found.Column, found.Language).ShouldBe((3, 17, "sqlx"));
        found.Sqlx.ShouldBe(new SqlxDescription("SQLite", 1));
    }

    [Fact]
    public void Metadata_of_older_versions_is_one_file()
    {
        const string Json =
            """
            { "db": "PostgreSQL",
              "ab": { "describe": { "columns": [], "parameters": { "Left": ["Int4", "Text"] } }, "query": "DELETE FROM a" },
              "cd": { "query": "DELETE FROM b", "describe": { "parameters": null } } }
            """;
        IReadOnlyList<SourceStatement> found = SourceCase.Read("api/sqlx-data.json", Json);
        found.Select(s => s.Sql).ShouldBe(["DELETE FROM a", "DELETE FROM b"]);
        found.Select(s => s.Sqlx!.Parameters).ShouldBe([2, null]);
    }

    [Fact]
    public void Other_JSON_is_not_read() => SourceCase.Read("package.json", """{ "query": "DELETE FROM a" }""").ShouldBeEmpty();
}
