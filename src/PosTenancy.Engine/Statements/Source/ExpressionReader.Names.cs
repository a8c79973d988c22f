namespace PosTenancy.Engine.Statements.Source;

/// <content>Paths of names, and what they stand for.</content>
internal sealed partial class ExpressionReader
{
    /// <summary>The name that a path of names is known by: without the object or class that it belongs to.</summary>
    public static string Name(IReadOnlyList<string> path)
    {
        int first = 0;
        while (first < path.Count - 1 && (Receivers.Contains(path[first]) || (first == path.Count - 2 && char.IsUpper(path[first][0]))))
        {
            first++;
        }

        string name = string.Join(".", path.Skip(first));
        return first > 0 && path[0] == "$this" ? "$" + name : name;
    }

    /// <summary>The names of a path that begins at a token, and the index after it.</summary>
    public (IReadOnlyList<string> Path, int End) Path(SourceTokens tokens, int from, int to)
    {
        List<string> path = [];
        int i = from;
        while (i < to && tokens.IsKind(i, SourceTokenKind.Word))
        {
            path.Add(tokens.Text(i));
            i++;
            i = AfterTypeArguments(tokens, i, to);
            if (!(i + 1 < to && IsAccessor(tokens, i) && tokens.IsKind(i + 1, SourceTokenKind.Word)))
            {
                break;
            }

            i++;
        }

        return (path, i);
    }

    public bool IsAccessor(SourceTokens tokens, int index) =>
        tokens.IsAny(index, Accessors) && (language.Kind == LanguageKind.Php ? !tokens.Is(index, ".") : !tokens.Is(index, "->"));

    /// <summary>The variable that a whole expression consists of.</summary>
    private string? Reference(SourceTokens tokens, int from, int to)
    {
        int i = AfterPrefixes(tokens, from, to);
        (IReadOnlyList<string> path, int end) = Path(tokens, i, to);
        if (path.Count == 0)
        {
            return null;
        }

        if (end == to)
        {
            return Name(path);
        }

        // A method call on a variable, such as sql.as_str().
        return tokens.Is(end, "(") && end + 2 == to && tokens.After(end) == to && path.Count > 1 &&
            TextFunctions.Method(path[path.Count - 1], language) == TextFunction.Same
                ? Name([.. path.Take(path.Count - 1)])
                : null;
    }

    /// <summary>A variable, a constant or a call.</summary>
    private IReadOnlyList<TextValue>? Named(SourceTokens tokens, int from, int to)
    {
        (IReadOnlyList<string> path, int end) = Path(tokens, from, to);
        if (language.Kind == LanguageKind.JavaScript && tokens.IsKind(end, SourceTokenKind.Literal) && end < to &&
            tokens[end - 1].End == tokens[end].Start && tokens[end].Literal!.IsText)
        {
            bool binds = TextFunctions.BindingTags.Contains(path[path.Count - 1]);
            return Postfix(LiteralValue(tokens, end, binds), tokens, end + 1, to, isVariable: false);
        }

        if (language.Kind == LanguageKind.Rust && tokens.Is(end, "!") && end + 1 < to && tokens.IsOpen(end + 1))
        {
            return Call(tokens, TextFunctions.Macro(path[path.Count - 1]), end + 1) is { } made
                ? Postfix(made, tokens, tokens.After(end + 1), to, isVariable: false)
                : null;
        }

        if (language.Kind == LanguageKind.Kotlin && end < to && OpensText(tokens, end))
        {
            return Postfix(Built(tokens, end), tokens, tokens.After(end), to, isVariable: false);
        }

        bool isCall = end < to && tokens.Is(end, "(") && tokens.IsOpen(end);
        if (isCall && Call(tokens, TextFunctions.Function(path, language), end) is { } called)
        {
            return Postfix(called, tokens, tokens.After(end), to, isVariable: false);
        }

        if (isCall && path.Count == 1)
        {
            return ListMethod(tokens, end, to);
        }

        // Of a call the last name is the method.
        string[] variable = [.. path.Take(isCall ? path.Count - 1 : path.Count)];
        if (end == to && variable.Length > 1 && variable[variable.Length - 2] is "strings" or "bytes" &&
            variable[variable.Length - 1] is "Builder" or "Buffer")
        {
            return [TextValue.Empty];
        }

        string name = Name(variable);
        if (resolve(name) is not { Count: > 0 } values)
        {
            return null;
        }

        _references.Add(name);
        _used.Add(tokens[from].Start);
        return Postfix(values, tokens, isCall ? end - 2 : end, to, isVariable: true);
    }

    /// <summary>Skips the type arguments of Rust, such as <c>::&lt;Sqlite&gt;</c>, and of TypeScript or C# before a call.</summary>
    private static int AfterTypeArguments(SourceTokens tokens, int index, int to)
    {
        int i = tokens.Is(index, "::") && tokens.Is(index + 1, "<") ? index + 1 : index;
        if (i >= to || !tokens.Is(i, "<"))
        {
            return index;
        }

        int depth = 0;
        for (int end = i; end < to && end < i + 30; end++)
        {
            depth += tokens.Is(end, "<") ? 1 : tokens.Is(end, ">") ? -1 : 0;
            if (depth == 0)
            {
                // a < b > c is no call.
                bool isFollowed = tokens.Is(end + 1, "(") || tokens.Is(end + 1, "::") || tokens.Is(end + 1, ".");
                return isFollowed ? end + 1 : index;
            }
        }

        return index;
    }
}
