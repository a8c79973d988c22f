using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>Runs a statement in the four worlds, and keeps what that shows of each table.</summary>
internal sealed class StatementEvidence
{
    /// <summary>For all runs of a statement.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Functions whose values only say where a row stands among others.</summary>
    private static readonly HashSet<string> Ranks = new(StringComparer.OrdinalIgnoreCase)
    {
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "bm25",
    };

    private readonly TrialWorlds _worlds;
    private readonly TrialData _data;
    private readonly TrialDatabase _database;
    private readonly StatementReach _reach;
    private readonly StatementText _text;
    private readonly IReadOnlyDictionary<TrialWorld, Statement> _statements;
    private readonly IReadOnlyList<TrialTable> _written;
    private readonly Dictionary<TrialTable, TableEvidence> _tables;
    private readonly System.Diagnostics.Stopwatch _watch = System.Diagnostics.Stopwatch.StartNew();
    private string? _stopped;
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
        _database = data.Database;
        _reach = reach;
        _text = text;
        _statements = statements;
        _written = reach.Written(_database.Schema);

        // A row that a foreign key of a written row removes or changes is in a table that the authorizer does not report.
        _tables = reach.Judged.ToDictionary(t => t.Table, t => new TableEvidence(t));
        foreach (TrialTable table in _written.Where(t => t.IsJudged && !_tables.ContainsKey(t)))
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

    /// <summary>The rows of the other tenant that a statement is given: first one that can be deleted.</summary>
    private int[] ForeignRows => _written.Count > 0 ? [TrialValues.Rows, 1] : [1];

    /// <summary>Whether foreign keys kept the statement from doing anything.</summary>
    public bool IsHeldByForeignKeys => !_isExercised && _error?.StartsWith("FOREIGN KEY", StringComparison.Ordinal) == true;

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
            foreach ((int row, int guess) in from row in ForeignRows from guess in Enumerable.Range(0, parameters.GuessCount) select (row, guess))
            {
                ParameterChoice choice = own with { Foreign = foreign, ForeignRow = row, Guess = guess };
                _ = Examine(choice, parameters, ChoiceKind.Foreign);
                if (parameters.Roles.Any(r => r.Written is not null))
                {
                    _ = Examine(choice with { WritesOwn = true }, parameters, ChoiceKind.Foreign);
                }
            }
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

    /// <summary>What the runs showed.</summary>
    /// <param name="addedColumns">The columns that the schema lacked.</param>
    public IReadOnlyList<TrialFinding> Findings(IReadOnlyList<string> addedColumns)
    {
        string suffix = addedColumns.Count == 0
            ? ""
            : $" The schema lacks {ShortList.Join([.. addedColumns], most: 5)}, which {(addedColumns.Count == 1 ? "was" : "were")} added for the trial.";
        return
        [
            .. _tables.Values.Where(t => !t.IsOnlyByForeignKey || t.HasCrossed).Select(table =>
            {
                (StatementVerdict verdict, string reason) = Judge(table);
                bool isWitnessed = verdict is StatementVerdict.Leaks or StatementVerdict.ByKeyOnly;
                return new TrialFinding(
                    table.Reach.Table.Name,
                    table.Reach.Operation,
                    verdict,
                    reason + suffix,
                    !isWitnessed ? null : (verdict == StatementVerdict.Leaks ? table.Leak ?? table.Fixed : table.ByKey)?.Witness,
                    [.. table.Notes]);
            }),
        ];
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
    }

