namespace PosTenancy.Engine.Statements.Source;

/// <content>The literals of each language: where they begin.</content>
internal sealed partial class SourceLexer
{
    private static readonly SourceLiteral NoText = new([], IsText: false);

    /// <summary>Reads a literal and returns the index after it; the position itself if none begins here.</summary>
    private int Literal(List<SourceToken> tokens, int position, int limit, bool startsLine)
    {
        (SourceLiteral? literal, int end) = Special(tokens, position, limit, startsLine);
        if (literal is null && end == position)
        {
            (literal, end) = Tabled(position, limit);
        }

        if (literal is not null)
        {
            tokens.Add(new SourceToken(SourceTokenKind.Literal, position, end, startsLine, literal));
        }

        return end;
    }

    /// <summary>A literal that the table of the language describes.</summary>
    private (SourceLiteral? Literal, int End) Tabled(int position, int limit)
    {
        int quote = position;
        while (quote < limit && quote < position + 3 && char.IsLetter(_text[quote]))
        {
            quote++;
        }

        if (quote >= limit || _text[quote] is not ('"' or '\'' or '`'))
        {
            return (null, position);
        }

        string prefix = _text.Substring(position, quote - position).ToLowerInvariant();
        foreach (LiteralRule rule in _language.Literals)
        {
            if (rule.Prefixes.Contains(prefix, StringComparer.Ordinal) && StartsWith(quote, limit, rule.Open))
            {
                return rule.Layout == LiteralLayout.TextBlock ? TextBlock(rule, quote, limit) : Body(rule, quote + rule.Open.Length, limit);
            }
        }

        return (null, position);
    }

    /// <summary>A literal that no table can describe. Without a literal, the index after what was read instead.</summary>
    private (SourceLiteral? Literal, int End) Special(List<SourceToken> tokens, int position, int limit, bool startsLine)
    {
        char c = _text[position];
        return _language.Kind switch
        {
            LanguageKind.Rust when c == '\'' => RustQuote(position, limit),
            LanguageKind.Rust when c is 'r' or 'b' or 'c' => RustRaw(position, limit),
            LanguageKind.CSharp when c is '"' or '$' or '@' => CSharp(position, limit),
            LanguageKind.Kotlin when c == '$' => KotlinDollars(position, limit),
            LanguageKind.JavaScript when c == '/' => Pattern(tokens, position, limit),
            LanguageKind.JavaScript when c == '<' && _hasJsx => Jsx(tokens, position, limit, startsLine),
            LanguageKind.Php when c == '<' => PhpHeredoc(position, limit),
            LanguageKind.Ruby => Ruby(tokens, position, limit),
            _ => (null, position),
        };
    }
}
