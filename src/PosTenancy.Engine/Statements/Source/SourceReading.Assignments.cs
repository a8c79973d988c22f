namespace PosTenancy.Engine.Statements.Source;

/// <content>What is assigned and appended.</content>
internal sealed partial class SourceReading
{
    /// <summary>Reads an assignment or an appending operator, and returns the index after its value.</summary>
    private int Assignment(SourceTokens tokens, Part part, int index, int to, bool endsAtLine, int level)
    {
        int from = index + 1;
        int end = ValueEnd(tokens, from, to, endsAtLine);
        bool isMain = ReferenceEquals(tokens, _tokens);
        Target? target = isMain ? FindTarget(part, index) : null;

        // What is assigned is no use of it.
        Loose(tokens, part.Start, target?.First ?? index, callee: null, level);
        TextExpression? expression = from < end ? _expressions.Read(tokens, from, end) : null;
        string[] references = [.. _expressions.References];
        int[] used = [.. _expressions.Used];
        if (target is not null && part.IsList && !part.HasAssignment)
        {
            return Several(part, index, to, endsAtLine, level);
        }

        if (_language.Kind == LanguageKind.Php && isMain && tokens.Is(index - 1, "]") && tokens.Is(index - 2, "[") &&
            AppendsItem(part, index, end))
        {
            Loose(tokens, from, end, callee: null, level);
        }
        else if (target is null)
        {
            Expression(tokens, from, end, part, callee: null, level);
        }
        else if (IsAppend(tokens, index))
        {
            IReadOnlyList<TextValue> appended = expression?.Values ?? [ExpressionReader.Unknown(tokens, from, end)];
            if (Find(target.Name) is { } variable)
            {
                // list << "…" appends an item; list += ["…"] has items already.
                appended = IsList(variable) ? [.. appended.Select(a => a.IsList ? TextValue.Empty.With(a) : TextValue.Empty.WithItem(a))]
                    : appended;
                Use(used);
                Embed(references);
                Append(variable, appended, part, target, end);
            }
            else if (expression is not null && !IsAllUsed(used))
            {
                Use(used);
                Embed(references);
                Submit([.. appended.Select(a => ExpressionReader.Unknown(tokens, target.First, index).With(a))]);
            }

            Loose(tokens, from, end, callee: null, level);
        }
        else if (expression is not null || !AppendsByCall(from, end, part, level))
        {
            Assign(part, target, expression, IsCertain(part, target, end), end);
            Loose(tokens, from, end, callee: null, level);
        }

        return Math.Max(end, from);
    }

    /// <summary>Reads <c>a, b = x, y</c>; where the numbers differ, as in <c>a, b = f()</c>, no value is known any more.</summary>
    private int Several(Part part, int index, int to, bool endsAtLine, int level)
    {
        List<int> names = [];
        for (int i = part.Statement; i < index; i++)
        {
            if (_tokens.IsKind(i, SourceTokenKind.Word) && (i + 1 == index || _tokens.Is(i + 1, ",")))
            {
                names.Add(i);
            }
        }

        List<(int From, int To)> values = [];
        int end = index;
        do
        {
            int from = end + 1;
            end = ValueEnd(_tokens, from, to, endsAtLine);
            values.Add((from, end));
        }
        while (_tokens.Is(end, ",") && end < to && values.Count < names.Count);

        if (values.Count != names.Count)
        {
            Forget(_tokens, part.Statement, index);
        }

        for (int i = 0; i < values.Count; i++)
        {
            (int from, int valueEnd) = values[i];
            if (values.Count == names.Count)
            {
                TextExpression? expression = from < valueEnd ? _expressions.Read(_tokens, from, valueEnd) : null;
                Target target = new(_tokens.Text(names[i]), names[i], _tokens.Is(index, ":="));
                Assign(part, target, expression, IsCertain(new Part(part.Statement), target with { First = part.Statement }, end),
                    valueEnd);
            }

            Loose(_tokens, from, valueEnd, callee: null, level);
        }

        return Math.Max(end, index + 1);
    }

