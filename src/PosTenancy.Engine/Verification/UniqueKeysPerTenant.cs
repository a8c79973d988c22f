using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Whether each key is unique within a tenant only. A key over all tenants prevents a second tenant from using the values of the first, and
/// INSERT OR REPLACE replaces the first tenant's row. A primary key that is the rowid is excluded: SQLite assigns it.
/// </summary>
internal sealed class UniqueKeysPerTenant : IntegrityCheck
{
    public override string Name => nameof(UniqueKeysPerTenant);

    public override string Title => "Unique keys within a tenant";

    public override string? Risk => "Values that a second tenant cannot use";

    public override string Expected(CheckContext context) => context.Expectation.UniqueScope switch
    {
        UniqueScope.Tenant => "0 UNIQUE keys across all tenants",
        UniqueScope.TenantAndPrimaryKey => "0 UNIQUE and primary keys across all tenants",
        _ => "no key across all tenants",
    };

    public override CheckFinding Measure(CheckContext context)
    {
        List<(string Table, IndexSchema Key)> global =
        [
            .. from table in context.Tables
               from index in TenantKeys.OverAllTenants(table, context.Expectation.ColumnName)
               select (table.Name, index),
        ];
        int all = context.Tables.Sum(t => t.Indexes.Count(i => i.IsUnique));
        string actual = $"{global.Count} of {all} keys across all tenants";
        List<string> promised = [.. global.Where(g => IsPromised(context.Expectation.UniqueScope, g.Key)).Select(Text)];
        return (promised.Count, global.Count) switch
        {
            ( > 0, _) => new CheckFinding(CheckStatus.Failed, actual, List(promised)),
            (_, > 0) => new CheckFinding(CheckStatus.Warning, actual, List([.. global.Select(Text)])),
            _ => new CheckFinding(CheckStatus.Passed, actual),
        };
    }

    private static bool IsPromised(UniqueScope scope, IndexSchema key) =>
        scope == UniqueScope.TenantAndPrimaryKey || (scope == UniqueScope.Tenant && key.Origin != "pk");

    private static string Text((string Table, IndexSchema Key) key) =>
        $"{key.Table}: {TenantKeys.Text(key.Key)}";
}
