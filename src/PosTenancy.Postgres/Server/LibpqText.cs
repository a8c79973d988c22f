using System.Text;

namespace PosTenancy.Postgres.Server;

/// <summary>Reads names and values of a keyword/value connection string (libpq, "Connection Strings").</summary>
internal sealed class LibpqText(string text)
{
    private int _next;

    /// <summary>Whether only white space is left.</summary>
    public bool IsAtEnd
    {
        get
        {
            SkipSpace();
            return _next == text.Length;
        }
    }

    /// <summary>A name and the equal sign after it; <see langword="null"/> if there is no such sign.</summary>
    public string? ReadName()
    {
        int start = _next;
        while (_next < text.Length && text[_next] != '=' && !char.IsWhiteSpace(text[_next]))
        {
            _next++;
        }

        string name = text.Substring(start, _next - start);
        SkipSpace();
        return _next < text.Length && text[_next++] == '=' ? name : null;
    }

    /// <summary>A value, in single quotes or up to the next space; <see langword="null"/> for a semicolon or a quote without an end.</summary>
    public string? ReadValue()
    {
        SkipSpace();
        bool isQuoted = _next < text.Length && text[_next] == '\'';
        StringBuilder value = new();
        for (_next += isQuoted ? 1 : 0; _next < text.Length; _next++)
        {
            char c = text[_next];
            if (isQuoted ? c == '\'' : char.IsWhiteSpace(c))
            {
                _next++;
                return value.ToString();
            }

            if (c == ';' && !isQuoted)
            {
                return null;
            }

            if (c == '\\' && _next + 1 < text.Length)
            {
                c = text[++_next];
            }

            _ = value.Append(c);
        }

        return isQuoted ? null : value.ToString();
    }

    private void SkipSpace()
    {
        while (_next < text.Length && char.IsWhiteSpace(text[_next]))
        {
            _next++;
        }
    }
}
