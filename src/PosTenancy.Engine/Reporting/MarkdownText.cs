using System.Text;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>Escapes text so that Markdown shows it literally.</summary>
internal static class MarkdownText
{
    private const string Active = "\\`*_[]|#~$&";

    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length + 16);
        foreach (char c in VisibleText.InReport(text))
        {
            // Not every renderer supports \<, and those that don't would pass the tag on to the browser.
            _ = c switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                _ when Active.IndexOf(c) >= 0 => escaped.Append('\\').Append(c),
                _ => escaped.Append(c),
            };
        }

        // A bare address would become a link.
        return escaped.Replace("://", "\\://").Replace("www.", "www\\.").ToString();
    }

    /// <summary>Escapes text that would begin a list, a rule or a code block at the start of a line.</summary>
    public static string EscapeStart(string escaped)
    {
        if (escaped.Length == 0)
        {
            return escaped;
        }

        if (escaped[0] is ' ')
        {
            return $"&nbsp;{escaped.Substring(1)}";
        }

        if (escaped[0] is '-' or '+' or '=')
        {
            return "\\" + escaped;
        }

        int digits = escaped.TakeWhile(c => c is >= '0' and <= '9').Count();
        return digits > 0 && digits < escaped.Length && escaped[digits] is '.' or ')'
            ? escaped.Insert(digits, "\\")
            : escaped;
    }

    /// <summary>A fence that no line can close.</summary>
    public static string Fence(IEnumerable<string> lines)
    {
        int longest = 2;
        foreach (string line in lines)
        {
            int run = 0;
            foreach (char c in line)
            {
                run = c == '`' ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }
        }

        return new string('`', longest + 1);
    }
}
