using PosTenancy.Tests.Postgres.Queries;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>
/// The application's statements return in PostgreSQL what they return in SQLite for the same tenant, one of four. Its role owns nothing.
/// </summary>
[Collection(CitusCluster.Name)]
public sealed class QueryTests : TargetTest
{
    private const string Store = "store-07";
    private static readonly string[] Stores = ["store-01", "store-02", Store, "store-20"];
    private const string End = "~~~";

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Reads_return_the_same(CopyLayout layout, bool isCluster)
    {
        Application application = Copied(layout, isCluster);
        string views = Sqlite(
            $"""
            SELECT 'CREATE TEMP VIEW ' || name || ' AS SELECT * FROM main.' || name || ' WHERE tenant_id = ''{Store}'';'
            FROM sqlite_schema AS s WHERE type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(s.name) WHERE name = 'tenant_id')
            """);
        string Here(string sql) => Sqlite($"{views}\n{sql}");
        Compare(application, Reads.All, Here).ShouldBe("");
        Results(Here(Script(Reads.All.Select(q => q.Sql)))).SkipLast(1).ShouldAllBe(r => r.Length > 0);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Writes_have_the_same_effect(CopyLayout layout, bool isCluster)
    {
        Application application = Copied(layout, isCluster);
        string Here(string sql) => Sqlite($"PRAGMA foreign_keys = ON; {sql};");
        Compare(application, Writes.All, Here).ShouldBe("");
        foreach (string sql in Writes.Refused)
        {
            Should.Throw<InvalidOperationException>(() => Here(sql));
            PsqlError(application.As(Store, sql)).ShouldMatch("violates|null value", sql);
        }

        string[] schemas = layout == CopyLayout.Schema ? Stores : ["public"];
        Dump.AtTarget(Psql, schemas).ShouldBe(Dump.InSqlite(Sqlite));
        Compare(application, Writes.WithTriggers, Here).ShouldBe("");
    }

    [Fact]
    public void Page_names_each_difference_that_was_measured_and_no_other()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "postgres-layouts.md"));
        string section = page[page.IndexOf("## What an application must write differently", StringComparison.Ordinal)..];
        section.Split('\n')
            .SkipWhile(l => !l.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(l => l.StartsWith('|'))
            .Select(l => l.Split(" | ")[0][2..])
            .ShouldBe(
                Reads.All.Concat(Writes.All).Concat(Writes.WithTriggers).Where(q => q.Rule is not null).Select(q => q.Rule!).Distinct(),
                ignoreOrder: true);
    }

    /// <summary>What differs. A text that is not SQLite's must be needed: SQLite's own fails there, or returns something else.</summary>
    private string Compare(Application application, IReadOnlyList<Query> queries, Func<string, string> here)
    {
        string[] expected = Results(here(Script(queries.Select(q => q.Sql))));
        string[] unchanged = Results(Session(Script(queries.Select(q => application.As(Store, q.Sql, "ROLLBACK")))).Output);
        string[] texts = [.. queries.Select(q => q.At(application.Layout))];
        (string output, string errors) = Session(Script(texts.Select(t => application.As(Store, t))));
        string[] actual = Results(output);
        List<string> differences = [];
        for (int i = 0; i < texts.Length; i++)
        {
            if (actual[i] != expected[i])
            {
                differences.Add($"{texts[i]}\n-- SQLite:\n{expected[i]}\n-- PostgreSQL:\n{actual[i]}\n{errors}");
            }

            // Some texts are needed in one layout alone, and those of each rule on one server or on three.
            if (application.Layout is CopyLayout.Plain or CopyLayout.Citus && queries[i].IsChangedAt(application.Layout) &&
                unchanged[i] == expected[i])
            {
                differences.Add($"{queries[i].Sql}\n-- needs no other text");
            }
        }

        return string.Join("\n\n", differences);
    }

    /// <summary>Runs statements in one session, with a line after the rows of each.</summary>
    private static string Script(IEnumerable<string> statements) =>
        string.Concat(statements.Select(s => $"{s};\nSELECT '{End}';\n"));

    private static string[] Results(string output) => [.. output.Split(End).Select(o => Query.Normalized(o.Trim('\n')))];

    private Application Copied(CopyLayout layout, bool isCluster)
    {
        Use(isCluster);
        Chain.CopyTo(Database, Stores);
        return CopyFor(Store, layout);
    }
}
