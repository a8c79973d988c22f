using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

// Hide the modules of the user and of the machine, here and in every PowerShell started from here; modules that a test adds remain visible.
const string Variable = "PSModulePath";
string own = Path.Combine(AppContext.BaseDirectory, "Modules");
string[] inherited = (Environment.GetEnvironmentVariable(Variable) ?? "").Split(Path.PathSeparator);
string[] others = ModuleIntrinsics.GetModulePath(null, null, null).Split(Path.PathSeparator);
string modules = inherited.Contains(own) ? string.Join(Path.PathSeparator, inherited.Except(others).Append(own)) : own;
Environment.SetEnvironmentVariable(Variable, modules);
InitialSessionState state = InitialSessionState.CreateDefault2();
state.EnvironmentVariables.Add(new SessionStateVariableEntry(Variable, modules, "Without the modules of the user and of the machine"));

// On Windows, run the scripts of the checkout regardless of the machine's policy.
Environment.SetEnvironmentVariable("PSExecutionPolicyPreference", "Bypass");

// Tests send no telemetry.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

return ConsoleShell.Start(state, bannerText: null, helpText: null, args);
