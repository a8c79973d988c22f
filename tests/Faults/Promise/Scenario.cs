using PosTenancy.Engine.Isolation;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Faults.Tracing;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Promise;

/// <summary>What the victim is told to do.</summary>
internal enum Command
{
    Upgrade,
    Restore,
    Backup,
    Isolation,
}

/// <summary>One command on one kind of store: the folder before it, and what the database holds before and after.</summary>
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

    /// <summary>The folder as it is before the command; only copies of it are given to victims.</summary>
    public Store Template { get; }

    public Witness Witness { get; }

    /// <summary>What the witness reads in the shop's database, and in every backup of it.</summary>
    public string Shop { get; }

    /// <summary>What the witness reads once it was migrated; where it is to be restored from a log, with a sale since.</summary>
    public string Migrated { get; }

    public string Before => Command is Command.Restore or Command.Isolation ? Migrated : Shop;

    public string After => Command is Command.Upgrade or Command.Isolation ? Migrated : Shop;

    /// <summary>
    /// The scenario of a name: <c>upgrade</c>, <c>upgrade-wal</c>, <c>restore</c>, <c>restore-wal</c>, <c>backup</c>, <c>backup-journal</c>
    /// or <c>isolation</c>.
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
            // A log is folded in by whoever closes the database last, so a copy is asked.
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

        store.Dispose();
        using Store sold = migrated.Copy();
        if (log)
        {
            // What was sold since is in the log alone.
            sold.Sell();
            after = witness.Read(sold.Database);
        }

        return new Scenario(name, command, sold.Copy(), witness, shop, after);
    }

    /// <summary>The victim's arguments in a copy of the folder.</summary>
    public string[] Arguments(Store store) => Command switch
    {
        Command.Upgrade => ["upgrade", store.Database, Store.Tenant],
        Command.Restore => ["restore", store.Database, Backups.In(store.Folder).First()],
        Command.Isolation => ["isolation", store.Database, Store.Tenant],
        _ => ["backup", store.Database],
    };

    /// <summary>The same command once more, in this process, as a shop would give it after a crash.</summary>
    /// <param name="store">The folder.</param>
    /// <param name="notices">What it said about the run before it.</param>
    /// <returns>What it says is wrong; <see langword="null"/> if it ended well.</returns>
    public string? RunAgain(Store store, out IReadOnlyList<string> notices)
    {
        Notices said = new();
        string? problem = Run(Command, store, said);
        notices = said.Texts;
        return problem;
    }

    public void Dispose() => Template.Dispose();

    private static string? Run(Command command, Store store, Notices? notices = null)
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

    /// <summary>The rows of the columns that one database has, read from another.</summary>
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

    /// <summary>What a person would be warned of.</summary>
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
