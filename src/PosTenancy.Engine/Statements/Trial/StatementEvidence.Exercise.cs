namespace PosTenancy.Engine.Statements.Trial;

/// <content>What the runs show of rows of the acting tenant.</content>
internal sealed partial class StatementEvidence
{
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
