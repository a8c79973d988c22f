using System.Globalization;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The parameters of a statement, by their use, and values for them.</summary>
internal sealed class StatementParameters
{
    /// <summary>Values for a parameter without a known use; the last is the key of a row.</summary>
    private const int Guesses = 5;

    private static readonly ParameterRole Limit = new() { Fixed = 100L, IsLimit = true };

    private readonly StatementText _text;
    private readonly TrialData _data;
    private readonly ParameterRole[] _roles;
    private readonly FoundColumn? _key;
    private readonly Dictionary<(TrialTable Table, int Column), int> _rowsWritten = [];
    private int _fresh;

    /// <summary>Finds the use of each parameter.</summary>
    /// <param name="text">The statement.</param>
    /// <param name="data">The rows.</param>
    /// <param name="reached">The tables that the statement reaches.</param>
    public StatementParameters(StatementText text, TrialData data, IReadOnlyList<TrialTable> reached)
    {
        _text = text;
        _data = data;
        _key = reached
            .Where(t => t.IsJudged)
            .SelectMany(t => t.Schema.PrimaryKey
                .Where(c => !t.IsTenantColumn(c))
                .Select(c => (FoundColumn?)new FoundColumn(t, t.IndexOf(c), t.Name)))
            .FirstOrDefault();
        int count = Math.Min(text.Parameters.Select(p => p.Number).DefaultIfEmpty(0).Max(), 999);
        _roles = new ParameterRole[count];
        for (int number = 1; number <= count; number++)
        {
            ParameterRole[] uses = [.. text.Parameters.Where(p => p.Number == number).Select(p => RoleAt(p.Token))];
            string name = text.Parameters.Where(p => p.Number == number).Select(p => text.ResultName(p.Token)).FirstOrDefault() ?? "";
            ParameterRole role = uses.FirstOrDefault(u => u.Compared is not null) ?? uses.FirstOrDefault(u => u.Fixed is not null) ??
                uses.FirstOrDefault() ?? new ParameterRole();
            ParameterRole[] compared =
            [
                .. uses.Where(u => u.Compared is not null)
                    .GroupBy(u => (u.Compared!.Value.Table, u.Compared.Value.Column))
                    .Select(g => g.First()),
            ];
            role = role with
            {
                Alternatives = compared.Length > 1 ? compared : [],
                IsTenant = uses.Any(u => u.IsTenant),
                Written = uses.Select(u => u.Written).FirstOrDefault(w => w is not null),
            };
            _roles[number - 1] = role is { IsTenant: false, Compared: null, Written: null, Fixed: null } && name.Length > 0
                ? ByName(name, reached)
                : role;
        }
    }

    public IReadOnlyList<ParameterRole> Roles => _roles;

    /// <summary>The number of ways to choose values for parameters without a known use.</summary>
    public int GuessCount => Math.Max(
        _roles.Any(IsUnknown) ? Guesses : _roles.Any(r => r.IsLimit) ? 2 : 1,
        _roles.Select(r => Math.Min(r.Alternatives.Count, Guesses)).DefaultIfEmpty(0).Max());

    /// <summary>
    /// The written values that no two rows may share, so that one of another row can be tried. An UPDATE moves a row by its references.
    /// </summary>
    public IEnumerable<int> WrittenKeys => Numbers(r =>
        r is { IsTenant: false, Written: { } w } &&
        !(_text.InsertTarget is null && w.Table.ReferenceOf(w.Table.Columns[w.Column].Name)?.Parent.IsJudged == true) &&
        w.Table.UniqueKeys.Any(k => k.Contains(w.Table.Columns[w.Column].Name, Identifier.Comparer)));

    /// <summary>The written references to rows of tenants.</summary>
    public IEnumerable<int> WrittenReferences => Numbers(r =>
        r is { IsTenant: false, Written: { } w } && w.Table.ReferenceOf(w.Table.Columns[w.Column].Name)?.Parent.IsJudged == true);

    /// <summary>The parameters that can get a value of the other tenant.</summary>
    public IReadOnlyList<int> Comparable =>
        [.. Numbers(r => r is { IsTenant: false, Compared.Table.IsJudged: true } || (IsUnknown(r) && _key is not null))];


    /// <summary>Whether a parameter is compared with a column of the table into which the statement inserts.</summary>
    public bool ComparesTarget => _roles.Any(IsComparedWithTarget);

    /// <summary>The values of a run.</summary>
    public object?[] Values(ParameterChoice choice)
    {
        _fresh = 0;
        _rowsWritten.Clear();
        return [.. Enumerable.Range(1, _roles.Length).Select(number => Value(_roles[number - 1], number, choice))];
    }

