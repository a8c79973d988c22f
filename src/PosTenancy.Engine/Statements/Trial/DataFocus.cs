using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// Changes to the rows of both tenants so that they satisfy the conditions of a statement: without them, most statements would return
/// nothing, which proves nothing. Whether a row belongs to one tenant or the other does not matter here.
/// </summary>
internal sealed partial class DataFocus
{
    private readonly StatementText _text;
    private readonly TrialData _data;
    private readonly Dictionary<(TrialTable Table, int Column), Conditions> _conditions = [];
    private readonly Dictionary<(TrialTable Table, int Column), JsonExample> _json = [];
    private readonly List<(TrialRow Row, int Column, object? Value)> _settings = [];

    /// <summary>Derives the changes from the comparisons of a statement.</summary>
    public DataFocus(StatementText text, TrialData data)
    {
        _text = text;
        _data = data;
        foreach (StatementTerm term in text.Terms)
        {
            if (!ReadJson(term.Left, term.Right) && !ReadJson(term.Right, term.Left))
            {
                Read(term);
            }
        }

        foreach (KeyValuePair<(TrialTable Table, int Column), JsonExample> json in _json)
        {
            foreach (TrialRow row in Rows(json.Key.Table))
            {
                Set(row, json.Key.Column, json.Value.ToString());
            }
        }

        foreach (KeyValuePair<(TrialTable Table, int Column), Conditions> conditions in _conditions)
        {
            Choose(conditions.Key.Table, conditions.Key.Column, conditions.Value);
        }

        foreach (StatementTerm term in text.Terms.Where(t => t.Operator is TermOperator.Equal or TermOperator.InQuery))
        {
            Relate(term);
            ChangeCase(term.Left, term.Right);
            ChangeCase(term.Right, term.Left);
        }

        foreach (StatementTerm term in text.Terms.Where(t =>
            t.Operator is TermOperator.Less or TermOperator.Greater && !text.FunctionsIn(t.Left).Concat(text.FunctionsIn(t.Right)).Any()))
        {
            Relate(term);
        }
    }

    /// <summary>Whether there is nothing to change.</summary>
    public bool IsEmpty => _settings.Count == 0;

    /// <summary>Makes the changes in the worlds: in each those that are possible in the world with both tenants' rows.</summary>
    /// <param name="worlds">The worlds.</param>
    /// <param name="first">The tenant whose rows are changed first: where a key allows a value only once, one row gets it.</param>
    /// <param name="isComplete">Whether every change was possible.</param>
    /// <returns>Undoes the changes.</returns>
    public IDisposable Apply(TrialWorlds worlds, TrialOwner first, out bool isComplete)
    {
        HashSet<(TrialRow, int)> possible = [];
        using (worlds.Both.Change(connection =>
        {
            foreach ((TrialRow row, int column, object? value) in _settings.OrderBy(s => s.Row.Owner == first ? 0 : 1))
            {
                if (Set(connection, row, column, value))
                {
                    _ = possible.Add((row, column));
                }
            }
        }))
        {
            isComplete = possible.Count == _settings.Select(s => (s.Row, s.Column)).Distinct().Count();
        }

        return worlds.Change(connection =>
        {
            foreach ((TrialRow row, int column, object? value) in _settings.Where(s => possible.Contains((s.Row, s.Column))))
            {
                _ = Set(connection, row, column, value);
            }
        });
    }

    private static bool Set(DatabaseConnection connection, TrialRow row, int column, object? value)
    {
        object?[] values = [value, .. row.Locator];
        StatementOutcome outcome = connection.TryChange(
            $"UPDATE OR IGNORE {row.Table.Quoted} SET {Identifier.Quote(row.Table.Columns[column].Name)} = ?1 " +
                $"WHERE {TrialWorld.Where(row.Table, 2)}",
            values);
        return outcome is { Error: null, Changed: > 0 };
    }

    private static bool IsLocator(TrialTable table, int column)
    {
        string name = table.Columns[column].Name;
        return table.Schema.HasRowIdKey && table.Schema.PrimaryKey.Contains(name, Identifier.Comparer)
            ? true
            : table.RowId is null && table.Schema.PrimaryKey.Contains(name, Identifier.Comparer);
    }

