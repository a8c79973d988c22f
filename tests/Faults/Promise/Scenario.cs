using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Faults.Tracing;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Promise;

/// <summary>The victim's command.</summary>
internal enum Command
{
    Upgrade,
    Restore,
    Backup,
    Isolation,
    Import,
    Rename,
    TenantRestore,
    Remove,
    Erase,
    Complete,
}

/// <summary>One command on one kind of store: the folder before it, and the content of the database before and after.</summary>
internal sealed class Scenario : IDisposable
{
    private Scenario(string name, Command command, Store template, Witness witness, string shop, string migrated)
    {
        Name = name;
        Command = command;
        Template = template;
        Witness = witness;
        Shop = shop;
        Migrated = migrated;
    }

    public string Name { get; }

    public Command Command { get; }

    /// <summary>The folder before the command; victims receive copies of it.</summary>
    public Store Template { get; }

    public Witness Witness { get; }

    /// <summary>The store that an import brings in; it lies in another folder.</summary>
    public Store? Source { get; private init; }

    /// <summary>The witness's reading of the store's database and of every backup of it.</summary>
    public string Shop { get; }

    /// <summary>The witness's reading of the migrated database; for a restore from a log, with a later sale.</summary>
    public string Migrated { get; }

    public string Before => Command is Command.Restore or Command.Isolation ? Migrated : Shop;

    public string After => Command is Command.Restore or Command.Backup ? Shop : Migrated;

    /// <summary>Whether it removes a tenant.</summary>
    public bool Removes => Command is Command.Remove or Command.Erase;

    /// <summary>
    /// Creates the scenario of a name: <c>upgrade</c>, <c>upgrade-wal</c>, <c>restore</c>, <c>restore-wal</c>, <c>backup</c>,
    /// <c>backup-journal</c>, <c>isolation</c>, or a change of tenants: <c>import</c>, <c>rename</c>, <c>tenantrestore</c>, <c>remove</c>,
    /// <c>erase</c> or <c>complete</c>, each also with <c>-wal</c>.
    /// </summary>
    public static Scenario Create(string name)
    {
        bool log = name.EndsWith("-wal", StringComparison.Ordinal);
        Command command = Enum.Parse<Command>(name.Split('-')[0], ignoreCase: true);
        Store store = Store.Create(log ? "PRAGMA journal_mode = WAL;" : "", leavesLog: log);
        Witness witness;
        string shop;
        lock (Strace.Forking)
        {
            // The last connection to close checkpoints the log, so read a copy.
            using Store asked = store.Copy();
            witness = new Witness(asked.Database);
            shop = witness.Read(store.Database);
        }

        using Store migrated = store.Copy();
        Run(Command.Upgrade, migrated).ShouldBe(null);
        string after = witness.Read(migrated.Database);
        Witness.HasTenant(shop).ShouldBeFalse();
        after.ShouldContain("tenant_id");
        Rows(migrated.Database, store.Database)
            .ShouldBe(Rows(store.Database, store.Database), "the rows of the shop are those of the migrated one");
        if (name.EndsWith("-journal", StringComparison.Ordinal))
        {
            store.CrashInSale();
        }

        if (command is Command.Upgrade or Command.Backup)
        {
            return new Scenario(name, command, store, witness, shop, after);
        }

        if (command >= Command.Import)
        {
            return CreateChange(name, command, store, witness);
        }

        store.Dispose();
        using Store sold = migrated.Copy();
        if (log)
        {
            // The sales since then are in the log alone.
            sold.Sell();
            after = witness.Read(sold.Database);
        }

        return new Scenario(name, command, sold.Copy(), witness, shop, after);
    }

    /// <summary>
    /// A change of a database whose keys are per tenant and which has no backup yet. Apart from an import, it begins with two tenants.
    /// </summary>
    private static Scenario CreateChange(string name, Command command, Store store, Witness witness)
    {
        GuardedUpgrade
            .Run(store.Database, new UpgradeOptions(new MigrationOptions(Store.Tenant) { UniqueScope = UniqueScope.Tenant }))
            .Status.ShouldBe(UpgradeStatus.Succeeded);
        Store source = Store.Create("", leavesLog: false);
        if (command != Command.Import)
        {
            lock (Strace.Forking)
            {
                Shell.Sql(source.Database, $"UPDATE stores SET name = '{Store.OwnValue}'");
            }

            Run(Command.Import, store, source).ShouldBe(null);
        }

        foreach (string backup in Backups.In(store.Folder).ToList())
        {
            File.Delete(backup);
            File.Delete(Backups.Manifest(backup));
        }

        if (command == Command.TenantRestore)
        {
            // The tenant has lost rows since it was exported.
            TenantExport.Create(store.Database, new TenantExportOptions(Store.Tenant)).Rows.ShouldBeGreaterThan(0);
            lock (Strace.Forking)
            {
                Shell.Sql(
                    store.Database,
                    $"DELETE FROM audit_log WHERE tenant_id = '{Store.Tenant}'; DELETE FROM vehicle_fitment WHERE rowid % 2;");
            }
        }

        if (name.EndsWith("-wal", StringComparison.Ordinal))
        {
            store.Sell();
        }

        string shop = witness.Read(store.Database);
        using Store changed = store.Copy();
        Run(command, changed, source).ShouldBe(null);
        return new Scenario(name, command, store, witness, shop, witness.Read(changed.Database)) { Source = source };
    }

