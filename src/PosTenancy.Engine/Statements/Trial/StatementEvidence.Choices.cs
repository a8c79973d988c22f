using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <content>With which values the statement runs.</content>
internal sealed partial class StatementEvidence
{
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
}
