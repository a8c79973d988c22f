namespace PosTenancy.Engine.Statements.Source;

/// <summary>
/// Reads the statements of one source file: follows its texts from the literals through constants, concatenation and appending to where
/// they are used.
/// </summary>
internal sealed class SourceReading
{
    /// <summary>Deeper brackets are read without their structure.</summary>
    private const int Deepest = 60;

    private static readonly HashSet<string> AppendOperators = new(StringComparer.Ordinal) { "+=", ".=" };
    private static readonly HashSet<string> AssignOperators = new(StringComparer.Ordinal) { "=", ":=", "||=", "??=" };

    private static readonly HashSet<string> Boundaries = new(StringComparer.Ordinal)
    {
        ",", ";", "{", "}", "=", ":=", "+=", ".=", "=>", ":", "==", "!=", "===", "!==", "&&", "||", "||=", "??=", ")", "]", "=~",
    };

    private static readonly HashSet<string> WordBoundaries = new(StringComparer.Ordinal) { "and", "or", "in", "then", "do", "for", "is" };
    private static readonly HashSet<string> Modifiers = new(StringComparer.Ordinal) { "if", "unless", "while", "until", "rescue" };
    private static readonly HashSet<string> Declarations =
        new(StringComparer.Ordinal) { "let", "const", "var", "val", "static", "final", "readonly", "mut" };

    private static readonly HashSet<string> BuilderTypes =
        new(StringComparer.Ordinal) { "StringBuilder", "StringBuffer", "QueryBuilder", "Builder", "Buffer", "StringIO" };

    private static readonly HashSet<string> Exports = new(StringComparer.Ordinal) { "pub", "public", "internal", "protected", "export" };

    private static readonly HashSet<string> Continuations =
        new(StringComparer.Ordinal) { ".", "?.", "::", "->", "?", ":", "&&", "||", "?:", "??", "=>" };

    private readonly SourceText _text;
    private readonly SourceLanguage _language;
    private readonly SourceTokens _tokens;
    private readonly SourceBlocks _blocks;
    private readonly SourceVariables _variables;
    private readonly SourceComments _comments;
    private readonly StatementComposer _composer;
    private readonly ExpressionReader _expressions;
    private readonly bool _includeTests;

    /// <summary>Names that are assigned, and where; -1 for one that is assigned several times.</summary>
    private readonly Dictionary<string, int> _assigned;
    private readonly Dictionary<string, IReadOnlyList<TextValue>?> _constantValues = new(StringComparer.Ordinal);
    private readonly HashSet<string> _embedded = new(StringComparer.Ordinal);
    private readonly HashSet<int> _used = [];
    private readonly HashSet<(int, int, string)> _reported = [];
    private readonly List<SourceStatement> _statements = [];
    private long _budget;
    private int _block;
    private int _token;
    private int _statement;

    private SourceReading(StatementOrigin origin, SourceLanguage language, bool includeTests)
    {
        _text = origin.Source;
        _language = language;
        _includeTests = includeTests;
        (_tokens, IReadOnlyList<SourceComment> comments) =
            SourceLexer.Read(_text.Text, language, System.IO.Path.GetExtension(origin.File.Path));
        _comments = new SourceComments(_text, comments);
        _blocks = new SourceBlocks(_tokens, language, _text);
        _variables = new SourceVariables(_blocks);
        _composer = new StatementComposer(origin);
        _expressions = new ExpressionReader(language, Resolve, IsAssigned);
        _assigned = Assignments();

        // Texts that are put together again and again must not take more than linear time.
        _budget = (16L * _text.Text.Length) + 1_000_000;
    }

    /// <summary>The statements of a file in the order of their places.</summary>
    public static IReadOnlyList<SourceStatement> Read(StatementOrigin origin, SourceLanguage language, bool includeTests)
    {
        SourceReading reading = new(origin, language, includeTests);
        reading.Walk(reading._tokens, 0, reading._tokens.Count, isBlock: true, callee: null, level: 0);
        foreach (SourceVariable variable in reading._variables.All)
        {
            reading.End(variable);
        }

        return [.. reading._statements.OrderBy(s => s.Line).ThenBy(s => s.Column)];
    }