    private bool Examine(ParameterChoice choice, StatementParameters parameters, ChoiceKind kind)
    {
        if (_stopped is not null)
        {
            return false;
        }

        object?[] values = parameters.Values(choice);
        TrialOutcome both = Run(_worlds.Both, values);
        TrialOutcome own = Run(_worlds.Alone(choice.Acting), values);
        TrialOutcome other = Run(_worlds.Alone(choice.Other), values);
        TrialOutcome none = Run(_worlds.None, values);
        if (_stopped is not null)
        {
            return false;
        }

        _error ??= own.Error;
        bool isEqual = AreEqual(both, own, choice.Other) && AreEqual(other, none, choice.Other);
        bool isByEqualValue = !isEqual && kind == ChoiceKind.Own && IsByEqualValue(choice, parameters);
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

    private TrialOutcome Run(TrialWorld world, object?[] values)
    {
        if (_stopped is not null || _watch.Elapsed > Limit)
        {
            _stopped ??= "it takes too long";
            return new TrialOutcome { Stopped = _stopped };
        }

        TrialOutcome outcome = world.Run(_statements[world], values, _written);
        _stopped ??= outcome.Stopped;
        return outcome;
    }

    /// <summary>
    /// Whether the difference comes from a value that rows of both tenants have: with another value of the acting tenant there is none.
    /// </summary>
    private bool IsByEqualValue(ParameterChoice choice, StatementParameters parameters)
    {
        if (!parameters.Roles.Any(r => r is { IsTenant: false, Compared.Table.IsJudged: true, Operator: TermOperator.Equal }))
        {
            return false;
        }

        object?[] values = parameters.Values(choice with { Row = choice.Row == 2 ? 1 : 2 });
        TrialOutcome own = Run(_worlds.Alone(choice.Acting), values);
        TrialOutcome none = Run(_worlds.None, values);
        return !AreEqual(own, none, other: null) &&
            AreEqual(Run(_worlds.Both, values), own, choice.Other) &&
            AreEqual(Run(_worlds.Alone(choice.Other), values), none, choice.Other);
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

            TrialRecord? removed = change.Value.Removed.FirstOrDefault(r => OwnerOf(change.Key, r) == choice.Other);

            // A new row that has a fixed tenant, or that of the DEFAULT, is another finding; one without the column belongs to its parent's.
            TrialRecord? added = change.Key.Kind == TrialTableKind.Child || (kind != ChoiceKind.Own && choice.Acting == TrialOwner.First)
                ? change.Value.Added.FirstOrDefault(r => OwnerOf(change.Key, r) == choice.Other)
                : null;
            if ((removed ?? added) is not { } record)
            {
                continue;
            }

            isTouched = true;
            bool isDeleted = removed is not null && !change.Value.Added.Any(a => HasSameKey(change.Key, a, removed));
            string verb = removed is null ? "adds a row to those of another tenant"
                : isDeleted ? "deletes a row of another tenant"
                : "changes a row of another tenant";
            Crossing crossing = new(new StatementWitness(change.Key.Name, Key(change.Key, record)), verb, choice.Acting)
            {
                IsByEqualValue = isByEqualValue,
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
        foreach (TableEvidence evidence in _tables.Values.Where(t => t.Reach.Table.Kind == TrialTableKind.Tenant))
        {
            TrialTable table = evidence.Reach.Table;
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
            foreach (TrialRecord added in change.Added.Where(a => OwnerOf(table, a) != choice.Acting))
            {
                bool isNew = !change.Removed.Any(r => HasSameKey(table, a: r, added));
                bool isGiven = evidence.Reach.InsertsItself && _text.InsertTarget == table && _text.NamesTenantOnInsert;
                if (evidence.Reach.Inserts && isNew && !isGiven)
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
                        new StatementWitness(table.Name, Key(table, added)), "leaves a row without a tenant", choice.Acting);
                }
                else if (isNew || change.Removed.Any(r => OwnerOf(table, r) == choice.Acting && HasSameKey(table, r, added)))
                {
                    evidence.Leak ??= new Crossing(
                        new StatementWitness(table.Name, Key(table, added)), "assigns a row to a fixed tenant", choice.Acting);
                }
            }
        }
    }

    /// <summary>Whether a run in a world with rows of the other tenant did the same as in one without.</summary>
    private bool AreEqual(TrialOutcome with, TrialOutcome without, TrialOwner? other)
    {
        if (with.Error is not null || without.Error is not null)
        {
            return with.Error == without.Error;
        }

        return with.Changed == without.Changed &&
            with.TotalChanged == without.TotalChanged &&
            _written.All(table => AreEqual(table, with, without, other)) &&
            (RecordBag.AreEqual(with.Rows, with.NewKeys, without.Rows, without.NewKeys) || AreEqualButRank(with, without));
    }

