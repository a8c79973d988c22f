using System.Net;
using System.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>A report as one web page that needs no other file, runs no script and asks no server for anything.</summary>
internal static class HtmlRenderer
{
    public static string Render(ReportDocument document)
    {
        StringBuilder page = new();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<title>").Append(Escape(document.Title)).Append("</title>\n<style>\n").Append(HtmlStyle.Sheet).Append("</style>\n</head>\n<body>\n")
            .Append("<header class=\"").Append(ClassOf(document.Outcome)).Append("\">\n<h1>").Append(Escape(document.Title)).Append("</h1>\n");
        Append(page, document.Head);
        page.Append("</header>\n<main>\n");
        foreach (ReportSection section in document.Sections)
        {
            page.Append("<h").Append(section.Level).Append('>').Append(Inline(section.Heading)).Append("</h").Append(section.Level).Append(">\n");
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
                case Code code:
                    page.Append("<pre tabindex=\"0\"><code>").Append(string.Join("\n", code.Lines.Select(Escape))).Append("</code></pre>\n");
                    break;
            }
        }
    }

    private static void Append(StringBuilder page, Table table)
    {
        // The table scrolls inside its box, with the keyboard too; the page does not.
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

    private static string Number(Column column) => column.IsNumber ? " class=\"number\"" : "";

    private static string Inline(Line line) => string.Concat(line.Pieces.Select(piece => piece switch
    {
        Text text => Escape(text.Value),
        Strong strong => $"<strong>{Escape(strong.Value)}</strong>",
        Mark mark => $"<span class=\"mark\" aria-hidden=\"true\">{mark.Symbol}</span>",
        _ => "",
    }));

    private static string Escape(string text) => WebUtility.HtmlEncode(VisibleText.Of(text));

    private static string ClassOf(CheckStatus status) => status switch
    {
        CheckStatus.Passed => "passed",
        CheckStatus.Failed => "failed",
        _ => "warning",
    };
}
