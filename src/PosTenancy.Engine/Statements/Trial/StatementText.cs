using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>How a term of a statement compares.</summary>
internal enum TermOperator
{
    Equal,
    NotEqual,
    Less,
    Greater,
    Like,
    Match,
    IsNull,
    IsNotNull,

    /// <summary>With the values of a subquery.</summary>
    InQuery,
}

/// <summary>Tokens of a statement.</summary>
/// <param name="First">Index of the first token.</param>
/// <param name="Last">Index of the last token; before the first if there is none.</param>
internal readonly record struct TokenRange(int First, int Last)
{
    public int Count => Last - First + 1;

    public bool Contains(int token) => First <= token && token <= Last;
}

/// <summary>A comparison in a statement.</summary>
/// <param name="Operator">How it compares.</param>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side; empty where there is none.</param>
/// <param name="IsInclusive">Whether equal values satisfy it as well, for an order.</param>
internal sealed record StatementTerm(TermOperator Operator, TokenRange Left, TokenRange Right, bool IsInclusive = false);

/// <summary>A value that a statement writes.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">Index of the column.</param>
/// <param name="Value">The value.</param>
internal sealed record StatementAssignment(TrialTable Table, int Column, TokenRange Value);

/// <summary>A column as a statement names it.</summary>
/// <param name="Qualifier">The table or alias before it; <see langword="null"/> without one.</param>
/// <param name="Name">The column.</param>
/// <param name="Token">Index of its first token.</param>
internal readonly record struct NamedColumn(string? Qualifier, string Name, int Token);

/// <summary>A column of a table, and the name of the table in the statement.</summary>
internal readonly record struct FoundColumn(TrialTable Table, int Column, string Alias);

/// <summary>
/// The comparisons and written values of a statement, read from its tokens. They choose with which values a statement is tried, and never
/// decide what the trial shows: a comparison that is overlooked leaves a statement untried, not clean.
/// </summary>
internal sealed class StatementText
{
    /// <summary>Keywords that end the side of a comparison, at the same depth of parentheses.</summary>
    private static readonly HashSet<string> Ends = new(StringComparer.OrdinalIgnoreCase)
    {
        "AND", "OR", "NOT", "WHERE", "ON", "HAVING", "WHEN", "THEN", "ELSE", "END", "CASE", "SELECT", "SET", "BY", "GROUP", "ORDER",
        "LIMIT", "OFFSET", "VALUES", "RETURNING", "DISTINCT", "UNION", "EXCEPT", "INTERSECT", "FROM", "JOIN", "LEFT", "RIGHT", "FULL",
        "INNER", "CROSS", "NATURAL", "USING", "AS", "ASC", "DESC", "IS", "IN", "LIKE", "GLOB", "MATCH", "REGEXP", "BETWEEN", "ISNULL",
        "NOTNULL", "WINDOW", "DO", "ESCAPE", "FILTER", "OVER", "INTO", "UPDATE", "DELETE", "INSERT", "WITH", "ALL", "EXISTS",
    };

