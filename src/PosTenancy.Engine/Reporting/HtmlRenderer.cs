using System.Globalization;
using System.Net;
using System.Text;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>Renders a report as one web page that needs no other file, runs no script and makes no request.</summary>
internal static class HtmlRenderer
{
    public static string Render(ReportDocument document)
    {
        StringBuilder page = new();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<title>")
            .Append(Escape(document.Title))
            .Append("</title>\n<style>\n")
            .Append(HtmlStyle.Sheet)
            .Append("</style>\n</head>\n<body>\n")
            .Append("<header class=\"")
            .Append(ClassOf(document.Outcome))
            .Append("\">\n<h1>")
            .Append(Escape(document.Title))
            .Append("</h1>\n");
        Append(page, document.Head);
        page.Append("</header>\n<main>\n");
        foreach (ReportSection section in document.Sections)
        {
            page.Append("<h")
                .Append(section.Level)
                .Append('>')
                .Append(Inline(section.Heading))
                .Append("</h")
                .Append(section.Level)
                .Append(">\n");
            Append(page, section.Blocks);
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, IEnumerable<Block> blocks)
    {
        foreach (Block block in blocks)
        {
            switch (block)
            {
                case Paragraph paragraph:
                    page.Append("<p>").Append(Inline(paragraph.Text)).Append("</p>\n");
                    break;
                case Bullets list:
                    string tag = list.IsNumbered ? "ol" : "ul";
                    page.Append('<').Append(tag).Append(">\n");
                    foreach (Line item in list.Items)
                    {
                        page.Append("<li>").Append(Inline(item)).Append("</li>\n");
                    }

                    page.Append("</").Append(tag).Append(">\n");
                    break;
                case Table table:
                    Append(page, table);
                    break;
                case Chart chart:
                    Append(page, chart);
                    break;
                case Code code:
                    page.Append("<pre tabindex=\"0\"><code>")
                        .Append(string.Join("\n", code.Lines.Select(Escape)))
                        .Append("</code></pre>\n");
                    break;
            }
        }
    }

    private static void Append(StringBuilder page, Table table)
    {
        // The table scrolls inside its box, also by keyboard; the page does not.
        page.Append("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
        foreach (Column column in table.Columns)
        {
            page.Append("<th scope=\"col\"").Append(Number(column)).Append('>').Append(Escape(column.Title)).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<Line> row in table.Rows)
        {
            page.Append("<tr>");
            for (int i = 0; i < row.Count; i++)
            {
                page.Append("<td").Append(Number(table.Columns[i])).Append('>').Append(Inline(row[i])).Append("</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    /// <summary>
    /// A list of labels and figures, which is all that a screen reader needs; the bars are visual. Browsers print a filled shape but no
    /// background.
    /// </summary>
    private static void Append(StringBuilder page, Chart chart)
    {
        page.Append("<figure class=\"chart\">\n<figcaption>").Append(Escape(chart.Title)).Append("</figcaption>\n<ul>\n");
        foreach (Bar bar in chart.Bars)
        {
            string width = (100 * chart.Length(bar)).ToString("0.##", CultureInfo.InvariantCulture);
            page.Append("<li><span class=\"label\">")
                .Append(Escape(bar.Label))
                .Append("</span> <span class=\"figure\">")
                .Append(Escape(bar.Figure))
                .Append("</span><svg viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"")
                .Append(width)
                .Append("\" height=\"1\"></rect></svg></li>\n");
        }

        page.Append("</ul>\n</figure>\n");
    }

    private static string Number(Column column) => column.IsNumber ? " class=\"number\"" : "";

    private static string Inline(Line line) => string.Concat(line.Pieces.Select(piece => piece switch
    {
        Text text => Escape(text.Value),
        Strong strong => $"<strong>{Escape(strong.Value)}</strong>",
        Mark mark => Sign(mark.Status),
        _ => "",
    }));

    /// <summary>Drawn as a shape, because many tills have no font with these signs. The status is also in the text beside it.</summary>
    private static string Sign(CheckStatus status)
    {
        string shape = status switch
        {
            CheckStatus.Passed => "M3 8.5l3.3 3.3L13 4.5",
            CheckStatus.Failed => "M4 4l8 8M12 4l-8 8",
            CheckStatus.Warning => "M8 2.5v7M8 12.5v1",
            _ => "M3.5 8h9",
        };
        return $"<svg class=\"mark {status.ToString().ToLowerInvariant()}\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path " +
            $"d=\"{shape}\"></path></svg>";
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(VisibleText.InReport(text));

    private static string ClassOf(CheckStatus status) => status switch
    {
        CheckStatus.Passed => "passed",
        CheckStatus.Failed => "failed",
        _ => "warning",
    };
}