    /// <summary>The victim's arguments for a copy of the folder.</summary>
    public string[] Arguments(Store store) => Command switch
    {
        Command.Upgrade => ["upgrade", store.Database, Store.Tenant],
        Command.Restore => ["restore", store.Database, Backups.In(store.Folder).First()],
        Command.Isolation => ["isolation", store.Database, Store.Tenant],
        Command.Import => ["import", store.Database, Source!.Database, Store.OtherTenant],
        Command.Rename => ["rename", store.Database, Store.Tenant, Store.NewName],
        Command.TenantRestore => ["tenantrestore", store.Database, store.Export, Store.Tenant],
        Command.Remove or Command.Erase => [Command == Command.Remove ? "remove" : "erase", store.Database, Store.OtherTenant],
        Command.Complete => ["complete", store.Database],
        _ => ["backup", store.Database],
    };

    /// <summary>Runs the same command again, in this process, as a store would after a crash.</summary>
    /// <param name="store">Folder in which to run it.</param>
    /// <param name="notices">Notices about the preceding run.</param>
    /// <returns>The error message; <see langword="null"/> if the command succeeded.</returns>
    public string? RunAgain(Store store, out IReadOnlyList<string> notices)
    {
        Notices said = new();
        string? problem = Run(Command, store, Source, said);
        notices = said.Texts;
        return problem;
    }

    public void Dispose()
    {
        Template.Dispose();
        Source?.Dispose();
    }

    private static string? Run(Command command, Store store, Store? source = null, Notices? notices = null)
    {
        lock (Strace.Forking)
        {
            try
            {
                switch (command)
                {
                    case Command.Upgrade:
                        UpgradeResult result = GuardedUpgrade.Run(
                            store.Database,
                            new UpgradeOptions(new MigrationOptions(Store.Tenant)),
                            notices);
                        return result.Status is UpgradeStatus.Succeeded or UpgradeStatus.AlreadyMigrated
                            ? null
                            : $"{result.Status}: {result.Error?.ErrorId} {result.Error}";
                    case Command.Import:
                        KeyDeclarations keys = KeyDeclarations.Parse(
                            new Dictionary<string, string>(StringComparer.Ordinal) { ["*.id"] = "Key" });
                        TenantImportResult import = TenantImport.Run(
                            store.Database,
                            [new TenantSource(source!.Database, Store.OtherTenant) { Keys = keys }],
                            new TenantImportOptions(),
                            notices)[0];
                        return import.Status is TenantChangeStatus.Succeeded or TenantChangeStatus.AlreadyImported
                            ? null
                            : $"{import.Status}: {import.Error?.ErrorId} {import.Error}";
                    case Command.Rename:
                        return Problem(new TenantRename(store.Database, new TenantRenameOptions(Store.Tenant, Store.NewName)).Run(notices));
                    case Command.TenantRestore:
                        return Problem(
                            new TenantRestore(store.Database, new TenantRestoreOptions(Store.Tenant, store.Export)).Run(notices));
                    case Command.Remove or Command.Erase:
                        TenantRemovalResult removal = new TenantRemoval(
                            store.Database,
                            new TenantRemovalOptions(Store.OtherTenant) { Erase = command == Command.Erase }).Run(notices);

                        // After one that was complete, the tenant is gone.
                        return removal.Error?.ErrorId == ErrorIds.TenantNotFound ? null : Problem(removal);
                    case Command.Complete:
                        return Problem(new TenantCompletion(store.Database, new TenantCompletionOptions { Force = true }).Run(notices));
                    case Command.Restore:
                        DatabaseRestore.Restore(store.Database, Backups.In(store.Folder).First(), progress: notices);
                        return null;
                    case Command.Isolation:
                        TenantIsolation.Test(store.Database, TenantExpectation.From(new MigrationOptions(Store.Tenant)), progress: notices);
                        return null;
                    default:
                        DatabaseBackup.Create(store.Database, progress: notices);
                        return null;
                }
            }
            catch (Exception exception)
            {
                return exception is PosTenancyException known ? $"{known.ErrorId} {known.Message}" : exception.ToString();
            }
        }
    }

    private static string? Problem(TenantChangeResult result) =>
        result.Status == TenantChangeStatus.Succeeded ? null : $"{result.Status}: {result.Error?.ErrorId} {result.Error}";

    /// <summary>The rows of one database, limited to the columns of another.</summary>
    private static string Rows(string database, string columnsOf)
    {
        lock (Strace.Forking)
        {
            using Store copy = new();
            foreach (string ending in new[] { "", "-wal" })
            {
                foreach ((string from, string to) in new[] { (database, "rows.db"), (columnsOf, "columns.db") })
                {
                    if (File.Exists(from + ending))
                    {
                        File.Copy(from + ending, Path.Combine(copy.Folder, to + ending));
                    }
                }
            }

            string select = Shell.Sql(
                Path.Combine(copy.Folder, "columns.db"),
                "SELECT 'SELECT ''' || t.name || ''', ' || group_concat('quote(\"' || c.name || '\")') || ' FROM \"' || t.name || '\" " +
                "ORDER BY rowid;' "
                    + "FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' GROUP BY t.name ORDER BY t.name");
            return Shell.Sql(Path.Combine(copy.Folder, "rows.db"), select);
        }
    }

    /// <summary>Collects the warnings for the user.</summary>
    private sealed class Notices : IProgress<StageProgress>
    {
        public List<string> Texts { get; } = [];

        public void Report(StageProgress value)
        {
            if (value.Notice is { } notice)
            {
                Texts.Add(notice);
            }
        }
    }
}
