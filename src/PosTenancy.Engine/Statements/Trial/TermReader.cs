using PosTenancy.Engine.Sqlite;

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

/// <summary>A comparison in a statement.</summary>
/// <param name="Operator">How it compares.</param>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side; empty where there is none.</param>
/// <param name="IsInclusive">Whether equal values satisfy it as well, for an order.</param>
internal sealed record StatementTerm(TermOperator Operator, TokenRange Left, TokenRange Right, bool IsInclusive = false);

/// <summary>Finds the comparisons of a statement.</summary>
internal sealed class TermReader : TokenText
{
    private readonly List<StatementTerm> _terms = [];

    private TermReader(SqlText sql)
        : base(sql)
    {
    }

    /// <summary>The comparisons in the order of the text.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="assigning">The tokens that assign a value, and compare nothing.</param>
    public static IReadOnlyList<StatementTerm> Read(SqlText sql, ISet<int> assigning)
    {
        TermReader reader = new(sql);
        foreach (int i in sql.Places.Where(i => !assigning.Contains(i)))
        {
            reader.ReadTerm(i);
            reader.ReadFlag(i);
        }

        return reader._terms;
    }

    private void ReadTerm(int i)
    {
        if (IsComparison(i) && !(i > 0 && IsComparison(i - 1) && Sql.Tokens[i - 1].End == Sql.Tokens[i].Start))
        {
            string text = Token(i);
            int end = i;
            while ((Sql.Is(end + 1, '=') || Sql.Is(end + 1, '>') || Sql.Is(end + 1, '<')) &&
                Sql.Tokens[end].End == Sql.Tokens[end + 1].Start)
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
        else if (IsAny(i, "IS", "ISNULL", "NOTNULL"))
        {
            int end = i;
            bool isNot = Sql.Is(i, "NOTNULL") || (Sql.Is(i, "IS") && Sql.Is(i + 1, "NOT"));
            end += Sql.Is(i, "IS") && isNot ? 1 : 0;
            if (Sql.Is(end + 1, "DISTINCT"))
            {
                isNot = !isNot;
                end += 2;
            }

            // NOT a IS NULL, NOT (a IS ?)
            int before = LeftOf(i).First - 1;
            isNot ^= before >= 0 && (Sql.Is(before, "NOT") || (Sql.Is(before, '(') && before > 0 && Sql.Is(before - 1, "NOT")));

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
        else if (IsAny(i, "LIKE", "GLOB", "MATCH", "REGEXP"))
        {
            _terms.Add(new StatementTerm(
                IsAny(i, "LIKE", "GLOB") ? TermOperator.Like : TermOperator.Match, LeftOf(Before(i)), RightOf(i)));
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
        if (IsAny(inside.First, "SELECT", "WITH", "VALUES"))
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
        bool begins = IsAny(i - 1, "WHERE", "AND", "OR", "NOT", "ON");
        bool ends = last + 1 == Sql.Tokens.Count || IsAny(last + 1, "AND", "OR", "ORDER", "GROUP", "LIMIT") ||
            Sql.Is(last + 1, ')') || Sql.Is(last + 1, ';');
        if (begins && ends)
        {
            TermOperator isTrue = Sql.Is(i - 1, "NOT") ? TermOperator.IsNull : TermOperator.IsNotNull;
            _terms.Add(new StatementTerm(isTrue, new TokenRange(i, last), new TokenRange(i, i - 1), IsInclusive: true));
        }
    }
}
