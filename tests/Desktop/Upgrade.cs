using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Tests.Desktop;

/// <summary>Backs up, upgrades and restores the sample store in a new folder or at the given path.</summary>
internal static class Upgrade
{
    /// <summary>Returns 0 if each step kept its promise.</summary>
    public static int Run(string[] args)
    {
        string database = args.Length > 0
            ? Path.GetFullPath(args[0])
            : Path.Combine(Path.GetTempPath(), "postenancy-" + Guid.NewGuid().ToString("N"), "pos.db");
        Directory.CreateDirectory(Path.GetDirectoryName(database)!);
        Make(database);
        string before = Sha256(database);

        BackupResult backup = DatabaseBackup.Create(database);
        Require(
            backup.Verified && backup.Sha256 == before && Sha256(backup.BackupPath) == before,
            "the backup has the bytes of the database");

        UpgradeResult upgrade = GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions("desktop")));
        Require(upgrade.Status == UpgradeStatus.Succeeded, "the upgrade succeeds " + upgrade.Error?.Message);
        Require(Read(database, "SELECT count(*) = sum(tenant_id = 'desktop') FROM users") == 1, "every user has the tenant");
        Require(
            GuardedUpgrade.Run(database, new UpgradeOptions(new MigrationOptions("desktop"))).Status == UpgradeStatus.AlreadyMigrated,
            "a second one finds nothing to do");

        RestoreResult restore = DatabaseRestore.Restore(database, backup.BackupPath);
        Require(restore.Verified && Sha256(database) == before, "the restore brings the bytes back");
        Require(
            Directory.GetFiles(Path.GetDirectoryName(database)!).Length == 6,
            "and leaves the database, two backups with manifests, and the replaced file");
        Console.WriteLine($"{Environment.Version}: {database}");
        return 0;
    }

    private static void Require(bool isSo, string what)
    {
        Console.WriteLine($"{(isSo ? "ok" : "NOT SO")}: {what}");
        if (!isSo)
        {
            Environment.Exit(1);
        }
    }

    private static void Make(string path)
    {
        using SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        foreach (string script in new[] { "schema.sql", "seed.sql" })
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = File.ReadAllText(Path.Combine(AppDomain.CurrentDomain.BaseDirectory, "pos-store", script));
            command.ExecuteNonQuery();
        }
    }

    private static long Read(string path, string sql)
    {
        using SqliteConnection connection = new($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static string Sha256(string path)
    {
        using SHA256 hash = SHA256.Create();
        using FileStream file = File.OpenRead(path);
        return string.Concat(hash.ComputeHash(file).Select(b => b.ToString("x2")));
    }
}
