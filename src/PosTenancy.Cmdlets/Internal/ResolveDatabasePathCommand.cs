using System.Management.Automation;

namespace PosTenancy.Commands.Internal;

/// <summary>Gives the script functions the same paths that the cmdlets work on. Not exported.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "DatabasePath", DefaultParameterSetName = "Path")]
[OutputType(typeof(string))]
public sealed class ResolveDatabasePathCommand : DatabaseCommand
{
    /// <summary>The command that uses the path reports it.</summary>
    protected override bool ReadsOnly => false;

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path) => WriteObject(path);
}
