using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Tests.Statements;

/// <summary>SQL is told from other text.</summary>
public sealed class RecognitionTests
{
    [Theory]
    [InlineData("SELECT a FROM t")]
    [InlineData("select a from t")]
    [InlineData("  \\n -- why\\n /* how */ SELECT a FROM t")]
    [InlineData("(SELECT a FROM t)")]
    [InlineData("(SELECT a FROM t) UNION SELECT b FROM t")]
    [InlineData("WITH x AS (SELECT 1) SELECT a FROM x")]
    [InlineData("WITH RECURSIVE x(n, m) AS MATERIALIZED (SELECT 1) DELETE FROM t")]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("INSERT OR IGNORE INTO main.t AS x (a) SELECT 1")]
    [InlineData("INSERT INTO t DEFAULT VALUES")]
    [InlineData("REPLACE INTO t (a) VALUES (1)")]
    [InlineData("UPDATE OR REPLACE t AS x SET a = 1")]
    [InlineData("UPDATE t SET (a, b) = (1, 2)")]
    [InlineData("DELETE FROM t")]
    [InlineData("DELETE FROM t AS x WHERE a")]
    [InlineData("SELECT EXISTS(SELECT 1 FROM t)")]
    [InlineData("SELECT * FROM t WHERE x ILIKE y")]
    public void Statement_is_reported(string text) => SourceCase.Read("a.js", $"q(\"{text}\")").ShouldHaveSingleItem();

    [Theory]
    [InlineData("Select a customer from the list of customers")]
    [InlineData("select one of the items from the list below")]
    [InlineData("Select a row from the table.")]
    [InlineData("Select")]
    [InlineData("select-item")]
    [InlineData("Update the settings")]
    [InlineData("Update all sets")]
    [InlineData("Delete items from the list")]
    [InlineData("Insert into the slot")]
    [InlineData("INSERT INTO")]
    [InlineData("With love")]
    [InlineData("Replace the battery")]
    [InlineData("(select count(*) from t) > 2")]
    [InlineData("FROM t WHERE SELECT")]
    [InlineData("selected from t")]
    public void Sentence_is_not_reported(string text)
    {
        SourceSummary summary = new();
        SourceCase.Read("a.js", $"q('{text}')", summary).ShouldBeEmpty();
        summary.Skipped.ShouldBeEmpty();
    }

    [Fact]
    public void Statements_that_reach_no_row_are_counted()
    {
        SourceSummary summary = new();
        string[] texts =
        [
            "CREATE TABLE t (a)", "CREATE UNIQUE INDEX i ON t (a)", "DROP VIEW v", "ALTER TABLE t ADD b", "PRAGMA foreign_keys",
                "BEGIN IMMEDIATE",
            "COMMIT", "ROLLBACK TO x", "SAVEPOINT x", "RELEASE SAVEPOINT x", "ATTACH 'a' AS b", "DETACH b", "VACUUM", "REINDEX", "ANALYZE",
            "EXPLAIN QUERY PLAN SELECT a FROM t",
        ];
        SourceCase.Read("a.js", string.Join('\n', texts.Select(t => $"q(\"{t}\")")), summary).ShouldBeEmpty();
        summary.Skipped.Sum(s => s.Value).ShouldBe(texts.Length);
        summary.Skipped["CREATE"].ShouldBe(2);
        summary.Skipped["PRAGMA"].ShouldBe(1);
    }

    [Fact]
    public void Literal_of_several_statements_is_split() => SourceCase.Check(
        "a.py",
        "db.executescript('''\n  ⟦DELETE FROM a;\n  CREATE TRIGGER x AFTER INSERT ON a BEGIN DELETE FROM b; END;\n" +
        "  ⟦DELETE FROM c WHERE d = ';';\n''')",
        "Fixed: DELETE FROM a",
        "Fixed: DELETE FROM c WHERE d = ';'");

    [Fact]
    public void Tests_within_a_Rust_file_are_left_out_unless_asked_for()
    {
        const string Source =
            """
            fn f() { q("DELETE FROM a") }
            #[cfg(test)]
            #[allow(unused)]
            mod tests { fn g() { q("DELETE FROM b") } }
            #[cfg(test)] use x;
            #[cfg(all(test, feature = "x"))]
            fn h() { q("DELETE FROM c") }
            #[cfg(not(test))]
            fn i() { q("DELETE FROM d") }
            """;
        SourceCase.Read("a.rs", Source).Select(s => s.Sql).ShouldBe(["DELETE FROM a", "DELETE FROM d"]);
        SourceCase.Read("a.rs", Source, options: new SourceOptions { IncludeTests = true }).Count.ShouldBe(4);
    }
}
