#if !NET
using System.Text;
#endif

namespace PosTenancy.Postgres.Values;

/// <summary>What PostgreSQL's text cannot hold: it refuses a NUL, and every byte sequence that is not UTF-8.</summary>
internal static class Utf8
{
#if !NET
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
#endif

    /// <summary>Whether a text has a NUL. SQLite's own length() stops there, so the bytes are searched.</summary>
    public static bool HasNul(ReadOnlySpan<byte> text) => text.IndexOf((byte)0) >= 0;

    /// <summary>Whether the bytes are UTF-8.</summary>
#if NET
    public static bool IsValid(ReadOnlySpan<byte> text) => System.Text.Unicode.Utf8.IsValid(text);
#else
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        bool isAscii = true;
        foreach (byte b in text)
        {
            isAscii &= b < 0x80;
        }

        if (isAscii)
        {
            return true;
        }

        try
        {
            _ = Strict.GetCharCount(text.ToArray());
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
#endif
}
