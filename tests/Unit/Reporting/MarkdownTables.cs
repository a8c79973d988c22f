using System.Text.RegularExpressions;

namespace PosTenancy.Tests.Reporting;

/// <summary>Reads the tables of a Markdown page as a renderer would: a pipe after a backslash is not a separator.</summary>
internal static class MarkdownTables
{
    /// <summary>The cells of every row of every table; the first row of each is its head.</summary>
    public static IReadOnlyList<IReadOnlyList<string[]>> Read(string page)
    {
        List<List<string[]>> tables = [];
        bool inTable = false;
        foreach (string line in page.Split('\n'))
        {
            bool isRow = line.StartsWith('|');
            if (isRow && !inTable)
            {
                tables.Add([]);
            }

            if (isRow)
            {
                tables[^1]
                    .Add([.. Regex.Split(line, @"(?<!\\)\|", RegexOptions.None, TimeSpan.FromSeconds(1))[1..^1].Select(c => c.Trim())]);
            }

            inTable = isRow;
        }

        return tables;
    }

    /// <summary>The lines of a section, without its subsections.</summary>
    public static string Section(string page, string heading)
    {
        string[] lines = page.Split('\n');
        int start = Array.FindIndex(lines, l => l.StartsWith('#') && l.EndsWith(' ' + heading, StringComparison.Ordinal));
        start.ShouldBeGreaterThanOrEqualTo(0, $"there is no section '{heading}'");
        return string.Join('\n', lines.Skip(start + 1).TakeWhile(l => !l.StartsWith('#')));
    }
}
