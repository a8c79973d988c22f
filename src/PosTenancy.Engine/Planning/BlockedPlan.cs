using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Explains why a database with a blocked plan is refused, and which options would unblock it.</summary>
internal static class BlockedPlan
{
    /// <summary>Maximum number of tables or tenants named in one sentence; the others are only counted.</summary>
    private const int MaxNames = 3;

    /// <summary>Creates the error.</summary>
    /// <param name="path">Path of the database.</param>
    /// <param name="plan">Its plan, with blocked tables.</param>
    public static PosTenancyException Refuse(string path, MigrationPlan plan) => OtherTenant(plan) is { } tenant
        ? Errors.MigratedForOther(path, tenant, PowerShellText.Quote(plan.Advice!.Plan.Options.TenantId))
        : Errors.PlanBlocked(path, string.Join(" ", Reasons(plan)), plan.Advice?.Text);

    /// <summary>If only the tenant blocks: the owner of the database, as the end of a sentence.</summary>
    private static string? OtherTenant(MigrationPlan plan)
    {
        if (plan.Advice is not { } advice || !advice.ChangesTenantAlone(plan))
        {
            return null;
        }

        string tenant = advice.Plan.Options.TenantId;
        List<string> others = [.. AdviceSearch.OtherTenants(plan).Where(t => t != tenant).Select(t => $"'{t}'")];
        string whose = advice.Plan.Changes.Any() ? $"has rows of the tenant '{tenant}'" : $"is migrated for '{tenant}'";
        return others.Count == 0
            ? $"{whose}; did you mean that tenant?"
            : $"{whose}, and has rows of {List(others, "more")}; did you mean '{tenant}'?";
    }

    /// <summary>Each distinct reason with its tables.</summary>
    private static IEnumerable<string> Reasons(MigrationPlan plan) => plan.Blocked
        .GroupBy(t => t.Reason, t => t.Table, StringComparer.Ordinal)
        .Select(g => $"{(g.Count() == 1 ? "Table" : "Each of")} {List([.. g], "more tables")} {g.Key}.");

    private static string List(List<string> names, string more) => names.Count switch
    {
        1 => names[0],
        <= MaxNames => $"{string.Join(", ", names.Take(names.Count - 1))} and {names[names.Count - 1]}",
        _ => ShortList.Join(names, MaxNames, more),
    };
}
