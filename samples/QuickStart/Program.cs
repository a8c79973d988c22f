using PosTenancy;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Reporting;
using PosTenancy.QuickStart;

const int NotDone = 1;
const int WrongUsage = 2;
const int Cancelled = 130;

if (Arguments.IsHelp(args))
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

Arguments arguments;
UpgradeOptions options;
try
{
    arguments = Arguments.Parse(args);
    options = new UpgradeOptions(new MigrationOptions(arguments.TenantId));
}
catch (Exception exception) when (exception is FormatException or PosTenancyException)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(Arguments.Usage);
    return WrongUsage;
}

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, pressed) =>
{
    // Keep the process running until the engine has rolled everything back.
    pressed.Cancel = true;
    stop.Cancel();
};

Screen screen = new();
string database = arguments.Database ?? SampleStore.Create();
screen.Begin(database, arguments.TenantId);

UpgradeResult result = screen.Run(progress => GuardedUpgrade.Run(database, options, progress, stop.Token));

if (result.Checks.Count > 0)
{
    screen.Say("");
    screen.Checks(result.Checks);
}

if (result.Migration is { Status: not MigrationStatus.RolledBack } migration)
{
    screen.Tables(migration);
}

screen.End(result);

string[] reports = arguments switch
{
    { Database: null } => [Path.ChangeExtension(database, ".report.md"), Path.ChangeExtension(database, ".report.html")],
    { ReportPath: { } path } => [Path.GetFullPath(path)],
    _ => [],
};
bool isWritten = true;
foreach (string report in reports)
{
    try
    {
        UpgradeReport.Write(result with { ReportPath = report }, report);
        screen.Fact("Report", report);
    }
    catch (PosTenancyException exception)
    {
        screen.Error(exception.ErrorId, exception.Message);
        isWritten = false;
    }
}

if (result.Backup is { } backup)
{
    screen.Fact("Backup", backup.BackupPath);
}

if (result.Status == UpgradeStatus.Cancelled)
{
    return Cancelled;
}

if (result.Status is not (UpgradeStatus.Succeeded or UpgradeStatus.AlreadyMigrated) || !isWritten)
{
    return NotDone;
}

if (arguments.Database is null)
{
    string again = $"dotnet run --project samples/QuickStart -- \"{result.Path}\"";
    screen.Say("");
    screen.Say("Try next:");
    screen.Fact("Inspect", $"sqlite3 \"{result.Path}\" \"SELECT tenant_id, count(*) FROM users GROUP BY 1\"");
    screen.Fact("Run again", $"{again} {arguments.TenantId}    (nothing is left to do)");
    screen.Fact("A refusal", $"{again} another-tenant    (the rows already have a tenant)");
}

return 0;
