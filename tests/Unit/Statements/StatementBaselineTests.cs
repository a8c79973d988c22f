using System.Text.Json;
using System.Text.Json.Nodes;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Statements;
using PosTenancy.Tests.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>The baseline: what it has is not new, and nothing becomes allowed by itself.</summary>
public sealed class StatementBaselineTests : ApplicationFolder
{
    private const string Leak = "SELECT name FROM customers";

    private static readonly string Schema =
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "statement-baseline.schema.json"));

    [Fact]
    public void Finding_of_the_baseline_is_not_new_wherever_its_line_moves_and_however_it_is_indented()
    {
        Write("a.sql", "SELECT name FROM customers;");
        Update(Run());

        Write("a.sql", "\n\n-- all names\nSELECT name   -- the name\n    FROM customers;");
        File.Move(Path.Combine(Source, "a.sql"), Path.Combine(Source, "b.sql"));

        StatementResult result = Run(StatementBaseline.Read(BaselinePath)).Results.Single();
        (result.Verdict, result.IsInBaseline, result.IsNew).ShouldBe((StatementVerdict.Leaks, true, false));
    }

    [Theory]
    [InlineData("SELECT name, id FROM customers;")]
    [InlineData("SELECT cents FROM sales;")]
    public void Other_text_is_new(string other)
    {
        Write("a.sql", "SELECT name FROM customers;");
        Update(Run());

        Write("a.sql", other);

        Run(StatementBaseline.Read(BaselinePath)).Results.Single().IsNew.ShouldBeTrue();
    }

    [Fact]
    public void White_space_in_a_literal_is_part_of_the_statement() =>
        StatementKey.Compute("SELECT 'a  b'").ShouldNotBe(StatementKey.Compute("SELECT 'a b'"));

    [Fact]
    public void Verdict_that_became_worse_is_new()
    {
        Write("a.sql", "SELECT name FROM customers;");
        Update(Run());
        File.WriteAllText(BaselinePath, File.ReadAllText(BaselinePath).Replace("\"Leaks\"", "\"ByKeyOnly\"", StringComparison.Ordinal));

        Run(StatementBaseline.Read(BaselinePath)).Results.Single().IsNew.ShouldBeTrue();
    }

    [Fact]
    public void Update_is_what_the_schema_says_and_writes_the_same_bytes_for_the_same_findings_in_any_order()
    {
        Write("a.sql", "SELECT name FROM customers; SELECT cents FROM sales; SELECT 'é < \"ü\"', id FROM customers WHERE id = ?;");
        Update(Run());
        byte[] first = File.ReadAllBytes(BaselinePath);
        SchemaDamage.Problem(JsonNode.Parse(first)!, Schema).ShouldBeNull();

        Write("a.sql", "SELECT 'é < \"ü\"', id FROM customers WHERE id = ?; SELECT cents FROM sales; SELECT name FROM customers;");
        Update(Run());

        File.ReadAllBytes(BaselinePath).ShouldBe(first);
        File.ReadAllText(BaselinePath).ShouldContain("'é < \\\"ü\\\"'");
        Directory.GetFiles(Folder, "*.partial").ShouldBeEmpty();
    }

    [Fact]
    public void Update_keeps_reasons_and_drops_what_is_gone_or_corrected()
    {
        Write("a.sql", "SELECT name FROM customers; SELECT cents FROM sales; SELECT phone FROM customers;");
        Update(Run());
        Edit("SELECT cents FROM sales", e => e["reason"] = "to be corrected in May");

        Write("a.sql", "SELECT cents FROM sales; SELECT phone FROM customers WHERE tenant_id = ?;");
        Update(Run(StatementBaseline.Read(BaselinePath)));

        JsonArray entries = Entries();
        entries.Count.ShouldBe(1);
        entries[0]!["reason"]!.GetValue<string>().ShouldBe("to be corrected in May");
        entries[0]!["verdict"]!.GetValue<string>().ShouldBe("Leaks", "a reason alone allows nothing");
    }

    [Fact]
    public void Entry_that_a_person_made_AllTenants_with_a_reason_allows_the_statement_and_stays()
    {
        Write("a.sql", "SELECT name FROM customers;");
        Update(Run());
        Edit(Leak, e =>
        {
            e["verdict"] = "AllTenants";
            e["reason"] = "the operator's directory";
        });

        StatementRun run = Run(StatementBaseline.Read(BaselinePath));
        StatementResult result = run.Results.Single();
        (result.Verdict, result.AllowedReason, result.IsInBaseline).ShouldBe(
            (StatementVerdict.AllTenants, "the operator's directory", true));

        Update(run);
        JsonNode entry = Entries().Single()!;
        entry["verdict"]!.GetValue<string>().ShouldBe("AllTenants");
        entry["reason"]!.GetValue<string>().ShouldBe("the operator's directory");
        SchemaDamage.Problem(JsonNode.Parse(File.ReadAllText(BaselinePath))!, Schema).ShouldBeNull();
    }

    [Fact]
    public void Statement_that_a_comment_allows_is_not_in_the_baseline()
    {
        Write("a.sql", "-- postenancy: all tenants, because of the directory\nSELECT name FROM customers;");
        Update(Run());

        Entries().ShouldBeEmpty();
    }

    [Fact]
    public void Update_without_findings_writes_a_baseline_that_can_be_read()
    {
        Write("a.sql", "SELECT name FROM customers WHERE tenant_id = ?;");
        Update(Run());

        StatementBaseline.Read(BaselinePath).Count.ShouldBe(0);
    }

    [Fact]
    public void Statement_that_could_not_be_tried_is_in_it_without_a_table()
    {
        Write("a.py", "def f(db, t):\n    db.execute(f\"SELECT * FROM {t} WHERE tenant_id = ?\")\n");
        Update(Run());

        Entries().Single()!["table"]!.GetValue<string>().ShouldBeEmpty();
        Run(StatementBaseline.Read(BaselinePath)).Results.Single().IsNew.ShouldBeFalse();
    }

    [Theory]
    [InlineData("reason", null, "no reason")]
    [InlineData("reason", " ", "no reason")]
    [InlineData("sql", "SELECT phone FROM customers", "SHA-256 of its text")]
    [InlineData("sha256", "0000000000000000000000000000000000000000000000000000000000000000", "SHA-256 of its text")]
    [InlineData("table", null, "lacks its text, its table or its SHA-256")]
    [InlineData("verdict", "Isolated", "is no finding")]
    [InlineData("verdict", "Perhaps", "verdict")]
    [InlineData("extra", "1", "extra")]
    public void Entry_that_cannot_be_one_is_refused(string property, string? value, string problem)
    {
        Write("a.sql", "SELECT name FROM customers;");
        Update(Run());
        Edit(Leak, e =>
        {
            e["verdict"] = "AllTenants";
            e["reason"] = "the directory";
            e[property] = value;
        });

        PosTenancyException refused = Should.Throw<PosTenancyException>(() => StatementBaseline.Read(BaselinePath));

        refused.ErrorId.ShouldBe(ErrorIds.BaselineInvalid);
        refused.Message.ShouldContain(problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{ "schema": "PosTenancy.UpgradeReport", "version": 1, "statements": [] }""")]
    [InlineData("""{ "schema": "PosTenancy.StatementBaseline", "version": 2, "statements": [] }""")]
    [InlineData("""{ "schema": "PosTenancy.StatementBaseline", "version": 1, "statements": [null] }""")]
    [InlineData("""{ "schema": "PosTenancy.StatementBaseline", "version": 1 }""")]
    public void File_of_another_kind_is_refused(string content)
    {
        File.WriteAllText(BaselinePath, content);

        Should.Throw<PosTenancyException>(() => StatementBaseline.Read(BaselinePath)).ErrorId.ShouldBe(ErrorIds.BaselineInvalid);
    }

    [Fact]
    public void Entry_that_occurs_twice_as_after_a_merge_is_refused()
    {
        Write("a.sql", "SELECT name FROM customers;");
        Update(Run());
        JsonNode document = JsonNode.Parse(File.ReadAllText(BaselinePath))!;
        document["statements"]!.AsArray().Add(document["statements"]![0]!.DeepClone());
        File.WriteAllText(BaselinePath, document.ToJsonString());

        Should.Throw<PosTenancyException>(() => StatementBaseline.Read(BaselinePath)).Message.ShouldContain("occurs twice");
    }

    [Fact]
    public void File_that_Windows_PowerShell_saved_with_a_mark_is_read()
    {
        Write("a.sql", "SELECT name FROM customers;");
        Update(Run());
        File.WriteAllBytes(BaselinePath, [0xEF, 0xBB, 0xBF, .. File.ReadAllBytes(BaselinePath)]);

        StatementBaseline.Read(BaselinePath).Count.ShouldBe(1);
    }

    [Fact]
    public void Missing_file_is_an_error_unless_it_is_to_be_written()
    {
        Should.Throw<PosTenancyException>(() => StatementBaseline.Open(BaselinePath, update: false))
            .ErrorId.ShouldBe(ErrorIds.InvalidBaselinePath);
        Should.Throw<PosTenancyException>(() => StatementBaseline.Open(Path.Combine(Folder, "none", "b.json"), update: true))
            .ErrorId.ShouldBe(ErrorIds.InvalidBaselinePath);
        Should.Throw<PosTenancyException>(() => StatementBaseline.Open(path: null, update: true))
            .ErrorId.ShouldBe(ErrorIds.InvalidBaselinePath);
        StatementBaseline.Open(path: null, update: false).ShouldBeNull();
        StatementBaseline.Open(BaselinePath, update: true)!.Count.ShouldBe(0);
        File.Exists(BaselinePath).ShouldBeFalse();
    }

    [Fact]
    public void Baseline_has_no_value_of_the_database()
    {
        Write("a.sql", "SELECT name FROM customers; DELETE FROM customers WHERE phone = ?;");
        StatementRun run = Run();
        Update(run);

        IEnumerable<string> reports = Enum.GetValues<ReportFormat>().Select(f => StatementReport.Render(run, f));
        foreach (string text in reports.Append(File.ReadAllText(BaselinePath)))
        {
            text.ShouldNotContain("Lovelace");
            text.ShouldNotContain("555-01");
        }
    }

    private void Update(StatementRun run) => _ = StatementBaseline.Open(BaselinePath, update: true)!.Update(run.Results);

    private JsonArray Entries() => JsonNode.Parse(File.ReadAllText(BaselinePath))!["statements"]!.AsArray();

    private void Edit(string sql, Action<JsonObject> change)
    {
        JsonNode document = JsonNode.Parse(File.ReadAllText(BaselinePath))!;
        change(document["statements"]!.AsArray().Single(e => e!["sql"]!.GetValue<string>() == sql)!.AsObject());
        File.WriteAllText(BaselinePath, document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }
}
