using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Generated;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>
/// Random stores of a random schema become one database: each tenant equals a model that knows nothing of keys, the product's own proof
/// says so, and a change of the result makes that proof fail.
/// </summary>
public sealed class GeneratedImportTests : ImportFolder
{
    private const int Stores = 4;

    private static int Count => Soak.IsOn ? 400 : 12;

    [Fact]
    public void Stores_become_tenants_that_equal_them()
    {
        int first = GeneratedSettings.Seed ?? 1;
        for (int seed = first; seed < first + (GeneratedSettings.Seed is null ? Count : 1); seed++)
        {
            string where = $"seed {seed}: {GeneratedSettings.SeedVariable}={seed} tries it again";
            RandomStores random = new(seed);
            string[] files = [.. Enumerable.Range(0, Stores).Select(i => Path.Combine(Folder, $"{seed}-{i}.db"))];
            foreach (string file in files)
            {
                Shell.Sql(file, random.Schema() + "BEGIN;\n" + random.Rows() + "COMMIT;");
            }

            string database = files[0];
            string[] models = [.. files.Select(f => Shell.Sql(f, random.Questions(tenant: null)))];
            GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions("n0"))).Status.ShouldBe(UpgradeStatus.Succeeded, where);
            KeyDeclarations keys = Keys([.. random.Declarations]);
            TenantSource[] sources =
            [
                .. Enumerable.Range(1, Stores - 1).OrderBy(i => (i * 7) + (seed % 3)).Select(i =>
                    new TenantSource(files[i], $"n{i}") { Keys = keys }),
            ];

            // One run for two of them, and another for the last.
            IReadOnlyList<TenantImportResult> results =
            [
                .. TenantImport.Run(database, sources[..2], new TenantImportOptions { SkipRehearsal = seed % 4 == 0 }),
                .. TenantImport.Run(database, sources[2..], new TenantImportOptions()),
            ];

            foreach (TenantImportResult result in results)
            {
                result.Status.ShouldBe(TenantChangeStatus.Succeeded, $"{where}\n{result.Error}");
                result.Checks.ShouldHavePassed();
            }

            for (int i = 0; i < Stores; i++)
            {
                Shell.Sql(database, random.Questions($"n{i}")).ShouldBe(models[i], $"{where}, store {i}");
            }

            Mutate(database, random, results[^1], seed, where);
        }
    }

    private static void Mutate(string database, RandomStores random, TenantImportResult result, int seed, string where)
    {
        string tenant = $"tenant_id = '{result.TenantId}'";
        RandomStores.Table[] tables =
            [.. random.Tables.Where(t => Shell.Sql(database, $"SELECT count(*) FROM {t.Name} WHERE {tenant}") != "0")];
        if (tables.Length == 0)
        {
            return;
        }

        RandomStores.Table table = tables[seed % tables.Length];
        string row = $"{tenant} AND mark = (SELECT min(mark) FROM {table.Name} WHERE {tenant})";
        string mutation = (seed % 4) switch
        {
            0 => $"DELETE FROM {table.Name} WHERE {row}",
            1 => $"UPDATE {table.Name} SET mark = mark || 'x' WHERE {row}",
            2 when table.References.Count > 0 =>
                $"UPDATE {table.Name} SET {table.References[0].Column} = coalesce({table.References[0].Column}, '') || '7' WHERE {row}",
            _ when table.IsSingle => $"UPDATE {table.Name} SET id = id || '77' WHERE {row}",
            _ => $"UPDATE {table.Name} SET v = 'changed' WHERE {row}",
        };
        _ = Shell.Sql(database, "DROP TRIGGER nosy; " + mutation);
        using DatabaseConnection connection = DatabaseConnection.OpenImmutable(database, CancellationToken.None);
        TenantLayout layout = TenantLayout.Read(connection, "tenant_id", []);
        KeyMapFile map = KeyMapFile.Read(database, result.TenantId, result.KeyMapPath!, Sha256(result.KeyMapPath!));
        ImportedRows
            .FromMap(database, new TenantSlice(connection, "tenant_id", result.TenantId), layout, map)
            .Check()
            .ShouldContain(c => c.Status == CheckStatus.Failed, $"{where}\n{mutation}");
    }
}