    /// <summary>Keywords that are no name of a column, besides those that end a side.</summary>
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "COLLATE", "NOCASE", "BINARY", "RTRIM", "CAST",
        "INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB", "CONFLICT", "NOTHING", "PARTITION", "ROWS", "RANGE", "RECURSIVE", "MATERIALIZED",
        "TABLE", "OR", "IGNORE", "ABORT", "FAIL", "ROLLBACK", "DEFAULT", "OUTER", "NULLS", "FIRST", "LAST", "INDEXED", "CONSTRAINT",
    };

    private readonly TrialSchema _schema;
    private readonly IReadOnlyList<TrialTable> _reached;
    private readonly List<(string Alias, TrialTable Table, int Token, int Depth)> _sources = [];
    private readonly List<StatementTerm> _terms = [];
    private readonly List<StatementAssignment> _assignments = [];
    private readonly HashSet<int> _assigning = [];
    private readonly List<(int Token, int Number)> _parameters = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    /// <summary>Reads a statement.</summary>
    /// <param name="text">The statement.</param>
    /// <param name="schema">The tables.</param>
    /// <param name="reached">The tables that it reaches.</param>
    public StatementText(string text, TrialSchema schema, IReadOnlyList<TrialTable> reached)
    {
        Sql = new SqlText(text);
        _schema = schema;
        _reached = reached;
        ReadSources();
        ReadParameters();
        foreach (int i in Sql.Places.Where(i => Sql.Is(i, "SET")))
        {
            ReadSet(i);
        }

        ReadInsert();
        foreach (int i in Sql.Places.Where(i => !_assigning.Contains(i)))
        {
            ReadTerm(i);
            ReadFlag(i);
        }
    }

    /// <summary>The tokens.</summary>
    public SqlText Sql { get; }

    /// <summary>The comparisons, in the order of the text.</summary>
    public IReadOnlyList<StatementTerm> Terms => _terms;

    /// <summary>The written values.</summary>
    public IReadOnlyList<StatementAssignment> Assignments => _assignments;

    /// <summary>The places of parameters, with their numbers from 1.</summary>
    public IReadOnlyList<(int Token, int Number)> Parameters => _parameters;

    /// <summary>The table of an INSERT; <see langword="null"/> of another statement.</summary>
    public TrialTable? InsertTarget { get; private set; }

    /// <summary>Whether an INSERT gives a value for the tenant column.</summary>
    public bool NamesTenantOnInsert { get; private set; }

    /// <summary>Whether it compares the tenant column with a tenant that it names, or writes one.</summary>
    public bool NamesTenant => TenantValues().Any(v => v.Count == 1 && Sql.Tokens[v.First].Kind == SqlTokenKind.Literal);

    /// <summary>The tables that the text names, with their aliases.</summary>
    public IEnumerable<(string Alias, TrialTable Table)> Sources => _sources.Select(s => (s.Alias, s.Table));

    /// <summary>
    /// The name of a parameter without its sign; of one that has none, that of the column of a result which it makes: SELECT ? AS name,
    /// WITH c(name) AS (SELECT ?). Empty if there is no name.
    /// </summary>
    public string ResultName(int token)
    {
        string name = Token(token).TrimStart('?', ':', '@', '$').TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        if (name.Length > 0)
        {
            return name;
        }

        if (Sql.Is(token + 1, "AS") && IsName(token + 2))
        {
            return Sql.Name(token + 2);
        }

        int open = Enclosing(token);
        if (open < 2 || !Sql.Is(open - 1, "AS") || !Sql.Is(open - 2, ')'))
        {
            return "";
        }

        int list = Sql.Places.LastOrDefault(i => i < open - 2 && Sql.Is(i, '(') && Sql.Tokens[i].Depth == Sql.Tokens[open - 2].Depth);
        int place = Items(new TokenRange(open + 1, Close(open) - 1)).TakeWhile(r => !r.Contains(token)).Count();
        IReadOnlyList<TokenRange> names = Items(new TokenRange(list + 1, open - 3));
        return place < names.Count && names[place].Count > 0 ? Sql.Name(names[place].First) : "";
    }

    /// <summary>The text of some tokens.</summary>
    public string Slice(TokenRange range) => range.Count <= 0 ? "" : Sql.Slice(range.First, range.Last);

    /// <summary>The text of one token.</summary>
    public string Token(int index) => Sql.Text.Substring(Sql.Tokens[index].Start, Sql.Tokens[index].Length);

    public bool HasParameter(TokenRange range) => _parameters.Any(p => range.Contains(p.Token));

    /// <summary>Whether there is a subquery in some tokens.</summary>
    public bool HasQuery(TokenRange range) => Enumerable.Range(range.First, Math.Max(range.Count, 0)).Any(i => Sql.Is(i, "SELECT"));

    /// <summary>The columns that some tokens name.</summary>
    public IEnumerable<NamedColumn> ColumnsIn(TokenRange range)
    {
        for (int i = range.First; i <= range.Last; i++)
        {
            if (!IsName(i))
            {
                continue;
            }

            int first = i;
            while (i + 2 <= range.Last && Sql.Is(i + 1, '.') && IsAnyName(i + 2))
            {
                i += 2;
            }

            // A function, or the type of a CAST.
            if (!Sql.Is(i + 1, '(') && !(first > 0 && Sql.Is(first - 1, "AS")))
            {
                yield return new NamedColumn(i > first ? Sql.Name(i - 2) : null, Sql.Name(i), first);
            }
        }
    }

    /// <summary>The columns of tables that a name may mean, the likeliest first.</summary>
    public IReadOnlyList<FoundColumn> Resolve(NamedColumn column)
    {
        if (column.Qualifier is { } excluded && excluded.Equals("excluded", StringComparison.OrdinalIgnoreCase) && InsertTarget is { } target)
        {
            return target.IndexOf(column.Name) is >= 0 and var index ? [new FoundColumn(target, index, target.Name)] : [];
        }

        int depth = Sql.Tokens[column.Token].Depth;
        List<FoundColumn> found =
        [
            .. from source in _sources
               where column.Qualifier is null || Identifier.Comparer.Equals(source.Alias, column.Qualifier)
               let place = Place(source.Table, column.Name)
               where place >= 0
               orderby column.Qualifier is null && source.Depth > depth, Math.Abs(source.Token - column.Token)
               select new FoundColumn(source.Table, place, source.Alias),
        ];
        return found.Count > 0
            ? found
            :
            [
                .. from table in _reached
                   let place = Place(table, column.Name)
                   where place >= 0
                   select new FoundColumn(table, place, table.Name),
            ];
    }

    /// <summary>The columns on one side of a comparison; none if a subquery or an aggregate decides its value.</summary>
    public IReadOnlyList<FoundColumn> ResolveSide(TokenRange range)
    {
        if (HasQuery(range))
        {
            return [];
        }

        foreach (NamedColumn column in ColumnsIn(range))
        {
            if (Resolve(column) is { Count: > 0 } found)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>The functions that are called in some tokens.</summary>
    public IEnumerable<string> FunctionsIn(TokenRange range) => Enumerable.Range(range.First, Math.Max(range.Count, 0))
        .Where(i => Sql.Tokens[i].Kind == SqlTokenKind.Word && Sql.Is(i + 1, '(') && !Ends.Contains(Token(i)))
        .Select(Token);

    /// <summary>What the tenant column is compared with, or set to.</summary>
    public IEnumerable<TokenRange> TenantValues()
    {
        return _terms
            .Where(t => t.Operator == TermOperator.Equal)
            .SelectMany(t => IsTenant(t.Left) ? [t.Right] : IsTenant(t.Right) ? new[] { t.Left } : [])
            .Concat(_assignments.Where(a => a.Table.IsTenantColumn(a.Table.Columns[a.Column].Name)).Select(a => a.Value));

        bool IsTenant(TokenRange side) => ResolveSide(side).Any(f => f.Table.IsTenantColumn(f.Table.Columns[f.Column].Name));
    }

    /// <summary>The parenthesis that encloses a token; -1 if none does.</summary>
    public int Enclosing(int token)
    {
        int depth = Sql.Tokens[token].Depth;
        for (int i = token - 1; i >= 0; i--)
        {
            if (Sql.Tokens[i].Depth == depth - 1 && Sql.Is(i, '('))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The closing parenthesis of an opening one.</summary>
    public int Close(int open)
    {
        int depth = Sql.Tokens[open].Depth;
        for (int i = open + 1; i < Sql.Tokens.Count; i++)
        {
            if (Sql.Tokens[i].Depth == depth && Sql.Is(i, ')'))
            {
                return i;
            }
        }

        return Sql.Tokens.Count;
    }

    /// <summary>The parts of some tokens that commas separate, at the depth of the first token.</summary>
    public IReadOnlyList<TokenRange> Items(TokenRange range)
    {
        if (range.Count <= 0)
        {
            return [];
        }

        int depth = Sql.Tokens[range.First].Depth;
        List<TokenRange> items = [];
        int start = range.First;
        for (int i = range.First; i <= range.Last; i++)
        {
            if (Sql.Is(i, ',') && Sql.Tokens[i].Depth == depth)
            {
                items.Add(new TokenRange(start, i - 1));
                start = i + 1;
            }
        }

        items.Add(new TokenRange(start, range.Last));
        return items;
    }

    /// <summary>The index of a column, also of the primary key by the names of the rowid.</summary>
    private static int Place(TrialTable table, string column) =>
        table.IndexOf(column) is >= 0 and var place ? place
        : table.Schema.HasRowIdKey && Identifier.RowIdNames.Contains(column, Identifier.Comparer)
            ? table.IndexOf(table.Schema.PrimaryKey.First())
            : -1;

    private bool IsAnyName(int i) => i < Sql.Tokens.Count && Sql.Tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName;

    private bool IsName(int i) => i < Sql.Tokens.Count && Sql.Tokens[i] switch
    {
        { Kind: SqlTokenKind.QuotedName } => true,
        { Kind: SqlTokenKind.Word } => Token(i) is var word && !Ends.Contains(word) && !Words.Contains(word) && word[0] != '$',
        _ => false,
    };

    private bool IsEnd(int i) => Sql.Is(i, ',') || Sql.Is(i, ';') || (Sql.Tokens[i].Kind == SqlTokenKind.Word && Ends.Contains(Token(i)));

    private bool IsComparison(int i) =>
        (Sql.Is(i, '=') || Sql.Is(i, '<') || Sql.Is(i, '>') || (Sql.Is(i, '!') && Sql.Is(i + 1, '='))) &&
        !(Sql.Is(i, '>') && i > 0 && Sql.Is(i - 1, '-')) &&
        !(Sql.Is(i, '>') && i > 1 && Sql.Is(i - 1, '>') && Sql.Is(i - 2, '-'));

    private void ReadSources()
    {
        bool[] isFrom = new bool[(Sql.Tokens.Count == 0 ? 0 : Sql.Tokens.Max(t => t.Depth)) + 1];
        for (int i = 0; i < Sql.Tokens.Count; i++)
        {
            int depth = Sql.Tokens[i].Depth;
            if (Sql.Tokens[i].Kind == SqlTokenKind.Word && Ends.Contains(Token(i)))
            {
                bool isUpdate = Sql.Is(i, "UPDATE") && !(i > 0 && Sql.Is(i - 1, "DO"));
                bool begins = Sql.Is(i, "FROM") || Sql.Is(i, "JOIN") || Sql.Is(i, "INTO") || isUpdate;
                if (begins)
                {
                    int name = i + 1;
                    if (isUpdate && Sql.Is(name, "OR"))
                    {
                        name += 2;
                    }

                    ReadSource(name);
                }

                isFrom[depth] = begins || (isFrom[depth] &&
                    (Sql.Is(i, "AS") || Sql.Is(i, "ON") || Sql.Is(i, "AND") || Sql.Is(i, "LEFT") || Sql.Is(i, "INNER") || Sql.Is(i, "CROSS")));
            }
            else if (Sql.Is(i, ',') && isFrom[depth])
            {
                ReadSource(i + 1);
            }
        }
    }

    private void ReadSource(int token)
    {
        if (!IsName(token))
        {
            return;
        }

        int name = Sql.Is(token + 1, '.') && IsAnyName(token + 2) ? token + 2 : token;
        if (_schema.Find(Sql.Name(name)) is not { } table)
        {
            return;
        }

        int alias = Sql.Is(name + 1, "AS") ? name + 2 : name + 1;
        _sources.Add((IsName(alias) ? Sql.Name(alias) : table.Name, table, token, Sql.Tokens[token].Depth));
    }

    private void ReadParameters()
    {
        int last = 0;
        foreach (int i in Sql.Places)
        {
            string text = Token(i);
            bool isWord = Sql.Tokens[i].Kind == SqlTokenKind.Word && text[0] == '$';
            bool isOther = Sql.Tokens[i].Kind == SqlTokenKind.Other && (text[0] == '?' || (text.Length > 1 && text[0] is ':' or '@'));
            if (!isWord && !isOther)
            {
                continue;
            }

            int number;
            if (text == "?")
            {
                number = last + 1;
            }
            else if (text[0] == '?')
            {
                _ = int.TryParse(text.Substring(1), out number);
            }
            else if (!_names.TryGetValue(text, out number))
            {
                number = _names[text] = last + 1;
            }

            last = Math.Max(last, number);
            _parameters.Add((i, number));
        }
    }

    private TokenRange LeftOf(int token)
    {
        int depth = Sql.Tokens[token].Depth;
        int first = token;
        while (first > 0 && Sql.Tokens[first - 1].Depth >= depth &&
            !(Sql.Tokens[first - 1].Depth == depth && (IsEnd(first - 1) || IsComparison(first - 1))))
        {
            first--;
        }

        return new TokenRange(first, token - 1);
    }

    private TokenRange RightOf(int token)
    {
        int depth = Sql.Tokens[token].Depth;
        int last = token;
        while (last + 1 < Sql.Tokens.Count && Sql.Tokens[last + 1].Depth >= depth &&
            !(Sql.Tokens[last + 1].Depth == depth && (IsEnd(last + 1) || IsComparison(last + 1))))
        {
            last++;
        }

        return new TokenRange(token + 1, last);
    }

    private void ReadTerm(int i)
    {
        if (IsComparison(i) && !(i > 0 && IsComparison(i - 1) && Sql.Tokens[i - 1].End == Sql.Tokens[i].Start))
        {
            string text = Token(i);
            int end = i;
            while ((Sql.Is(end + 1, '=') || Sql.Is(end + 1, '>') || Sql.Is(end + 1, '<')) && Sql.Tokens[end].End == Sql.Tokens[end + 1].Start)
            {
                text += Token(++end);
            }

            if (text is "<<" or ">>")
            {
                return;
            }

            TermOperator comparison = text switch
            {
                "=" or "==" => TermOperator.Equal,
                "<>" or "!=" => TermOperator.NotEqual,
                "<" or "<=" => TermOperator.Less,
                _ => TermOperator.Greater,
            };
            Add(comparison, LeftOf(i), RightOf(end), text.EndsWith("=", StringComparison.Ordinal));
        }
        else if (Sql.Is(i, "IS") || Sql.Is(i, "ISNULL") || Sql.Is(i, "NOTNULL"))
        {
            int end = i;
            bool isNot = Sql.Is(i, "NOTNULL") || (Sql.Is(i + 1, "NULL") ? false : Sql.Is(i, "IS") && Sql.Is(i + 1, "NOT"));
            end += Sql.Is(i, "IS") && isNot ? 1 : 0;
            if (Sql.Is(end + 1, "DISTINCT"))
            {
                isNot = !isNot;
                end += 2;
            }

            if (!Sql.Is(i, "IS") || Sql.Is(end + 1, "NULL"))
            {
                _terms.Add(new StatementTerm(
                    isNot ? TermOperator.IsNotNull : TermOperator.IsNull, LeftOf(i), new TokenRange(i, i - 1)));
            }
            else
            {
                Add(isNot ? TermOperator.NotEqual : TermOperator.Equal, LeftOf(i), RightOf(end), isInclusive: true);
            }
        }
        else if (Sql.Is(i, "LIKE") || Sql.Is(i, "GLOB") || Sql.Is(i, "MATCH") || Sql.Is(i, "REGEXP"))
        {
            _terms.Add(new StatementTerm(
                Sql.Is(i, "LIKE") || Sql.Is(i, "GLOB") ? TermOperator.Like : TermOperator.Match, LeftOf(Before(i)), RightOf(i)));
        }
        else if (Sql.Is(i, "IN") && Sql.Is(i + 1, '('))
        {
            ReadList(i);
        }
        else if (Sql.Is(i, "BETWEEN"))
        {
            TokenRange left = LeftOf(Before(i));
            TokenRange low = RightOf(i);
            if (Sql.Is(low.Last + 1, "AND"))
            {
                _terms.Add(new StatementTerm(TermOperator.Greater, left, low, IsInclusive: true));
                _terms.Add(new StatementTerm(TermOperator.Less, left, RightOf(low.Last + 1), IsInclusive: true));
            }
        }
    }

    private int Before(int token) => token > 0 && Sql.Is(token - 1, "NOT") ? token - 1 : token;

    private void ReadList(int token)
    {
        TokenRange left = LeftOf(Before(token));
        int close = Close(token + 1);
        TokenRange inside = new(token + 2, close - 1);
        if (inside.Count <= 0)
        {
            return;
        }

        bool isNot = Before(token) != token;
        if (Sql.Is(inside.First, "SELECT") || Sql.Is(inside.First, "WITH") || Sql.Is(inside.First, "VALUES"))
        {
            _terms.Add(new StatementTerm(TermOperator.InQuery, left, inside));
            return;
        }

        foreach (TokenRange item in Items(inside))
        {
            Add(isNot ? TermOperator.NotEqual : TermOperator.Equal, left, item, isInclusive: true);
        }
    }

    /// <summary>A comparison, or those of the parts of a row value.</summary>
    private void Add(TermOperator comparison, TokenRange left, TokenRange right, bool isInclusive)
    {
        if (left.Count > 2 && right.Count > 2 && Sql.Is(left.First, '(') && Sql.Is(right.First, '(') &&
            Close(left.First) == left.Last && Close(right.First) == right.Last &&
            Items(new TokenRange(left.First + 1, left.Last - 1)) is { Count: > 1 } lefts &&
            Items(new TokenRange(right.First + 1, right.Last - 1)) is var rights && rights.Count == lefts.Count)
        {
            for (int i = 0; i < lefts.Count; i++)
            {
                _terms.Add(new StatementTerm(comparison, lefts[i], rights[i], isInclusive));
            }
        }
        else if (left.Count > 0 && right.Count > 0)
        {
            _terms.Add(new StatementTerm(comparison, left, right, isInclusive));
        }
    }

    /// <summary>A column that is a condition by itself: WHERE is_active AND NOT is_deleted.</summary>
    private void ReadFlag(int i)
    {
        if (!IsName(i) || i == 0 || Sql.Is(i - 1, '.'))
        {
            return;
        }

        int last = Sql.Is(i + 1, '.') && IsAnyName(i + 2) ? i + 2 : i;
        bool begins = Sql.Is(i - 1, "WHERE") || Sql.Is(i - 1, "AND") || Sql.Is(i - 1, "OR") || Sql.Is(i - 1, "NOT") || Sql.Is(i - 1, "ON");
        bool ends = last + 1 == Sql.Tokens.Count || Sql.Is(last + 1, "AND") || Sql.Is(last + 1, "OR") || Sql.Is(last + 1, ')') ||
            Sql.Is(last + 1, ';') || Sql.Is(last + 1, "ORDER") || Sql.Is(last + 1, "GROUP") || Sql.Is(last + 1, "LIMIT");
        if (begins && ends)
        {
            _terms.Add(new StatementTerm(
                Sql.Is(i - 1, "NOT") ? TermOperator.IsNull : TermOperator.IsNotNull, new TokenRange(i, last), new TokenRange(i, i - 1), IsInclusive: true));
        }
    }

    private void ReadSet(int set)
    {
        int depth = Sql.Tokens[set].Depth;
        TrialTable? target = _sources.Where(s => s.Token < set && s.Depth == depth).Select(s => s.Table).LastOrDefault();
        int end = set + 1;
        while (end < Sql.Tokens.Count && Sql.Tokens[end].Depth >= depth &&
            !(Sql.Tokens[end].Depth == depth &&
                (Sql.Is(end, "WHERE") || Sql.Is(end, "FROM") || Sql.Is(end, "RETURNING") || Sql.Is(end, ';') || Sql.Is(end, "ORDER") ||
                    Sql.Is(end, "LIMIT") || (Sql.Is(end, "ON") && Sql.Is(end + 1, "CONFLICT")))))
        {
            end++;
        }

        if (target is null || end == set + 1)
        {
            return;
        }

        foreach (TokenRange item in Items(new TokenRange(set + 1, end - 1)))
        {
            int equals = Enumerable.Range(item.First, Math.Max(item.Count, 0))
                .FirstOrDefault(i => Sql.Is(i, '=') && Sql.Tokens[i].Depth == depth);
            if (equals == 0)
            {
                continue;
            }

            TokenRange names = new(item.First, equals - 1);
            TokenRange value = new(equals + 1, item.Last);
            _ = _assigning.Add(equals);
            if (Sql.Is(names.First, '(') && Sql.Is(value.First, '('))
            {
                IReadOnlyList<TokenRange> columns = Items(new TokenRange(names.First + 1, names.Last - 1));
                IReadOnlyList<TokenRange> values = Items(new TokenRange(value.First + 1, value.Last - 1));
                for (int i = 0; i < Math.Min(columns.Count, values.Count); i++)
                {
                    Assign(target, Sql.Name(columns[i].First), values[i]);
                }
            }
            else
            {
                Assign(target, Sql.Name(names.Last), value);
            }
        }
    }

    private void ReadInsert()
    {
        int into = Sql.Places.FirstOrDefault(i => Sql.Is(i, "INTO"));
        if (into == 0 || _sources.FirstOrDefault(s => s.Token == into + 1).Table is not { } target)
        {
            return;
        }

        InsertTarget = target;
        int next = into + (Sql.Is(into + 2, '.') ? 4 : 2);
        next += Sql.Is(next, "AS") ? 2 : 0;
        IReadOnlyList<string> columns = [.. target.Columns.Select(c => c.Name)];
        if (Sql.Is(next, '('))
        {
            int close = Close(next);
            columns = [.. Items(new TokenRange(next + 1, close - 1)).Select(r => Sql.Name(r.First))];
            next = close + 1;
        }

        NamesTenantOnInsert = columns.Any(target.IsTenantColumn) && !Sql.Is(next, "DEFAULT");
        if (Sql.Is(next, "VALUES"))
        {
            for (int open = next + 1; Sql.Is(open, '('); open = Close(open) + 2)
            {
                Assign(target, columns, Items(new TokenRange(open + 1, Close(open) - 1)));
            }
        }
        else if (Sql.Places.FirstOrDefault(i => i >= next && Sql.Is(i, "SELECT") && Sql.Tokens[i].Depth == 0) is > 0 and var select)
        {
            int end = select + 1;
            while (end < Sql.Tokens.Count && !(Sql.Tokens[end].Depth == 0 && (Sql.Is(end, "FROM") || Sql.Is(end, "WHERE"))))
            {
                end++;
            }

            Assign(target, columns, Items(new TokenRange(select + 1, end - 1)));
        }
    }

    private void Assign(TrialTable target, IReadOnlyList<string> columns, IReadOnlyList<TokenRange> values)
    {
        for (int i = 0; i < Math.Min(columns.Count, values.Count); i++)
        {
            Assign(target, columns[i], values[i]);
        }
    }

    private void Assign(TrialTable target, string column, TokenRange value)
    {
        if (target.IndexOf(column) is >= 0 and var index)
        {
            _assignments.Add(new StatementAssignment(target, index, value));
        }
    }
}
