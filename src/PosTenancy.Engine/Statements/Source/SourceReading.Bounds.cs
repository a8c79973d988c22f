namespace PosTenancy.Engine.Statements.Source;

/// <content>Where expressions and statements end.</content>
internal sealed partial class SourceReading
{
    /// <summary>Whether an expression goes on after a boundary at the end of a line.</summary>
    private static bool IsOpenBoundary(SourceTokens tokens, int index) =>
        tokens.Is(index, ",") || tokens.Is(index, "&&") || tokens.Is(index, "||");

    private bool IsBlockBrace(SourceTokens tokens, int index) =>
        _language.Kind != LanguageKind.Python && (tokens.Is(index, "{") || tokens.Is(index, "}"));

    private bool IsBoundary(SourceTokens tokens, int index) =>
        tokens.IsKind(index, SourceTokenKind.Operator)
            ? (tokens.IsAny(index, Boundaries) &&
                !(_language.Kind == LanguageKind.Python && tokens.Is(index, "{") && tokens.IsOpen(index))) ||
                (tokens.Is(index, "->") &&
                    _language.Kind is LanguageKind.Rust or LanguageKind.Java or LanguageKind.Kotlin or LanguageKind.Python) ||
                (tokens.Is(index, "<<") && _language.Kind == LanguageKind.Ruby)
            : _language.IsIndented && tokens.IsAny(index, WordBoundaries);

    private bool IsAssignment(SourceTokens tokens, int index) =>
        tokens.IsAny(index, AssignOperators) || IsAppend(tokens, index);

    private bool IsAppend(SourceTokens tokens, int index) =>
        tokens.IsAny(index, AppendOperators) || (tokens.Is(index, "<<") && _language.Kind == LanguageKind.Ruby);

    /// <summary>Index after an expression: a boundary, a line break that ends it, or the end.</summary>
    private int ExpressionEnd(SourceTokens tokens, int from, int to, bool endsAtLine)
    {
        int conditionals = 0;
        int i = from;
        while (i < to)
        {
            if (i > from && endsAtLine && tokens[i].StartsLine && !Continues(tokens, i))
            {
                return i;
            }

            if (_language.HasConditional && tokens.Is(i, "?"))
            {
                conditionals++;
            }
            else if (tokens.Is(i, ":") && conditionals > 0)
            {
                conditionals--;
            }
            else if (_language.Kind == LanguageKind.Ruby && i > from && tokens.IsAny(i, Modifiers))
            {
                return i;
            }
            else if (OpensText(tokens, i))
            {
                i = tokens.After(i);
                continue;
            }
            else if (IsBoundary(tokens, i) && !(i == from && (tokens.Is(i, ")") || tokens.Is(i, "]"))))
            {
                return i;
            }

            bool isBlock = IsBlockBrace(tokens, i);
            i = isBlock ? i + 1 : tokens.After(i);
        }

        return to;
    }

    private bool OpensText(SourceTokens tokens, int index) =>
        _language.Kind == LanguageKind.Kotlin && ExpressionReader.OpensText(tokens, index);

    private bool Continues(SourceTokens tokens, int index)
    {
        if (tokens.IsAny(index, Continuations) || (_language.Kind == LanguageKind.JavaScript && tokens.Is(index, "+")))
        {
            return true;
        }

        return tokens.IsKind(index - 1, SourceTokenKind.Operator) &&
            !(tokens.Is(index - 1, ")") || tokens.Is(index - 1, "]") || tokens.Is(index - 1, "}") || tokens.Is(index - 1, "++") ||
                tokens.Is(index - 1, "--") || tokens.Is(index - 1, ">") || tokens.Is(index - 1, "!") || tokens.Is(index - 1, ":"));
    }

    /// <summary>Index after the value of an assignment: branches of an if or a match belong to it.</summary>
    private int ValueEnd(SourceTokens tokens, int from, int to, bool endsAtLine)
    {
        bool selects = tokens.Is(from, "if") || tokens.Is(from, "match") || tokens.Is(from, "when");
        int i = from;
        while (i < to)
        {
            if (i > from && endsAtLine && tokens[i].StartsLine && !Continues(tokens, i) && !(selects && tokens.Is(i, "else")))
            {
                return i;
            }

            bool isSwitch = i > from && tokens.Is(i - 1, "switch") && _language.Kind == LanguageKind.CSharp;
            bool isList = _language.Kind == LanguageKind.Go ? tokens.Is(from, "[")
                : _language.Kind is LanguageKind.CSharp or LanguageKind.Java && tokens.Is(from, "new");
            if (tokens.Is(i, "{") && (selects || isSwitch || isList || OpensText(tokens, i)) && tokens.IsOpen(i))
            {
                i = tokens.After(i);
                bool goesOn = tokens.Is(i, "else") || tokens.Is(i, ".");
                if (!goesOn)
                {
                    return i;
                }

                continue;
            }

            bool isJoined = tokens.Is(i, ":") && _language.HasConditional;
            bool ends = tokens.Is(i, ";") || tokens.Is(i, ",") || tokens.Is(i, ")") || tokens.Is(i, "]") || IsBlockBrace(tokens, i) ||
                (_language.Kind == LanguageKind.Ruby && tokens.IsAny(i, Modifiers)) ||
                (!isJoined && !selects && i > from && IsBoundary(tokens, i) && !tokens.Is(i, ":"));
            if (ends)
            {
                return i;
            }

            i = tokens.After(i);
        }

        return to;
    }

    /// <summary>Skips an item of Rust that is compiled for tests alone.</summary>
    private static int AfterTests(SourceTokens tokens, int index, int to)
    {
        if (!tokens.Is(index, "#") || !tokens.Is(index + 1, "[") || !tokens.IsOpen(index + 1) || !tokens.Is(index + 2, "cfg"))
        {
            return index;
        }

        bool isTest = false;
        for (int i = index + 3; i < tokens.Match(index + 1); i++)
        {
            isTest |= tokens.Is(i, "test");
            if (tokens.Is(i, "not"))
            {
                return index;
            }
        }

        if (!isTest)
        {
            return index;
        }

        int item = tokens.After(index + 1);
        while (item < to && !tokens.Is(item, "{") && !tokens.Is(item, ";"))
        {
            item = tokens.After(item);
        }

        return item < to ? tokens.After(item) : to;
    }
}
