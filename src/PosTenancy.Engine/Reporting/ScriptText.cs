using System.Text;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>A script and the output of its statements as plain text for a console. Invisible characters are spelled out.</summary>
public static class ScriptText
{
    private const int MaxSql = 200;
    private const int MaxPadding = 40;

    /// <summary>Lists every statement with its line, and the reason for each one skipped.</summary>
    /// <param name="script">Script to list.</param>
    public static IEnumerable<string> Listing(MigrationScript script) =>
        script.Statements.Select(s =>
            $"line {s.Line}: {(s.Skipped is null ? OneLine(s.Sql) : $"not run: {OneLine(s.Sql)} ({s.Skipped})")}");

    /// <summary>Formats the rows of a statement as a table.</summary>
    /// <param name="output">Output of the statement.</param>
    public static string Table(ScriptOutput output)
    {
        List<string[]> cells =
        [
            [.. output.Columns.Select(VisibleText.Escape)],
            .. output.Rows.Select(row => row.Select(v => VisibleText.Escape(v ?? "NULL")).ToArray()),
        ];
        int[] widths = [.. output.Columns.Select((_, i) => Math.Min(MaxPadding, cells.Max(row => row[i].Length)))];
        cells.Insert(1, [.. widths.Select(w => new string('-', w))]);
        StringBuilder text = new($"line {output.Line}: {OneLine(output.Sql)}\n");
        foreach (string[] row in cells)
        {
            text.Append("  ").Append(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()).Append('\n');
        }

        return text.Append("  ").Append(Count(output)).ToString();
    }

    /// <summary>The number of rows, and how many of them are shown.</summary>
    internal static string Count(ScriptOutput output) => Figures.Count(output.RowCount, "row", "rows") +
        (output.Rows.Count < output.RowCount ? $", of which the first {Figures.Count(output.Rows.Count)} were kept" : "");

    /// <summary>A statement on one line, truncated if it is long.</summary>
    internal static string OneLine(string sql)
    {
        string text = string.Join(" ", sql.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()));
        return VisibleText.Escape(text.Length <= MaxSql ? text : $"{text.Substring(0, MaxSql - 1)}…");
    }
}
