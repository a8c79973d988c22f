using System.Collections;
using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>Reads the tenants of tables, as <c>-TenantFor</c> takes them.</summary>
internal static class TableTenants
{
    /// <summary>The tables in the order of their names, so that the same hashtable is always the same option.</summary>
    /// <exception cref="PosTenancyException">A tenant id cannot be used.</exception>
    public static IReadOnlyList<TableTenant> From(IDictionary tenants) =>
    [
        .. tenants.Keys
            .Cast<object>()
            .Select(table => new TableTenant(
                LanguagePrimitives.ConvertTo<string>(table), LanguagePrimitives.ConvertTo<string>(tenants[table])))
            .OrderBy(t => t.Table, StringComparer.Ordinal),
    ];
}
