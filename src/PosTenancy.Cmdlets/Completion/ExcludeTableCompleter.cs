using PosTenancy.Engine.Verification;

namespace PosTenancy.Commands;

/// <summary>Completes the name of a table, for a parameter that the engine compares literally before it reads it as a pattern.</summary>
public sealed class ExcludeTableCompleter : NameCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CommandLine line, CancellationToken cancellation) =>
        Matching(DatabaseNames.Tables(line.Database, cancellation), line, static name => name);
}
