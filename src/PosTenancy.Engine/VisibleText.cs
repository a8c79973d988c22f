using System.Globalization;
using System.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Makes text show what it is. Names come from files that anybody may have written: what cannot be seen, what turns the direction of the
/// text around it, and what looks like a verdict of the report is spelled out as <c>\u{XXXX}</c>.
/// </summary>
internal static class VisibleText
{
    private const string VerdictSigns = "\u2705\u274C\u26A0\u2796\u2713\u2714\u2611";

    public static string Of(string text)
    {
        StringBuilder visible = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool isPair = char.IsSurrogatePair(text, i);
            if (IsHidden(CharUnicodeInfo.GetUnicodeCategory(text, i)) || VerdictSigns.IndexOf(text[i]) >= 0)
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

    /// <summary>Control characters, line and paragraph separators, bidirectional and zero-width characters, and halves of a pair.</summary>
    private static bool IsHidden(UnicodeCategory category) => category is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.Surrogate;
}
