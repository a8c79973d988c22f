using System.Text;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>Renders a report as GitHub-flavoured Markdown.</summary>
internal static class MarkdownRenderer
{
    private const int LongestBar = 30;

    public static string Render(ReportDocument document)
    {
        StringBuilder page = new();
        page.Append("# ").Append(MarkdownText.Escape(document.Title)).Append("\n\n");
        Append(page, document.Head);
        foreach (ReportSection section in document.Sections)
        {
            page.Append('#', section.Level).Append(' ').Append(Inline(section.Heading)).Append("\n\n");
            Append(page, section.Blocks);
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static void Append(StringBuilder page, IEnumerable<Block> blocks)
    {
        foreach (Block block in blocks)
        {
            switch (block)
            {
                case Paragraph paragraph:
                    page.Append(First(paragraph.Text)).Append('\n');
                    break;
                case Bullets list:
                    for (int i = 0; i < list.Items.Count; i++)
                    {
                        page.Append(list.IsNumbered ? $"{i + 1}. " : "- ").Append(First(list.Items[i])).Append('\n');
                    }

                    break;
                case Table table:
                    Append(page, table);
                    break;
                case Chart chart:
                    page.Append("**").Append(MarkdownText.Escape(chart.Title)).Append("**\n\n");
                    Append(page, TableOf(chart));
                    break;
                case Code code:
                    List<string> lines = [.. code.Lines.Select(VisibleText.InReport)];
                    string fence = MarkdownText.Fence(lines);
                    page.Append(fence).Append(code.Language).Append('\n');
                    lines.ForEach(line => page.Append(line).Append('\n'));
                    page.Append(fence).Append('\n');
                    break;
            }

            page.Append('\n');
        }
    }

    private static void Append(StringBuilder page, Table table)
    {
        AppendRow(page, table.Columns.Select(c => MarkdownText.Escape(c.Title)));
        AppendRow(page, table.Columns.Select(c => c.IsNumber ? "---:" : "---"));
        foreach (IReadOnlyList<Line> row in table.Rows)
        {
            AppendRow(page, row.Select(Inline));
        }
    }

    /// <summary>Renders a chart as a table with bars of block characters, since Markdown has no charts.</summary>
    private static Table TableOf(Chart chart) =>
        new(
            [chart.Label, new Column(chart.Value, IsNumber: true), ""],
            [
                .. chart.Bars.Select(bar =>
                    Table.Row(bar.Label, bar.Figure, new string('\u2588', (int)Math.Ceiling(LongestBar * chart.Length(bar))))),
            ]);

    private static void AppendRow(StringBuilder page, IEnumerable<string> cells) =>
        page.Append("| ").Append(string.Join(" | ", cells)).Append(" |\n");

    private static string First(Line line) => line.Pieces[0] is Text ? MarkdownText.EscapeStart(Inline(line)) : Inline(line);

    private static string Inline(Line line) => string.Concat(line.Pieces.Select(piece => piece switch
    {
        Text text => MarkdownText.Escape(text.Value),
        Strong strong => $"**{MarkdownText.Escape(strong.Value)}**",
        Mark mark => mark.Symbol,
        _ => "",
    }));
}
