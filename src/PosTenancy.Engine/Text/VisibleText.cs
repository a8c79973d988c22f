using System.Globalization;
using System.Text;

namespace PosTenancy.Engine.Text;

/// <summary>
/// Makes untrusted text safe to display. Names come from files of any origin: invisible characters, console control characters and
/// characters that reverse the direction of text are spelled out as <c>\u{XXXX}</c>. Objects keep the original names; only text for
/// people is escaped.
/// </summary>
public static class VisibleText
{
    private const string VerdictSigns = "\u2705\u274C\u26A0\u2796\u2713\u2714\u2611";

    /// <summary>Escapes text for a report, including characters that resemble the report's own verdicts.</summary>
    /// <param name="text">Any text.</param>
    public static string InReport(string text) => Spell(text, VerdictSigns);

    /// <summary>Escapes text for a console: messages, tables, questions.</summary>
    /// <param name="text">Any text; <see langword="null"/> gives an empty string.</param>
    public static string Escape(string? text) => text is null ? "" : Spell(text, "");

    private static string Spell(string text, string signs)
    {
        StringBuilder visible = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = char.IsSurrogatePair(text, i);
            if (IsHidden(CharUnicodeInfo.GetUnicodeCategory(text, i)) || signs.IndexOf(text[i]) >= 0)
            {
                int value = isPair ? char.ConvertToUtf32(text, i) : text[i];
                visible.Append("\\u{").Append(value.ToString("X4", CultureInfo.InvariantCulture)).Append('}');
            }
            else
            {
                visible.Append(text, i, isPair ? 2 : 1);
            }

            i += isPair ? 1 : 0;
        }

        return visible.ToString();
    }

    /// <summary>Control characters, line and paragraph separators, bidirectional and zero-width characters, and lone surrogates.</summary>
    private static bool IsHidden(UnicodeCategory category) => category is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.Surrogate;
}
