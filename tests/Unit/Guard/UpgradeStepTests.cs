using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guard;

/// <summary>The steps of an upgrade, taken one by one.</summary>
public sealed class UpgradeStepTests : TestFolder
{
    private static readonly UpgradeOptions Options = new(new MigrationOptions(Tenant));

    private static readonly Action<GuardedUpgrade>[] Steps =
    [
        u => u.Check(), u => u.BackUp(), u => u.Rehearse(), u => u.Migrate(), u => u.Verify(),
    ];

    public UpgradeStepTests() => CreateSampleStore();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Upgrade_that_is_abandoned_between_two_steps_is_undone(int taken)
    {
        string before = Sha256(Database);
        using GuardedUpgrade upgrade = new(Database, Options);
        foreach (Action<GuardedUpgrade> step in Steps.Take(taken))
        {
            step(upgrade);
        }

        UpgradeResult result = upgrade.Complete();

        result.Status.ShouldBe(UpgradeStatus.Cancelled);
        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.Cancelled);
        Sha256(Database).ShouldBe(before);
        GuardedUpgrade.Run(Database, Options).Status.ShouldBe(UpgradeStatus.Succeeded);
    }

    [Fact]
    public void Disposing_an_upgrade_that_was_committed_and_not_verified_restores_the_backup()
    {
        string before = Sha256(Database);
        using (GuardedUpgrade upgrade = new(Database, Options))
        {
            Array.ForEach(Steps[..4], step => step(upgrade));
            Shell.Run("sqlite3", "SELECT count(*) FROM products;", "-bail", Database).Error.ShouldContain("database is locked");
        }

        Sha256(Database).ShouldBe(before);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 3)]
    [InlineData(3, 4)]
    public void Steps_in_another_order_are_a_mistake_of_the_caller(int taken, int next)
    {
        string before = Sha256(Database);
        using (GuardedUpgrade upgrade = new(Database, Options))
        {
            Array.ForEach(Steps[..taken], step => step(upgrade));
            Should.Throw<InvalidOperationException>(() => Steps[next](upgrade)).Message.ShouldContain("The next step");
        }

        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Steps_after_a_refusal_do_nothing()
    {
        Shell.Sql(Database, "CREATE TABLE odd (id INTEGER, tenant_id AS (id))");
        string before = Sha256(Database);
        using GuardedUpgrade upgrade = new(Database, Options);
        Array.ForEach(Steps, step => step(upgrade));
        upgrade.Complete().Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        Sha256(Database).ShouldBe(before);
        Directory.GetFileSystemEntries(Folder).ShouldBe([Database]);
    }
}
