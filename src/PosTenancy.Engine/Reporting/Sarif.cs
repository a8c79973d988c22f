using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PosTenancy.Engine.Statements;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// The findings as SARIF 2.1.0, in the form that GitHub's code scanning takes: docs.oasis-open.org/sarif/sarif/v2.1.0 and
/// docs.github.com/code-security ("SARIF support for code scanning"). Statements that are isolated are no findings and are not in it.
/// </summary>
internal static class Sarif
{
    private const string Root = "SRCROOT";

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public static string Render(StatementRun run)
    {
        SourceRoot root = SourceRoot.From(run.Results);
        bool hasBaseline = run.BaselinePath is not null || run.Results.Any(r => r.IsInBaseline);
        JsonObject driver = new()
        {
            ["name"] = "PosTenancy",
            ["semanticVersion"] = run.ProductVersion.Split(' ').Last(),
            ["rules"] = Array(SarifRule.All.Select(Rule)),
        };
        JsonObject sarif = new()
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = Array(
            [
                new JsonObject
                {
                    ["tool"] = new JsonObject { ["driver"] = driver },
                    ["automationDetails"] = new JsonObject { ["id"] = "postenancy-statements/" },
                    ["invocations"] = Array(
                    [
                        new JsonObject
                        {
                            ["executionSuccessful"] = true,
                            ["startTimeUtc"] = Moment(run.StartedAt),
                            ["endTimeUtc"] = Moment(run.StartedAt + run.Duration),
                        },
                    ]),
                    ["originalUriBaseIds"] = new JsonObject { [Root] = RootLocation(root) },
                    ["columnKind"] = "utf16CodeUnits",
                    ["results"] = Array(run.Results
                        .Where(r => RuleIndex(r) >= 0)
                        .Select(r => Result(r, root, hasBaseline))),
                },
            ]),
        };
        return JsonReport.Text(sarif.ToJsonString(Json));
    }

    private static JsonObject Rule(SarifRule rule)
    {
        JsonObject properties = new()
        {
            ["tags"] = Array([JsonValue.Create("security"), JsonValue.Create("multi-tenancy")]),
            ["precision"] = "very-high",
            ["problem.severity"] = rule.Severity switch
            {
                StatementSeverity.Error => "error",
                StatementSeverity.Warning => "warning",
                _ => "recommendation",
            },
        };
        if (rule.Score is not null)
        {
            properties["security-severity"] = rule.Score;
        }

        return new JsonObject
        {
            ["id"] = rule.Id,
            ["name"] = rule.Verdict.ToString(),
            ["shortDescription"] = Message(rule.Short),
            ["fullDescription"] = Message(rule.Full),
            ["help"] = new JsonObject
            {
                ["text"] = $"{rule.Full} {rule.Help}",
                ["markdown"] = $"{rule.Full}\n\n**What to do:** {rule.Help}",
            },
            ["defaultConfiguration"] = new JsonObject { ["level"] = Level(rule.Severity) },
            ["properties"] = properties,
        };
    }

    private static JsonObject Result(StatementResult result, SourceRoot root, bool hasBaseline)
    {
        int rule = RuleIndex(result);
        JsonObject sarif = new()
        {
            ["ruleId"] = SarifRule.All[rule].Id,
            ["ruleIndex"] = rule,
            ["level"] = Level(result.Severity),
            ["message"] = Message(Text(result)),
            ["locations"] = result.File is { } file ? Array([Location(result, file, root)]) : new JsonArray(),
            ["partialFingerprints"] = new JsonObject { ["postenancyStatement/v1"] = StatementKey.Compute(result) },
        };
        if (result.Verdict == StatementVerdict.AllTenants)
        {
            sarif["suppressions"] = Suppression(result.IsInBaseline ? "external" : "inSource", result.AllowedReason);
        }
        else if (result.IsInBaseline)
        {
            sarif["suppressions"] = Suppression("external", "The baseline has it.");
        }

        if (hasBaseline)
        {
            sarif["baselineState"] = result.IsInBaseline ? "unchanged" : "new";
        }

        return sarif;
    }

    /// <summary>The finding in words: what was tried is named by tables and keys, never by values.</summary>
    private static string Text(StatementResult result) => VisibleText.InReport(string.Join(" ",
    [
        $"{(result.Table.Length == 0 ? "" : $"{result.Table}: ")}{result.Reason}",
        .. result.Witness is { } witness ? [$"Witness: {witness}."] : (string[])[],
        .. result.Notes,
    ]));

    private static JsonObject Location(StatementResult result, string file, SourceRoot root)
    {
        string relative = root.Relative(file);
        JsonObject artifact = relative == file
            ? new JsonObject { ["uri"] = FileUri(file) }
            : new JsonObject
            {
                ["uri"] = string.Join("/", relative.Split('/').Select(Uri.EscapeDataString)),
                ["uriBaseId"] = Root,
            };
        return new JsonObject
        {
            ["physicalLocation"] = new JsonObject
            {
                ["artifactLocation"] = artifact,
                ["region"] = new JsonObject { ["startLine"] = Math.Max(result.Line, 1), ["startColumn"] = Math.Max(result.Column, 1) },
            },
        };
    }

    private static JsonObject RootLocation(SourceRoot root)
    {
        JsonObject location = new() { ["description"] = Message("The folder of the source, or of its repository.") };
        if (root.Folder is { } folder)
        {
            location["uri"] = FileUri(folder).TrimEnd('/') + "/";
        }

        return location;
    }

    /// <summary>A path as a URI; Uri would not escape a percent sign or a hash of a path on Unix.</summary>
    private static string FileUri(string path) =>
        "file:///" + string.Join("/", path.Replace('\\', '/').TrimStart('/').Split('/').Select(Uri.EscapeDataString)).Replace("%3A", ":");

    private static JsonArray Suppression(string kind, string? justification) => Array(
    [
        new JsonObject
        {
            ["kind"] = kind,
            ["status"] = "accepted",
            ["justification"] = VisibleText.InReport(justification ?? ""),
        },
    ]);

    private static int RuleIndex(StatementResult result) => SarifRule.All.TakeWhile(r => r.Verdict != result.Verdict).Count() is var i &&
        i < SarifRule.All.Count ? i : -1;

    private static string Level(StatementSeverity severity) => severity switch
    {
        StatementSeverity.Error => "error",
        StatementSeverity.Warning => "warning",
        StatementSeverity.Information => "note",
        _ => "none",
    };

    private static JsonObject Message(string text) => new() { ["text"] = text };

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);
}
