using PosTenancy.Engine.Verification;

namespace PosTenancy.Commands;

/// <summary>Completes a tenant from those that have rows.</summary>
public sealed class TenantIdCompleter : NameCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CommandLine line, CancellationToken cancellation) =>
        Matching(DatabaseNames.Tenants(line.Database, line.ColumnName, cancellation), line, static name => name);
}