    private static bool IsUnknown(ParameterRole role) =>
        role is { IsTenant: false, Compared: null, Written: null, Fixed: null };

    private bool IsComparedWithTarget(ParameterRole role) =>
        role is { IsTenant: false, Compared: { } compared, Operator: TermOperator.Equal } && compared.Table == _text.InsertTarget;

    private static TermOperator Reverse(TermOperator comparison) => comparison switch
    {
        TermOperator.Less => TermOperator.Greater,
        TermOperator.Greater => TermOperator.Less,
        _ => comparison,
    };

    private IEnumerable<int> Numbers(Func<ParameterRole, bool> isMeant) =>
        Enumerable.Range(1, _roles.Length).Where(n => isMeant(_roles[n - 1]));

    private ParameterRole ByName(string name, IReadOnlyList<TrialTable> reached)
    {
        static string Plain(string text) => text.Replace("_", "");
        string plain = Plain(name);
        if (Identifier.Comparer.Equals(plain, Plain(_data.Database.Schema.ColumnName)))
        {
            return new ParameterRole { IsTenant = true };
        }

        foreach (TrialTable table in reached)
        {
            for (int i = 0; i < table.Columns.Count; i++)
            {
                if (Identifier.Comparer.Equals(Plain(table.Columns[i].Name), plain))
                {
                    return new ParameterRole { Compared = new FoundColumn(table, i, table.Name) };
                }
            }
        }

        return new ParameterRole();
    }

    private ParameterRole RoleAt(int token)
    {
        SqlText sql = _text.Sql;
        if (token > 0 && (sql.Is(token - 1, "LIMIT") || sql.Is(token - 1, "OFFSET")))
        {
            // LIMIT ?, ? has the offset first.
            bool isOffset = sql.Is(token - 1, "OFFSET") || sql.Is(token + 1, ',');
            return isOffset ? new ParameterRole { Fixed = 0L } : Limit;
        }

        if (token > 2 && sql.Is(token - 1, ',') && sql.Is(token - 3, "LIMIT"))
        {
            return Limit;
        }

        bool isPart = Touches(token, '|');
        bool isJson = false;
        for (int open = _text.Enclosing(token); open > 0; open = _text.Enclosing(open))
        {
            string function = _text.Token(open - 1);
            int argument = _text.Items(new TokenRange(open + 1, _text.Close(open) - 1)).TakeWhile(r => !r.Contains(token)).Count();
            if (HeldFunctions.TimeValue(function) is { } timeValue && argument > timeValue)
            {
                return new ParameterRole { Fixed = isPart ? 30L : "-30 days" };
            }

            isJson |= function.Equals("json_each", StringComparison.OrdinalIgnoreCase);
        }

        StatementTerm? term = _text.Terms
            .Where(t => t.Left.Contains(token) || t.Right.Contains(token))
            .OrderBy(t => t.Right.Contains(token) ? t.Right.Count : t.Left.Count)
            .FirstOrDefault();
        StatementAssignment? assignment = _text.Assignments
            .Where(a => a.Value.Contains(token))
            .OrderBy(a => a.Value.Count)
            .FirstOrDefault();
        ParameterRole role = term is null ? new ParameterRole() : Compare(term, token, isPart);
        bool isInner = term is not null && assignment is not null &&
            (term.Right.Contains(token) ? term.Right : term.Left).Count <= assignment.Value.Count;
        if (assignment is not null && (!isInner || role is { Compared: null, IsTenant: false }))
        {
            role = assignment.Table.IsTenantColumn(assignment.Table.Columns[assignment.Column].Name)
                ? new ParameterRole { IsTenant = true }
                : new ParameterRole { Written = new FoundColumn(assignment.Table, assignment.Column, assignment.Table.Name) };
        }

        if (isJson && role is { Compared: null, IsTenant: false, Written: null })
        {
            role = _text.Terms.Select(ComparedWithValue).FirstOrDefault(r => r is not null) ?? role;
        }

        return role with { IsJson = isJson };
    }

    /// <summary>The column that is compared with the values of json_each.</summary>
    private ParameterRole? ComparedWithValue(StatementTerm term)
    {
        bool IsValue(TokenRange range) => _text.ColumnsIn(range).Any(c => Identifier.Comparer.Equals(c.Name, "value"));
        TokenRange? column = term.Operator != TermOperator.Equal ? null
            : IsValue(term.Right) ? term.Left
            : IsValue(term.Left) ? term.Right
            : null;
        return column is { } range && _text.ResolveSide(range) is { Count: > 0 } found ? new ParameterRole { Compared = found[0] } : null;
    }

