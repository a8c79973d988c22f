using System.Collections;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Commands;

/// <summary>Completes a tenant from those that have rows in the file of -BackupPath.</summary>
public sealed class BackupTenantIdCompleter : NameCompleter
{
    private protected override CommandLine? Read(IDictionary bound, string word) => CommandLine.ReadFile(bound, "BackupPath", word);

    private protected override IEnumerable<Suggestion> Suggest(CommandLine line, CancellationToken cancellation) =>
        Matching(DatabaseNames.Tenants(line.Database, line.ColumnName, cancellation), line, static name => name);
}
