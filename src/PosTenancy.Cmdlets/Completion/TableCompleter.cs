using System.Management.Automation;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Commands;

/// <summary>Completes the name of a table, for a parameter that takes PowerShell's wildcards.</summary>
public sealed class TableCompleter : NameCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CommandLine line, CancellationToken cancellation) =>
        Matching(DatabaseNames.Tables(line.Database, cancellation), line, WildcardPattern.Escape);
}