    private bool Touches(int token, char character) =>
        (token > 0 && _text.Sql.Is(token - 1, character)) || _text.Sql.Is(token + 1, character);

    private ParameterRole Compare(StatementTerm term, int token, bool isPart)
    {
        bool isRight = term.Right.Contains(token);
        TokenRange opposite = isRight ? term.Left : term.Right;
        IReadOnlyList<FoundColumn> found = _text.ResolveSide(opposite);
        bool isSame = found.Count == 0;
        if (isSame)
        {
            // instr(name, ?) > 0
            found = term.Operator == TermOperator.InQuery ? [] : _text.ResolveSide(isRight ? term.Right : term.Left);
        }

        if (found.Count == 0)
        {
            return term.Operator switch
            {
                TermOperator.Match => new ParameterRole { Fixed = Word() },
                TermOperator.IsNull or TermOperator.IsNotNull => new ParameterRole(),
                TermOperator.Less => new ParameterRole { Fixed = 1000L },
                TermOperator.Greater => new ParameterRole { Fixed = 0L },

                // A number, a text: what it is compared with is not known.
                _ when _text.FunctionsIn(opposite).Any() => new ParameterRole { Fixed = 1L },
                _ => new ParameterRole { Constant = ConstantOf(opposite) },
            };
        }

        // A pattern or an order finds more tenants than the one that it is given.
        FoundColumn column = found[0];
        if (term.Operator is TermOperator.Equal or TermOperator.NotEqual or TermOperator.InQuery or TermOperator.IsNull &&
            found.Any(f => f.Table.IsTenantColumn(f.Table.Columns[f.Column].Name)))
        {
            return new ParameterRole { IsTenant = true };
        }

        bool isAlone = _text.ColumnsIn(opposite).Count() == 1 && opposite.Count is 1 or 3 or 5;
        return new ParameterRole
        {
            Compared = column,
            Operator = isSame ? TermOperator.Equal : isRight ? term.Operator : Reverse(term.Operator),
            IsInclusive = term.IsInclusive,
            Expression = isSame || isAlone || term.Operator == TermOperator.InQuery ? null : _text.Slice(opposite),

            // ? LIKE pattern: the column holds the pattern.
            IsPart = isPart || isSame || !isRight,
        };
    }

    private object? ConstantOf(TokenRange side) =>
        !_text.HasParameter(side) && !_text.HasQuery(side) && _data.TryEvaluate(row: null, "", _text.Slice(side), out object? value)
            ? value
            : null;

    /// <summary>A word of a text, to search for.</summary>
    private string Word()
    {
        foreach (TrialTable table in _data.Database.Schema.Tables.Where(t => t.IsJudged))
        {
            foreach (string text in _data.Rows(table, TrialOwner.First).SelectMany(r => r.Values).OfType<string>())
            {
                string word = new([.. text.TakeWhile(char.IsLetterOrDigit)]);
                if (word.Length > 2)
                {
                    return word;
                }
            }
        }

        return "a";
    }

    private object? Value(ParameterRole role, int number, ParameterChoice choice)
    {
        TrialOwner owner = choice.Foreign.Contains(number) ? choice.Other : choice.Acting;
        if (role.IsTenant)
        {
            return choice.HasNoTenant ? null : Json(role, [_data.Database.Tenants[choice.Acting]]);
        }

        if (role.Written is { } written && (role.Compared is null || !choice.WritesOwn))
        {
            object? value = Write(written, owner, choice, isForeign: owner != choice.Acting);

            // SET is_active = ?1 WHERE NOT (is_active IS ?1)
            return role is { Compared: not null, Operator: TermOperator.NotEqual } && value is 0L or 1L ? 1L - (long)value : value;
        }

        if (choice.IsAbsent && IsComparedWithTarget(role))
        {
            return ColumnAffinities.FromDeclaredType(role.Compared!.Value.Table.Columns[role.Compared.Value.Column].Type) ==
                ColumnAffinity.Text
                    ? "in no row"
                    : 987_654_321L;
        }

        if (role.Compared is not null)
        {
            ParameterRole turn = role.Alternatives.Count == 0 ? role : role.Alternatives[choice.Guess % role.Alternatives.Count];
            return Compare(turn, turn.Compared!.Value, owner, owner == choice.Acting ? choice.Row : choice.ForeignRow);
        }

