namespace PosTenancy.Engine.Statements.Trial;

/// <content>What the runs show of rows of the other tenant.</content>
internal sealed partial class StatementEvidence
{
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
                        : "the new row always belongs to the tenant of the DEFAULT";
                }
                else if (added.Values[tenant] is null && isNew && evidence.Reach.Inserts)
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
}
