using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

[assembly: AssemblyFixture(typeof(Chain))]

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>20 stores of the sample application, each a tenant of one database: merged once, by the engine's own import.</summary>
public sealed class Chain : TestFolder
{
    private const int Stores = 20;

    private static readonly Lazy<Chain> Merged = new(() =>
    {
        Chain chain = new();
        chain.Merge();
        return chain;
    });

    /// <summary>The tenants.</summary>
    internal static IReadOnlyList<string> Tenants { get; } = [.. Enumerable.Range(1, Stores).Select(Name)];

    /// <summary>Copies the database.</summary>
    internal static void CopyTo(string path) => File.Copy(Merged.Value.Database, path);

    /// <summary>Copies the database, with some of the tenants alone.</summary>
    internal static void CopyTo(string path, IEnumerable<string> tenants)
    {
        CopyTo(path);
        string kept = string.Join(", ", tenants.Select(t => $"'{t}'"));
        _ = Shell.Sql(path, Shell.Sql(
            path,
            $"""
            SELECT 'DELETE FROM ' || name || ' WHERE tenant_id NOT IN ({kept.Replace("'", "''", StringComparison.Ordinal)});'
            FROM sqlite_schema AS s WHERE type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(s.name) WHERE name = 'tenant_id')
            """));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (Merged.IsValueCreated && Merged.Value != this)
        {
            Merged.Value.Dispose();
        }

        base.Dispose(disposing);
    }

    private static string Name(int store) => string.Create(CultureInfo.InvariantCulture, $"store-{store:00}");

    private void Merge()
    {
        for (int store = 1; store <= Stores; store++)
        {
            CreateSampleStore();
            string rows = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "store.sql"));
            _ = Shell.Sql(Database, rows.Replace(":n", store.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            File.Move(Database, Source(store));
        }

        File.Move(Source(1), Database);
        MigrationOptions options = new(Name(1)) { UniqueScope = UniqueScope.Tenant };
        GuardedUpgrade.Run(Database, new UpgradeOptions(options) { SkipRehearsal = true }).Status.ShouldBe(UpgradeStatus.Succeeded);

        // The stores were installed alike, with the same ids, which the import makes distinct.
        KeyDeclarations keys = KeyDeclarations.Parse(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["*.id"] = "Key",
            ["audit_log.entity_id"] = new Dictionary<string, string> { ["Type"] = "entity_type", ["users"] = "users" },
        });
        TenantImport.Run(
            Database,
            [.. Enumerable.Range(2, Stores - 1).Select(i => new TenantSource(Source(i), Name(i)) { Keys = keys })],
            new TenantImportOptions { SkipRehearsal = true }).ShouldAllBe(r => r.Status == TenantChangeStatus.Succeeded);
    }

    private string Source(int store) => Path.Combine(Folder, $"{Name(store)}.db");
}