    /// <summary>Reads <c>$list[] = "…"</c> of PHP.</summary>
    private bool AppendsItem(Part part, int index, int end)
    {
        if (!_tokens.IsKind(index - 3, SourceTokenKind.Word) || Find(_tokens.Text(index - 3)) is not { } variable || !IsList(variable))
        {
            return false;
        }

        _expressions.Start();
        TextValue item = _expressions.WithItems(TextValue.Empty, _tokens, [(index + 1, end)]);
        Use(_expressions.Used);
        Embed(_expressions.References);
        Append(variable, [item], part, new Target(variable.Name, index - 3, IsDeclaration: false), end);
        return true;
    }

    private bool IsList(SourceVariable variable) =>
        _variables.Visible(variable, _block) is { Count: > 0 } states && states.All(s => s.Value.IsList);

    private void Assign(Part part, Target target, TextExpression? expression, bool isCertain, int end)
    {
        string[] references = [.. _expressions.References];
        int[] used = [.. _expressions.Used];
        SourceVariable? known = Find(target.Name);

        // Without a keyword, an assignment in a function declares what other functions do not see.
        bool isLocal = _language.Kind is LanguageKind.Python or LanguageKind.Php && known?.Scope != _blocks[_block].Scope;
        SourceVariable? variable = target.IsDeclaration || isLocal ? null : known;
        if (expression is null && known is null)
        {
            return;
        }

        if (expression is null)
        {
            Forget(variable ?? Declare(part, target));
            return;
        }

        Use(used);
        Embed(references);
        if (variable is not null && references.Contains(target.Name, StringComparer.Ordinal) && expression.Values.Count == 1 &&
            _variables.Visible(variable, _block) is { Count: 1 } states && expression.Values[0].After(states[0].Value) is { } rest)
        {
            // sql = sql + "…" appends.
            _variables.Append(variable, [rest], _block, isCertain, part.Statement);
            return;
        }

        variable ??= Declare(part, target);
        variable.IsBuilder |= HasAny(target.First, end, BuilderTypes);
        foreach (VariableState replaced in _variables.Assign(variable, expression.Values, _block, isCertain))
        {
            EndState(variable, replaced);
        }
    }

    private SourceVariable Declare(Part part, Target target)
    {
        int scope = target.IsDeclaration ? _block : _blocks[_block].Scope;
        return _variables.Declare(target.Name, scope, IsExported(part.Statement, target), _tokens[part.Statement].Start);
    }

    /// <summary>Reads <c>sql.push_str("…")</c>, <c>sb.append("…").append("…")</c> and <c>write!(sql, "…")</c>.</summary>
    private bool AppendsByCall(int from, int to, Part part, int level)
    {
        (IReadOnlyList<string> path, int end) = _expressions.Path(_tokens, from, to);
        if (path.Count == 0)
        {
            return false;
        }

        if (FormatsInto(path, end, to) is { } formatted)
        {
            string name = ExpressionReader.Name(_expressions.Path(_tokens, formatted.Variable, to).Path);
            if (Find(name) is not { } written)
            {
                return false;
            }

            _used.Add(_tokens[formatted.Variable].Start);
            Append(written, _expressions.Formatted(_tokens, formatted.Function, formatted.Arguments), part, from, level, end, to);
            return true;
        }

        if (path.Count > 1 && _tokens.Is(end, "(") && _tokens.IsOpen(end) && TextFunctions.ListAppends.Contains(path[path.Count - 1]) &&
            Find(ExpressionReader.Name([.. path.Take(path.Count - 1)])) is { } list && IsList(list))
        {
            _expressions.Start();
            TextValue items = _expressions.WithItems(TextValue.Empty, _tokens, ExpressionReader.Arguments(_tokens, end));
            Append(list, [items], part, from, level, end, to);
            return true;
        }

        if (path.Count < 2 || !_tokens.Is(end, "(") || !_tokens.IsOpen(end) ||
            TextFunctions.Method(path[path.Count - 1], _language) is not (>= TextFunction.Append and <= TextFunction.AppendUnknown) ||
            Find(ExpressionReader.Name([.. path.Take(path.Count - 1)])) is not { } variable)
        {
            return false;
        }

        int open = end;
        string method = path[path.Count - 1];
        while (true)
        {
            TextFunction function = TextFunctions.Method(method, _language);
            if (function is >= TextFunction.Append and <= TextFunction.AppendUnknown)
            {
                _expressions.Start();
                Append(variable, _expressions.Appended(_tokens, function, open), part, from, level, open, _tokens.After(open));
            }
            else
            {
                Loose(_tokens, open, _tokens.After(open), method, level);
                Run(variable.Name);
            }

            int next = _tokens.After(open);
            if (!(next + 2 < to && _expressions.IsAccessor(_tokens, next) && _tokens.Is(next + 2, "(") && _tokens.IsOpen(next + 2)))
            {
                Loose(_tokens, next, to, callee: null, level);
                return true;
            }

            method = _tokens.Text(next + 1);
            open = next + 2;
        }
    }