    private bool AreEqual(TrialTable table, TrialOutcome with, TrialOutcome without, TrialOwner? other)
    {
        TableChange first = with.Changes.TryGetValue(table, out TableChange? change) ? change : new TableChange([], []);
        TableChange second = without.Changes.TryGetValue(table, out change) ? change : new TableChange([], []);
        IReadOnlyList<TrialRecord> Rest(IReadOnlyList<TrialRecord> records) =>
            other is null ? records : [.. records.Where(r => OwnerOf(table, r) != other)];
        return RecordBag.AreEqual(Rest(first.Removed), with.NewKeys, Rest(second.Removed), without.NewKeys) &&
            RecordBag.AreEqual(Rest(first.Added), with.NewKeys, Rest(second.Added), without.NewKeys);
    }

    /// <summary>
    /// Whether only the columns differ in which a window function or a search has ranked the rows. That tells how many rows others have, and
    /// not what is in them.
    /// </summary>
    private bool AreEqualButRank(TrialOutcome with, TrialOutcome without)
    {
        if (with.Rows.Count != without.Rows.Count || with.Rows.Count == 0 || !_reach.Functions.Any(Ranks.Contains))
        {
            return false;
        }

        int[] same =
        [
            .. Enumerable.Range(0, with.Rows[0].Values.Count).Where(column =>
                RecordBag.Minus(Column(with, column), Column(without, column)).Count == 0),
        ];
        bool areNumbers = Enumerable.Range(0, with.Rows[0].Values.Count)
            .Except(same)
            .All(column => with.Rows.Concat(without.Rows).All(r => r.Values[column] is long or double));
        if (same.Length == 0 || !areNumbers ||
            RecordBag.Minus(Project(with), Project(without)).Count > 0)
        {
            return false;
        }

        foreach (TableEvidence table in _tables.Values.Where(t => !t.Reach.Writes))
        {
            _ = table.Notes.Add("A rank counts the rows of all tenants: it tells how many rows others have.");
        }

        return true;

        static IReadOnlyList<TrialRecord> Column(TrialOutcome outcome, int column) =>
            [.. outcome.Rows.Select(r => new TrialRecord([r.Values[column]]))];

        IReadOnlyList<TrialRecord> Project(TrialOutcome outcome) =>
            [.. outcome.Rows.Select(r => new TrialRecord([.. same.Select(c => r.Values[c])]))];
    }

