using System.Globalization;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Generated;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>
/// Random lives of random stores: imported, sold in, renamed, exported, restored and removed in any order. After each step the sqlite3
/// shell reads every tenant, and finds it as a model says that knows nothing of keys.
/// </summary>
public sealed class GeneratedLifeTests : ImportFolder
{
    private const int Steps = 14;

    private static int Count => Soak.IsOn ? 300 : 8;

    [Fact]
    public void Every_tenant_equals_its_model_after_every_step()
    {
        int first = GeneratedSettings.Seed ?? 1;
        for (int seed = first; seed < first + (GeneratedSettings.Seed is null ? Count : 1); seed++)
        {
            string folder = Path.Combine(Folder, seed.ToString(CultureInfo.InvariantCulture));
            _ = Directory.CreateDirectory(folder);
            Life life = new(folder, seed);
            life.Begin();
            for (int step = 0; step < Steps; step++)
            {
                life.Step();
                life.Check();
            }
        }
    }

    /// <summary>A tenant, whatever it is called.</summary>
    private sealed record Owner(int Number, string Name, string Model);

    /// <summary>One database and what was kept of it.</summary>
    private sealed class Life(string folder, int seed)
    {
        private readonly string _database = Path.Combine(folder, "pos.db");
        private readonly Random _random = new(seed);
        private readonly RandomStores _stores = new(seed);
        private readonly List<Owner> _tenants = [];
        private readonly List<(string Path, Owner[] Tenants)> _kept = [];
        private readonly List<string> _log = [];
        private int _next;
        private bool _isComplete;

        private string Where =>
            $"seed {seed}: {GeneratedSettings.SeedVariable}={seed} tries it again\n{string.Join("\n", _log)}";

        public void Begin()
        {
            CreateStore(_database);
            string model = Shell.Sql(_database, _stores.Questions(tenant: null));
            MigrationOptions options = new("n0") { UniqueScope = (UniqueScope)(seed % 3), IndexStrategy = (IndexStrategy)(seed % 2) };
            UpgradeResult upgrade = GuardedUpgrade.Run(_database, new UpgradeOptions(options));
            upgrade.Status.ShouldBe(UpgradeStatus.Succeeded, $"{Where}\n{upgrade.Error}");
            _tenants.Add(new Owner(_next++, "n0", model));
            Import();
        }

        public void Step()
        {
            switch (_random.Next(12))
            {
                case 0 or 1:
                    Import();
                    break;
                case 2 or 3 or 4:
                    Sell();
                    break;
                case 5:
                    Rename();
                    break;
                case 6:
                    Export();
                    break;
                case 7:
                    BackUp();
                    break;
                case 8 or 9:
                    Restore();
                    break;
                case 10:
                    Remove();
                    break;
                default:
                    Complete();
                    break;
            }
        }

        public void Check()
        {
            foreach (Owner tenant in _tenants)
            {
                Shell.Sql(_database, Questions(tenant.Name)).ShouldBe(tenant.Model, $"{Where}\ntenant {tenant.Name}");
            }

            // Not by the shell: that of SQLite 3.40 misreads NOT NULL columns of tables WITHOUT ROWID.
            using (DatabaseConnection connection = DatabaseConnection.OpenImmutable(_database, CancellationToken.None))
            {
                connection.Query("PRAGMA integrity_check", static row => row.GetString(0)).ShouldBe(["ok"], Where);
            }

            long rows = _tenants.Sum(t => t.Model.Length == 0 ? 0 : t.Model.Split('\n').Length);
            Shell.Sql(_database, string.Join(" + ", _stores.Tables.Select(t => $"(SELECT count(*) FROM {t.Name})")).Insert(0, "SELECT "))
                .ShouldBe(rows.ToString(CultureInfo.InvariantCulture), $"{Where}\nrows of no tenant");
        }

        private string Questions(string tenant) => _stores.Questions(tenant, keysPerTenant: seed % 3 > 0);

        private void CreateStore(string file) =>
            Shell.Sql(file, _stores.Schema() + "BEGIN;\n" + _stores.Rows() + "COMMIT;");

        private Owner Any() => _tenants[_random.Next(_tenants.Count)];

        private void Change(Owner tenant, Owner now) => _tenants[_tenants.IndexOf(tenant)] = now;

        private void Import()
        {
            Owner tenant = new(_next, $"n{_next}", "");
            _next++;
            string source = Path.Combine(folder, tenant.Name + ".db");
            CreateStore(source);
            _log.Add($"import {tenant.Name}");
            TenantImportResult result = TenantImport.Run(
                _database,
                [new TenantSource(source, tenant.Name) { Keys = Keys([.. _stores.Declarations]) }],
                new TenantImportOptions { SkipRehearsal = _random.Next(3) == 0 }).Single();

            // A composite key that names no row may be that of another store, and must not change.
            if (result.Error?.ErrorId == ErrorIds.KeysCollide)
            {
                _log.Add("refused");
                return;
            }

            result.Status.ShouldBe(TenantChangeStatus.Succeeded, $"{Where}\n{result.Error}");
            result.Checks.ShouldHavePassed();
            _tenants.Add(tenant with { Model = Shell.Sql(source, _stores.Questions(tenant: null)) });
        }

