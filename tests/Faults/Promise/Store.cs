using System.Security.Cryptography;
using PosTenancy.Tests.Faults.Tracing;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Faults.Promise;

/// <summary>A folder with the sample store, and files of the store's own whose names resemble PosTenancy's.</summary>
internal sealed class Store : IDisposable
{
    public const string Tenant = "caps-automotive";

    /// <summary>The tenant that an import brings in.</summary>
    public const string OtherTenant = "north";

    /// <summary>The name that a rename gives to the first tenant.</summary>
    public const string NewName = "caps-head-office";

    /// <summary>A value of the tenant that is removed, which no other has.</summary>
    public const string OwnValue = "Northern Light Trading Ltd";

    private static readonly string[] Bystanders =
    [
        "pos.db.backup-20200101-000000.partial",
        "pos.db.backup-20200101-000000.rehearsal/notes.txt",
        "pos.db.rehearsal",
        "pos.db.restore-of-last-year",
        "pos.db.replaced",
    ];

    public Store(string? folder = null)
    {
        Folder = folder ?? Directory.CreateTempSubdirectory("postenancy-fault-").FullName;
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    public string Database => Path.Combine(Folder, "pos.db");

    /// <summary>The export of a tenant, if there is one.</summary>
    public string Export => Directory.GetFiles(Folder, "*.export-*").First(p => !p.EndsWith(".json", StringComparison.Ordinal));

    /// <summary>Creates a new store with the sqlite3 shell.</summary>
    /// <param name="prologue">Statements to run before the tables are created.</param>
    /// <param name="leavesLog">Whether its last sales are still in the write-ahead log, as after a crash of the application.</param>
    public static Store Create(string prologue, bool leavesLog)
    {
        Store store = new();
        string sample = Path.Combine(AppContext.BaseDirectory, "pos-store");
        Shell.Sql(
            store.Database,
            prologue + File.ReadAllText(Path.Combine(sample, "schema.sql")) + File.ReadAllText(Path.Combine(sample, "seed.sql")));
        if (leavesLog)
        {
            store.Sell();
        }

        foreach (string bystander in Bystanders)
        {
            string path = Path.Combine(store.Folder, bystander);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "mine");
        }

        return store;
    }

    /// <summary>Records a sale and leaves it in the write-ahead log, as a crash of the application would.</summary>
    public void Sell()
    {
        lock (Strace.Forking)
        {
            Shell.Sql(Database, ".dbconfig no_ckpt_on_close on\nUPDATE products SET quantity_on_hand = quantity_on_hand - 1;");
        }
    }

    /// <summary>
    /// Kills the application in the middle of a sale: its journal holds the pages that SQLite needs to roll back the writes in the file.
    /// </summary>
    public void CrashInSale()
    {
        lock (Strace.Forking)
        {
            Shell
                .Run(
                    "sqlite3",
                    "PRAGMA cache_size = 2; PRAGMA cache_spill = 1; BEGIN; UPDATE products SET name = hex(zeroblob(3000));\n.shell kill " +
                    "-9 $PPID\n",
                    "-batch",
                    Database)
                .ExitCode.ShouldNotBe(0);
        }

        new FileInfo(Database + "-journal").Length.ShouldBeGreaterThan(512);
    }

    /// <summary>
    /// Copies the folder. A manifest names its database by the full path, so the copy's manifest gets the new path; a key map must keep its
    /// bytes.
    /// </summary>
    public Store Copy()
    {
        Store copy = new();
        foreach (string path in Files(Folder))
        {
            string target = Path.Combine(copy.Folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (path.EndsWith(".json", StringComparison.Ordinal) && !path.Contains(".keymap-", StringComparison.Ordinal))
            {
                File.WriteAllText(
                    target,
                    File.ReadAllText(Path.Combine(Folder, path)).Replace(Folder, copy.Folder, StringComparison.Ordinal));
            }
            else
            {
                File.Copy(Path.Combine(Folder, path), target);
            }
        }

        return copy;
    }

    /// <summary>Every file below a folder, by relative path; an empty folder counts as a file.</summary>
    public static IReadOnlyList<string> Files(string folder) =>
    [
        .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Where(p => !Directory.Exists(p) || !Directory.EnumerateFileSystemEntries(p).Any())
            .Select(p => Path.GetRelativePath(folder, p))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The store's own files that are missing or changed.</summary>
    public IEnumerable<string> MissingBystanders() => Bystanders.Where(b =>
        !File.Exists(Path.Combine(Folder, b)) || File.ReadAllText(Path.Combine(Folder, b)) != "mine");

    /// <summary>Whether a file, by relative path, is the store's own.</summary>
    public static bool IsBystander(string file) => Bystanders.Contains(file);

    public static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
