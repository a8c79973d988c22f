using PosTenancy.Engine.History;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Queries;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Statements.Trial;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Tests.Hostile;

/// <summary>Every command for a database, by name.</summary>
internal static class HostileCommands
{
    private const string Tenant = "caps-automotive";

    /// <summary>Commands that guarantee to change nothing.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string, CancellationToken, object>> Readers = new Dictionary<
        string,
        Func<string, CancellationToken, object>
    >(StringComparer.Ordinal)
    {
        ["plan"] = static (path, stop) => TenantPlan.Read(path, new MigrationOptions(Tenant), stop),
        ["plan of keys per tenant"] = static (path, stop) =>
            TenantPlan.Read(path, new MigrationOptions(Tenant) { UniqueScope = UniqueScope.Tenant }, stop),
        ["preview"] = static (path, stop) =>
            GuardedUpgrade.Preview(path, new UpgradeOptions(new MigrationOptions(Tenant)), cancellation: stop),
        ["integrity"] = static (path, stop) =>
            TenantIntegrity.Test(path, new TenantExpectation(Tenant, "tenant_id", []), cancellation: stop),
        ["distribution"] = static (path, stop) => TenantIntegrity.Distribution(path, "tenant_id", static _ => true, cancellation: stop),
        ["history"] = static (path, stop) => TenantHistory.Read(path, cancellation: stop),
        ["isolation"] = static (path, stop) =>
            TenantIsolation.Test(path, new TenantExpectation(Tenant, "tenant_id", []), cancellation: stop),
        ["statements"] = static (path, stop) =>
        {
            using StatementTrial trial = StatementTrial.Open(path, "tenant_id", [], cancellation: stop);
            return trial.Try("SELECT * FROM sales").Concat(trial.Try("UPDATE sales SET id = id WHERE tenant_id = ?")).ToArray();
        },
    };

    /// <summary>Commands that need a backup for comparison.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string, string, CancellationToken, object>> Comparers = new Dictionary<
        string,
        Func<string, string, CancellationToken, object>
    >(StringComparer.Ordinal)
    {
        ["integrity against the backup"] = static (path, backup, stop) =>
            TenantIntegrity.Test(path, new TenantExpectation(Tenant, "tenant_id", []), backup, cancellation: stop),
        ["queries"] = static (path, backup, stop) =>
            TenantQueries.Measure(path, backup, new MeasurementOptions { TimePerQuery = TimeSpan.FromMilliseconds(1) }, cancellation: stop),
    };

    /// <summary>The result of a command, or its expected error. Any other exception is a defect.</summary>
    public static (object? Result, PosTenancyException? Error) Run(
        Func<string, CancellationToken, object> command,
        string path,
        CancellationToken stop)
    {
        try
        {
            return (command(path, stop), null);
        }
        catch (PosTenancyException exception)
        {
            exception.ErrorId.ShouldNotBe(ErrorIds.Unexpected, exception.ToString());
            exception.Path.ShouldNotBeNull();
            return (null, exception);
        }
    }

    public static UpgradeResult Upgrade(string path, CancellationToken stop) =>
        GuardedUpgrade.Run(path, new UpgradeOptions(new MigrationOptions(Tenant)) { LockTimeout = TimeSpan.Zero }, progress: null, stop);

    public static BackupResult Backup(string path, string destination, CancellationToken stop) =>
        DatabaseBackup.Create(path, destination, TimeSpan.Zero, progress: null, stop);
}
