using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The trial of one statement: compiles it, runs it with every choice of rows and values, and gathers what that shows.</summary>
internal sealed partial class StatementExperiment : IDisposable
{
    private readonly List<string> _addedColumns = [];
    private readonly Dictionary<TrialWorld, Statement> _statements = [];
    private readonly TrialDatabase _database;
    private readonly string _original;
    private TrialWorlds _worlds;
    private TrialWorlds? _ownWorlds;
    private ApplicationStubs[] _stubs;
    private StatementReach _reach;
    private string _sql;

    public StatementExperiment(TrialWorlds worlds, TrialDatabase database, string sql)
    {
        _worlds = worlds;
        _database = database;
        _original = _sql = sql;
        _reach = new StatementReach(database.Schema, []);
        _stubs = Stubs();
    }

    /// <summary>Runs the trial.</summary>
    public IReadOnlyList<TrialFinding> Run()
    {
        string? error = Compile();
        if (error is not null)
        {
            return [NotCompiled(error)];
        }

        if (WhyNotRun() is { } reason)
        {
            return _reach.Judged.Count == 0
                ? [Without(reason.Verdict, reason.Text)]
                : [.. _reach.Judged.Select(t => new TrialFinding(
                    t.Table.Name, t.Operation, StatementVerdict.NotChecked, reason.Text, null, []))];
        }

        StatementText text = Read();
        if (ActAsNamedTenant(text))
        {
            text = Read();
        }

        IReadOnlyList<TrialFinding> findings = Try(text);
        return text.WithoutRanks() is { } unranked && findings.Any(HasCrossed) ? WithoutRanks(unranked, findings) : findings;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Statement statement in _statements.Values)
        {
            statement.Dispose();
        }

        foreach (ApplicationStubs stubs in _stubs)
        {
            stubs.Remove();
        }