    private void Read(StatementTerm term)
    {
        if (term.Operator is TermOperator.IsNull or TermOperator.IsNotNull)
        {
            foreach (FoundColumn column in Settable(term.Left))
            {
                Conditions conditions = Of(column);
                bool isNull = term.Operator == TermOperator.IsNull;
                if (term.IsInclusive)
                {
                    // A column that is a condition by itself.
                    conditions.Equal.Add(isNull ? 0L : 1L);
                }
                else
                {
                    conditions.MayBeNull |= isNull;
                    conditions.MayBeSet |= !isNull;
                }
            }

            return;
        }

        if (term.Operator == TermOperator.InQuery)
        {
            return;
        }

        if (Constant(term.Right, term.Left) is { } right)
        {
            Add(term.Left, term.Operator, right.Value, term.IsInclusive);
        }
        else if (Constant(term.Left, term.Right) is { } left)
        {
            TermOperator reversed = term.Operator switch
            {
                TermOperator.Less => TermOperator.Greater,
                TermOperator.Greater => TermOperator.Less,
                _ => term.Operator,
            };
            Add(term.Right, reversed, left.Value, term.IsInclusive);
        }
    }

    /// <summary>Reads a comparison with a part of a JSON value: json_extract(column, '$.path'), column ->> '$.path'.</summary>
    private bool ReadJson(TokenRange side, TokenRange other)
    {
        int function = Enumerable.Range(side.First, Math.Max(side.Count, 0)).FirstOrDefault(i => _text.Sql.Is(i, "json_extract"));
        int arrow = Enumerable.Range(side.First, Math.Max(side.Count, 0))
            .FirstOrDefault(i => _text.Sql.Is(i, '-') && _text.Sql.Is(i + 1, '>'));
        bool isFunction = function > 0 && _text.Sql.Is(function + 1, '(');
        if (!isFunction && arrow == 0)
        {
            return false;
        }

        int path = isFunction ? _text.Close(function + 1) - 1 : _text.Sql.Is(arrow + 2, '>') ? arrow + 3 : arrow + 2;
        if (path > side.Last || _text.Sql.Tokens[path].Kind != SqlTokenKind.Literal)
        {
            return false;
        }

        foreach (FoundColumn column in Settable(side))
        {
            if (!_json.TryGetValue((column.Table, column.Column), out JsonExample? json))
            {
                _json.Add((column.Table, column.Column), json = new JsonExample());
            }

            bool isConstant = !_text.HasParameter(other) && !_text.HasQuery(other);
            object? value = "value";
            _ = isConstant && _data.TryEvaluate(row: null, "", _text.Slice(other), out value);
            json.Add(_text.Sql.Name(path), value);
        }

        return true;
    }

    /// <summary>The value of a side that names no column, when the other does.</summary>
    private (object? Value, bool IsConstant)? Constant(TokenRange side, TokenRange other) =>
        side.Count > 0 && !_text.HasParameter(side) && !_text.HasQuery(side) && _text.ResolveSide(side).Count == 0 &&
        _text.ResolveSide(other).Count > 0 &&
        _data.TryEvaluate(row: null, "", _text.Slice(side), out object? value)
            ? (value, true)
            : null;

    /// <summary>The columns that can be set so that a side has a value: those of tables with rows, of no key that finds them.</summary>
    private IEnumerable<FoundColumn> Settable(TokenRange side) => _text.FunctionsIn(side).Any(IsAggregate)
        ? []
        : _text.ResolveSide(side).Where(f =>
            f.Table.Kind != TrialTableKind.Virtual &&
            !f.Table.IsTenantColumn(f.Table.Columns[f.Column].Name) &&
            !IsLocator(f.Table, f.Column));

    private static bool IsAggregate(string function) =>
        function.ToUpperInvariant() is "COUNT" or "SUM" or "AVG" or "TOTAL" or "GROUP_CONCAT" or "LENGTH" or "INSTR" or "TYPEOF";

    private void Add(TokenRange side, TermOperator comparison, object? value, bool isInclusive)
    {
        if (value is null)
        {
            return;
        }

        string[] functions = [.. _text.FunctionsIn(side)];
        bool isTime = functions.Any(f => HeldFunctions.TimeValue(f) is not null);
        foreach (FoundColumn column in Settable(side))
        {
            Conditions conditions = Of(column);
            switch (comparison)
            {
                case TermOperator.Equal:
                    conditions.Equal.Add(isTime && !(value is string date && TimeForm.IsDate(date)) ? Now(column) : value);
                    break;
                case TermOperator.NotEqual:
                    conditions.NotEqual.Add(value);
                    break;
                case TermOperator.Less:
                    conditions.Below.Add(isInclusive ? value : Beside(value, -1, column));
                    break;
                case TermOperator.Greater:
                    conditions.Above.Add(isInclusive ? value : Beside(value, 1, column));
                    break;
                case TermOperator.Like when value is string pattern:
                    conditions.Equal.Add(pattern.Replace("%", "").Replace("*", "").Replace('_', 'a').Replace('?', 'a'));
                    break;
                default:
                    break;
            }
        }
    }

