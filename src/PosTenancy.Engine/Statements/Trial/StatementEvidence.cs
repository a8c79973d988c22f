using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>Runs a statement in the four worlds, and keeps what that shows of each table.</summary>
internal sealed partial class StatementEvidence
{
    private readonly TrialWorlds _worlds;
    private readonly TrialData _data;
    private readonly StatementText _text;
    private readonly StatementRuns _runs;
    private readonly Dictionary<TrialTable, TableEvidence> _tables;
    private string? _error;
    private bool _isExercised;

    /// <summary>Prepares the runs.</summary>
    /// <param name="worlds">The worlds.</param>
    /// <param name="data">Their rows.</param>
    /// <param name="reach">What the statement reaches.</param>
    /// <param name="text">The statement.</param>
    /// <param name="statements">The statement, compiled in each world.</param>
    public StatementEvidence(
        TrialWorlds worlds,
        TrialData data,
        StatementReach reach,
        StatementText text,
        IReadOnlyDictionary<TrialWorld, Statement> statements)
    {
        _worlds = worlds;
        _data = data;
        _text = text;
        _runs = new StatementRuns(worlds, data, statements, reach.Written(data.Database.Schema));

        // A row that a foreign key of a written row removes or changes is in a table that the authorizer does not report.
        _tables = reach.Judged.ToDictionary(t => t.Table, t => new TableEvidence(t));
        foreach (TrialTable table in _runs.Written.Where(t => t.IsJudged && !_tables.ContainsKey(t)))
        {
            TableReach byKey = new(table) { Updates = true };
            _ = byKey.Through.Add("a foreign key");
            _tables.Add(table, new TableEvidence(byKey) { IsOnlyByForeignKey = true });
        }
    }

    private enum ChoiceKind
    {
        /// <summary>Only values of the acting tenant.</summary>
        Own,

        /// <summary>A value of the other tenant to compare with.</summary>
        Foreign,

        /// <summary>A written value that the other tenant has in a key.</summary>
        Collision,

        /// <summary>A written reference to a row of the other tenant.</summary>
        Reference,
    }

    /// <summary>
    /// The rows of the other tenant that a statement is given, as conditions may find only one of them: first one that can be deleted.
    /// </summary>
    private int[] ForeignRows => _runs.Written.Count > 0 ? [TrialValues.Rows, 1, 2, 3] : [1, 2, 3, TrialValues.Rows];

    /// <summary>Whether foreign keys kept the statement from doing anything.</summary>
    public bool IsHeldByForeignKeys => !_isExercised && _error?.StartsWith("FOREIGN KEY", StringComparison.Ordinal) == true;

    /// <summary>Whether nothing was inserted into a table, as where the row exists already.</summary>
    public bool LacksInsert => _tables.Values.Any(t => t.Reach.InsertsItself && !t.IsExercised && !t.HasCrossed);

    /// <summary>What the runs showed of each table.</summary>
    /// <param name="addedColumns">The columns that the schema lacked.</param>
    public IReadOnlyList<TrialFinding> Findings(IReadOnlyList<string> addedColumns)
    {
        StatementJudge judge = new(_text.NamesTenant, _runs.Stopped, _error, _isExercised, addedColumns);
        IEnumerable<TrialFinding> findings = _tables.Values.Where(t => !t.IsOnlyByForeignKey || t.HasCrossed).Select(judge.Judge);
        string? gap = _tables.Keys.Select(t => t.WhyNotTwo).FirstOrDefault(w => w is not null);

        // Without rows of two tenants in each table, no run shows what all of them together do.
        return gap is null ? [.. findings] :
        [
            .. findings.Select(f => f.Verdict == StatementVerdict.Isolated
                ? f with { Verdict = StatementVerdict.NotChecked, Reason = StatementJudge.NotTried(gap) }
                : f),
        ];
    }

    private bool Examine(ParameterChoice choice, StatementParameters parameters, ChoiceKind kind)
    {
        if (_runs.Stopped is not null)
        {
            return false;
        }

        object?[] values = parameters.Values(choice);
        TrialOutcome both = _runs.Run(_worlds.Both, values);
        TrialOutcome own = _runs.Run(_worlds.Alone(choice.Acting), values);
        TrialOutcome other = _runs.Run(_worlds.Alone(choice.Other), values);
        TrialOutcome none = _runs.Run(_worlds.None, values);
        bool isRefused = choice.HasNoTenant && (both.Error ?? own.Error) is not null;
        if (_runs.Stopped is not null || isRefused)
        {
            return false;
        }

        _error ??= own.Error;
        bool isEqual = _runs.AreEqual(both, own, choice.Other) && _runs.AreEqual(other, none, choice.Other);
        bool isByEqualValue = !isEqual && kind == ChoiceKind.Own && IsByEqualValue(choice, values, parameters);
        bool isCrossed = Touch(both, choice, kind, isByEqualValue) | Touch(other, choice, kind, isByEqualValue);
        if (kind == ChoiceKind.Own)
        {
            Land(both, choice);
            Land(own, choice);
        }

        if (!isEqual)
        {
            Attribute(choice, values, kind, isCrossed, isByEqualValue, both, own);
        }

        return kind == ChoiceKind.Own && Exercise(choice, values, own, none);
    }

    /// <summary>
    /// Whether the difference comes from a value that rows of both tenants have: if the other's rows have different ones, there is none.
    /// </summary>
    private bool IsByEqualValue(ParameterChoice choice, object?[] values, StatementParameters parameters)
    {
        FoundColumn[] compared =
        [
            .. parameters.Roles
                .Where(r => r is { IsTenant: false, Compared.Table.IsJudged: true, Operator: TermOperator.Equal })
                .Select(r => r.Compared!.Value),
        ];
        if (compared.Length == 0)
        {
            return false;
        }

        using (_worlds.Change(connection =>
        {
            foreach (FoundColumn column in compared)
            {
                foreach (TrialRow row in _data.Rows(column.Table, choice.Other))
                {
                    string name = Identifier.Quote(column.Table.Columns[column.Column].Name);
                    _ = connection.TryChange(
                        $"UPDATE OR IGNORE {row.Table.Quoted} SET {name} = {TrialValues.OtherThan(name)} " +
                            $"WHERE {TrialWorld.Where(row.Table, 1)}",
                        [.. row.Locator]);
                }
            }
        }))
        {
            return _runs.AreEqual(_runs.Run(_worlds.Both, values), _runs.Run(_worlds.Alone(choice.Acting), values), choice.Other) &&
                _runs.AreEqual(_runs.Run(_worlds.Alone(choice.Other), values), _runs.Run(_worlds.None, values), choice.Other);
        }
    }
}
