namespace PosTenancy.Engine.Statements.Source;

/// <summary>
/// Reads the statements of one source file: follows its texts from the literals through constants, concatenation and appending to where
/// they are used.
/// </summary>
internal sealed partial class SourceReading
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
            bool isName = end == i + 1 && end < to && tokens.IsKind(i, SourceTokenKind.Word) &&
                (tokens.Is(end, "=") || tokens.Is(end, ":"));
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
            (tokens.Is(from, "&") && _language.Kind == LanguageKind.Go) ||
                (variable.IsBuilder && _expressions.Path(tokens, from, to).End == to));

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
                    : path.Count > 1 && ExpressionReader.Name([.. path.Take(path.Count - 1)]) is var owner && Find(owner) is not null
                        ? owner
                    : null;
                if (variable is not null)
                {
                    Run(variable);
                }

                i = Math.Max(i, end - 1);
            }
        }
    }

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
}