    /// <summary>Finds the tables whose rows of the other tenant made the difference.</summary>
    private void Attribute(
        ParameterChoice choice, object?[] values, ChoiceKind kind, bool isCrossed, bool isByEqualValue, TrialOutcome both, TrialOutcome own)
    {
        if (kind == ChoiceKind.Collision)
        {
            foreach (TableEvidence table in _tables.Values.Where(t => !isCrossed && t.Reach.Writes && t.Reach.IsDirect))
            {
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
            : [.. candidates.Where(t => IsResponsible(t.Reach.Table, choice, values))];
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
            Crossing crossing = new(Witness(table.Reach.Table, choice, values), verb, choice.Acting) { IsByEqualValue = isByEqualValue };
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
        return !AreEqual(Without(_worlds.Both, rows, values), Run(_worlds.Both, values), other: null) ||
            !AreEqual(With(_worlds.Alone(choice.Acting), rows, values), Run(_worlds.Alone(choice.Acting), values), other: null);
    }

    /// <summary>A row of the other tenant without which the statement does something else.</summary>
    private StatementWitness? Witness(TrialTable table, ParameterChoice choice, object?[] values)
    {
        TrialRow[] rows = [.. _data.Rows(table, choice.Other)];
        TrialOutcome all = Run(_worlds.Both, values);
        TrialRow? row = rows.FirstOrDefault(r => !AreEqual(Without(_worlds.Both, [r], values), all, other: null)) ?? rows.FirstOrDefault();
        return row is null ? null : new StatementWitness(table.Name, Key(table, new TrialRecord(row.Values)));
    }

    private TrialOutcome Without(TrialWorld world, TrialRow[] rows, object?[] values)
    {
        using (world.Change(connection =>
        {
            foreach (TrialRow row in rows)
            {
                connection.Execute($"DELETE FROM {row.Table.Quoted} WHERE {TrialWorld.Where(row.Table, 1)}", row.Locator);
            }
        }))
        {
            return Run(world, values);
        }
    }

    private TrialOutcome With(TrialWorld world, TrialRow[] rows, object?[] values)
    {
        using (world.Change(connection =>
        {
            foreach (TrialRow row in rows)
            {
                string columns = string.Join(", ", row.Table.Columns.Select(c => Identifier.Quote(c.Name)));
                _ = connection.TryChange(
                    $"INSERT OR IGNORE INTO {row.Table.Quoted} ({columns}) VALUES ({string.Join(", ", row.Values.Select(_ => "?"))})",
                    [.. row.Values.Select((_, i) => _data.Value(row, i))]);
            }
        }))
        {
            return Run(world, values);
        }
    }

    /// <summary>Notes the tables of which the statement read or changed rows of the acting tenant.</summary>
    /// <returns>Whether that is so of every table.</returns>
    private bool Exercise(ParameterChoice choice, object?[] values, TrialOutcome own, TrialOutcome none)
    {
        if (own.Error is not null)
        {
            return false;
        }

        bool depends = none.Error is not null || !AreEqual(own, none, other: null);
        TableEvidence[] reached = [.. _tables.Values.Where(t => !t.IsOnlyByForeignKey)];
        foreach (TableEvidence table in reached)
        {
            TrialTable schema = table.Reach.Table;
            bool hasChanged = own.Changes.TryGetValue(schema, out TableChange? change) &&
                (change.Removed.Any(r => OwnerOf(schema, r) == choice.Acting) ||
                    change.Added.Any(r => OwnerOf(schema, r) == choice.Acting));
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
        TrialTable schema = table.Reach.Table;
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
                !AreEqual(Without(_worlds.Alone(choice.Acting), removed, values), own, other: null);
            TrialRow[] all = [.. removed, .. others];
            TrialOutcome with = Without(_worlds.Both, removed, values);
            TrialOutcome without = Without(_worlds.Both, all, values);
            if (Touch(with, choice, ChoiceKind.Own) | Touch(without, choice, ChoiceKind.Own) || AreEqual(with, without, other: null))
            {
                continue;
            }

            // Without rows in this table, the other's rows in a second table may show: then that one leaks.
            TableEvidence[] shown =
            [
                .. _tables.Values.Where(t => t != table && !t.IsOnlyByForeignKey && !AreEqual(
                    Without(_worlds.Both, [.. all, .. _data.Rows(t.Reach.Table, choice.Other)], values), without, other: null)),
            ];
            TrialRow[] hidden = [.. shown.SelectMany(t => _data.Rows(t.Reach.Table, choice.Other))];
            TableEvidence[] leaking = shown.Length > 0 && AreEqual(
                Without(_worlds.Both, [.. removed, .. hidden], values), Without(_worlds.Both, [.. all, .. hidden], values), other: null)
                    ? shown
                    : [.. shown, table];
            foreach (TableEvidence leak in leaking)
            {
                leak.Leak ??= new Crossing(
                    Witness(leak.Reach.Table, choice, values), "gives a result that depends on a row of another tenant", choice.Acting);
            }
        }
    }

    private (StatementVerdict Verdict, string Reason) Judge(TableEvidence table)
    {
        TableReach reach = table.Reach;
        string through = reach.IsDirect || reach.Through.Count == 0 ? "" : $", through {string.Join(" and ", reach.Through)}";
        if (reach.Table.WhyNotTwo is { } gap)
        {
            return (StatementVerdict.NotChecked, $"It could not be tried: {gap}.");
        }

        if (table.Leak is { IsByCollision: true } collision)
        {
            return (StatementVerdict.Leaks, $"Given a key of another tenant to write, it {collision.Verb}{through}.");
        }

        if (table.Leak is { } leak)
        {
            return (StatementVerdict.Leaks, leak.Acting == TrialOwner.Second && _text.NamesTenant
                ? $"It {leak.Verb}{through}: its text names a tenant, whoever acts."
                : leak.IsByEqualValue
                    ? $"It {leak.Verb}{through}, if both tenants have the value that it is given."
                    : $"It {leak.Verb}{through}, whatever it is given.");
        }

        if (table.NoTenant is { } noTenant)
        {
            string also = table.ByKey is null ? "" : $" Given a value of another tenant's row, it {table.ByKey.Verb}.";
            return (StatementVerdict.NoTenantOnInsert, $"It inserts without {_database.Schema.ColumnName}{through}: {noTenant}.{also}");
        }

        if (table.ByKey is { } byKey)
        {
            return (StatementVerdict.ByKeyOnly, $"Given a value of another tenant's row, it {byKey.Verb}{through}.");
        }

        if (table.Fixed is { } isFixed)
        {
            return (StatementVerdict.Leaks, $"It {isFixed.Verb}{through}: {(_text.NamesTenant ? "its text" : "something")} names a tenant, whoever acts.");
        }

        return WhyNotChecked(table) is { } why
            ? (StatementVerdict.NotChecked, $"{why}.")
            : (StatementVerdict.Isolated, reach.Writes
                ? $"It wrote rows of the acting tenant, and none of another{through}."
                : $"It read rows of the acting tenant, and none of another{through}.");
    }

    private string? WhyNotChecked(TableEvidence table) =>
        _stopped is { } stopped ? $"It could not be tried: {stopped}"
        : table.IsExercised ? null
        : _isExercised ? $"Its result did not depend on any row of {table.Reach.Table.Name}, so that nothing is proved"
        : _error is { } error ? $"It could not be tried: {error}"
        : "It returned and changed no row of the acting tenant, so that nothing is proved";

    /// <summary>The tenant of a row: by its tenant column, or that of the row that it references.</summary>
    private TrialOwner OwnerOf(TrialTable table, TrialRecord record)
    {
        if (table.Kind == TrialTableKind.Tenant)
        {
            return _database.Tenants.OwnerOf(record.Values[table.IndexOf(table.Tenant!.Name)]);
        }

        foreach (TrialReference reference in table.References.Where(r => r.Parent.IsJudged && r.Parent != table))
        {
            object? value = record.Values[table.IndexOf(reference.Column)];
            int column = reference.Parent.IndexOf(reference.ParentColumn);
            foreach (TrialOwner owner in new[] { TrialOwner.First, TrialOwner.Second })
            {
                if (value is not null && _data.Rows(reference.Parent, owner).Any(r => Equals(_data.Value(r, column), value)))
                {
                    return owner;
                }
            }
        }

        return TrialOwner.None;
    }

    private static bool HasSameKey(TrialTable table, TrialRecord a, TrialRecord b)
    {
        string[] key = [.. table.Schema.PrimaryKey];
        return key.Length > 0 && key.All(c => Equals(a.Values[table.IndexOf(c)], b.Values[table.IndexOf(c)]));
    }

    /// <summary>The primary key of a row, or its rowid.</summary>
    private string Key(TrialTable table, TrialRecord record)
    {
        string[] key = [.. table.Schema.PrimaryKey];
        return key.Length > 0
            ? string.Join(", ", key.Select(c => record.Values[table.IndexOf(c)]))
            : _database.Rows.FirstOrDefault(r => r.Table == table && new TrialRecord(r.Values).Text == record.Text) is { } row
                ? $"rowid {row.Locator[0]}"
                : "a new row";
    }

    /// <summary>How a statement crossed from one tenant to another.</summary>
    private sealed record Crossing(StatementWitness? Witness, string Verb, TrialOwner Acting)
    {
        /// <summary>Whether another value of the acting tenant shows nothing.</summary>
        public bool IsByEqualValue { get; init; }

        /// <summary>Whether it was given a key of the other tenant to write.</summary>
        public bool IsByCollision { get; init; }
    }

    private sealed class TableEvidence(TableReach reach)
    {
        public TableReach Reach => reach;

        public bool IsOnlyByForeignKey { get; init; }

        public Crossing? Leak { get; set; }

        public Crossing? ByKey { get; private set; }

        /// <summary>The same, seen only by the second tenant: it reaches the rows of a tenant that is fixed.</summary>
        public Crossing? Fixed { get; private set; }

        public string? NoTenant { get; set; }

        public bool IsExercised { get; set; }

        /// <summary>What else is to be known.</summary>
        public SortedSet<string> Notes { get; } = new(StringComparer.Ordinal);

        public bool HasCrossed => Leak is not null || ByKey is not null || Fixed is not null;

        public void AddByKey(Crossing crossing)
        {
            if (crossing.Acting == TrialOwner.First)
            {
                ByKey ??= crossing;
            }
            else
            {
                Fixed ??= crossing;
            }
        }
    }
}
