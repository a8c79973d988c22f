namespace PosTenancy.Engine.Reporting;

/// <summary>A rule of the findings, one for each verdict that can be one.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Severity">What a result has if nothing else is known of it.</param>
/// <param name="Score">GitHub's measure of a security finding, from 0 to 10; <see langword="null"/> for what is none.</param>
/// <param name="Short">What is wrong, in a sentence.</param>
/// <param name="Full">What that means.</param>
/// <param name="Help">What to do.</param>
internal sealed record SarifRule(
    StatementVerdict Verdict, StatementSeverity Severity, string? Score, string Short, string Full, string Help)
{
    public static IReadOnlyList<SarifRule> All { get; } =
    [
        new(
            StatementVerdict.Leaks,
            StatementSeverity.Error,
            "9.1",
            "The statement sees or touches rows of other tenants.",
            "Tried on rows of two tenants, the statement returned, counted, changed or deleted something that depends on rows of the " +
                "other tenant, although it was given no key of the other's rows.",
            "Add the condition on the tenant column to each table of the statement that has one: a filter on one side of a join, under " +
                "an OR, or in the ON of a LEFT JOIN is not enough."),
        new(
            StatementVerdict.NoTenantOnInsert,
            StatementSeverity.Error,
            "7.5",
            "The statement inserts a row without naming its tenant.",
            "The row lands with the DEFAULT of the tenant column, as NULL, or the statement fails. A row that lands with the DEFAULT " +
                "belongs to the first tenant, whichever tenant inserted it.",
            "Name the tenant column in the INSERT, with the tenant of the request as its value."),
        new(
            StatementVerdict.ByKeyOnly,
            StatementSeverity.Warning,
            "6.5",
            "The statement reaches another tenant's row if it is given that row's key.",
            "With its own keys the statement stays within its tenant. With the key of another tenant, which a request may contain, or " +
                "with NULL for the tenant, it reaches another tenant's row.",
            "Add the condition on the tenant column beside that on the key."),
        new(
            StatementVerdict.NotChecked,
            StatementSeverity.Information,
            Score: null,
            "Nothing was proved of the statement.",
            "The statement could not be tried, or its trial shows nothing: a part of its text is decided when the application runs, it " +
                "does not compile against the database, or it took too long.",
            "Make the text of the statement fixed, so that it can be tried, or read it: it is not known to be isolated."),
        new(
            StatementVerdict.AllTenants,
            StatementSeverity.None,
            Score: null,
            "The statement may reach all tenants.",
            "A comment beside the statement, or the baseline, allows it to reach all tenants and gives the reason.",
            "Check from time to time whether the reason still holds."),
    ];

    /// <summary>The stable id.</summary>
    public string Id => $"PosTenancy.{Verdict}";
}
