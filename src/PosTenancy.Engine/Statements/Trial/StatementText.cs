using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>A value that a statement writes.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">Index of the column.</param>
/// <param name="Value">The value.</param>
internal sealed record StatementAssignment(TrialTable Table, int Column, TokenRange Value);

/// <summary>A column of a table, and the name of the table in the statement.</summary>
internal readonly record struct FoundColumn(TrialTable Table, int Column, string Alias);

/// <summary>
/// The comparisons and written values of a statement, read from its tokens. They choose with which values a statement is tried, and never
/// decide what the trial shows: a comparison that is overlooked leaves a statement untried, not clean.
/// </summary>
internal sealed class StatementText : TokenText
{
    /// <summary>Window functions whose values only say where a row stands among others.</summary>
    private static readonly HashSet<string> Ranks = new(StringComparer.OrdinalIgnoreCase)
    {
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile",
    };

    private readonly TrialSchema _schema;
    private readonly IReadOnlyList<TrialTable> _reached;
    private readonly List<(string Alias, TrialTable Table, int Token, int Depth)> _sources = [];
    private readonly List<StatementAssignment> _assignments = [];
    private readonly HashSet<int> _assigning = [];
    private readonly List<(int Token, int Number)> _parameters = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    /// <summary>Reads a statement.</summary>
    /// <param name="text">The statement.</param>
    /// <param name="schema">The tables.</param>
    /// <param name="reached">The tables that it reaches.</param>
    public StatementText(string text, TrialSchema schema, IReadOnlyList<TrialTable> reached)
        : base(new SqlText(text))
    {
        _schema = schema;
        _reached = reached;
        ReadSources();
        ReadParameters();
        foreach (int i in Sql.Places.Where(i => Sql.Is(i, "SET")))
        {
            ReadSet(i);
        }

        ReadInsert();
        Terms = TermReader.Read(Sql, _assigning);
    }

    /// <summary>The comparisons, in the order of the text.</summary>
    public IReadOnlyList<StatementTerm> Terms { get; }

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

    /// <summary>Whether an inner query may have an average or a sum, with which a row is compared.</summary>
    public bool ComparesAggregate => Sql.Places.Count(i => Sql.Is(i, "SELECT")) > 1 &&
        Sql.Places.Any(i => Sql.Is(i, "AVG") || Sql.Is(i, "SUM") || Sql.Is(i, "TOTAL"));

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

    public bool HasParameter(TokenRange range) => _parameters.Any(p => range.Contains(p.Token));

    /// <summary>The columns of tables that a name may mean, the likeliest first.</summary>
    public IReadOnlyList<FoundColumn> Resolve(NamedColumn column)
    {
        if (column.Qualifier is { } name && name.Equals("excluded", StringComparison.OrdinalIgnoreCase) && InsertTarget is { } target)
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

    /// <summary>The statement in which each row is the first wherever it ranks rows; <see langword="null"/> if it ranks none.</summary>
    public string? WithoutRanks()
    {
        TextEdits edits = new(Sql.Text);
        bool isEdited = false;
        for (int i = 0; i < Sql.Tokens.Count; i++)
        {
            if (Sql.Tokens[i].Kind != SqlTokenKind.Word || !Ranks.Contains(Token(i)) || !Sql.Is(i + 1, '('))
            {
                continue;
            }

            int over = Close(i + 1) + 1;
            int last = !Sql.Is(over, "OVER") ? -1 : Sql.Is(over + 1, '(') ? Close(over + 1) : over + 1;
            if (last > 0 && last < Sql.Tokens.Count && !HasParameter(new TokenRange(i, last)))
            {
                edits.Replace(new TextSpan(Sql.Tokens[i].Start, Sql.Tokens[last].End), "1");
                isEdited = true;
                i = last;
            }
        }

        return isEdited ? edits.Apply() : null;
    }

    /// <summary>What the tenant column is compared with, or set to.</summary>
    public IEnumerable<TokenRange> TenantValues()
    {
        return Terms
            .Where(t => t.Operator == TermOperator.Equal)
            .SelectMany(t => IsTenant(t.Left) ? [t.Right] : IsTenant(t.Right) ? new[] { t.Left } : [])
            .Concat(_assignments.Where(a => a.Table.IsTenantColumn(a.Table.Columns[a.Column].Name)).Select(a => a.Value));

        bool IsTenant(TokenRange side) => ResolveSide(side).Any(f => f.Table.IsTenantColumn(f.Table.Columns[f.Column].Name));
    }

    /// <summary>The index of a column, also of the primary key by the names of the rowid.</summary>
    private static int Place(TrialTable table, string column) =>
        table.IndexOf(column) is >= 0 and var place ? place
        : table.Schema.HasRowIdKey && Identifier.RowIdNames.Contains(column, Identifier.Comparer)
            ? table.IndexOf(table.Schema.PrimaryKey.First())
            : -1;

    private void ReadSources()
    {
        bool[] isFrom = new bool[(Sql.Tokens.Count == 0 ? 0 : Sql.Tokens.Max(t => t.Depth)) + 1];
        for (int i = 0; i < Sql.Tokens.Count; i++)
        {
            int depth = Sql.Tokens[i].Depth;
            if (IsKeyword(i))
            {
                bool isUpdate = Sql.Is(i, "UPDATE") && !(i > 0 && Sql.Is(i - 1, "DO"));
                bool begins = IsAny(i, "FROM", "JOIN", "INTO") || isUpdate;
                if (begins)
                {
                    int name = i + 1;
                    if (isUpdate && Sql.Is(name, "OR"))
                    {
                        name += 2;
                    }

                    ReadSource(name);
                }

                isFrom[depth] = begins || (isFrom[depth] && IsAny(i, "AS", "ON", "AND", "LEFT", "INNER", "CROSS"));
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

    private void ReadSet(int set)
    {
        int depth = Sql.Tokens[set].Depth;
        TrialTable? target = _sources.Where(s => s.Token < set && s.Depth == depth).Select(s => s.Table).LastOrDefault();
        int end = set + 1;
        while (end < Sql.Tokens.Count && Sql.Tokens[end].Depth >= depth &&
            !(Sql.Tokens[end].Depth == depth &&
                (IsAny(end, "WHERE", "FROM", "RETURNING", "ORDER", "LIMIT") || Sql.Is(end, ';') ||
                    (Sql.Is(end, "ON") && Sql.Is(end + 1, "CONFLICT")))))
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