    private object Now(FoundColumn column) =>
        TimeForm.Find(Example(column), column.Table.Columns[column.Column])?.Make(_data.Database.Now) ??
        _data.Database.Now.ToString("yyyy-MM-dd HH:mm:ss");

    private object? Example(FoundColumn column) => _data.Rows(column.Table, TrialOwner.First)
        .Concat(_data.Rows(column.Table, TrialOwner.Second))
        .Select(r => r.Values[column.Column])
        .FirstOrDefault(v => v is not null);

    private static object Beside(object value, int direction, FoundColumn column) =>
        TrialValues.Beyond([value], direction, TimeForm.Find(value, column.Table.Columns[column.Column]))!;

    private Conditions Of(FoundColumn column)
    {
        if (!_conditions.TryGetValue((column.Table, column.Column), out Conditions? conditions))
        {
            _conditions.Add((column.Table, column.Column), conditions = new Conditions());
        }

        return conditions;
    }

    private IEnumerable<TrialRow> Rows(TrialTable table) => table.IsJudged
        ? _data.Rows(table, TrialOwner.First).Concat(_data.Rows(table, TrialOwner.Second))
        : _data.Rows(table, TrialOwner.None);

    private void Choose(TrialTable table, int column, Conditions conditions)
    {
        List<object?> choices = [.. conditions.Equal];
        if (conditions.MayBeNull && !table.Columns[column].IsNotNull)
        {
            choices.Add(null);
        }

        if (choices.Count == 0 && conditions.Above.Count + conditions.Below.Count > 0)
        {
            // The lower bound satisfies both where they agree on anything.
            choices.Add(conditions.Above.Count > 0
                ? Extreme(conditions.Above, 1)
                : Extreme(conditions.Below, -1));
        }

        foreach (TrialRow row in Rows(table))
        {
            object? value = row.Values[column];
            if (choices.Count > 0)
            {
                object? choice = choices[(row.Number - 1) % choices.Count];
                bool isOnlyNull = choice is null && conditions.MayBeSet && choices.Count == 1 && row.Number % 2 == 0;
                Set(row, column, isOnlyNull ? value ?? 1L : choice);
            }
            else if (value is null || conditions.NotEqual.Any(v => Equals(v, value)))
            {
                Set(row, column, Other(row, column, conditions.NotEqual));
            }
        }
    }

    private static object Extreme(List<object> values, int direction)
    {
        object extreme = values[0];
        foreach (object value in values)
        {
            bool isFurther = (extreme, value) switch
            {
                (string a, string b) => string.CompareOrdinal(b, a) * direction > 0,
                (long a, long b) => b.CompareTo(a) * direction > 0,
                _ => false,
            };
            extreme = isFurther ? value : extreme;
        }

        return extreme;
    }

    /// <summary>
    /// A value that the table has accepted in another row, or a made-up one; of a reference, a parent of the same tenant.
    /// </summary>
    private object? Other(TrialRow row, int column, List<object> not) =>
        row.Table.ReferenceOf(row.Table.Columns[column].Name) is { Parent.IsJudged: true } reference
            ? _data.Find(reference.Parent, row.Owner, 1)?.Values[reference.Parent.IndexOf(reference.ParentColumn)]
            : OfAnother(row, column, not);

    private object? OfAnother(TrialRow row, int column, List<object> not) =>
        Rows(row.Table).Select(r => r.Values[column]).FirstOrDefault(v => v is not null && !not.Any(n => Equals(n, v))) ??
        new Isolation.CheckConstraintHints(row.Table.Schema, row.Table.Sql)
            .ValuesFor(row.Table.Columns[column].Name)
            .FirstOrDefault(v => !not.Any(n => Equals(n, v))) ??
        (ColumnAffinities.FromDeclaredType(row.Table.Columns[column].Type) == ColumnAffinity.Text ? "other" : 7L);

    private void Set(TrialRow row, int column, object? value)
    {
        if (!Equals(row.Values[column], value))
        {
            _settings.Add((row, column, value));
        }
    }

    /// <summary>What a statement asks of a column.</summary>
    private sealed class Conditions
    {
        public List<object> Equal { get; } = [];

        public List<object> NotEqual { get; } = [];

        public List<object> Above { get; } = [];

        public List<object> Below { get; } = [];

        public bool MayBeNull { get; set; }

        public bool MayBeSet { get; set; }
    }
}
