using System.Text.Json;
using System.Text.RegularExpressions;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>Names come from untrusted files. They are shown as text and have no effect.</summary>
public sealed class HostileNamesReportTests : TestFolder
{
    private const string HostileTenant =
        "a|b`c``` <script>alert(1)</script> [x](http://x.example) *s* _u_ # & \u202Eevil\u2069 \\| 'q' \"d\" \u2019";

    private static readonly string[] HostileTables =
    [
        "a|b",
        "x\\|y",
        "tick \u2705",
        "<img src=x onerror=alert(1)>",
        "two\nlines",
        "```",
        "- item",
        "1. item",
        "    indented",
        "&lt;",
        "\u001B[31mred",
        "**bold**",
        "~~no~~",
    ];

    private readonly UpgradeResult _result;

    public HostileNamesReportTests()
    {
        string sql = string.Concat(
            HostileTables.Select(t => $"CREATE TABLE \"{t}\" (id INTEGER PRIMARY KEY, k TEXT UNIQUE); INSERT INTO \"{t}\" VALUES (1, 'k');")
        );
        Shell.Sql(Database, sql);
        _result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(HostileTenant)));
        _result.Status.ShouldBe(UpgradeStatus.Succeeded, _result.Error?.Message);
    }

    [Fact]
    public void Markdown_tables_keep_their_cells()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Markdown);

        IReadOnlyList<IReadOnlyList<string[]>> tables = MarkdownTables.Read(page);
        tables.Count.ShouldBeGreaterThan(8);
        foreach (IReadOnlyList<string[]> table in tables)
        {
            table.ShouldAllBe(row => row.Length == table[0].Length, string.Join('\n', table.Select(row => string.Join(" ¦ ", row))));
        }

        tables.Single(t => t[0].Contains("Pre-migration")).Count.ShouldBe(HostileTables.Length + 3, "head, rule and total");
        page.ShouldContain("\n| a\\|b | 1 | 1 | \u2705 yes |\n");
        page.ShouldContain("\n| two\\\\u{000A}lines | 1 | 1 | \u2705 yes |\n");
        page.ShouldContain("\n| tick \\\\u{2705} | 1 | 1 | \u2705 yes |\n");
    }

    [Fact]
    public void Nothing_invisible_and_no_tag_gets_into_markdown()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Markdown);

        page.Where(c => c != '\n' && char.IsControl(c)).ShouldBeEmpty();
        page.ShouldNotContain("\u202E");
        page.ShouldNotContain("\u2069");
        OutsideOfCode(page).ShouldNotContain("<");
    }

    [Fact]
    public void No_name_closes_the_code_that_it_stands_in()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Markdown);

        string section = MarkdownTables.Section(page, "Planned statements").Trim();
        section.ShouldStartWith("````sql\n");
        section.ShouldEndWith("\nCOMMIT;\n````");
        section
            .Split('\n')
            .Length.ShouldBe(2 + 4 + (2 * HostileTables.Length), "two statements for each table, one line each, and one for the history");
    }

    [Fact]
    public void Html_has_only_the_tags_of_the_renderer_and_each_is_closed()
    {
        string page = UpgradeReport.Render(_result, ReportFormat.Html);

        string[] known =
        [
            "html",
            "head",
            "title",
            "style",
            "body",
            "header",
            "main",
            "h1",
            "h2",
            "h3",
            "p",
            "ul",
            "ol",
            "li",
            "div",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "pre",
            "code",
            "strong",
            "span",
            "figure",
            "figcaption",
            "svg",
            "rect",
            "path",
        ];
        Stack<string> open = new();
        foreach (
            Match tag in Regex.Matches(
                page.Replace("<!DOCTYPE html>", ""),
                @"<(?<end>/?)(?<name>[a-zA-Z0-9]+)[^>]*>",
                RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(5)))
        {
            string name = tag.Groups["name"].Value;
            if (name == "meta")
            {
                continue;
            }

            known.ShouldContain(name, StringComparer.Ordinal);
            if (tag.Groups["end"].Length == 0)
            {
                open.Push(name);
            }
            else
            {
                open.Pop().ShouldBe(name);
            }
        }

        open.ShouldBeEmpty();
        page.ShouldContain("<td>a|b</td><td class=\"number\">1</td>");
        page.ShouldContain("<li><span class=\"label\">&lt;img src=x onerror=alert(1)&gt;</span> <span class=\"figure\">1</span><svg ");
        page.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        page.ShouldNotContain("\u202E");
        page.ShouldNotContain("\u001B");
    }

    [Fact]
    public void Json_gives_the_names_back_unchanged()
    {
        using JsonDocument json = JsonDocument.Parse(UpgradeReport.Render(_result, ReportFormat.Json));

        json.RootElement.GetProperty("tenantId").GetString().ShouldBe(HostileTenant);
        json.RootElement.GetProperty("migration")
            .GetProperty("tables")
            .EnumerateArray()
            .Select(t => t.GetProperty("table").GetString())
            .ShouldBe(HostileTables);
    }

    [Fact]
    public void The_restore_command_quotes_what_powershell_takes_for_a_quote()
    {
        BackupResult backup = _result.Backup! with { BackupPath = "/tmp/it's \u2019here\u2018.backup" };
        string page = UpgradeReport.Render(_result with { Path = "/tmp/$(calc) [1]`.db", Backup = backup }, ReportFormat.Markdown);

        page.ShouldContain(
            "\nRestore-PosDatabase -LiteralPath '/tmp/$(calc) [1]`.db' -BackupPath '/tmp/it''s \u2019\u2019here\u2018\u2018.backup'\n");
    }

    private static string OutsideOfCode(string page)
    {
        List<string> outside = [];
        string? fence = null;
        foreach (string line in page.Split('\n'))
        {
            string ticks = string.Concat(line.TakeWhile(c => c == '`'));
            if (fence is null && ticks.Length >= 3)
            {
                fence = ticks;
            }
            else if (fence is not null)
            {
                fence = line == fence ? null : fence;
            }
            else
            {
                outside.Add(line);
            }
        }

        return string.Join('\n', outside);
    }
}