        _ownWorlds?.Dispose();
    }

    private static bool HasCrossed(TrialFinding finding) => finding.Verdict is StatementVerdict.Leaks or StatementVerdict.ByKeyOnly;

    private TrialFinding Without(StatementVerdict verdict, string reason) =>
        new("", SqlOperation.Of(new SqlText(_sql)), verdict, reason, null, []);

    private StatementText Read() => new(_sql, _database.Schema, [.. _reach.Tables.Select(t => t.Table)]);

    /// <summary>Runs the statement as it is now, with every choice of rows and values.</summary>
    private IReadOnlyList<TrialFinding> Try(StatementText text)
    {
        TrialData data = new(_database, _worlds.Both);
        StatementEvidence evidence = new(_worlds, data, _reach, text, _statements);
        StatementParameters parameters = new(text, data, [.. _reach.Tables.Select(t => t.Table)]);
        evidence.Gather(parameters);
        EqualValues equal = new(data, parameters);
        if (!equal.IsEmpty)
        {
            GatherIn(equal.Apply(_worlds));
        }

        DataFocus focus = new(text, data);
        if (!focus.IsEmpty && !Focused(TrialOwner.First))
        {
            // A value that only one row can have is once the first tenant's, and once the second's.
            _ = Focused(TrialOwner.Second);
        }

        if (text.ComparesAggregate)
        {
            Gather(Stretch);
        }

        if (evidence.IsHeldByForeignKeys)
        {
            Gather(DeleteChildren);
        }

        if (evidence.LacksInsert)
        {
            Gather(DeleteOwnRows);
        }

        return evidence.Findings(_addedColumns);

        void Gather(Action<DatabaseConnection> change) => GatherIn(_worlds.Change(change));

        void GatherIn(IDisposable changed)
        {
            using (changed)
            {
                data.SetChanged(true);
                evidence.Gather(parameters);
                data.SetChanged(false);
            }
        }

        bool Focused(TrialOwner first)
        {
            IDisposable focused = focus.Apply(_worlds, first, out bool isComplete);
            using (focused)
            {
                data.SetChanged(true);
                evidence.Gather(parameters);
                if (!equal.IsEmpty)
                {
                    GatherIn(equal.Apply(_worlds));
                }

                data.SetChanged(false);
            }

            return isComplete;
        }
    }

    /// <summary>
    /// A rank over all rows tells how many rows others have, and nothing that is in them: what is isolated apart from it stays so.
    /// </summary>
    private IReadOnlyList<TrialFinding> WithoutRanks(string unranked, IReadOnlyList<TrialFinding> findings)
    {
        _sql = unranked;
        if (TryCompile() is not null)
        {
            return findings;
        }

        IReadOnlyList<TrialFinding> others = Try(Read());
        return
        [
            .. findings.Select(finding =>
                HasCrossed(finding) &&
                others.FirstOrDefault(o => o.Table == finding.Table) is { Verdict: StatementVerdict.Isolated } other
                    ? other with { Notes = [.. other.Notes, "A rank counts the rows of all tenants: it tells how many rows others have."] }
                    : finding),
        ];
    }

    /// <summary>
    /// Moves numbers of the second tenant far above those of the first: values beside them would leave an average between the same rows.
    /// </summary>
    private void Stretch(DatabaseConnection connection)
    {
        foreach (TrialRow row in _database.Rows.Where(r =>
            r.Owner == TrialOwner.Second && r.Number == 3 && _reach.Tables.Any(t => t.Table == r.Table)))
        {
            for (int i = 0; i < row.Values.Count; i++)
            {
                if (row.Values[i] is long or double && !_database.Keys.IsKey(row.Table, i))
                {
                    string column = Identifier.Quote(row.Table.Columns[i].Name);
                    _ = connection.TryChange(
                        $"UPDATE OR IGNORE {row.Table.Quoted} SET {column} = abs({column}) * 100 + 1000000 " +
                            $"WHERE {TrialWorld.Where(row.Table, 1)}",
                        [.. row.Locator]);
                }
            }
        }
    }

    /// <summary>Deletes the rows that keep those of written tables from being deleted.</summary>
    private void DeleteChildren(DatabaseConnection connection)
    {
        foreach (TrialTable child in _database.Schema.Tables.Where(t => t.IsJudged && !_reach.Tables.Any(r => r.Table == t && r.Writes)))
        {
            if (child.Schema.ForeignKeys.Any(k =>
                k.OnDelete is not ("CASCADE" or "SET NULL" or "SET DEFAULT") &&
                _reach.Tables.Any(r => r.Writes && Identifier.Comparer.Equals(r.Table.Name, k.Parent))))
            {
                _ = connection.TryChange($"DELETE FROM {child.Quoted}");
            }
        }
    }

    /// <summary>Deletes the first tenant's rows in the table of an INSERT, so that it can insert them.</summary>
    private void DeleteOwnRows(DatabaseConnection connection)
    {
        foreach (TrialRow row in _database.Rows.Where(r =>
            r.Owner == TrialOwner.First && _reach.Tables.Any(t => t.Table == r.Table && t.InsertsItself)))
        {
            _ = connection.TryChange($"DELETE FROM {row.Table.Quoted} WHERE {TrialWorld.Where(row.Table, 1)}", [.. row.Locator]);
        }
    }

    /// <summary>
    /// A tenant that the text names becomes the one that acts: otherwise the statement would find no row, and its fixed tenant would go
    /// unnoticed.
    /// </summary>
    private bool ActAsNamedTenant(StatementText text)
    {
        TokenRange[] named =
        [
            .. text.TenantValues()
                .Where(v => v.Count == 1 && text.Sql.Tokens[v.First].Kind is SqlTokenKind.Literal &&
                    text.Sql.Name(v.First) is var name && !name.Equals(_database.Tenants.First))
                .Distinct(),
        ];
        if (named.Length == 0 || _database.Tenants.First is not string first)
        {
            return false;
        }

        TextEdits edits = new(_sql);
        foreach (SqlToken token in named.Select(v => text.Sql.Tokens[v.First]))
        {
            edits.Replace(new TextSpan(token.Start, token.End), Identifier.Literal(first));
        }

        _sql = edits.Apply();
        if (TryCompile() is null)
        {
            return true;
        }

        _sql = _original;
        _ = TryCompile();
        return false;
    }
}
