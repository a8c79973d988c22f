using System.Text.Json;
using PosTenancy;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Faults.Victim;

// One command of the engine, as the cmdlets call it. Its stages are lines on the error stream, so that who traces the system calls
// knows which stage each belongs to; its result is one line of JSON.
StageLines progress = new();
string status;
PosTenancyException? known = null;
Failure? failure = null;
try
{
    switch (args)
    {
        case ["upgrade", { } database, { } tenant]:
            UpgradeResult upgrade = GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions(tenant)), progress);
            (status, failure) = (upgrade.Status.ToString(), upgrade.Error);
            break;
        case ["restore", { } database, { } backup]:
            DatabaseRestore.Restore(database, backup, progress: progress);
            status = "Succeeded";
            break;
        case ["isolation", { } database, { } tenant]:
            TenantIsolation.Test(database, TenantExpectation.Of(new MigrationOptions(tenant)), progress: progress);
            status = "Succeeded";
            break;
        case ["backup", { } database]:
            DatabaseBackup.Create(database, progress: progress);
            status = "Succeeded";
            break;
        default:
            Console.Error.WriteLine("upgrade <database> <tenant> | restore <database> <backup> | backup <database> | isolation <database> <tenant>");
            return 2;
    }
}
catch (PosTenancyException exception)
{
    known = exception;
    status = "Thrown";
}
catch (Exception exception)
{
    // What the cmdlets would make PosTenancy.Unexpected of.
    failure = new Failure(ErrorIds.Unexpected, exception.ToString());
    status = "Thrown";
}

failure ??= known is null ? null : new Failure(known.ErrorId, known.Message);
Console.Out.WriteLine(JsonSerializer.Serialize(new { Status = status, failure?.ErrorId, failure?.Message }));
return 0;
