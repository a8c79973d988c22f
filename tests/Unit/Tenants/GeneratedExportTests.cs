using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Generated;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>
/// Random stores of a random schema become one database, migrated in every way: each tenant is found equal to its store, its export is that
/// store again by the sqlite3 shell, and any change of it is found.
/// </summary>
public sealed class GeneratedExportTests : ImportFolder
{
    private const int Stores = 3;

    private static int Count => Soak.IsOn ? 400 : 12;

    [Fact]
    public void Tenants_are_equal_to_their_stores_and_become_them_again()
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

            string database = Path.Combine(Folder, $"{seed}.db");
            File.Copy(files[0], database);
            MigrationOptions options = new("n0") { UniqueScope = (UniqueScope)(seed % 3), IndexStrategy = (IndexStrategy)(seed % 2) };
            UpgradeResult upgrade = GuardedUpgrade.Run(database, new UpgradeOptions(options));
            upgrade.Status.ShouldBe(UpgradeStatus.Succeeded, $"{where}\n{upgrade.Error}");
            KeyDeclarations keys = Keys([.. random.Declarations]);
            IReadOnlyList<TenantImportResult> results = TenantImport.Run(
                database,
                [.. Enumerable.Range(1, Stores - 1).Select(i => new TenantSource(files[i], $"n{i}") { Keys = keys })],
                new TenantImportOptions());
            foreach (TenantImportResult result in results.Where(r => r.Error?.ErrorId != ErrorIds.KeysCollide))
            {
                result.Status.ShouldBe(TenantChangeStatus.Succeeded, $"{where}\n{result.Error}");
            }

            for (int i = 0; i < Stores; i++)
            {
                // A composite key that names no row may be that of another store, and must not change.
                if (i > 0 && results[i - 1].Status != TenantChangeStatus.Succeeded)
                {
                    options.UniqueScope.ShouldNotBe(UniqueScope.TenantAndPrimaryKey, where);
                    continue;
                }

                string tenant = $"n{i}";
                Differences(database, tenant, files[i]).ShouldBeEmpty(where);
                TenantExportResult single = TenantExport.Create(database, new TenantExportOptions(tenant) { AsSingleTenant = true });
                Shell.Sql(single.ExportPath, AllRows(random)).ShouldBe(Shell.Sql(files[i], AllRows(random)), $"{where}, store {i}");
                Shell.Sql(single.ExportPath, "PRAGMA integrity_check").ShouldBe("ok");
                Differences(database, tenant, single.ExportPath).ShouldBeEmpty(where);
                TenantExportResult same = TenantExport.Create(database, new TenantExportOptions(tenant));
                Differences(database, tenant, same.ExportPath).ShouldBeEmpty(where);
                Mutate(random, files[i], i + seed);
                if (Changed(random, files[i], single.ExportPath))
                {
                    Differences(database, tenant, files[i]).ShouldNotBeEmpty($"{where}, store {i}");
                }
            }
        }
    }

    private static TenantDifference[] Differences(string database, string tenant, string with)
    {
        using TenantComparisonReading reading = TenantComparison.Run(database, new TenantComparisonOptions(tenant, with));
        return [.. reading.Differences];
    }

    private static bool Changed(RandomStores random, string one, string other) =>
        Shell.Sql(one, AllRows(random)) != Shell.Sql(other, AllRows(random));

    private static void Mutate(RandomStores random, string store, int seed)
    {
        RandomStores.Table table = random.Tables[seed % random.Tables.Count];
        string row = $"mark = (SELECT min(mark) FROM {table.Name})";
        _ = Shell.Sql(store, "DROP TRIGGER nosy; " + (seed % 4) switch
        {
            0 => $"DELETE FROM {table.Name} WHERE {row}",
            1 => $"UPDATE {table.Name} SET v = 'changed' WHERE {row}",
            2 when table.References.Count > 0 => $"UPDATE {table.Name} SET {table.References[0].Column} = 4711 WHERE {row}",
            _ => $"UPDATE {table.Name} SET mark = mark || 'x' WHERE {row}",
        });
    }

    /// <summary>Every value of every row, keys included.</summary>
    private static string AllRows(RandomStores random) => string.Concat(random.Tables.Select(table =>
    {
        string[] columns =
        [
            .. table.IsSingle ? ["id"] : table.Key == RandomStores.Key.Composite ? ["o", "n"] : (string[])[],
            "mark",
            "v",
            "\"odd col\"",
            .. table.References.Select(r => r.Column),
        ];
        return $"SELECT '{table.Name}', {string.Join(", ", columns.Select(c => $"quote({c})"))} FROM {table.Name} ORDER BY mark;\n";
    }));
}
