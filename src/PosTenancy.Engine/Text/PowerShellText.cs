using System.Text;

namespace PosTenancy.Engine.Text;

/// <summary>Text for a PowerShell command line.</summary>
internal static class PowerShellText
{
    // PowerShell treats curly quotes as straight ones (about_Quoting_Rules).
    private const string SingleQuotes = "'\u2018\u2019\u201A\u201B";

    public static string Quote(string text)
    {
        StringBuilder quoted = new(text.Length + 2);
        quoted.Append('\'');
        foreach (char c in text)
        {
            quoted.Append(c, SingleQuotes.IndexOf(c) >= 0 ? 2 : 1);
        }

        return quoted.Append('\'').ToString();
    }
}
