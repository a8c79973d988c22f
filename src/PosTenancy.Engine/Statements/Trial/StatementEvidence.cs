using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>Runs a statement in the four worlds, and keeps what that shows of each table.</summary>
internal sealed class StatementEvidence
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

    /// <summary>Runs the statement with every choice of values, on the rows as they are now.</summary>
    public void Gather(StatementParameters parameters)
    {
        foreach (TrialOwner acting in new[] { TrialOwner.First, TrialOwner.Second })
        {
            for (int guess = 0; guess < parameters.GuessCount; guess++)
            {
                GatherOwn(parameters, acting, guess);
            }
        }

        GatherForeign(parameters);
        GatherWritten(parameters);
    }

    private void GatherForeign(StatementParameters parameters)
    {
        IReadOnlyList<int> comparable = parameters.Comparable;
        ParameterChoice own = new(TrialOwner.First, 1);
        HashSet<int>[] choices =
        [
            new(comparable),
            .. comparable.Count < 2 ? [] : comparable.Select(n => new HashSet<int> { n }),
            .. comparable.Count < 3
                ? []
                : comparable.GroupBy(n => parameters.Roles[n - 1].Compared?.Alias ?? "", Identifier.Comparer)
                    .Where(g => g.Count() > 1)
                    .Select(g => new HashSet<int>(g)),
        ];
        foreach (HashSet<int> foreign in choices.Where(c => c.Count > 0))
        {
            IEnumerable<ParameterChoice> variants =
                from row in ForeignRows
                from guess in Enumerable.Range(0, parameters.GuessCount)
                select own with { Foreign = foreign, ForeignRow = row, Guess = guess };
            foreach (ParameterChoice choice in variants.TakeWhile(_ => _tables.Values.Any(t => !t.HasCrossed)))
            {
                _ = Examine(choice, parameters, ChoiceKind.Foreign);
                if (parameters.Roles.Any(r => r.Written is not null))
                {
                    _ = Examine(choice with { WritesOwn = true }, parameters, ChoiceKind.Foreign);
                }
            }
        }

        // A filter that is skipped without a tenant: ?1 IS NULL OR tenant_id = ?1.
        if (parameters.Roles.Any(r => r.IsTenant))
        {
            _ = Examine(own with { HasNoTenant = true }, parameters, ChoiceKind.Foreign);
            _ = Examine(
                own with { HasNoTenant = true, Foreign = choices[0], ForeignRow = ForeignRows[0] }, parameters, ChoiceKind.Foreign);
        }

        // What shows only the other way round is due to a tenant that the statement, or a view, names.
        if (comparable.Count > 0)
        {
            _ = Examine(
                own with { Acting = TrialOwner.Second, Foreign = choices[0], ForeignRow = ForeignRows[0] }, parameters, ChoiceKind.Foreign);
        }
    }

    private void GatherWritten(StatementParameters parameters)
    {
        foreach ((IEnumerable<int> numbers, ChoiceKind kind) in new[]
        {
            (parameters.WrittenKeys, ChoiceKind.Collision), (parameters.WrittenReferences, ChoiceKind.Reference),
        })
        {
            HashSet<int> foreign = [.. numbers];
            foreach (int row in foreign.Count > 0 ? ForeignRows : [])
            {
                _ = Examine(new ParameterChoice(TrialOwner.First, 1) { Foreign = foreign, ForeignRow = row }, parameters, kind);
            }
        }
    }

    private void GatherOwn(StatementParameters parameters, TrialOwner acting, int guess)
    {
        bool hasWritten = parameters.Roles.Any(r => r.Written is not null);
        foreach (bool writesOwn in hasWritten ? new[] { false, true } : [false])
        {
            for (int row = 1; row <= TrialValues.Rows; row++)
            {
                bool isExercised = Examine(
                    new ParameterChoice(acting, row) { WritesOwn = writesOwn, Guess = guess }, parameters, ChoiceKind.Own);

                // The rows differ in what conditions find them; one that is found is enough.
                if (isExercised)
                {
                    break;
                }
            }
        }

        if (hasWritten && !_isExercised)
        {
            _ = Examine(new ParameterChoice(acting, 1) { WritesNoNull = true, Guess = guess }, parameters, ChoiceKind.Own);
        }

        if (parameters.ComparesTarget)
        {
            // INSERT … WHERE NOT EXISTS.
            _ = Examine(new ParameterChoice(acting, 1) { Guess = guess, IsAbsent = true }, parameters, ChoiceKind.Own);
        }
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

    /// <summary>Finds rows of the other tenant that the statement changed, deleted or added.</summary>
    private bool Touch(TrialOutcome outcome, ParameterChoice choice, ChoiceKind kind, bool isByEqualValue = false)
    {
        bool isTouched = false;
        foreach (KeyValuePair<TrialTable, TableChange> change in outcome.Changes)
        {
            if (!_tables.TryGetValue(change.Key, out TableEvidence? evidence))
            {
                continue;
            }

            TrialRecord? removed = change.Value.Removed.FirstOrDefault(r => _runs.OwnerOf(change.Key, r) == choice.Other);

            // A new row with a fixed tenant, or that of the DEFAULT, is another finding; one without the column belongs to its parent's.
            TrialRecord? added = change.Key.Kind == TrialTableKind.Child || (kind != ChoiceKind.Own && choice.Acting == TrialOwner.First)
                ? change.Value.Added.FirstOrDefault(r => _runs.OwnerOf(change.Key, r) == choice.Other)
                : null;
            if ((removed ?? added) is not { } record)
            {
                continue;
            }

            isTouched = true;
            bool isUpdate = !evidence.IsOnlyByForeignKey && evidence.Reach is { Updates: true, Deletes: false, Inserts: false };
            bool isDeleted = removed is not null && !isUpdate &&
                !change.Value.Added.Any(a => StatementRuns.HasSameKey(change.Key, a, removed));
            string verb = removed is null ? "adds a row to those of another tenant"
                : isDeleted ? "deletes a row of another tenant"
                : "changes a row of another tenant";
            Crossing crossing = new(new StatementWitness(change.Key.Name, _runs.Key(change.Key, record)), verb, choice.Acting)
            {
                IsByEqualValue = isByEqualValue,
                IsWithoutTenant = choice.HasNoTenant,
            };
            if (kind is ChoiceKind.Own or ChoiceKind.Collision)
            {
                evidence.Leak ??= crossing with { IsByCollision = kind == ChoiceKind.Collision };
            }
            else
            {
                evidence.AddByKey(crossing);
            }
        }

        return isTouched;
    }

    /// <summary>Finds new rows that do not belong to the tenant who inserted them.</summary>
    private void Land(TrialOutcome outcome, ParameterChoice choice)
    {
        foreach (TableEvidence evidence in _tables.Values.Where(t => t.Table.Kind == TrialTableKind.Tenant))
        {
            TrialTable table = evidence.Table;
            string notNull = $"NOT NULL constraint failed: {table.Name}.{table.Tenant!.Name}";
            if (evidence.Reach.Inserts && outcome.Error is { } error && error.StartsWith(notNull, StringComparison.Ordinal))
            {
                evidence.NoTenant ??= "it fails, because the column allows no NULL";
                continue;
            }

            if (!outcome.Changes.TryGetValue(table, out TableChange? change))
            {
                continue;
            }

            int tenant = table.IndexOf(table.Tenant.Name);
            foreach (TrialRecord added in change.Added.Where(a => _runs.OwnerOf(table, a) != choice.Acting))
            {
                bool isNew = !change.Removed.Any(r => StatementRuns.HasSameKey(table, r, added));
                bool isGiven = evidence.Reach.InsertsItself && _text.InsertTarget == table && _text.NamesTenantOnInsert;
                if (isNew && !isGiven && table.HasOneRowPerTenant && table.Schema.IsRowId(table.Tenant))
                {
                    evidence.AddsTenant = true;
                }
                else if (evidence.Reach.Inserts && isNew && !isGiven)
                {
                    evidence.NoTenant ??= added.Values[tenant] is null
                        ? "the new row has NULL for a tenant"
                        : "the new row belongs to the tenant of the DEFAULT, whoever inserts it";
                }
                else if (added.Values[tenant] is null && isNew)
                {
                    evidence.NoTenant ??= "the new row has NULL for a tenant";
                }
                else if (added.Values[tenant] is null)
                {
                    evidence.Leak ??= new Crossing(
                        new StatementWitness(table.Name, _runs.Key(table, added)), "leaves a row without a tenant", choice.Acting);
                }
                else if (isNew || change.Removed.Any(r =>
                    _runs.OwnerOf(table, r) == choice.Acting && StatementRuns.HasSameKey(table, r, added)))
                {
                    evidence.Leak ??= new Crossing(
                        new StatementWitness(table.Name, _runs.Key(table, added)), "assigns a row to a fixed tenant", choice.Acting);
                }
            }
        }
    }

    /// <summary>Finds the tables whose rows of the other tenant made the difference.</summary>
    private void Attribute(
        ParameterChoice choice, object?[] values, ChoiceKind kind, bool isCrossed, bool isByEqualValue, TrialOutcome both, TrialOutcome own)
    {
        if (kind == ChoiceKind.Collision)
        {
            // It wrote a row, and none is different: that of the other tenant, to the values that it had.
            bool isRewritten = !isCrossed && both is { Error: null, Changed: > 0 } && both.Changes.Count == 0;
            foreach (TableEvidence table in _tables.Values.Where(t => !isCrossed && t.Reach.Writes && t.Reach.IsDirect))
            {
                if (isRewritten && table.Reach.InsertsItself)
                {
                    table.Leak ??= new Crossing(Witness(table.Table, choice, values), "writes to a row of another tenant", choice.Acting)
                    {
                        IsByCollision = true,
                    };
                    continue;
                }

                _ = table.Notes.Add(both.Error is not null
                    ? $"Its error tells that another tenant has a value: {both.Error}."
                    : "Whether it does something tells that another tenant has a value.");
            }

            return;
        }

        if (kind == ChoiceKind.Reference)
        {
            return;
        }

        TableEvidence[] candidates = [.. _tables.Values.Where(t => !t.IsOnlyByForeignKey && IsOpen(t, kind))];
        if (candidates.Length == 0)
        {
            return;
        }

        TableEvidence[] responsible = _tables.Values.Count(t => !t.IsOnlyByForeignKey) == 1
            ? candidates
            : [.. candidates.Where(t => IsResponsible(t.Table, choice, values))];
        if (responsible.Length == 0 && !isCrossed && !_tables.Values.Any(t => !IsOpen(t, kind)))
        {
            responsible = candidates;
        }

        foreach (TableEvidence table in responsible)
        {
            string verb = both.Error != own.Error && both.Error is not null
                ? $"fails because of a row of another tenant ({both.Error})"
                : table.Reach.Writes && both.Changed > own.Changed ? "writes to a row of another tenant"
                : table.Reach.Writes ? "does something else because of a row of another tenant"
                : "gives a result that depends on a row of another tenant";
            Crossing crossing = new(Witness(table.Table, choice, values), verb, choice.Acting)
            {
                IsByEqualValue = isByEqualValue,
                IsWithoutTenant = choice.HasNoTenant,
                IsFailure = both.Error != own.Error && both.Error is not null,
            };
            if (kind == ChoiceKind.Own)
            {
                table.Leak ??= crossing;
            }
            else
            {
                table.AddByKey(crossing);
            }
        }
    }

    private static bool IsOpen(TableEvidence table, ChoiceKind kind) =>
        table.Leak is null && (kind == ChoiceKind.Own || table.ByKey is null);

    private bool IsResponsible(TrialTable table, ParameterChoice choice, object?[] values)
    {
        TrialRow[] rows = [.. _data.Rows(table, choice.Other)];
        return _runs.Differ(_runs.Without(_worlds.Both, rows, values), _runs.Run(_worlds.Both, values)) ||
            _runs.Differ(_runs.With(_worlds.Alone(choice.Acting), rows, values), _runs.Run(_worlds.Alone(choice.Acting), values));
    }

    /// <summary>A row of the other tenant without which the statement does something else.</summary>
    private StatementWitness? Witness(TrialTable table, ParameterChoice choice, object?[] values)
    {
        TrialRow[] rows = [.. _data.Rows(table, choice.Other)];
        TrialOutcome all = _runs.Run(_worlds.Both, values);
        TrialRow? row = rows.FirstOrDefault(r => _runs.Differ(_runs.Without(_worlds.Both, [r], values), all)) ?? rows.FirstOrDefault();
        return row is null ? null : new StatementWitness(table.Name, _runs.Key(table, new TrialRecord(row.Values)));
    }

    /// <summary>Notes the tables of which the statement read or changed rows of the acting tenant.</summary>
    /// <returns>Whether that is so of every table.</returns>
    private bool Exercise(ParameterChoice choice, object?[] values, TrialOutcome own, TrialOutcome none)
    {
        if (own.Error is not null)
        {
            return false;
        }

        bool depends = none.Error is not null || _runs.Differ(own, none);
        TableEvidence[] reached = [.. _tables.Values.Where(t => !t.IsOnlyByForeignKey)];
        foreach (TableEvidence table in reached)
        {
            TrialTable schema = table.Table;
            bool hasChanged = own.Changes.TryGetValue(schema, out TableChange? change) &&
                (change.Removed.Any(r => _runs.OwnerOf(schema, r) == choice.Acting) ||
                    change.Added.Any(r => _runs.OwnerOf(schema, r) == choice.Acting));
            bool hasMatched = table.Reach.Writes && table.Reach.IsDirect && !table.Reach.Inserts && own.Changed > none.Changed;
            table.IsExercised |= hasChanged || hasMatched || (depends && !table.Reach.Writes && reached.Length == 1);
            Unmask(table, choice, values, own, reached.Length > 1);
        }

        _isExercised |= depends || reached.Any(t => t.IsExercised);
        return (depends || own.Changes.Count > 0) && Array.TrueForAll(reached, t => t.IsExercised);
    }

    /// <summary>
    /// Runs the statement without the acting tenant's rows in one table: they may hide that it would be satisfied with the other's, as in
    /// an EXISTS.
    /// </summary>
    private void Unmask(TableEvidence table, ParameterChoice choice, object?[] values, TrialOutcome own, bool hasOthers)
    {
        TrialTable schema = table.Table;
        bool isTwice = _text.Sources.Count(s => s.Table == schema) > 1;
        TrialRow[] rows = [.. _data.Rows(schema, choice.Acting)];
        TrialRow[][] removals =
        [
            .. hasOthers ? new[] { rows } : [],
            .. isTwice ? rows.Where(r => r.Number == choice.Row).Select(r => new[] { r }) : [],
        ];
        TrialRow[] others = [.. _data.Rows(schema, choice.Other)];
        foreach (TrialRow[] removed in removals.Where(_ => table.Leak is null && (!table.Reach.Writes || isTwice)))
        {
            table.IsExercised |= !table.Reach.Writes &&
                _runs.Differ(_runs.Without(_worlds.Alone(choice.Acting), removed, values), own);
            TrialRow[] all = [.. removed, .. others];
            TrialOutcome with = _runs.Without(_worlds.Both, removed, values);
            TrialOutcome without = _runs.Without(_worlds.Both, all, values);
            bool isTouched = Touch(with, choice, ChoiceKind.Own) | Touch(without, choice, ChoiceKind.Own);
            if (isTouched || !_runs.Differ(with, without))
            {
                continue;
            }

            // Without rows in this table, the other's rows in a second table may show: then that one leaks.
            TableEvidence[] shown =
            [
                .. _tables.Values.Where(t => t != table && !t.IsOnlyByForeignKey && _runs.Differ(
                    _runs.Without(_worlds.Both, [.. all, .. _data.Rows(t.Table, choice.Other)], values), without)),
            ];
            TrialRow[] hidden = [.. shown.SelectMany(t => _data.Rows(t.Table, choice.Other))];
            bool isOthers = shown.Length > 0 && !_runs.Differ(
                _runs.Without(_worlds.Both, [.. removed, .. hidden], values), _runs.Without(_worlds.Both, [.. all, .. hidden], values));
            foreach (TableEvidence leak in isOthers ? shown : [.. shown, table])
            {
                leak.Leak ??= new Crossing(
                    Witness(leak.Table, choice, values), "gives a result that depends on a row of another tenant", choice.Acting);
            }
        }
    }
}