    private void Append(SourceVariable variable, IReadOnlyList<TextValue> values, Part part, int from, int level, int open, int to)
    {
        Use(_expressions.Used);
        Embed(_expressions.References);
        Append(variable, values, part, new Target(variable.Name, from, IsDeclaration: false), to);
        Loose(_tokens, open, to, callee: null, level);
    }

    private void Append(SourceVariable variable, IReadOnlyList<TextValue> values, Part part, Target target, int end) =>
        _variables.Append(variable, values, _block, IsCertain(part, target, end), part.Statement);

    /// <summary>Recognizes <c>write!(sql, "…")</c> and <c>fmt.Fprintf(&amp;sb, "…")</c>.</summary>
    private FormattedWrite? FormatsInto(IReadOnlyList<string> path, int end, int to)
    {
        string last = path[path.Count - 1];
        bool isMacro = _language.Kind == LanguageKind.Rust && last is "write" or "writeln" && _tokens.Is(end, "!");
        bool isGo = _language.Kind == LanguageKind.Go && last == "Fprintf";
        int open = isMacro ? end + 1 : end;
        if (!(isMacro || isGo) || open >= to || !_tokens.IsOpen(open))
        {
            return null;
        }

        IReadOnlyList<(int From, int To)> arguments = ExpressionReader.Arguments(_tokens, open);
        if (arguments.Count < 2)
        {
            return null;
        }

        int variable = arguments[0].From;
        while (variable < arguments[0].To && !_tokens.IsKind(variable, SourceTokenKind.Word) || _tokens.Is(variable, "mut"))
        {
            variable++;
        }

        return new FormattedWrite(
            variable, [.. arguments.Skip(1)], isMacro ? TextFunction.FormatBraces : TextFunction.FormatPercent);
    }

    /// <summary>Reads <c>var sb strings.Builder</c>, which declares an empty text.</summary>
    private bool DeclaresBuilder(int from, int to, Part part)
    {
        if (_language.Kind != LanguageKind.Go || !_tokens.Is(from, "var") || to != from + 5 ||
            !(_tokens.Is(to - 1, "Builder") || _tokens.Is(to - 1, "Buffer")))
        {
            return false;
        }

        SourceVariable variable = _variables.Declare(_tokens.Text(from + 1), _block, isExported: false, _tokens[part.Statement].Start);
        _variables.Assign(variable, [TextValue.Empty], _block, isCertain: true);
        return true;
    }

    /// <summary>Whether a statement runs whenever its block does: nothing precedes it that could skip it.</summary>
    private bool IsCertain(Part part, Target target, int end)
    {
        int first = part.Statement;
        if (target.IsDeclaration)
        {
            return true;
        }

        if (part.Start != first || !IsFirst(first, target.First) ||
            (_language.Kind == LanguageKind.Ruby && _tokens.IsAny(end, Modifiers) && !_tokens[end].StartsLine))
        {
            return false;
        }

        int before = first - 1;
        if (before < 0 || _tokens.Is(before, ";") || _tokens.Is(before, "{") || _tokens.Is(before, "}"))
        {
            return true;
        }

        // The only statement of an if without braces.
        bool isBody = _tokens.Is(before, "else") || _tokens.Is(before, "do") || _tokens.Is(before, ":") ||
            (_tokens.Is(before, ")") && _tokens.Match(before) is var open and > 0 && SourceBlocks.IsControl(_tokens, open - 1));
        bool isNewLine = _tokens[first].StartsLine && _language.EndsAtLineBreak;
        return isNewLine && (!isBody || (_language.IsIndented && !_tokens.Is(before, "do")));
    }

