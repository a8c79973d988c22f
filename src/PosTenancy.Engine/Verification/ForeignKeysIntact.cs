namespace PosTenancy.Engine.Verification;

/// <summary>No row has lost the row that it references.</summary>
internal sealed class ForeignKeysIntact : IntegrityCheck
{
    public override string Name => nameof(ForeignKeysIntact);

    public override string Title => "Foreign keys";

    public override string? Risk => "Rows that lost the row they reference";

    public override bool ReadsAllRows => true;

    public override int Effort => 25;

    public override string Expected(CheckContext context)
    {
        long before = context.Baseline is { ForeignKeys: { IsValueCreated: true, Value: var known } } ? known.Violations.Values.Sum() : 0;
        return before == 0 ? "0 violations" : $"{before} violations, as before";
    }

    public override CheckFinding Measure(CheckContext context)
    {
        ForeignKeyReading now = ForeignKeyReading.Read(context.Connection, context.Schema);
        bool isClean = now.Errors.Count == 0 && now.Violations.Values.All(n => n == 0);
        ForeignKeyReading? before = isClean ? null : context.Baseline?.ForeignKeys.Value;
        int keys = context.Schema.Tables.Sum(t => t.ForeignKeys.Count);
        string actual = $"{now.Violations.Values.Sum()} violations of {keys} foreign keys in {now.Violations.Count} tables";

        List<string> more =
        [
            .. from table in now.Violations
               let earlier = before is not null && before.Violations.TryGetValue(table.Key, out long n) ? n : 0
               where table.Value > earlier
               select $"{table.Key}: {table.Value} now, {(before is null ? "unknown before" : earlier + " before")}",
            .. before is null
                ? []
                : now.Errors.Where(e => !before.Errors.ContainsKey(e.Key)).Select(e => $"{e.Key}: {e.Value}"),
        ];
        if (more.Count > 0)
        {
            return new CheckFinding(CheckStatus.Failed, actual, List(more));
        }

        if (now.Errors.Count > 0)
        {
            return new CheckFinding(CheckStatus.NotChecked, actual, List([.. now.Errors.Select(e => $"{e.Key}: {e.Value}")]));
        }

        return now.Violations.Values.Any(n => n > 0)
            ? new CheckFinding(
                CheckStatus.Warning,
                actual,
                "all of them existed before: " + List([.. now.Violations.Where(v => v.Value > 0).Select(v => $"{v.Key}: {v.Value}")]))
            : new CheckFinding(CheckStatus.Passed, actual);
    }
}
