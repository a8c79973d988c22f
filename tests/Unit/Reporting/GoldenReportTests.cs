using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>
/// Complete reports of real upgrades, compared with the files in Golden. Values that differ between runs (times, paths, hashes, versions)
/// are
/// replaced in the result first, so that everything else is compared byte for byte. To accept a reviewed change, run
/// <c>POSTENANCY_ACCEPT_GOLDEN=1 dotnet test --filter FullyQualifiedName~GoldenReportTests</c>, and read the difference in git.
/// </summary>
public sealed class GoldenReportTests : UpgradeCases
{
    private const string Fleet = "fleet";
    private const string Import = "import";

    private static readonly string ReportFolder = Path.Combine(Repository.Root, "tests", "Unit", "Reporting", "Golden");

    [Theory]
    [MemberData(nameof(Names))]
    public void A_report_reads_as_it_did(string name)
    {
        UpgradeResult result = Settled(Run(name));

        ShouldBeGolden(name, format => UpgradeReport.Render(result, format));
    }

    [Fact]
    public void A_report_of_a_rollout_reads_as_it_did()
    {
        CreateSampleStore();
        FleetRun run = Settled(SampleFleet.Upgrade(Database));

        ShouldBeGolden(Fleet, format => FleetReport.Render(run, format));
    }

    [Fact]
    public void A_report_of_an_import_reads_as_it_did()
    {
        TenantImportRun run = Settled(SampleImport.Run(Database));

        ShouldBeGolden(Import, format => ImportReport.Render(run, format));
    }

    private static void ShouldBeGolden(string name, Func<ReportFormat, string> render)
    {
        List<string> different = [];
        foreach (
            (ReportFormat format, string ending) in new[]
            {
                (ReportFormat.Markdown, "md"),
                (ReportFormat.Html, "html"),
                (ReportFormat.Json, "json"),
            })
        {
            string path = Path.Combine(ReportFolder, $"{name}.{ending}");
            string report = render(format);
            string golden = File.Exists(path) ? File.ReadAllText(path) : "";
            if (report != golden && Golden.IsAccepted)
            {
                Directory.CreateDirectory(ReportFolder);
                File.WriteAllText(path, report);
            }
            else if (report != golden)
            {
                different.Add(FirstDifference(path, golden, report));
            }
        }

        different.ShouldBeEmpty();
    }

    [Fact]
    public void There_is_no_golden_file_of_anything_else() =>
        Directory
            .EnumerateFiles(ReportFolder)
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ShouldBe(Names.Select(n => n.Data).Append(Fleet).Append(Import).Order(StringComparer.Ordinal));

    private FleetRun Settled(FleetRun run)
    {
        int stores = 0;
        return run with
        {
            Results =
            [
                .. run.Results.Select(r => r with
                {
                    Path = Fixed(r.Path),
                    StartedAt = r.StartedAt is null ? null : run.StartedAt,
                    Duration = TimeSpan.FromMilliseconds(++stores * 400),
                    Upgrade = r.Upgrade is { } upgrade ? Settled(upgrade) : null,
                    Error = r.Error is { } error ? error with { Message = Fixed(error.Message) } : null,
                    ReportPath = r.ReportPath is { } path ? Fixed(path) : null,
                }),
            ],
        };
    }

    private TenantImportRun Settled(TenantImportRun run) => run with
    {
        Path = Fixed(run.Path),
        ProductVersion = "PosTenancy 0.0.0",
        SqliteVersion = "3.0.0",
        Results =
        [
            .. run.Results.Select((r, i) => r with
            {
                SourcePath = Fixed(r.SourcePath),
                StartedAt = run.StartedAt,
                Duration = TimeSpan.FromMilliseconds((i + 1) * 400),
                Backup = r.Backup! with
                {
                    BackupPath = "/stores/pos.db.backup-20260111-133105",
                    ManifestPath = "/stores/pos.db.backup-20260111-133105.json",
                    Sha256 = Fixed(r.Backup.Sha256),
                },
                Rehearsal = r.Rehearsal! with { Duration = TimeSpan.FromSeconds(2) },
                KeyMapPath = r.KeyMapPath is null ? null : $"/stores/pos.db.keymap-20260111-133105-{i}.json",
                KeyMapLength = r.KeyMapLength > 0 ? 4096 : 0,
                Checks = Settled(r.Checks),
                RunChecks = Settled(r.RunChecks),
                Error = r.Error is { } error ? error with { Message = Fixed(error.Message) } : null,
            }),
        ],
    };

    private static IReadOnlyList<CheckResult> Settled(IReadOnlyList<CheckResult> checks) =>
        [.. checks.Select(c => c with { Duration = TimeSpan.FromMilliseconds(1.5) })];

    /// <summary>The result with fixed values in place of those that differ between runs.</summary>
    private UpgradeResult Settled(UpgradeResult result)
    {
        JsonNode report = JsonNode.Parse(UpgradeReport.Render(result, ReportFormat.Json))!;
        int durations = 0;
        Settle(report);
        report["duration"] = "00:00:00.1250000";
        string path = Path.Combine(Folder, "settled.json");
        File.WriteAllText(path, report.ToJsonString());
        return UpgradeReport.Read(path) with { ImportedFrom = null };

        void Settle(JsonNode node)
        {
            IEnumerable<(JsonNode? Value, string Name, Action<JsonNode?> Set)> parts = node switch
            {
                JsonObject o => o.Select(p => (p.Value, p.Key, (Action<JsonNode?>)(v => o[p.Key] = v))),
                JsonArray a => a.Select((v, i) => (v, "", (Action<JsonNode?>)(n => a[i] = n))),
                _ => [],
            };
            foreach ((JsonNode? value, string name, Action<JsonNode?> set) in parts.ToList())
            {
                switch (name, value)
                {
                    case ("duration", _):
                    case ("lockedTime" or "downtime", not null):
                        set(TimeSpan.FromMilliseconds(++durations * 1.5).ToString("c"));
                        break;
                    case ("startedAt" or "createdAt", _):
                        set("2026-01-11T13:31:05.25+00:00");
                        break;
                    case ("availableBytes", not null):
                        set(1L << 30);
                        break;
                    case ("openElsewhereNotChecked", _):
                        set(null);
                        break;
                    case ("sqliteVersion" or "productVersion", _):
                        set(name == "sqliteVersion" ? "3.0.0" : "PosTenancy 0.0.0");
                        break;
                    case (_, JsonValue text) when text.TryGetValue(out string? found):
                        set(Fixed(found));
                        break;
                    case (_, not null):
                        Settle(value);
                        break;
                }
            }
        }
    }

    private string Fixed(string text)
    {
        text = text.Replace(Folder + Path.DirectorySeparatorChar, "/stores/", StringComparison.Ordinal)
            .Replace(Folder, "/stores", StringComparison.Ordinal);
        text = Regex.Replace(text, "-[0-9]{8}-[0-9]{6}", "-20260111-133105", RegexOptions.None, TimeSpan.FromSeconds(1));
        return Regex.Replace(text, "[0-9a-f]{64}", new string('5', 64), RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    private static string FirstDifference(string path, string golden, string report)
    {
        string[] before = golden.Split('\n');
        string[] after = report.Split('\n');
        int line = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return new StringBuilder()
            .Append(path).Append(" differs first in line ").Append(line + 1)
            .Append("\n  golden: ").Append(before.ElementAtOrDefault(line) ?? "(end)")
            .Append("\n  now:    ").Append(after.ElementAtOrDefault(line) ?? "(end)").ToString();
    }
}
