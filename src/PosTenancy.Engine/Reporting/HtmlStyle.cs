namespace PosTenancy.Engine.Reporting;

/// <summary>The style of the page: light and dark, on a screen, a phone and paper.</summary>
internal static class HtmlStyle
{
    public const string Sheet =
        """
        :root { color-scheme: light dark; --text: #1c2024; --page: #fff; --soft: #f3f4f6; --line: #d5d9de;
          --passed: #18794e; --failed: #c62a2f; --warning: #a35200; --bar: #0b68cb; }
        @media screen and (prefers-color-scheme: dark) {
          :root { --text: #e6e8eb; --page: #15181b; --soft: #202428; --line: #3a4046;
            --passed: #4cc38a; --failed: #ff8589; --warning: #ffb224; --bar: #58a6ff; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--page); color: var(--text);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
        header { border-left: .4rem solid var(--line); background: var(--soft); border-radius: .4rem; padding: .5rem 1rem; }
        header.passed { border-color: var(--passed); }
        header.failed { border-color: var(--failed); }
        header.warning { border-color: var(--warning); }
        h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; }
        h2 { font-size: 1.3rem; margin: 2rem 0 .5rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
        ul, ol { padding-left: 1.4rem; }
        .scroll, pre { overflow: auto; border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0 1rem; }
        pre { background: var(--soft); padding: .6rem .8rem; font-size: .85rem; overflow-wrap: normal; max-height: 24rem; }
        table { border-collapse: collapse; width: 100%; font-size: .92rem; overflow-wrap: normal; }
        th, td { padding: .35rem .7rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
        thead th { background: var(--soft); border-top: 0; white-space: nowrap; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .mark { width: 1em; height: 1em; vertical-align: -.12em; fill: none; stroke: var(--text); stroke-width: 2.6; stroke-linecap: round; }
        .mark.passed { stroke: var(--passed); }
        .mark.failed { stroke: var(--failed); }
        .mark.warning { stroke: var(--warning); }
        .chart { margin: 1rem 0; break-inside: avoid; }
        .chart figcaption { font-weight: 600; }
        .chart ul { list-style: none; margin: .3rem 0; padding: 0; }
        .chart li { display: grid; grid-template-columns: 14rem 1fr 13rem; gap: 0 .7rem; align-items: center; padding: .15rem 0; break-inside: avoid; }
        .chart .figure { order: 1; font-variant-numeric: tabular-nums; }
        .chart svg { width: 100%; height: .8rem; background: var(--soft); border-radius: .2rem; }
        .chart rect { fill: var(--bar); }
        @media (max-width: 40rem) {
          th, td { padding: .3rem; }
          thead th, thead .number { white-space: normal; }
          table { font-size: .8rem; }
          .chart li { grid-template-columns: 1fr auto; }
          .chart .figure { order: 0; text-align: right; }
          .chart svg { grid-column: 1 / -1; }
        }
        @media print { body { max-width: none; padding: 0; } .scroll, pre { overflow: visible; } pre { white-space: pre-wrap; max-height: none; }
          table { font-size: .75rem; } th, td { padding: .3rem; } thead th, .number { white-space: normal; }
          td:not(.number) { overflow-wrap: anywhere; } }

        """;
}