    /// <summary>Reads the expressions of a part of the tokens at one level of brackets; braces are blocks of it.</summary>
    private void Walk(SourceTokens tokens, int from, int to, bool isBlock, string? callee, int level)
    {
        Part part = new(from);
        int braces = 0;
        int i = from;
        while (i < to)
        {
            if (ReferenceEquals(tokens, _tokens))
            {
                _block = _blocks.Of(i);
                _token = i;
                _statement = isBlock || braces > 0 ? part.Statement : _statement;
            }

            if (_language.Kind == LanguageKind.Rust && !_includeTests && AfterTests(tokens, i, to) is var after && after > i)
            {
                i = after;
                part = new Part(i);
                continue;
            }

            if (SourceBlocks.IsControl(tokens, i) && i + 1 < to)
            {
                // The statement after a condition belongs to the same statement.
                int body = tokens.Is(i + 1, "(") && tokens.IsOpen(i + 1) ? tokens.After(i + 1) : i + 1;
                Hide(tokens, i, body);
                if (tokens.Is(i, "else") || tokens.Is(i, "do") || tokens.Is(i, "try") || body > i + 1)
                {
                    Loose(tokens, i, body, callee: null, level);
                    i = body;
                    continue;
                }
            }

            bool endsAtLine = _language.EndsAtLineBreak && (isBlock || braces > 0);
            bool canAssign = isBlock || braces > 0;
            int end = ExpressionEnd(tokens, i, to, endsAtLine);
            bool isLineBreak = end < to && end > i && endsAtLine && tokens[end].StartsLine && !IsBoundary(tokens, end);
            if (!isLineBreak && end < to && (canAssign ? IsAssignment(tokens, end) : tokens.IsAny(end, AppendOperators)))
            {
                i = Assignment(tokens, part, end, to, endsAtLine, level);
                bool endsHere = endsAtLine && i < to && tokens[i].StartsLine && !IsBoundary(tokens, i);
                part = endsHere ? new Part(i) : part.AfterAssignment(end);
                continue;
            }

            // The name of an argument or of a property is no use of a variable.
            bool isName = end == i + 1 && end < to && tokens.IsKind(i, SourceTokenKind.Word) && (tokens.Is(end, "=") || tokens.Is(end, ":"));
            if (!isName)
            {
                Expression(tokens, i, end, part, callee, level);
            }

            if (isLineBreak)
            {
                part = new Part(end);
                i = end;
                continue;
            }

            HideParameters(tokens, i, end);
            bool endsStatement = end < to && (tokens.Is(end, ";") || IsBlockBrace(tokens, end));
            braces += end < to && IsBlockBrace(tokens, end) ? tokens.Is(end, "{") ? 1 : -1 : 0;
            part = endsStatement ? new Part(end + 1)
                : end < to && tokens.Is(end, ",") ? part.After(end)
                : part;
            i = end + 1;
            if (endsAtLine && i < to && tokens[i].StartsLine && !endsStatement && !(end < to && IsOpenBoundary(tokens, end)))
            {
                part = new Part(i);
            }
        }
    }

    /// <summary>The variable of a loop hides one of the same name.</summary>
    private void Hide(SourceTokens tokens, int loop, int body)
    {
        if (!ReferenceEquals(tokens, _tokens) || !(tokens.Is(loop, "for") || tokens.Is(loop, "foreach")))
        {
            return;
        }

        // In PHP the variable comes last.
        int end = body > loop + 1 ? body : Math.Min(loop + 12, tokens.Count);
        bool isHidden = _language.Kind != LanguageKind.Php;
        for (int i = loop + 1; i < end; i++)
        {
            if (tokens.Is(i, "as"))
            {
                isHidden = true;
            }
            else if (tokens.Is(i, "in") || tokens.Is(i, "of") || tokens.Is(i, ";") || tokens.Is(i, "{") || tokens.Is(i, ":="))
            {
                return;
            }
            else if (isHidden && tokens.IsKind(i, SourceTokenKind.Word))
            {
                Hide(tokens.Text(i));
            }
        }
    }

    /// <summary>The parameters of a lambda or a block hide variables of the same name.</summary>
    private void HideParameters(SourceTokens tokens, int from, int end)
    {
        if (!ReferenceEquals(tokens, _tokens))
        {
            return;
        }

        bool isArrow = tokens.Is(end, "=>") ? _language.Kind is LanguageKind.JavaScript or LanguageKind.CSharp
            : tokens.Is(end, "->") && _language.Kind is LanguageKind.Java or LanguageKind.Kotlin;
        if (isArrow && end > 0)
        {
            int first = tokens.Match(end - 1) is var open and >= 0 && open < end ? open + 1 : end - 1;
            HideWords(tokens, first, end);
        }

        if (_language.Kind is LanguageKind.Ruby or LanguageKind.Rust && tokens.Is(from, "|"))
        {
            HideWords(tokens, from + 1, Math.Min(from + 12, tokens.Count));
        }
    }

