using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Planning;

/// <summary>Finds the tables that all tenants share: those that are named, and those that the history records.</summary>
internal static class ReferenceTables
{
    /// <summary>Resolves the patterns of the options.</summary>
    /// <param name="schema">Schema of the database.</param>
    /// <param name="options">Options of the migration.</param>
    /// <param name="recorded">The tables that the history records.</param>
    /// <returns>The options with every shared table, and the tables to record; these are <see langword="null"/> if nothing has to be
    /// recorded.</returns>
    /// <exception cref="PosTenancyException">A pattern matches no table, or a table that is excluded.</exception>
    public static (MigrationOptions Options, IReadOnlyList<string>? ToRecord) Resolve(
        DatabaseSchema schema, MigrationOptions options, ISet<string> recorded)
    {
        TenantExpectation everything = TenantExpectation.From(options) with { ExcludeTable = [], ReferenceTable = [] };
        string[] business = [.. schema.Tables.Where(t => SkippedTables.Reason(t, everything) is null).Select(t => t.Name)];
        foreach (string pattern in options.ReferenceTable)
        {
            if (!business.Any(t => NamePattern.Matches(pattern, t)))
            {
                throw Errors.ReferenceTableNotFound(schema.Path, pattern);
            }
        }

        string[] named = [.. business.Where(t => NamePattern.MatchesAny(options.ReferenceTable, t))];
        if (named.FirstOrDefault(t => NamePattern.MatchesAny(options.ExcludeTable, t)) is { } excluded)
        {
            throw Errors.SharedAndExcluded(schema.Path, excluded);
        }

        string[] shared = [.. recorded, .. named.Where(t => !recorded.Contains(t))];
        bool isNew = options.HistoryTable is null && shared.Length > recorded.Count;
        return (
            options with { ReferenceTable = shared.Select(NamePattern.Escape).ToArray() },
            isNew ? shared.OrderBy(t => t, StringComparer.Ordinal).ToArray() : null);
    }
}
