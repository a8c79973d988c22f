using PosTenancy.Engine.Migration;

namespace PosTenancy.Tests.Support;

/// <summary>A history that cannot take a row makes every kind of migration refuse before anything is written.</summary>
internal static class HistoryRefusal
{
    public static void ShouldComeEarly(string database, MigrationOptions options, string why)
    {
        foreach (Func<object> attempt in new Func<object>[]
        {
            () => TenantMigration.Migrate(database, options),
            () => TenantMigration.Preview(database, options),
            () => GuardedUpgrade.Preview(database, new UpgradeOptions(options)),
        })
        {
            PosTenancyException refusal = Should.Throw<PosTenancyException>(attempt);
            refusal.ErrorId.ShouldBe(ErrorIds.HistoryTableUnusable, refusal.Message);
            refusal.Message.ShouldContain(why);
        }

        UpgradeResult result = GuardedUpgrade.Run(database, new UpgradeOptions(options));
        (result.Status, result.Error?.ErrorId).ShouldBe((UpgradeStatus.Refused, ErrorIds.HistoryTableUnusable));
    }
}
