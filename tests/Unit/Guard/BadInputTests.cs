using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guard;

/// <summary>Inputs that must be refused: each with its own id, and with every byte and every file unchanged.</summary>
public sealed class BadInputTests : TestFolder
{
    private const string Modes = "the mode of a folder says who may create files in it";

    private static readonly TimeSpan NoWait = TimeSpan.Zero;

    public static TheoryData<string, string, Action<string>> BadFiles =>
        new()
        {
            { "no such file", ErrorIds.FileNotFound, _ => { } },
            { "a folder", ErrorIds.PathIsFolder, p => Directory.CreateDirectory(p) },
            { "zero bytes", ErrorIds.EmptyFile, p => File.WriteAllBytes(p, []) },
            { "a text", ErrorIds.NotADatabase, p => File.WriteAllText(p, "SQLite format 2, or a letter to the manager") },
            {
                "a text of whole pages",
                ErrorIds.NotADatabase,
                p => File.WriteAllText(p, string.Concat(Enumerable.Repeat("price;name;", 8192)))
            },
            { "a header and nothing else", ErrorIds.NotADatabase, p => File.WriteAllBytes(p, "SQLite format 3\0"u8.ToArray()) },
            { "noise of whole pages", ErrorIds.DatabaseEncrypted, p => File.WriteAllBytes(p, Noise(8192)) },
            { "noise of one small page", ErrorIds.DatabaseEncrypted, p => File.WriteAllBytes(p, Noise(1024)) },
            { "a database cut in half", ErrorIds.DatabaseTruncated, p => CutInHalf(p) },
            { "a read-only file", ErrorIds.ReadOnly, p => MakeReadOnly(p) },
            { "a pipe", ErrorIds.NotADatabase, p => AnotherProgram.MakesPipe(p) },
            {
                "a second name",
                ErrorIds.DatabaseHasOtherNames,
                p =>
                {
                    Shell.Sql(p, "CREATE TABLE t(x)");
                    HardLink.Create(p, p + ".link");
                }
            },
            { "no table", ErrorIds.NothingToMigrate, p => Shell.Sql(p, "CREATE TABLE tenants(id); CREATE TABLE _migrations(v)") },
            { "a damaged schema", ErrorIds.DatabaseCorrupt, p => DamageSchema(p) },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(BadFiles))]
    public void Refuses_bad_file(string what, string errorId, Action<string> create)
    {
        create(Database);
        string before = what == "a pipe" ? "" : Snapshot();

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)) { LockTimeout = NoWait });

        result.Status.ShouldBe(UpgradeStatus.Refused, what);
        result.Error.ShouldNotBeNull(what).ErrorId.ShouldBe(errorId, what);
        result.Error.Message.ShouldContain(Database, customMessage: what);
        Should
            .Throw<PosTenancyException>(() => GuardedUpgrade.Preview(Database, new UpgradeOptions(new MigrationOptions(Tenant))))
            .ErrorId.ShouldBe(errorId, what);
        if (what != "a pipe")
        {
            Snapshot().ShouldBe(before, what);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nul\0")]
    public void Refuses_a_destination_or_a_backup_that_cannot_be_a_path(string path)
    {
        CreateSampleStore();
        RefusesDestination(path, ErrorIds.InvalidPath);
        Should
            .Throw<PosTenancyException>(() => TenantMigration.Migrate(Database, new MigrationOptions(Tenant), path))
            .ErrorId.ShouldBe(ErrorIds.InvalidPath);
    }

    [Fact]
    public void Refused_plan_leaves_a_log_that_a_crash_left()
    {
        CreateSampleStore("PRAGMA journal_mode = WAL;");
        using (OtherProcess crashed = new(Database, "PRAGMA wal_autocheckpoint = 0; CREATE TABLE half(tenant_id AS (1), x);"))
        {
            crashed.Kill();
        }

        string before = Snapshot();
        GuardedUpgrade
            .Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)))
            .Error.ShouldNotBeNull()
            .ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\tb")]
    [InlineData("line\nbreak")]
    [InlineData("nul\0")]
    [InlineData("\u0085")]
    public void Refuses_tenant_id(string? tenantId) =>
        Should.Throw<PosTenancyException>(() => new MigrationOptions(tenantId)).ErrorId.ShouldBe(ErrorIds.InvalidTenantId);

    [Fact]
    public void Refuses_tenant_id_that_utf8_cannot_hold() =>
        Should.Throw<PosTenancyException>(() => new MigrationOptions("half \ud83d pair")).ErrorId.ShouldBe(ErrorIds.InvalidTenantId);

    [Fact]
    public void Tenant_id_may_have_255_characters_and_not_256()
    {
        new MigrationOptions(string.Concat(Enumerable.Repeat("\U0001F6D2", 255))).TenantId.Length.ShouldBe(510);
        Should.Throw<PosTenancyException>(() => new MigrationOptions(new string('x', 256))).ErrorId.ShouldBe(ErrorIds.InvalidTenantId);
    }

    [Theory]
    [InlineData("it's \"quoted\" `and` [more]; DROP TABLE users --")]
    [InlineData("Ünïcödé 店 🛒")]
    [InlineData("%s?1:name@x$y#z")]
    public void Stores_any_other_tenant_id_exactly(string tenantId)
    {
        CreateSampleStore();
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(tenantId)));
        result.Error.ShouldBeNull();
        Shell.Sql(Database, "SELECT DISTINCT tenant_id FROM users").ShouldBe(tenantId);
        Shell
            .Sql(Database, "INSERT INTO stores(id, code, name) VALUES('s2', 'C2', 'Second'); SELECT tenant_id FROM stores WHERE id = 's2'")
            .ShouldBe(tenantId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rowid")]
    [InlineData("OID")]
    [InlineData("a\nb")]
    public void Refuses_column_name(string columnName) =>
        Should.Throw<PosTenancyException>(() => new MigrationOptions(Tenant, columnName)).ErrorId.ShouldBe(ErrorIds.InvalidColumnName);

    [Fact]
    public void Refuses_a_backup_folder_that_does_not_exist()
    {
        CreateSampleStore();
        RefusesDestination(Path.Combine(Folder, "nowhere"), ErrorIds.DestinationNotFound);
    }

    [Fact]
    public void Refuses_a_backup_folder_that_cannot_be_written()
    {
        CreateSampleStore();
        OnlyOn.Unix(Modes);
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "locked")).FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            RefusesDestination(folder, ErrorIds.DestinationNotWritable);
        }
        finally
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void Refuses_a_database_in_a_read_only_folder()
    {
        OnlyOn.Unix(Modes);
        CreateSampleStore();
        string before = Snapshot();
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            GuardedUpgrade
                .Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)))
                .Error.ShouldNotBeNull()
                .ErrorId.ShouldBe(ErrorIds.ReadOnly);
            Snapshot().ShouldBe(before);
        }
        finally
        {
            File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void Refuses_a_hot_journal_in_a_preview_and_rolls_it_back_in_a_run()
    {
        CreateSampleStore();
        string before = Sha256(Database);
        using (
            OtherProcess crashed = new(
                Database,
                "PRAGMA cache_spill = 1; PRAGMA cache_size = 5; BEGIN; UPDATE products SET name = hex(zeroblob(20000)) || id; CREATE " +
                "TABLE junk AS SELECT * FROM users;"
            ))
        {
            crashed.Kill();
        }

        Sha256(Database).ShouldNotBe(before, "the crash must leave a half-written file, or this shows nothing");
        string crashedState = Snapshot();
        Should
            .Throw<PosTenancyException>(() => GuardedUpgrade.Preview(Database, new UpgradeOptions(new MigrationOptions(Tenant))))
            .ErrorId.ShouldBe(ErrorIds.HotJournal);
        Snapshot().ShouldBe(crashedState);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        result.Status.ShouldBe(UpgradeStatus.Succeeded);
        result.Backup!.Sha256.ShouldBe(before);
    }

    private void RefusesDestination(string destination, string errorId)
    {
        string before = Snapshot();
        UpgradeOptions options = new(new MigrationOptions(Tenant)) { Destination = destination };
        GuardedUpgrade.Run(Database, options).Error.ShouldNotBeNull().ErrorId.ShouldBe(errorId);
        Should.Throw<PosTenancyException>(() => GuardedUpgrade.Preview(Database, options)).ErrorId.ShouldBe(errorId);
        Should.Throw<PosTenancyException>(() => DatabaseBackup.Create(Database, destination)).ErrorId.ShouldBe(errorId);
        Snapshot().ShouldBe(before);
    }

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static void CutInHalf(string path)
    {
        Shell.Sql(path, "CREATE TABLE t(x); INSERT INTO t SELECT randomblob(9000) FROM json_each('[1,2,3,4,5,6]')");
        using FileStream file = File.OpenWrite(path);
        file.SetLength(file.Length / 8192 * 4096);
    }

    private static void MakeReadOnly(string path)
    {
        Shell.Sql(path, "CREATE TABLE t(x)");
        new FileInfo(path).IsReadOnly = true;
    }

    private static void DamageSchema(string path)
    {
        Shell.Sql(path, "CREATE TABLE t(x); CREATE TABLE u(y)");
        using FileStream file = File.OpenWrite(path);
        file.Position = 100;
        file.Write(Noise(16));
    }
}