        /// <summary>The application works for one tenant.</summary>
        private void Sell()
        {
            Owner tenant = Any();
            RandomStores.Table table = _stores.Tables[_random.Next(_stores.Tables.Count)];
            string where = $"tenant_id = '{tenant.Name}'";
            string row = $"{where} AND mark = (SELECT min(mark) FROM {table.Name} WHERE {where})";
            string mark = $"'s{_log.Count}'";
            string sql = _random.Next(4) switch
            {
                0 => $"DELETE FROM {table.Name} WHERE {row}",
                1 => $"UPDATE {table.Name} SET v = {mark} WHERE {row}",
                _ when table.Key == RandomStores.Key.Text =>
                    $"INSERT INTO {table.Name}(tenant_id, id, mark) VALUES('{tenant.Name}', 'new{_log.Count}', {mark})",
                _ when table.IsSingle =>
                    $"INSERT INTO {table.Name}(tenant_id, id, mark) SELECT '{tenant.Name}', coalesce(max(id), 0) + 1, {mark} " +
                    $"FROM {table.Name}",
                _ when table.Key == RandomStores.Key.Composite =>
                    $"INSERT INTO {table.Name}(tenant_id, o, n, mark) SELECT '{tenant.Name}', id, {1000 + _log.Count}, {mark} " +
                    $"FROM {table.Root!.Name} WHERE {where} LIMIT 1",
                _ => $"INSERT INTO {table.Name}(tenant_id, mark) VALUES('{tenant.Name}', {mark})",
            };
            _log.Add($"{tenant.Name}: {sql}");
            _ = Shell.Sql(_database, ".dbconfig enable_trigger off\nPRAGMA foreign_keys = OFF;\n" + sql);
            Change(tenant, tenant with { Model = Shell.Sql(_database, Questions(tenant.Name)) });
        }

        private void Rename()
        {
            Owner tenant = Any();
            string name = $"r{_log.Count}";
            _log.Add($"rename {tenant.Name} to {name}");
            Good(new TenantRename(_database, new TenantRenameOptions(tenant.Name, name)).Run());
            Change(tenant, tenant with { Name = name });
        }

        private void Export()
        {
            Owner tenant = Any();
            _log.Add($"export {tenant.Name}");
            TenantExportResult export = TenantExport.Create(_database, new TenantExportOptions(tenant.Name));
            _kept.Add((export.ExportPath, [tenant]));
        }

        private void BackUp()
        {
            _log.Add("backup");
            _kept.Add((DatabaseBackup.Create(_database).BackupPath, [.. _tenants]));
        }

        private void Restore()
        {
            if (_kept.Count == 0)
            {
                return;
            }

            (string path, Owner[] tenants) = _kept[_random.Next(_kept.Count)];
            Owner then = tenants[_random.Next(tenants.Length)];
            string name = _tenants.FirstOrDefault(t => t.Number == then.Number)?.Name ?? then.Name;
            RestoreConflictAction action = _random.Next(2) == 0 ? RestoreConflictAction.Refuse : RestoreConflictAction.NewKey;
            _log.Add($"restore {name} as {then.Name} of {Path.GetFileName(path)}, {action}");
            string before = Sha256(_database);
            TenantRestoreResult result = new TenantRestore(
                _database, new TenantRestoreOptions(name, path) { SourceTenantId = then.Name, OnConflict = action }).Run();
            if (result.Status == TenantChangeStatus.Refused && result.Error!.ErrorId == ErrorIds.RestoreConflict)
            {
                _log.Add("refused");
                Sha256(_database).ShouldBe(before, Where);
                return;
            }

            Good(result);
            _ = _tenants.RemoveAll(t => t.Number == then.Number);
            _tenants.Add(then with { Name = name });
        }

        private void Remove()
        {
            Owner tenant = Any();
            bool erases = _random.Next(2) == 0;
            _log.Add($"{(erases ? "erase" : "remove")} {tenant.Name}");
            string before = Sha256(_database);
            TenantRemovalResult result = new TenantRemoval(
                _database, new TenantRemovalOptions(tenant.Name) { Erase = erases, SkipExport = _random.Next(2) == 0 }).Run();
            if (result.Status == TenantChangeStatus.Refused)
            {
                _log.Add($"refused: {result.Error!.ErrorId}");
                result.Error.ErrorId.ShouldBeOneOf(ErrorIds.LastTenant, ErrorIds.TenantIsDefault, ErrorIds.TenantReferenced);
                (result.Error.ErrorId == ErrorIds.LastTenant).ShouldBe(_tenants.Count == 1, Where);
                (_isComplete && result.Error.ErrorId == ErrorIds.TenantIsDefault).ShouldBeFalse(Where);
                Sha256(_database).ShouldBe(before, Where);
                return;
            }

            Good(result);
            _ = _tenants.Remove(tenant);
            if (result.Export is { } export)
            {
                _kept.Add((export.ExportPath, [tenant]));
            }
        }

        private void Complete()
        {
            _log.Add("complete");
            Good(new TenantCompletion(_database, new TenantCompletionOptions()).Run());
            _isComplete = true;
            foreach (RandomStores.Table table in _stores.Tables)
            {
                Should.Throw<Exception>(() => Shell.Sql(_database, $"INSERT INTO {table.Name}(mark) VALUES('forgotten')"), Where);
            }
        }

        private void Good(TenantChangeResult result)
        {
            result.Status.ShouldBe(TenantChangeStatus.Succeeded, $"{Where}\n{result.Error}");
            result.Checks.ShouldHavePassed();
        }
    }
}
