using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>Says why a database is refused whose plan is blocked, and which options would not be.</summary>
internal static class BlockedPlan
{
    /// <summary>More tables, or tenants, of one sentence are counted and not named.</summary>
    private const int MaxNames = 3;

    /// <summary>The error.</summary>
    /// <param name="path">The database.</param>
    /// <param name="plan">Its plan, with blocked tables.</param>
    public static PosTenancyException Refuse(string path, MigrationPlan plan) => OtherTenant(plan) is { } tenant
        ? Errors.MigratedForOther(path, tenant, PowerShellText.Quote(plan.Advice!.Plan.Options.TenantId))
        : Errors.PlanBlocked(path, string.Join(" ", Reasons(plan)), plan.Advice?.Text);

    /// <summary>Where nothing blocks but the tenant: whose database it is, as the end of a sentence about it.</summary>
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
            ? $"{whose}; did you mean that?"
            : $"{whose}, and has rows of {List(others, "more")}; did you mean '{tenant}'?";
    }

    /// <summary>Each reason once, with its tables.</summary>
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