    /// <summary>Whether only names and marks of a path are before the target.</summary>
    private bool IsFirst(int first, int target)
    {
        for (int i = first; i < target; i++)
        {
            if (!_tokens.Is(i, "*") && !_tokens.Is(i, "&"))
            {
                return false;
            }
        }

        return true;
    }

    private Target? FindTarget(Part part, int index)
    {
        // A type after the name, as in "let sql: &str" and "val sql: String".
        int end = index;
        if (_language.Kind is LanguageKind.Rust or LanguageKind.JavaScript or LanguageKind.Kotlin or LanguageKind.Python)
        {
            for (int i = part.Start; i < index; i = _tokens.After(i))
            {
                if (_tokens.Is(i, ":") || _tokens.Is(i, "?:"))
                {
                    end = i;
                    break;
                }
            }
        }
        else if (_language.Kind == LanguageKind.Go)
        {
            int name = _tokens.Is(part.Start, "var") || _tokens.Is(part.Start, "const") ? part.Start + 1 : part.Start;
            bool isTyped = name + 1 < index && _tokens.IsKind(name, SourceTokenKind.Word) && !_tokens.Is(name + 1, ".");
            end = isTyped ? name + 1 : index;
        }

        int last = end - 1;
        if (last < part.Start || !_tokens.IsKind(last, SourceTokenKind.Word))
        {
            return null;
        }

        int first = last;
        while (first - 2 >= part.Start && _expressions.IsAccessor(_tokens, first - 1) && _tokens.IsKind(first - 2, SourceTokenKind.Word))
        {
            first -= 2;
        }

        bool isTypedBefore = first > part.Start && first == last && !_language.IsIndented &&
            (_tokens.IsKind(first - 1, SourceTokenKind.Word) || _tokens.Is(first - 1, ">") || _tokens.Is(first - 1, "]") ||
                _tokens.Is(first - 1, "?"));
        bool isDeclaration = isTypedBefore || _tokens.Is(index, ":=") || HasAny(part.Statement, first, Declarations) ||
            (_language.Kind == LanguageKind.Go && end != index);
        return new Target(ExpressionReader.Name(_expressions.Path(_tokens, first, end).Path), first, isDeclaration);
    }

    /// <summary>Whether one of the first few tokens is one of the words.</summary>
    private bool HasAny(int from, int to, HashSet<string> words)
    {
        for (int i = from; i < Math.Min(to, from + 8); i++)
        {
            if (_tokens.IsAny(i, words))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsExported(int statement, Target target) =>
        HasAny(statement, target.First, Exports) ||
        (_language.Kind == LanguageKind.Go && !_blocks[_block].IsInFunction && char.IsUpper(target.Name[0]));

    private Dictionary<string, int> Assignments()
    {
        Dictionary<string, int> found = new(StringComparer.Ordinal);
        int start = 0;
        for (int i = 0; i < _tokens.Count; i++)
        {
            bool endsPart = _tokens.Is(i, ";") || _tokens.Is(i, "{") || _tokens.Is(i, "}") || _tokens.Is(i, "(") || _tokens.Is(i, ",");
            if (_tokens[i].StartsLine && _language.EndsAtLineBreak)
            {
                start = i;
            }

            if (endsPart)
            {
                start = i + 1;
            }
            else if (IsAssignment(_tokens, i))
            {
                if (FindTarget(new Part(start), i) is { } target)
                {
                    found[target.Name] = found.ContainsKey(target.Name) || IsAppend(_tokens, i) ? -1 : i;
                }

                start = i + 1;
            }
        }

        return found;
    }

    /// <summary>What is assigned.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="First">Index of its first token.</param>
    /// <param name="IsDeclaration">Whether the assignment declares it.</param>
    private sealed record Target(string Name, int First, bool IsDeclaration);

    /// <summary>A call that formats into a variable.</summary>
    private sealed record FormattedWrite(int Variable, IReadOnlyList<(int From, int To)> Arguments, TextFunction Function);
}
