using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// Finds other options under which a blocked database can be migrated. Each candidate is planned before it is suggested: advice that leads
/// to the next refusal is worse than none.
/// </summary>
internal static class AdviceSearch
{
    /// <summary>Maximum number of tenants to try: a column with more values is not the tenant column of an earlier run.</summary>
    private const int MaxTenants = 5;

    /// <summary>Maximum number of tables to name; the others are only counted.</summary>
    private const int MaxNames = 10;

    /// <summary>Alternatives for a tenant column whose usual name is taken.</summary>
    private static readonly string[] ColumnNames = ["tenant", "tenant_key", "owner_tenant"];

    /// <summary>Searches for options that unblock a plan, those that change least first.</summary>
    /// <param name="blocked">A plan with blocked tables.</param>
    /// <param name="replan">Plans the same database with other options.</param>
    /// <returns><see langword="null"/> if none is found.</returns>
    public static PlanAdvice? Find(MigrationPlan blocked, Func<MigrationOptions, MigrationPlan> replan)
    {
        MigrationPlan best = blocked;
        foreach (
            Func<MigrationPlan, IEnumerable<MigrationOptions>> kind in (Func<MigrationPlan, IEnumerable<MigrationOptions>>[])
                [Tenants, Scopes, Columns])
        {
            best = Best(best, kind, replan);
        }

        MigrationPlan last;
        do
        {
            last = best;
            best = Best(last, Exclusions, replan);
        }
        while (best != last);

        return best.Blocked.Any() ? null : new PlanAdvice(best, Typed(blocked.Options, best.Options));
    }

    /// <summary>The plan with the fewest blocked tables; the first of equals.</summary>
    private static MigrationPlan Best(
        MigrationPlan start,
        Func<MigrationPlan, IEnumerable<MigrationOptions>> kind,
        Func<MigrationOptions, MigrationPlan> replan)
    {
        MigrationPlan best = start;
        foreach (MigrationOptions candidate in start.Blocked.Any() ? kind(start) : [])
        {
            MigrationPlan plan = replan(candidate);
            bool isOwnColumn = plan.Options.ColumnName == start.Options.ColumnName || plan.TenantTables.All(t => t.AddsColumn);
            if (plan.TenantTables.Any() && isOwnColumn && plan.Blocked.Count() < best.Blocked.Count())
            {
                best = plan;
            }

            if (!best.Blocked.Any())
            {
                break;
            }
        }

        return best;
    }

    private static IEnumerable<MigrationOptions> Tenants(MigrationPlan plan) =>
        OtherTenants(plan).Take(MaxTenants).Where(t => TenantIdRules.Problem(t) is null).Select(plan.Options.ForTenant);

    /// <summary>Other tenants whose rows block tables, the one with most tables first.</summary>
    public static IEnumerable<string> OtherTenants(MigrationPlan plan) =>
        plan
            .Blocked.SelectMany(t => t.OtherTenants)
            .GroupBy(t => t, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .Select(g => g.Key);

    private static IEnumerable<MigrationOptions> Scopes(MigrationPlan plan) =>
        plan.Options.UniqueScope switch
        {
            UniqueScope.TenantAndPrimaryKey =>
            [
                plan.Options with
                {
                    UniqueScope = UniqueScope.Tenant,
                },
                plan.Options with
                {
                    UniqueScope = UniqueScope.Database,
                },
            ],
            UniqueScope.Tenant => [plan.Options with { UniqueScope = UniqueScope.Database }],
            _ => [],
        };

    /// <summary>Other column names. Not offered if a table already has a tenant column: the database would get a second one.</summary>
    private static IEnumerable<MigrationOptions> Columns(MigrationPlan plan) =>
        plan.TenantTables.All(t => t.AddsColumn) && !OtherTenants(plan).Any() ? ColumnNames.Select(plan.Options.ForColumn) : [];

    /// <summary>Excludes all blocked tables, or a single one if excluding that one suffices.</summary>
    private static IEnumerable<MigrationOptions> Exclusions(MigrationPlan plan)
    {
        List<string> tables = [.. plan.Blocked.Select(t => t.Table)];
        IEnumerable<IEnumerable<string>> choices = tables.Count is > 1 and <= MaxNames
            ? [.. tables.Select(t => (string[])[t]), tables]
            : [tables];
        return choices.Select(choice => plan.Options with { ExcludeTable = plan.Options.ExcludeTable.Concat(choice).ToArray() });
    }

    private static string Typed(MigrationOptions from, MigrationOptions to)
    {
        List<string> words = [];
        if (to.TenantId != from.TenantId)
        {
            words.Add($"-TenantId {PowerShellText.Quote(to.TenantId)}");
        }

        if (to.UniqueScope != from.UniqueScope)
        {
            words.Add($"-UniqueScope {to.UniqueScope}");
        }

        if (to.ColumnName != from.ColumnName)
        {
            words.Add($"-ColumnName {to.ColumnName}");
        }

        List<string> excluded = [.. to.ExcludeTable.Skip(from.ExcludeTable.Count)];
        if (excluded.Count > MaxNames)
        {
            words.Add($"the {excluded.Count} blocked tables excluded (-ExcludeTable)");
        }
        else if (excluded.Count > 0)
        {
            words.Add($"-ExcludeTable {string.Join(", ", to.ExcludeTable.Select(PowerShellText.Quote))}");
        }

        return string.Join(" and ", words);
    }
}
