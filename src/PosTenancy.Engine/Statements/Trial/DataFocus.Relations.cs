namespace PosTenancy.Engine.Statements.Trial;

/// <content>Columns that are compared with each other.</content>
internal sealed partial class DataFocus
{
    /// <summary>
    /// Gives a column the value of another that it is compared with, in the row of the same number; a value beside it, if it is compared
    /// by order.
    /// </summary>
    private void Relate(StatementTerm term)
    {
        TokenRange right = ResultOf(term.Right) ?? term.Right;
        if (term.Operator == TermOperator.InQuery && right == term.Right)
        {
            return;
        }

        if (_text.HasParameter(term.Left) || _text.HasParameter(right) ||
            _text.ResolveSide(term.Left) is not { Count: > 0 } lefts || _text.ResolveSide(right) is not { Count: > 0 } rights)
        {
            return;
        }

        FoundColumn left = lefts[0];
        FoundColumn other = rights[0];
        TrialKeys keys = _data.Database.Keys;
        if (IsTenant(left) || IsTenant(other) || keys.AreJoined(left.Table, left.Column, other.Table, other.Column) ||
            (left.Table == other.Table && left.Column == other.Column))
        {
            return;
        }

        // A key stays, and what is compared with it changes.
        bool isLeftKey = keys.IsKey(left.Table, left.Column) || IsLocator(left.Table, left.Column) || !left.Table.IsJudged;
        (FoundColumn target, FoundColumn source) = isLeftKey ? (other, left) : (left, other);
        if (IsLocator(target.Table, target.Column) || target.Table.Kind == TrialTableKind.Virtual ||
            (keys.IsKey(target.Table, target.Column) && keys.IsKey(source.Table, source.Column)))
        {
            return;
        }

        foreach (TrialRow row in Rows(target.Table))
        {
            TrialRow? from = source.Table.IsJudged
                ? _data.Find(source.Table, row.Owner == TrialOwner.None ? TrialOwner.First : row.Owner, row.Number)
                : _data.Rows(source.Table, TrialOwner.None).FirstOrDefault();
            object? value = _settings.Where(s => s.Row == from && s.Column == source.Column).Select(s => s.Value).FirstOrDefault()
                ?? from?.Values[source.Column];
            if (value is not null)
            {
                bool isBelow = term.Operator == TermOperator.Less == (target == left);
                bool isOrder = term.Operator is TermOperator.Less or TermOperator.Greater;
                Set(row, target.Column, isOrder && !term.IsInclusive ? Beside(value, isBelow ? -1 : 1, target) : value);
            }
        }
    }

    /// <summary>
    /// The first column of the result of a subquery, with or without parentheses; <see langword="null"/> of another value.
    /// </summary>
    private TokenRange? ResultOf(TokenRange value)
    {
        int select = _text.Sql.Is(value.First, '(') ? value.First + 1 : value.First;
        if (!_text.Sql.Is(select, "SELECT"))
        {
            return null;
        }

        int item = _text.Sql.Is(select + 1, "DISTINCT") ? select + 2 : select + 1;
        int end = item;
        while (end < value.Last && !_text.Sql.Is(end + 1, "FROM"))
        {
            end++;
        }

        return new TokenRange(item, end);
    }

    /// <summary>Gives a column the case in which it is compared with a parameter: code = upper(?).</summary>
    private void ChangeCase(TokenRange column, TokenRange parameter)
    {
        if (!_text.HasParameter(parameter) || _text.FunctionsIn(column).Any())
        {
            return;
        }

        string? function = _text.FunctionsIn(parameter).FirstOrDefault(f => f.ToUpperInvariant() is "UPPER" or "LOWER");
        foreach (FoundColumn found in function is null ? [] : Settable(column))
        {
            foreach (TrialRow row in Rows(found.Table))
            {
                if (row.Values[found.Column] is string text)
                {
                    Set(row, found.Column, function!.Equals("upper", StringComparison.OrdinalIgnoreCase)
                        ? text.ToUpperInvariant()
                        : text.ToLowerInvariant());
                }
            }
        }
    }

    private static bool IsTenant(FoundColumn column) => column.Table.IsTenantColumn(column.Table.Columns[column.Column].Name);
}
