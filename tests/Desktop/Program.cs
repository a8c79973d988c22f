using PosTenancy.Tests.Desktop;

// Runs the build for Windows PowerShell 5.1. Exits with 0 if each step kept its promise.
return args.Length > 1 && args[0] == "copy" ? ModuleLoading.Run(args) : Upgrade.Run(args);
