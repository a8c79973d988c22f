using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Hostile.Corruption;

/// <summary>A small, intact database with every feature of a file, and a backup for comparison.</summary>
/// <param name="Name">Its distinguishing feature.</param>
/// <param name="Bytes">Content of the file.</param>
/// <param name="Log">Content of its write-ahead log, if it has one.</param>
/// <param name="BackupPath">Backup of the file, or of its state before its migration.</param>
/// <param name="PageSize">Bytes per page.</param>
internal sealed record SampleFile(string Name, byte[] Bytes, byte[]? Log, string BackupPath, int PageSize)
{
    /// <summary>The compared columns, by table.</summary>
    public static readonly IReadOnlyDictionary<string, string> Tables = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["long"] = "id, text, more",
        ["keyed"] = "k, v",
        ["child"] = "id, parent, n",
        ["numbered"] = "id, label",
    };

    private static readonly (int PageSize, string Vacuum, bool IsMigrated, bool HasLog)[] Shapes =
    [
        (512, "NONE", false, false),
        (512, "FULL", false, false),
        (1024, "INCREMENTAL", false, false),
        (4096, "NONE", false, false),
        (65536, "NONE", false, false),
        (1024, "NONE", false, true),
        (512, "NONE", true, false),
        (1024, "FULL", true, false),
        (4096, "INCREMENTAL", true, true),
    ];

    public static IReadOnlyList<SampleFile> MakeAll(string folder) =>
        [.. Shapes.Select((shape, i) => Make(Path.Combine(folder, $"sample{i}"), shape))];

    private static SampleFile Make(string folder, (int PageSize, string Vacuum, bool IsMigrated, bool HasLog) shape)
    {
        string path = Path.Combine(Directory.CreateDirectory(folder).FullName, "pos.db");
        Shell.Sql(path, Sql(shape.PageSize, shape.Vacuum));
        string backup;
        if (shape.IsMigrated)
        {
            UpgradeResult upgrade = HostileCommands.Upgrade(path, CancellationToken.None);
            upgrade.Status.ShouldBe(UpgradeStatus.Succeeded, upgrade.Error?.Message);
            backup = upgrade.Backup!.BackupPath;
        }
        else
        {
            backup = DatabaseBackup.Create(path).BackupPath;
        }

        byte[]? log = null;
        if (shape.HasLog)
        {
            using OtherProcess crashed = new(
                path,
                "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE later(x); DROP TABLE later; UPDATE long SET text " +
                "= text;"
            );
            crashed.Kill();
            log = File.ReadAllBytes(path + "-wal");
        }

        return new SampleFile(
            $"{shape.PageSize} {shape.Vacuum}{(shape.IsMigrated ? " migrated" : "")}{(shape.HasLog ? " log" : "")}",
            File.ReadAllBytes(path),
            log,
            backup,
            shape.PageSize);
    }

    private static string Sql(int pageSize, string vacuum) => $"""
        PRAGMA page_size = {pageSize};
        PRAGMA auto_vacuum = {vacuum};
        CREATE TABLE long(id INTEGER PRIMARY KEY, text, more);
        CREATE INDEX long_text ON long(text);
        CREATE TABLE keyed(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
        CREATE TABLE child(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES long(id), n INTEGER UNIQUE);
        CREATE TABLE numbered(id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT UNIQUE);
        CREATE TABLE gone(x);
        CREATE VIEW both AS SELECT c.id, l.text FROM child c JOIN long l ON l.id = c.parent;
        CREATE TRIGGER numbering AFTER INSERT ON child BEGIN INSERT INTO numbered(label) VALUES('child ' || new.id); END;
        WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 60)
        INSERT INTO long SELECT i, printf('%d %.*c', i, i * i % 900, 'x'), zeroblob(CASE WHEN i % 20 = 0 THEN 3000 ELSE i END) FROM n;
        INSERT INTO keyed SELECT text, more FROM long;
        INSERT INTO child SELECT id, id, id * 1000 FROM long;
        INSERT INTO gone SELECT zeroblob(300) FROM long;
        ANALYZE;
        DROP TABLE gone;
        """;
}
