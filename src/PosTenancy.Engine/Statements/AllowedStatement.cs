namespace PosTenancy.Engine.Statements;

/// <summary>A statement that may reach all tenants, because a person gave a reason for it.</summary>
internal static class AllowedStatement
{
    /// <summary>
    /// The result of an allowed statement. What the trial showed stays as a note, and a warning for another cause stays a warning.
    /// </summary>
    /// <param name="result">What the trial showed.</param>
    /// <param name="reason">The reason for the allowance.</param>
    public static StatementResult Apply(StatementResult result, string reason) => result.IsFinding
        ? result with
        {
            Verdict = StatementVerdict.AllTenants,
            Severity = StatementSeverity.None,
            Reason = $"It may reach all tenants: {reason.TrimEnd('.')}.",
            AllowedReason = reason,
            Notes = [$"{result.Verdict}: {result.Reason}", .. result.Notes],
        }
        : result;
}
