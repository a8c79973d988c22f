namespace PosTenancy;

/// <summary>Other options under which a blocked database can be migrated.</summary>
/// <param name="Plan">The plan with those options, in which no table is blocked.</param>
/// <param name="Text">The options as they are typed, such as <c>-UniqueScope Tenant</c>.</param>
internal sealed record PlanAdvice(MigrationPlan Plan, string Text)
{
    /// <summary>Whether the right tenant is all that a blocked plan lacked.</summary>
    public bool ChangesTenantAlone(MigrationPlan blocked) =>
        Plan.Options.TenantId != blocked.Options.TenantId && Plan.Options == blocked.Options.ForTenant(Plan.Options.TenantId);
}