        if (IsUnknown(role) && choice.Guess == Guesses - 1 && _key is { } key)
        {
            return Compare(role, key, owner, owner == choice.Acting ? choice.Row : choice.ForeignRow);
        }

        return role.IsLimit && choice.Guess > 0 ? 1L : role.Fixed ?? choice.Guess switch
        {
            0 => role.Constant ?? 1L,
            1 => _data.Database.Tenants[choice.Acting],
            2 => null,
            _ => "x",
        };
    }

    private object? Compare(ParameterRole role, FoundColumn column, TrialOwner owner, int number)
    {
        object? Of(TrialRow row) =>
            role.Expression is { } expression && _data.TryEvaluate(row, column.Alias, expression, out object? value)
                ? value
                : _data.Value(row, column.Column);

        TrialRow[] rows = [.. _data.Rows(column.Table, owner)];
        if ((rows.FirstOrDefault(r => r.Number == number) ?? rows.FirstOrDefault()) is not { } row)
        {
            return null;
        }

        if (role.IsJson)
        {
            return Json(role, [.. rows.Select(Of)]);
        }

        return role.Operator switch
        {
            TermOperator.NotEqual => Of(rows.FirstOrDefault(r => r.Number != row.Number) ?? row),

            // An order is satisfied by the rows of both tenants: it is no key.
            TermOperator.Less => TrialValues.Beyond([.. OfAll()], 1, Time(column)),
            TermOperator.Greater => TrialValues.Beyond([.. OfAll()], -1, Time(column)),
            TermOperator.Like when !role.IsPart => $"%{Text(Of(row))}%",
            TermOperator.Match => Word(),
            _ => Of(row),
        };

        IEnumerable<object?> OfAll() => _data.Rows(column.Table, TrialOwner.First)
            .Concat(_data.Rows(column.Table, TrialOwner.Second))
            .Select(Of);

        TimeForm? Time(FoundColumn found) => TimeForm.Find(_data.Value(row, found.Column), found.Table.Columns[found.Column]);
    }

    private object? Write(FoundColumn column, TrialOwner owner, ParameterChoice choice, bool isForeign)
    {
        TrialTable table = column.Table;
        TrialReference? reference = table.ReferenceOf(table.Columns[column.Column].Name);

        // Where every row needs a parent of its own, the last parent is free.
        bool isFree = reference is not null && !isForeign && _data.Find(table, owner, TrialValues.Rows) is null;
        int number = isForeign ? choice.ForeignRow : isFree ? TrialValues.Rows : choice.Row;
        bool isKey = _data.Database.Keys.IsKey(table, column.Column);
        if (isKey && reference is null && !isForeign && !choice.WritesOwn)
        {
            return _data.Database.Keys.Fresh(table, column.Column, ++_fresh);
        }

        if (reference is not null && !(isForeign && isKey && _data.Find(table, owner, number) is not null) &&
            _data.Find(reference.Parent, owner, number) is { } parent)
        {
            return _data.Value(parent, reference.Parent.IndexOf(reference.ParentColumn));
        }

        // The values of one row of the other tenant are above all, and the table accepted them. A further new row has those of another.
        int further = _rowsWritten.TryGetValue((table, column.Column), out int count) ? count + 1 : 0;
        _rowsWritten[(table, column.Column)] = further;
        TrialRow? example = isForeign || choice.WritesOwn || isKey
            ? _data.Find(table, owner, number)
            : _data.Find(table, TrialOwner.Second, ((2 + further) % TrialValues.Rows) + 1);
        object? value = example is not null ? _data.Value(example, column.Column)
            : _data.Rows(table, owner).FirstOrDefault() is not { } row ? 1L
            : isForeign || choice.WritesOwn || isKey ? _data.Value(row, column.Column)

            // The only row would be updated to what it is.
            : TrialValues.Beyond([_data.Value(row, column.Column)], 1);
        return value is null && choice.WritesNoNull ? AnyValue(column) : value;
    }

    /// <summary>A value of a column that rows leave NULL, as one that excludes another column.</summary>
    private object AnyValue(FoundColumn column) =>
        _data.Rows(column.Table, TrialOwner.First)
            .Concat(_data.Rows(column.Table, TrialOwner.Second))
            .Select(r => _data.Value(r, column.Column))
            .FirstOrDefault(v => v is not null) ??
        (ColumnAffinities.FromDeclaredType(column.Table.Columns[column.Column].Type) == ColumnAffinity.Text ? "value" : 1L);

    private static object? Json(ParameterRole role, IReadOnlyList<object?> values) => role.IsJson ? JsonExample.Write(values) : values[0];

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
