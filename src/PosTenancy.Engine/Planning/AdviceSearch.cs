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
        // A wrong tenant is corrected first, whatever else is blocked then: without the tables of the others, it would be a new one.
        MigrationPlan best = !blocked.IsOfOthers
            ? blocked
            : Tenants(blocked).Select(replan).OrderBy(p => p.Blocked.Count()).FirstOrDefault() ?? blocked;
        if (best.IsOfOthers)
        {
            return null;
        }

        foreach (
            Func<MigrationPlan, IEnumerable<MigrationOptions>> kind in (Func<MigrationPlan, IEnumerable<MigrationOptions>>[])
                [Tenants, Owners, Scopes, Columns])
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

        return best.Blocked.Any() ? null : new PlanAdvice(best, Typed(blocked.Options, best));
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

    /// <summary>A tenant for each table that asks for one. Which one it is makes no difference for what is blocked.</summary>
    private static IEnumerable<MigrationOptions> Owners(MigrationPlan plan)
    {
        TableTenant[] named =
            [.. plan.Blocked.Where(t => t.AsksForTenant).Select(t => new TableTenant(t.Table, plan.Tenants.First()))];
        IEnumerable<TableTenant[]> choices = named.Length > 1 ? [.. named.Select(n => (TableTenant[])[n]), named] : [named];
        return named.Length == 0
            ? []
            : choices.Select(c => plan.Options with { TenantFor = plan.Options.TenantFor.Concat(c).ToArray() });
    }

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

    private static string Typed(MigrationOptions from, MigrationPlan best)
    {
        MigrationOptions to = best.Options;
        List<string> words = [];
        if (to.TenantId != from.TenantId)
        {
            words.Add($"-TenantId {PowerShellText.Quote(to.TenantId)}");
        }

        if (to.TenantFor.Count > from.TenantFor.Count)
        {
            IEnumerable<string> named = from.TenantFor.Select(t => $"{PowerShellText.Quote(t.Table)} = {PowerShellText.Quote(t.TenantId)}");
            string tenants = string.Join(" or ", best.Tenants.Take(MaxTenants).Select(PowerShellText.Quote));
            IEnumerable<string> added =
                to.TenantFor.Skip(from.TenantFor.Count).Select(t => $"{PowerShellText.Quote(t.Table)} = {tenants}");
            words.Add($"-TenantFor @{{ {string.Join("; ", named.Concat(added))} }}");
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