    private void HideWords(SourceTokens tokens, int from, int to)
    {
        for (int i = from; i < to && !tokens.Is(i, "|"); i++)
        {
            if (tokens.IsKind(i, SourceTokenKind.Word))
            {
                Hide(tokens.Text(i));
            }
        }
    }

    private void Hide(string name)
    {
        if (Find(name) is { } hidden)
        {
            SourceVariable variable = _variables.Declare(name, _block, isExported: false, hidden.Position);
            _variables.Assign(variable, [Unknown(variable)], _block, isCertain: true);
        }
    }

    /// <summary>Whether an expression goes on after a boundary at the end of a line.</summary>
    private static bool IsOpenBoundary(SourceTokens tokens, int index) =>
        tokens.Is(index, ",") || tokens.Is(index, "&&") || tokens.Is(index, "||");

    private bool IsBlockBrace(SourceTokens tokens, int index) =>
        _language.Kind != LanguageKind.Python && (tokens.Is(index, "{") || tokens.Is(index, "}"));

    private bool IsBoundary(SourceTokens tokens, int index) =>
        tokens.IsKind(index, SourceTokenKind.Operator)
            ? (tokens.IsAny(index, Boundaries) && !(_language.Kind == LanguageKind.Python && tokens.Is(index, "{") && tokens.IsOpen(index))) ||
                (tokens.Is(index, "->") && _language.Kind is LanguageKind.Rust or LanguageKind.Java or LanguageKind.Kotlin or LanguageKind.Python) ||
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
            else if (IsBoundary(tokens, i) && !(i == from && (tokens.Is(i, ")") || tokens.Is(i, "]"))))
            {
                return i;
            }

