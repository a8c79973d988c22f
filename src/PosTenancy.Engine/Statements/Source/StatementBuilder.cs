using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>Makes one statement of a text that an application has put together.</summary>
/// <param name="origin">The file.</param>
/// <param name="composed">The text.</param>
/// <param name="sql">Its tokens.</param>
/// <param name="statement">The tokens of the statement.</param>
/// <param name="isIndexed">Whether <c>{0}</c> in it is a parameter.</param>
internal sealed class StatementBuilder(StatementOrigin origin, ComposedText composed, SqlText sql, SqlStatement statement, bool isIndexed)
{
    private static readonly HashSet<string> AfterFilter =
        new(StringComparer.OrdinalIgnoreCase) { "AND", "ORDER", "GROUP", "LIMIT", "RETURNING" };

    /// <summary>Names of variables that count parameters.</summary>
    private static readonly HashSet<string> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        "idx", "index", "num", "number", "pos", "position", "count", "counter", "offset", "next", "param_idx", "param_index", "param_count",
        "paramIdx", "paramIndex", "paramCount", "arg_idx", "arg_index", "arg_count", "argIdx", "argIndex", "argCount", "bind_idx",
            "bindIdx",
    };

    private static readonly HashSet<string> NotInFilter = new(StringComparer.OrdinalIgnoreCase)
    {
        "OR", "UNION", "INTERSECT", "EXCEPT", "ORDER", "GROUP", "LIMIT", "RETURNING", "HAVING", "WINDOW", "JOIN", "SET",
    };

    private readonly int _first = statement.First;
    private readonly int _last = statement.Last;
    private readonly int _start = sql.Tokens[statement.First].Start;
    private readonly List<(TextSpan Span, string Replacement)> _edits = [];
    private readonly List<string> _conversions = [];
    private readonly List<TextPiece.Hole> _holes = [];
    private int _end = sql.Tokens[statement.Last].End;
    private bool _isInjection;

    public SourceStatement Build(int commentsFrom, int commentsTo)
    {
        ReadHoles();
        ReadCommentHoles(commentsTo);
        ReadParameters();
        ReadList();
        ComposedSpan[] optionals = [.. new SpanReader(composed.Optionals).Within(_start, _end)];
        bool isDynamic = _holes.Count > 0 || optionals.Length > 0;
        string fixedPart = Apply(_start, _end, optionals).Trim();

        // A value that is known nowhere may be any text, also one that opens the filter.
        bool isAppended = _holes.Count == 0 && optionals.Length > 0 && Array.TrueForAll(optionals, IsFilter) &&
            fixedPart.IndexOf(ComposedText.HoleMark) < 0;
        string complete = Apply(_start, _end, []).Replace(ComposedText.HoleMark.ToString(), "{…}");
        (Allowance? allowance, int? without) = ReadComments(commentsFrom, commentsTo);
        int position = composed.Text.SourceOf(FirstFixed());
        return new SourceStatement(
            origin.File.Path,
            origin.File.FullPath,
            origin.Source.Line(position),
            origin.Source.Column(position),
            isAppended ? fixedPart : complete,
            origin.Language)
        {
            Form = isDynamic ? SourceForm.Dynamic : SourceForm.Fixed,
            Why = isDynamic ? Why(optionals) : null,
            IsInjection = _isInjection,
            AllowedReason = allowance?.Reason,
            MarkerWithoutReason = without,
            Appended = isAppended,
            Fragments = isAppended ? [.. optionals.Select(o => Apply(o.Start, Math.Min(o.End, _end), []).Trim())] : [],
            WithFragments = isAppended ? complete : null,
            Conversions = [.. _conversions.Distinct(StringComparer.Ordinal)],
        };
    }

    /// <summary>Index of the _first character that is in the source.</summary>
    private int FirstFixed()
    {
        SpanReader holes = new(composed.Holes);
        int index = _start;
        while (index < _end - 1 && (holes.Contains(index) || char.IsWhiteSpace(sql.Text[index])))
        {
            index++;
        }

        return index;
    }

    /// <summary>
    /// Whether an expression is a number for a parameter, as in <c>?{i}</c> and <c>$%d</c>. Otherwise it could be a text that goes on
    /// with the statement: <c>id = ?{filter}</c>.
    /// </summary>
    private static bool IsNumber(string shown)
    {
        string name = shown.TrimStart('&', '*', '$');
        return (name.Length == 1 && name[0] is >= 'a' and <= 'z') || Numbers.Contains(name) || name.Contains("len(") ||
            name.Contains(".len") ||
            name.Contains(".Count") || name.Contains(".size") || name.Contains("count(") || Adds(name);
    }

    /// <summary>Whether an expression is named as a constant, of another file or package: no value from outside.</summary>
    private static bool IsConstant(string shown)
    {
        string name = shown.Substring(Math.Max(shown.LastIndexOf('.'), shown.LastIndexOf(':')) + 1);
        return name.Length > 1 && name.Any(char.IsUpper) && name.All(c => char.IsUpper(c) || char.IsDigit(c) || c == '_');
    }

    private static bool Adds(string expression)
    {
        int plus = expression.LastIndexOf('+');
        return plus > 0 && expression.IndexOfAny(['"', '\'']) < 0 && int.TryParse(expression.Substring(plus + 1).Trim(' ', ')'), out _);
    }

    /// <summary>A hole within a parameter is part of its name or number; one within a text is an injection.</summary>
    private void ReadHoles()
    {
        int token = _first;
        foreach (ComposedSpan span in new SpanReader(composed.Holes).Within(_start, _end))
        {
            TextPiece.Hole hole = (TextPiece.Hole)span.Piece;
            while (token < _last && sql.Tokens[token].End <= span.Start)
            {
                token++;
            }

            SqlToken found = sql.Tokens[token];
            bool isInside = found.Start < span.Start && span.Start < found.End;
            char mark = sql.Text[found.Start];
            bool isFirst = span.Start == found.Start + 1;
            if (isInside && mark is '?' or '$' or ':' or '@' && found.Kind is SqlTokenKind.Other or SqlTokenKind.Word &&
                ((isFirst && mark != '?') || hole.IsNumber || IsNumber(hole.Shown)))
            {
                bool isNumber = isFirst && mark is '?' or '$';
                Replace(
                    isNumber ? found.Start : span.Start,
                    span.End,
                    isNumber ? "?" : "_",
                    $"{mark}{{{hole.Shown}}} -> {(isNumber ? "?" : $"{mark}_")}");
                continue;
            }

            // A number needs no quotes to be harmless.
            bool isQuoted = isInside && IsQuotedValue(token);
            if (hole.IsNumber && (isQuoted || found.Length == 1))
            {
                Replace(span.Start, span.End, isQuoted ? "1" : "?", $"{{{hole.Shown}}} -> {(isQuoted ? "1" : "?")}");
                continue;
            }

            _isInjection |= isQuoted && !IsConstant(hole.Shown);
            _holes.Add(hole);
            _edits.Add((new TextSpan(span.Start, span.End), $"{{{hole.Shown}}}"));
        }
    }

    private void ReadCommentHoles(int limit)
    {
        if (!origin.HasCommentHoles)
        {
            return;
        }

        for (int i = sql.Text.IndexOf("/**", _start, limit - _start, StringComparison.Ordinal); i >= 0;)
        {
            int end = i + 3;
            while (end < limit && char.IsLetter(sql.Text[end]))
            {
                end++;
            }

            if (end > i + 3 && string.CompareOrdinal(sql.Text, end, "**/", 0, 3) == 0)
            {
                string name = sql.Text.Substring(i + 3, end - i - 3);
                _holes.Add(new TextPiece.Hole(0, name, $"{{{name}}} is put in when the application runs"));
                _edits.Add((new TextSpan(i, end + 3), $"{{{name}}}"));
                _end = Math.Max(_end, end + 3);
            }

            i = sql.Text.IndexOf("/**", end, limit - end, StringComparison.Ordinal);
        }
    }

    /// <summary>A list of parameters in the VALUES of an INSERT has as many as there are columns.</summary>
    private void ReadList()
    {
        int values = _first;
        while (values <= _last && !sql.Is(values, "VALUES"))
        {
            values++;
        }

        bool isList = values + 3 <= _last && sql.Is(values + 1, '(') && sql.Is(values + 3, ')') && sql.Is(values - 1, ')') &&
            new SpanReader(composed.Parameters).Within(sql.Tokens[values + 2].Start, sql.Tokens[values + 2].End).Any();
        if (!isList)
        {
            return;
        }

        int commas = 0;
        for (int i = values - 2; i > _first && !sql.Is(i, '('); i--)
        {
            commas += sql.Is(i, ',') ? 1 : 0;
        }

        int end = sql.Tokens[values + 2].End;
        _edits.Add((new TextSpan(end, end), string.Concat(Enumerable.Repeat(", ?", commas))));
    }

    /// <summary>Whether a token is a text in quotes: double quotes are, where a value is compared.</summary>
    private bool IsQuotedValue(int token) =>
        sql.Tokens[token].Kind == SqlTokenKind.Literal ||
        (sql.Tokens[token].Kind == SqlTokenKind.QuotedName && sql.Text[sql.Tokens[token].Start] == '"' && token > _first &&
            (sql.Is(token - 1, '=') || sql.Is(token - 1, '<') || sql.Is(token - 1, '>') || sql.Is(token - 1, "LIKE") ||
                sql.Is(token - 1, "GLOB") || sql.Is(token - 1, "MATCH") ||
                (sql.Is(token - 1, '(') && (sql.Is(token - 2, "IN") || sql.Is(token - 2, "VALUES")))));

    /// <summary>Converts the parameters of other drivers.</summary>
    private void ReadParameters()
    {
        foreach (ComposedSpan span in new SpanReader(composed.Parameters).Within(_start, _end))
        {
            _conversions.Add(((TextPiece.Parameter)span.Piece).Conversion);
        }

        bool hasPercent = false;
        for (int i = _first; i < _last; i++)
        {
            if (sql.Is(i, "IN") && IsParameter(i + 1))
            {
                // Drivers that take a list for one parameter put the parentheses in.
                SqlToken list = sql.Tokens[i + 1];
                Replace(list.Start, list.Start, "(", $"IN {sql.Name(i + 1)} -> IN ({sql.Name(i + 1)})");
                _edits.Add((new TextSpan(list.End, list.End), ")"));
            }

            if (origin.HasPercentParameters && sql.Is(i, '%'))
            {
                hasPercent |= ReadPercent(i);
            }
            else if (origin.HasHashParameters && sql.Tokens[i] is { Kind: SqlTokenKind.Other, Length: 1 } && sql.Is(i, '#') &&
                sql.Is(i + 1, '{') && Close(i + 1) is var close and > 0)
            {
                Replace(sql.Tokens[i].Start, sql.Tokens[close].End, "?", "#{…} -> ?");
            }
            else if (isIndexed && sql.Is(i, '{') && sql.Is(i + 2, '}') && int.TryParse(sql.Name(i + 1), out int number) && number < 1000)
            {
                Replace(sql.Tokens[i].Start, sql.Tokens[i + 2].End, $"?{number + 1}", $"{{{number}}} -> ?{number + 1}");
            }
        }

        if (hasPercent)
        {
            UndoublePercents();
        }
    }

    /// <summary><c>%s</c> or <c>%(name)s</c>, where no remainder can be meant.</summary>
    private bool ReadPercent(int i)
    {
        bool followsValue = i > _first && sql.Tokens[i - 1] is var before &&
            (sql.Is(i - 1, ')') || before.Kind is SqlTokenKind.QuotedName or SqlTokenKind.Literal ||
                (before.Kind == SqlTokenKind.Word && !SqlRecognition.IsKeyword(sql.Name(i - 1))) ||
                (before.Kind == SqlTokenKind.Other && char.IsDigit(sql.Text[before.Start])));
        if (followsValue || sql.Tokens[i + 1].Start != sql.Tokens[i].End)
        {
            return false;
        }

        if (sql.Is(i + 1, "s"))
        {
            Replace(sql.Tokens[i].Start, sql.Tokens[i + 1].End, "?", "%s -> ?");
            return true;
        }

        if (sql.Is(i + 1, '(') && sql.Is(i + 3, ')') && sql.Is(i + 4, "s") && i + 4 <= _last)
        {
            string name = sql.Name(i + 2);
            Replace(sql.Tokens[i].Start, sql.Tokens[i + 4].End, ":" + name, $"%({name})s -> :{name}");
            return true;
        }

        return false;
    }

    private bool IsParameter(int index) =>
        sql.Tokens[index] is var token && sql.Text[token.Start] is '?' or ':' or '@' or '$' &&
        !new SpanReader(composed.Holes).Overlaps(token.Start, token.End);

    private int Close(int open)
    {
        for (int i = open + 1; i <= _last && i < open + 20; i++)
        {
            if (sql.Is(i, '}'))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A driver that takes <c>%s</c> takes <c>%%</c> for a percent sign.</summary>
    private void UndoublePercents()
    {
        for (int i = sql.Text.IndexOf("%%", _start, _end - _start, StringComparison.Ordinal); i >= 0;)
        {
            Replace(i, i + 2, "%", "%% -> %");
            i = sql.Text.IndexOf("%%", i + 2, _end - i - 2, StringComparison.Ordinal);
        }
    }

    private void Replace(int start, int end, string replacement, string conversion)
    {
        _edits.Add((new TextSpan(start, end), replacement));
        _conversions.Add(conversion);
    }

    /// <summary>A part of the statement with its edits, and without some spans.</summary>
    private string Apply(int start, int end, ComposedSpan[] removed)
    {
        TextEdits edits = new(sql.Text.Substring(start, end - start));
        foreach ((TextSpan span, string replacement) in _edits)
        {
            bool isRemoved = Array.Exists(removed, r => r.Start <= span.Start && span.Start < r.End);
            if (!isRemoved && start <= span.Start && span.End <= end)
            {
                edits.Replace(new TextSpan(span.Start - start, span.End - start), replacement);
            }
        }

        foreach (ComposedSpan span in removed)
        {
            edits.Replace(new TextSpan(span.Start - start, Math.Min(span.End, end) - start), "");
        }

        return edits.Apply();
    }

    /// <summary>
    /// Whether an optional text can only narrow what the statement reaches: it begins with AND, or with LIMIT or OFFSET, stays within its
    /// parentheses, and is followed by nothing that would bind to it.
    /// </summary>
    private bool IsFilter(ComposedSpan span)
    {
        SqlText text = new(sql.Text.Substring(span.Start, span.End - span.Start));
        bool isLimit = text.Is(0, "LIMIT") || text.Is(0, "OFFSET");
        if (span.Start <= _start || !(text.Is(0, "AND") || isLimit) || text.Text.Contains("--") || text.Text.Contains("/*"))
        {
            return false;
        }

        int depth = 0;
        for (int i = 0; i < text.Tokens.Count; i++)
        {
            depth += text.Is(i, '(') ? 1 : text.Is(i, ')') ? -1 : 0;
            if (depth < 0 || text.Is(i, ';') ||
                (depth == 0 && !(isLimit && text.Is(i, "LIMIT")) && text.Tokens[i].Kind == SqlTokenKind.Word &&
                NotInFilter.Contains(text.Name(i))) ||
                !IsTerminated(text, i))
            {
                return false;
            }
        }

        int next = _first;
        while (next <= _last && sql.Tokens[next].Start < span.End)
        {
            next++;
        }

        return depth == 0 && (next > _last || sql.Is(next, ')') || AfterFilter.Contains(sql.Name(next)));
    }

    private static bool IsTerminated(SqlText text, int token)
    {
        SqlToken found = text.Tokens[token];
        return found.Kind is not (SqlTokenKind.Literal or SqlTokenKind.QuotedName) ||
            (found.Length > 1 && text.Text[found.End - 1] == (text.Text[found.Start] is '[' ? ']' : text.Text[found.End - 1]) &&
                text.Text[found.End - 1] is '\'' or '"' or '`' or ']');
    }

    private string Why(ComposedSpan[] optionals)
    {
        IEnumerable<string> holes = _holes.Select(h => h.Why);
        IEnumerable<string> appended = optionals.Select(o =>
            $"\"{Shorten(o)}\" is part of it in some cases only");
        return ShortList.Join([.. holes.Concat(appended).Distinct(StringComparer.Ordinal)], 3, separator: "; ", last: "; and ");
    }

    private string Shorten(ComposedSpan span) =>
        SourceNames.Shorten(sql.Text.Substring(span.Start, span.End - span.Start), ComposedText.HoleMark, "…");

    private (Allowance? Allowance, int? WithoutReason) ReadComments(int from, int to)
    {
        int? without = null;
        int start = from;
        for (int i = _first; i <= _last + 1; i++)
        {
            int end = i <= _last ? sql.Tokens[i].Start : Math.Max(to, sql.Tokens[_last].End);
            if (end - start > 4)
            {
                foreach (Allowance found in Allowance.InSql(sql.Text, start, end))
                {
                    if (found.Reason is not null)
                    {
                        return (found, null);
                    }

                    without = origin.Source.Line(composed.Text.SourceOf(found.Position));
                }
            }

            start = i <= _last ? sql.Tokens[i].End : end;
        }

        return (null, without);
    }
}
