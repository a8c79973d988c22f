using System.Management.Automation;
using PosTenancy.Engine.Migration;

namespace PosTenancy.Commands.Internal;

/// <summary>A step of <c>Invoke-PosTenantUpgrade</c>, which passes the upgrade on.</summary>
public abstract class UpgradeStepCommand : UpgradeCommand
{
    /// <summary>Takes the step.</summary>
    /// <param name="upgrade">The engine's upgrade.</param>
    /// <param name="progress">Receives progress reports.</param>
    protected abstract void Take(GuardedUpgrade upgrade, IProgress<StageProgress> progress);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        try
        {
            Upgrade.Take(this, Take);
        }
        catch (Exception exception) when (exception is not RuntimeException)
        {
            Upgrade.Close();
            ThrowTerminatingError(ErrorRecords.Unexpected(exception, Upgrade.Path));
        }

        WriteObject(Upgrade);
    }

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => Upgrade?.Cancel();
}

/// <summary>Refuses early: locks the database, plans, and requires that everything can be done.</summary>
[Cmdlet(VerbsLifecycle.Assert, "UpgradePossible")]
[OutputType(typeof(Upgrade))]
public sealed class AssertUpgradePossibleCommand : UpgradeStepCommand
{
    /// <inheritdoc/>
    protected override void Take(GuardedUpgrade upgrade, IProgress<StageProgress> progress) => upgrade.Check(progress);
}

/// <summary>Makes a verified backup.</summary>
[Cmdlet(VerbsData.Backup, "UpgradeDatabase")]
[OutputType(typeof(Upgrade))]
public sealed class BackupUpgradeDatabaseCommand : UpgradeStepCommand
{
    /// <inheritdoc/>
    protected override void Take(GuardedUpgrade upgrade, IProgress<StageProgress> progress) => upgrade.BackUp(progress);
}

/// <summary>Rehearses on a copy of the backup.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "UpgradeRehearsal")]
[OutputType(typeof(Upgrade))]
public sealed class InvokeUpgradeRehearsalCommand : UpgradeStepCommand
{
    /// <inheritdoc/>
    protected override void Take(GuardedUpgrade upgrade, IProgress<StageProgress> progress) => upgrade.Rehearse(progress);
}

/// <summary>Migrates in one transaction.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "UpgradeMigration")]
[OutputType(typeof(Upgrade))]
public sealed class InvokeUpgradeMigrationCommand : UpgradeStepCommand
{
    /// <inheritdoc/>
    protected override void Take(GuardedUpgrade upgrade, IProgress<StageProgress> progress) => upgrade.Migrate(progress);
}

/// <summary>Verifies the committed file, or restores the backup.</summary>
[Cmdlet(VerbsLifecycle.Confirm, "UpgradeMigration")]
[OutputType(typeof(Upgrade))]
public sealed class ConfirmUpgradeMigrationCommand : UpgradeStepCommand
{
    /// <inheritdoc/>
    protected override void Take(GuardedUpgrade upgrade, IProgress<StageProgress> progress) => upgrade.Verify(progress);
}