            bool isBlock = IsBlockBrace(tokens, i);
            i = isBlock ? i + 1 : tokens.After(i);
        }

        return to;
    }

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
            if (tokens.Is(i, "{") && (selects || isSwitch || isList) && tokens.IsOpen(i))
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

        if (_language.Kind == LanguageKind.Php && isMain && tokens.Is(index - 1, "]") && tokens.Is(index - 2, "[") && AppendsItem(part, index, end))
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
                appended = IsList(variable) ? [.. appended.Select(a => a.IsList ? TextValue.Empty.With(a) : TextValue.Empty.WithItem(a))] : appended;
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
                Assign(part, target, expression, IsCertain(new Part(part.Statement), target with { First = part.Statement }, end), valueEnd);
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

    private bool IsList(SourceVariable variable) => _variables.Visible(variable, _block) is { Count: > 0 } states && states.All(s => s.Value.IsList);

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

    /// <summary>Reads an expression that is not assigned.</summary>
    private void Expression(SourceTokens tokens, int from, int to, Part part, string? callee, int level)
    {
        if (from >= to)
        {
            return;
        }

        if (ReferenceEquals(tokens, _tokens) && (AppendsByCall(from, to, part, level) || DeclaresBuilder(from, to, part)))
        {
            return;
        }

        bool isBinding = callee is not null && TextFunctions.BindingMethods.Contains(callee);
        _expressions.BindsValues = isBinding;
        TextExpression? expression = _expressions.Read(tokens, from, to);
        _expressions.BindsValues = false;
        int[] used = [.. _expressions.Used];
        if (expression is { Reference: { } name })
        {
            if (Find(name) is { } passed && IsChangedByCall(tokens, from, to, passed, callee) && !IsAllUsed(used))
            {
                TextValue change = ExpressionReader.Unknown(tokens, from, to);
                _variables.Append(passed, [change], _block, isCertain: true, part.Statement);
                Use(used);
            }
            else if (!IsAllUsed(used))
            {
                Run(name);
            }
        }
        else if (expression is not null && !IsAllUsed(used))
        {
            string[] references = [.. _expressions.References];
            Use(used);
            bool isBuilder = callee is not null && TextFunctions.Builders.Contains(callee);
            IReadOnlyList<TextValue> values = isBuilder ? [.. expression.Values.Select(Continued)] : expression.Values;
            bool isIndexed = callee is not null && TextFunctions.IndexingMethods.Contains(callee);
            if (Submit(values, isIndexed))
            {
                Embed(references);
            }
            else
            {
                foreach (string reference in references)
                {
                    Run(reference);
                }
            }
        }

        Loose(tokens, from, to, callee, level);
    }

    /// <summary>Whether a variable is passed to a function that can append to it.</summary>
    private bool IsChangedByCall(SourceTokens tokens, int from, int to, SourceVariable variable, string? callee) =>
        callee is not null &&
        (tokens.Is(from, "ref") || tokens.Is(from, "out") || (tokens.Is(from, "&") && tokens.Is(from + 1, "mut")) ||
            (tokens.Is(from, "&") && _language.Kind == LanguageKind.Go) || (variable.IsBuilder && _expressions.Path(tokens, from, to).End == to));

    private static TextValue Continued(TextValue value) =>
        value.With(new TextPiece.Hole(0, "…", "it is appended to a text that is put together elsewhere"));

    /// <summary>Reads what is within the brackets and literals of a range, and what no expression has used.</summary>
    private void Loose(SourceTokens tokens, int from, int to, string? callee, int level)
    {
        for (int i = from; i < to; i++)
        {
            SourceToken token = tokens[i];
            if (token.Literal is { } literal)
            {
                if (literal.IsText && _used.Add(token.Start) && _expressions.Read(tokens, i, i + 1) is { } expression)
                {
                    Submit(expression.Values);
                }

                foreach (LiteralPart part in literal.Parts)
                {
                    if (part.Hole is { Count: > 0 } hole)
                    {
                        Walk(hole, 0, hole.Count, isBlock: false, callee: null, level + 1);
                    }
                }
            }
            else if (tokens.IsOpen(i) && !IsBlockBrace(tokens, i) && level < Deepest)
            {
                bool isGroup = _language.Kind == LanguageKind.Go && (tokens.Is(i - 1, "const") || tokens.Is(i - 1, "var"));
                string? name = tokens.IsKind(i - 1, SourceTokenKind.Word) ? tokens.Text(i - 1) : null;
                int block = _block;
                int current = _token;
                int statement = _statement;
                Walk(tokens, i + 1, tokens.Match(i), isGroup, name, level + 1);
                _block = block;
                _token = current;
                _statement = statement;
                i = tokens.Match(i);
            }
            else if (token.Kind == SourceTokenKind.Word && !_expressions.IsAccessor(tokens, i - 1) && !_used.Contains(token.Start))
            {
                (IReadOnlyList<string> path, int end) = _expressions.Path(tokens, i, to);
                string name = ExpressionReader.Name(path);
                string? variable = Find(name) is not null ? name
                    : path.Count > 1 && ExpressionReader.Name([.. path.Take(path.Count - 1)]) is var owner && Find(owner) is not null ? owner
                    : null;
                if (variable is not null)
                {
                    Run(variable);
                }

                i = Math.Max(i, end - 1);
            }
        }
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
            (_tokens.IsKind(first - 1, SourceTokenKind.Word) || _tokens.Is(first - 1, ">") || _tokens.Is(first - 1, "]") || _tokens.Is(first - 1, "?"));
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

    /// <summary>The values of a variable or constant where it is used.</summary>
    private IReadOnlyList<TextValue>? Resolve(string name)
    {
        if (Find(name) is { } variable)
        {
            TextValue[] values = [.. _variables.Visible(variable, _block).Select(s => s.Value)];
            return values.Length > 0 ? values : null;
        }

        return Constant(name);
    }

    private SourceVariable? Find(string name) => _variables.Find(name, _block, _token, End);

    /// <summary>A constant that is declared further down, in a block around this one.</summary>
    private IReadOnlyList<TextValue>? Constant(string name)
    {
        if (!_assigned.TryGetValue(name, out int index) || index < _token || _variables.IsParameter(name) ||
            _blocks[_blocks.Of(index)].IsInFunction || !_blocks.Contains(_blocks.Of(index), _block))
        {
            return null;
        }

        if (!_constantValues.TryGetValue(name, out IReadOnlyList<TextValue>? values))
        {
            // Null while it is being read: a constant made of itself has no text.
            _constantValues[name] = null;
            int end = ValueEnd(_tokens, index + 1, _tokens.Count, _language.EndsAtLineBreak);
            values = new ExpressionReader(_language, Resolve, IsAssigned).Read(_tokens, index + 1, end)?.Values;
            _constantValues[name] = values;
        }

        return values;
    }

    private bool IsAssigned(string name) => _assigned.ContainsKey(name);

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
            else if (IsAssignment(_tokens, i) && FindTarget(new Part(start), i) is { } target)
            {
                found[target.Name] = found.ContainsKey(target.Name) || IsAppend(_tokens, i) ? -1 : i;
            }
        }

        return found;
    }

    /// <summary>The text of a variable is used as it is, as by a call that runs it.</summary>
    private void Run(string name)
    {
        if (Find(name) is not { } variable)
        {
            return;
        }

        foreach (VariableState state in _variables.Visible(variable, _block))
        {
            if (!state.IsUsed)
            {
                state.IsUsed = true;
                Submit([state.Value], position: variable.Position);
            }
        }
    }

    /// <summary>The texts of variables became parts of another text.</summary>
    private void Embed(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (Find(name) is not { } variable)
            {
                _embedded.Add(name);
                continue;
            }

            foreach (VariableState state in _variables.Visible(variable, _block))
            {
                state.IsEmbedded = true;
            }
        }
    }

    private void End(SourceVariable variable)
    {
        foreach (VariableState state in variable.States)
        {
            EndState(variable, state);
        }
    }

    /// <summary>A text that was never used in this file is used elsewhere, or by a way that is not understood.</summary>
    private void EndState(SourceVariable variable, VariableState state)
    {
        bool isPart = state.IsEmbedded || _embedded.Contains(variable.Name);
        if (!state.IsUsed && (!isPart || variable.IsExported))
        {
            state.IsUsed = true;
            Submit([state.Value], position: variable.Position);
        }
    }

    /// <summary>The variables among some tokens have values that are not known any more.</summary>
    private void Forget(SourceTokens tokens, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (tokens.IsKind(i, SourceTokenKind.Word))
            {
                Forget(Find(tokens.Text(i)));
            }
        }
    }

    private void Forget(SourceVariable? variable)
    {
        if (variable is null)
        {
            return;
        }

        End(variable);
        _variables.Assign(variable, [Unknown(variable)], _block, isCertain: true);
    }

    private static TextValue Unknown(SourceVariable variable) => TextValue.Of(
        new TextPiece.Hole(variable.Position, variable.Name, $"{{{variable.Name}}} is put in when the application runs"));

    private void Use(IEnumerable<int> tokens)
    {
        foreach (int token in tokens)
        {
            _used.Add(token);
        }
    }

    private bool IsAllUsed(int[] tokens) => tokens.Length > 0 && Array.TrueForAll(tokens, _used.Contains);

    /// <summary>Reports the statements of texts; <see langword="false"/> if they have none.</summary>
    private bool Submit(IReadOnlyList<TextValue> values, bool isIndexed = false, int position = -1)
    {
        bool hasSql = false;
        foreach (TextValue value in values.SelectMany(v => v.Items))
        {
            if (value.IsNumber || value.IsEmpty)
            {
                continue;
            }

            TextValue read = _budget > 0 ? value : TextValue.Of(value.Pieces[0]).With(Continued(TextValue.Empty));
            ComposedText text = new(read);
            _budget -= text.Text.Text.Length;
            foreach (SourceStatement found in _composer.Read(text, isIndexed))
            {
                hasSql = true;
                if (_reported.Add((found.Line, found.Column, found.Sql)))
                {
                    int start = position >= 0 ? position : _statement < _tokens.Count ? _tokens[_statement].Start : 0;
                    _statements.Add(_comments.Allow(found, _text.Line(start)));
                }
            }
        }

        return hasSql;
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

    /// <summary>Where a statement and its current part begin.</summary>
    private sealed class Part(int statement)
    {
        public int Statement { get; } = statement;

        public int Start { get; private init; } = statement;

        /// <summary>Whether a comma separates this part from an earlier one.</summary>
        public bool IsList { get; private init; }

        /// <summary>Whether something was assigned in the statement before this part.</summary>
        public bool HasAssignment { get; private init; }

        public Part After(int comma) => new(Statement) { Start = comma + 1, IsList = true, HasAssignment = HasAssignment };

        public Part AfterAssignment(int index) => new(Statement) { Start = index + 1, HasAssignment = true };
    }

    /// <summary>What is assigned.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="First">Index of its first token.</param>
    /// <param name="IsDeclaration">Whether the assignment declares it.</param>
    private sealed record Target(string Name, int First, bool IsDeclaration);

    /// <summary>A call that formats into a variable.</summary>
    private sealed record FormattedWrite(int Variable, IReadOnlyList<(int From, int To)> Arguments, TextFunction Function);
}
