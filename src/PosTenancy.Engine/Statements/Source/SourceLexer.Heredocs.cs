namespace PosTenancy.Engine.Statements.Source;

/// <content>Heredocs of Ruby, whose texts begin on the line after.</content>
internal sealed partial class SourceLexer
{
    private readonly List<Heredoc> _heredocs = [];
    private Dictionary<string, int>? _lastLines;

    private (SourceLiteral? Literal, int End) RubyHeredoc(List<SourceToken> tokens, int position, int limit)
    {
        int name = position + 2;
        char style = name < limit && _text[name] is '~' or '-' ? _text[name++] : '\0';
        char quote = name < limit && _text[name] is '\'' or '"' or '`' ? _text[name++] : '\0';
        int end = name;
        while (end < limit && (quote == '\0' ? IsWordPart(_text[end]) : _text[end] != quote && _text[end] is not ('\n' or '\r')))
        {
            end++;
        }

        string word = _text.Substring(name, end - name);
        bool isAllowed = word.Length > 0 && (style != '\0' || quote != '\0' || char.IsUpper(word[0]) || word[0] == '_');
        if (!isAllowed || LastLine(word) <= position)
        {
            return (null, position);
        }

        end += quote == '\0' ? 0 : 1;
        _heredocs.Add(new Heredoc(tokens, tokens.Count, word, quote == '\'', style == '~'));
        return (NoText, Math.Min(end, limit));
    }

    /// <summary>Reads the texts of the heredocs that began on the line before, and returns the index after them.</summary>
    private int AfterHeredocs(int position, int limit)
    {
        if (_heredocs.Count == 0)
        {
            return position;
        }

        Heredoc[] pending = [.. _heredocs];
        _heredocs.Clear();
        foreach (Heredoc heredoc in pending)
        {
            int first = position;
            int indent = int.MaxValue;
            int start = position;
            bool isComplete = false;
            while (start < limit && !isComplete)
            {
                int end = AfterLine(start, limit);
                int visible = AfterBlanks(start, end);
                isComplete = end - visible == heredoc.Name.Length && StartsWith(visible, end, heredoc.Name);
                indent = isComplete || visible == end ? indent : Math.Min(indent, Columns(start, visible));
                if (isComplete)
                {
                    position = end;
                }
                else
                {
                    start = end < limit ? AfterLineBreak(end, limit) : limit;
                    position = start;
                }
            }

            LiteralRule rule = new("", "")
            {
                Escapes = heredoc.IsRaw ? null : SourceLanguage.RubyEscapes,
                Holes = heredoc.IsRaw ? HoleStyle.None : HoleStyle.HashBrace,
                IsMultiLine = true,
            };
            BodyLayout layout = new(heredoc.RemovesIndent && indent != int.MaxValue ? indent : 0, 1);
            SourceLiteral literal = Body(rule, first, start, layout).Literal!;
            heredoc.Tokens[heredoc.Token] = heredoc.Tokens[heredoc.Token] with { Literal = literal with { IsText = isComplete } };
        }

        return position;
    }

    /// <summary>Position of the last line that consists of a word alone. All lines are read once, so that no search is repeated.</summary>
    private int LastLine(string word)
    {
        if (_lastLines is null)
        {
            _lastLines = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int start = 0; start < _text.Length;)
            {
                int end = AfterLine(start, _text.Length);
                if (end - start < 200)
                {
                    _lastLines[_text.Substring(start, end - start).Trim()] = start;
                }

                start = end + 1;
            }
        }

        return _lastLines.TryGetValue(word, out int found) ? found : -1;
    }

    /// <summary>A heredoc of Ruby, whose text begins on the next line.</summary>
    /// <param name="Tokens">List of its token.</param>
    /// <param name="Token">Index of its token.</param>
    /// <param name="Name">The line that ends it.</param>
    /// <param name="IsRaw">Whether nothing is put in.</param>
    /// <param name="RemovesIndent">Whether the shared indentation is removed.</param>
    private sealed record Heredoc(List<SourceToken> Tokens, int Token, string Name, bool IsRaw, bool RemovesIndent);
}
