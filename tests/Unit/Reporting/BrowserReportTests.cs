using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using PosTenancy.Engine.Reporting;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Reporting;

/// <summary>
/// The page as rendered by a browser, at the width of a phone, light and dark. Skipped, with the reason, without Chromium.
/// </summary>
public sealed class BrowserReportTests(ITestOutputHelper output) : UpgradeCases
{
    private const int Phone = 360;

    /// <summary>A4 without its margins.</summary>
    private const int Paper = 718;

    private const int Dark = 0;
    private const int Light = 1;

    [Theory]
    [InlineData("succeeded", Light)]
    [InlineData("rolled-back", Dark)]
    public void A_page_fits_a_phone_can_be_read_and_asks_nobody_for_anything(string name, int scheme) =>
        ShouldFit(UpgradeReport.Render(Run(name), ReportFormat.Html), scheme);

    [Theory]
    [InlineData(Light)]
    [InlineData(Dark)]
    public void A_page_of_a_rollout_fits_a_phone_as_well(int scheme)
    {
        CreateSampleStore();
        ShouldFit(FleetReport.Render(SampleFleet.Upgrade(Database), ReportFormat.Html), scheme);
    }

    /// <summary>Its longest table has a path and a hash in each row, which cannot be scrolled to on paper.</summary>
    [Fact]
    public void A_page_of_a_rollout_fits_paper()
    {
        CreateSampleStore();
        string page = FleetReport.Render(SampleFleet.Upgrade(Database), ReportFormat.Html);
        string printed = page.Replace("@media print", "@media all", StringComparison.Ordinal);
        printed.ShouldNotBe(page);
        ShouldFit(printed, Light, Paper);
    }

    [Theory]
    [InlineData(Phone)]
    [InlineData(Paper)]
    public void A_page_of_an_import_fits_a_phone_and_paper(int width)
    {
        string page = ImportReport.Render(SampleImport.Run(Database), ReportFormat.Html);
        ShouldFit(width == Paper ? page.Replace("@media print", "@media all", StringComparison.Ordinal) : page, Light, width, bars: 3);
    }

    private void ShouldFit(string page, int scheme, int width = Phone, int bars = 6)
    {
        string? browser = Shell.Find(
            Environment.GetEnvironmentVariable("PATH"),
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable");
        Assert.SkipWhen(browser is null, "The page was not looked at: no folder of PATH has a Chromium.");
        string frame = Path.Combine(Folder, "frame.html");
        File.WriteAllText(frame, Frame(page, width));

        (int code, string dom, string log) = Shell.Run(
            browser,
            null,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--enable-logging=stderr",
            $"--user-data-dir={Folder}/profile",
            $"--blink-settings=preferredColorScheme={scheme}",
            "--dump-dom",
            "file://" + frame
        );

        output.WriteLine(log);
        code.ShouldBe(0, log);
        Match found = Regex.Match(dom, "<pre id=\"seen\">(?<json>.+?)</pre>", RegexOptions.Singleline, TimeSpan.FromSeconds(1));
        found.Success.ShouldBeTrue(dom.Length > 2000 ? dom[^2000..] : dom);
        Seen seen = JsonSerializer.Deserialize<Seen>(WebUtility.HtmlDecode(found.Groups["json"].Value), JsonSerializerOptions.Web)!;
        seen.Width.ShouldBe(width, "nothing makes the page wider than the screen");
        seen.Wide.ShouldBeEmpty();
        seen.Requests.ShouldBe(0);
        seen.Bars.ShouldBeGreaterThanOrEqualTo(bars);
        seen.DarkText.ShouldBe(scheme == Light, "the colours follow the system");
        seen.Contrast.ShouldAllBe(c => c.Value >= 3, "bars, signs and text can be told from what is behind them");
        log.ShouldNotContain("CONSOLE", customMessage: "neither an error nor a breach of the page's own policy");
    }

    /// <summary>The page in a frame of a width; the measuring script is outside of it.</summary>
    private static string Frame(string page, int width) =>
        $$"""
            <!DOCTYPE html><meta charset="utf-8">
            <iframe id="page" style="width: {{width}}px; height: 800px; border: 0" srcdoc="{{WebUtility.HtmlEncode(page)}}"></iframe>
            <pre id="seen"></pre>
            <script>
            page.onload = () => {
              const doc = page.contentDocument, win = page.contentWindow;
              const rgb = (of, what) => win.getComputedStyle(of)[what].match(/[0-9.]+/g).slice(0, 3).map(Number);
              const light = c => {
                const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                return .2126 * r + .7152 * g + .0722 * b;
              };
              const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort(); return (y + .05) / (x + .05); };
              const behind = rgb(doc.body, 'backgroundColor'), text = rgb(doc.body, 'color');
              seen.textContent = JSON.stringify({
                width: doc.documentElement.scrollWidth,
                wide: [...doc.querySelectorAll('body *')]
                  .filter(e => !e.closest('.scroll, pre') && e.getBoundingClientRect().right > {{width}})
                  .map(e => e.outerHTML.slice(0, 80)),
                requests: win.performance.getEntriesByType('resource').length,
                bars: [...doc.querySelectorAll('.chart rect')].filter(r => r.getBoundingClientRect().width > 0).length,
                darkText: light(text) < light(behind),
                contrast: Object.fromEntries([
                  ['text', contrast(text, behind)],
                  ['bar', contrast(rgb(doc.querySelector('.chart rect'), 'fill'), rgb(doc.querySelector('.chart svg'), 'backgroundColor'))],
                  ...[...doc.querySelectorAll('.mark')].map(m => [m.getAttribute('class'), contrast(rgb(m, 'stroke'), behind)])]),
              });
            };
            </script>
            """;

    private sealed record Seen(int Width, string[] Wide, int Requests, int Bars, bool DarkText, Dictionary<string, double> Contrast);
}
