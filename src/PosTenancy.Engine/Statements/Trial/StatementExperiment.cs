using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The trial of one statement: compiles it, runs it with every choice of rows and values, and gathers what that shows.</summary>
internal sealed class StatementExperiment : IDisposable
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

    private TrialFinding NotCompiled(string error)
    {
        // An INSERT without a list of columns has a value for each, and none for the tenant column that was added.
        if (error.IndexOf(" values were supplied", StringComparison.Ordinal) > 0 &&
            new StatementText(_sql, _database.Schema, []).InsertTarget is { Kind: TrialTableKind.Tenant } target)
        {
            return new TrialFinding(
                target.Name,
                StatementOperation.Insert,
                StatementVerdict.NoTenantOnInsert,
                $"It inserts without {_database.Schema.ColumnName}, and fails: {error}.",
                null,
                []);
        }

        return _reach.IsPragma ? Without(StatementVerdict.SharedTable, "It sets how SQLite works, and was not run.")
            : Without(StatementVerdict.NotChecked, _reach.Attaches
                ? "It opens another file, and was not run."
                : $"It does not compile: {error}.");
    }

    /// <summary>Compiles the statement in each world, if need be with stubs and columns that the schema lacks.</summary>
    private string? Compile()
    {
        string? error = TryCompile();
        MissingColumns missing = new(_database.Schema, _sql);
        while (error is not null && missing.Next(error, _addedColumns) is { } column)
        {
            UseOwnWorlds();
            foreach (TrialWorld world in _worlds.All)
            {
                _ = world.Connection.TryChange($"{column.Table} ADD {column.Definition}");
            }

            string? next = TryCompile();
            if (next is not null && next == error)
            {
                // It was not this table.
                foreach (TrialWorld world in _worlds.All)
                {
                    _ = world.Connection.TryChange($"{column.Table} DROP {column.Quoted}");
                }
            }
            else
            {
                _addedColumns.Add(column.Name);
                error = next;
            }
        }

        return error;
    }

    /// <summary>
    /// The schema changes in worlds of this statement alone. Within a transaction, SQLite would read the whole schema again after each run.
    /// </summary>
    private void UseOwnWorlds()
    {
        if (_ownWorlds is null)
        {
            foreach (ApplicationStubs stubs in _stubs)
            {
                stubs.Remove();
            }

            _worlds = _ownWorlds = _worlds.Copy();
            _stubs = Stubs();
        }
    }

    private ApplicationStubs[] Stubs() => [.. _worlds.All.Select(w => new ApplicationStubs(w.Connection))];

    private string? TryCompile()
    {
        foreach (Statement statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _reach = new StatementReach(_database.Schema, []);
        for (int i = 0; i < _worlds.All.Count; i++)
        {
            TrialWorld world = _worlds.All[i];
            string? error = _stubs[i].Retry(() =>
            {
                SqliteException? failure = world.Sandbox.TryPrepare(_sql, out Statement statement);
                if (failure is null)
                {
                    _statements[world] = statement;
                }
                else
                {
                    statement.Dispose();
                }

                return failure?.Message;
            });
            if (error is not null)
            {
                _reach = new StatementReach(_database.Schema, world.Sandbox.Accesses);
                return error;
            }
        }

        _reach = Reach();
        return null;
    }

    /// <summary>What the statement reaches, apart from the rows that SQLite looks up to enforce foreign keys.</summary>
    private StatementReach Reach()
    {
        using (_worlds.Both.Connection.Settings.DisableForeignKeys())
        {
            _ = _worlds.Both.Sandbox.TryPrepare(_sql, out Statement statement);
            statement.Dispose();
            IReadOnlyList<SqlAccess> accesses = _worlds.Both.Sandbox.Accesses;
            IEnumerable<SqlAccess> opened = OpenedTables.Find(_worlds.Both, _sql)
                .Where(o => !accesses.Any(a => string.Equals(a.First, o.First, StringComparison.OrdinalIgnoreCase)));
            return new StatementReach(_database.Schema, [.. accesses, .. opened]);
        }
    }

    private (StatementVerdict Verdict, string Text)? WhyNotRun()
    {
        if (new SqlText(_sql).Is(0, "VACUUM"))
        {
            return (StatementVerdict.NotChecked, "It rewrites or copies the database, and was not run.");
        }

        if (_reach.ChangesSchema)
        {
            return (StatementVerdict.NotChecked, "It changes the schema, and was not run.");
        }

        string[] names = [.. _stubs[0].Names.Concat(_database.Missing).Where(IsUsed).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (names.Length > 0)
        {
            return (StatementVerdict.NotChecked, $"It needs what only the application has: {string.Join(", ", names)}.");
        }

        if (_reach.Judged.Count > 0)
        {
            return _reach.EndsTransaction ? (StatementVerdict.NotChecked, "It ends a transaction, and was not run.") : null;
        }

        return _reach.Tables.FirstOrDefault(t => t.Table.Kind == TrialTableKind.Virtual) is { } virtualTable
            ? (StatementVerdict.NotChecked, $"It reaches only the virtual table {virtualTable.Table.Name}, whose rows have no tenant.")
            : (
                StatementVerdict.SharedTable,
                _reach.Tables.Count == 0
                    ? "It reaches no table."
                    : "It reaches only tables that belong to no tenant: " +
                        $"{ShortList.Join([.. _reach.Tables.Select(t => t.Table.Name)], most: 5)}.");
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
    /// Whether the statement needs a stub: a function that it calls; or a collation of the schema, which a comparison uses unseen.
    /// </summary>
    private bool IsUsed(string name) =>
        _stubs[0].Names.Contains(name, StringComparer.OrdinalIgnoreCase) ||
        _reach.Functions.Contains(name, StringComparer.OrdinalIgnoreCase) ||
        _reach.Tables.Any(t => t.Table.Columns.Any(c => Identifier.Comparer.Equals(c.Collation, name)) ||
            t.Table.Schema.Indexes.Any(i => i.Keys.Any(k => Identifier.Comparer.Equals(k.Collation, name))));

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
