namespace PosTenancy.Engine.Statements.Source;

/// <summary>The kind of a token of source code.</summary>
internal enum SourceTokenKind
{
    /// <summary>A name or a keyword.</summary>
    Word,

    Number,

    Operator,

    Literal,
}

/// <summary>A piece of source code that is neither white space nor a comment.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Start">Index of its first character.</param>
/// <param name="End">Index after its last character.</param>
/// <param name="StartsLine">Whether a line break precedes it.</param>
/// <param name="Literal">Its literal, if it is one.</param>
internal readonly record struct SourceToken(SourceTokenKind Kind, int Start, int End, bool StartsLine, SourceLiteral? Literal = null);

/// <summary>A string literal, or another one that must not be confused with it.</summary>
/// <param name="Parts">Its texts and the values put in between, in their order.</param>
/// <param name="IsText">Whether it is a text that is complete; a character, a regular expression or an unterminated literal is not.</param>
internal sealed record SourceLiteral(IReadOnlyList<LiteralPart> Parts, bool IsText)
{
    /// <summary>Its text, if nothing is put in.</summary>
    public MappedText? Plain =>
        !IsText || Parts.Count > 1 ? null : Parts.Count == 0 ? MappedText.Empty : Parts[0].Hole is null ? Parts[0].Text : null;
}

/// <summary>A part of a literal: a text, or an expression whose value is put in.</summary>
/// <param name="Text">The decoded text.</param>
/// <param name="Hole">Tokens of the expression; <see langword="null"/> for a text.</param>
/// <param name="Start">Index in the source of the first character of the expression.</param>
/// <param name="End">Index after its last one.</param>
internal readonly record struct LiteralPart(MappedText Text, SourceTokens? Hole, int Start, int End);

/// <summary>The tokens of a file, or of an expression within a literal.</summary>
internal sealed class SourceTokens
{
    private readonly string _text;
    private readonly SourceToken[] _tokens;
    private readonly int[] _match;
    private readonly string?[] _texts;

    public SourceTokens(string text, IReadOnlyList<SourceToken> tokens)
    {
        _text = text;
        _tokens = [.. tokens];
        _texts = new string?[_tokens.Length];
        _match = Matches();
    }

    public int Count => _tokens.Length;

    public SourceToken this[int index] => _tokens[index];

    /// <summary>The text of a token as it is in the source.</summary>
    public string Text(int index) =>
        _texts[index] ??= _text.Substring(_tokens[index].Start, _tokens[index].End - _tokens[index].Start);

    /// <summary>The source from one token up to another.</summary>
    public string Slice(int from, int to) => _text.Substring(_tokens[from].Start, _tokens[to - 1].End - _tokens[from].Start);

    /// <summary>Whether a token, no literal, has this text.</summary>
    public bool Is(int index, string text) =>
        index >= 0 && index < _tokens.Length && _tokens[index] is { Kind: not SourceTokenKind.Literal } token &&
        token.End - token.Start == text.Length && string.CompareOrdinal(_text, token.Start, text, 0, text.Length) == 0;

    /// <summary>Whether a token, no literal, is one of these texts.</summary>
    public bool IsAny(int index, HashSet<string> texts) =>
        index >= 0 && index < _tokens.Length && _tokens[index].Kind != SourceTokenKind.Literal && texts.Contains(Text(index));

    public bool IsKind(int index, SourceTokenKind kind) => index >= 0 && index < _tokens.Length && _tokens[index].Kind == kind;

    /// <summary>Index of the other bracket of a pair; -1 if it has none or the token is no bracket.</summary>
    public int Match(int index) => _match[index];

    public bool IsOpen(int index) => _match[index] > index;

    /// <summary>Index after a token, or after the pair of brackets that begins with it.</summary>
    public int After(int index) => Math.Max(_match[index], index) + 1;

    private int[] Matches()
    {
        int[] match = new int[_tokens.Length];
        Stack<int> open = new();
        Dictionary<char, int> counts = new() { ['('] = 0, ['['] = 0, ['{'] = 0 };
        for (int i = 0; i < match.Length; i++)
        {
            match[i] = -1;
            SourceToken token = _tokens[i];
            if (token.Kind != SourceTokenKind.Operator || token.End != token.Start + 1)
            {
                continue;
            }

            char c = _text[token.Start];
            if (c is '(' or '[' or '{')
            {
                counts[c]++;
                open.Push(i);
            }
            else if (c is ')' or ']' or '}')
            {
                // A bracket that closes none is ignored; one that is not closed ends where an outer one does.
                char wanted = c is ')' ? '(' : c is ']' ? '[' : '{';
                while (counts[wanted] > 0)
                {
                    int last = open.Pop();
                    char kind = _text[_tokens[last].Start];
                    counts[kind]--;
                    if (kind == wanted)
                    {
                        match[last] = i;
                        match[i] = last;
                        break;
                    }
                }
            }
        }

        return match;
    }
}
