using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

// Modules of the user or of the machine are not seen, here and in every PowerShell that is started from here.
InitialSessionState state = InitialSessionState.CreateDefault2();
string modules = Path.Combine(AppContext.BaseDirectory, "Modules");
Environment.SetEnvironmentVariable("PSModulePath", modules);
state.EnvironmentVariables.Add(new SessionStateVariableEntry("PSModulePath", modules, "Only the modules of this program"));

// On Windows the scripts of the checkout run whatever the policy of the machine is.
Environment.SetEnvironmentVariable("PSExecutionPolicyPreference", "Bypass");

// Tests report to no one.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

return ConsoleShell.Start(state, bannerText: null, helpText: null, args);
