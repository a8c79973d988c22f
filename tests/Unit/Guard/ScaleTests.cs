using System.Diagnostics;
using System.Text;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Guard;

/// <summary>Sizes beyond those of any store: the upgrade succeeds, or is refused for a reason and nothing changes.</summary>
public sealed class ScaleTests : TestFolder
{
    private static readonly MigrationOptions Options = new(Tenant);

    [Theory]
    [InlineData(300, UpgradeStatus.Succeeded)]
    [InlineData(430, UpgradeStatus.Succeeded)]
    [InlineData(480, UpgradeStatus.Refused)]
    [InlineData(511, UpgradeStatus.Refused)]
    [InlineData(600, UpgradeStatus.Refused)]
    [InlineData(4000, UpgradeStatus.Refused)]
    public void Long_path_works_as_far_as_SQLite_opens_it(int length, UpgradeStatus status)
    {
        string folder = Folder;
        while (length - folder.Length > 8)
        {
            folder = Path.Combine(folder, new string('x', Math.Min(200, length - folder.Length - 8)));
        }

        Directory.CreateDirectory(folder);
        Shell.Sql(Database, "CREATE TABLE sales (a); INSERT INTO sales VALUES (1)");
        string path = Path.Combine(folder, "pos.db");
        File.Move(Database, path);
        string before = Snapshot();

        UpgradeResult result = GuardedUpgrade.Run(path, new UpgradeOptions(Options));

        // Windows opens 259 characters, or 32,767 if it and the program allow them; SQLite accepts what Windows accepts, up to 1,040 bytes.
        result.Status.ShouldBe(
            OperatingSystem.IsWindows() && length < 1000 && result.Status == UpgradeStatus.Succeeded ? UpgradeStatus.Succeeded : status);
        if (result.Status == UpgradeStatus.Refused)
        {
            result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.InvalidPath);
            result.Error.Message.ShouldContain("too long");
            Snapshot().ShouldBe(before);
        }
    }

    [Fact]
    public void Name_that_leaves_no_room_for_that_of_a_backup_is_refused()
    {
        string path = Path.Combine(Folder, new string('n', 252) + ".db");
        Shell.Sql(Database, "CREATE TABLE sales (a)");
        File.Move(Database, path);
        string before = Snapshot();

        GuardedUpgrade.Run(path, new UpgradeOptions(Options)).Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.InvalidPath);

        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData(1999, TableAction.AddColumn)]
    [InlineData(2000, TableAction.Blocked)]
    public void Table_of_as_many_columns_as_SQLite_allows_takes_no_other(int columns, TableAction action)
    {
        Shell.Sql(
            Database,
            $"CREATE TABLE wide ({string.Join(", ", Enumerable.Range(0, columns).Select(i => $"c{i}"))}); INSERT INTO wide (c1) VALUES (1)"
        );
        string before = Snapshot();

        TenantPlan.Read(Database, Options).Tables.ShouldHaveSingleItem().Action.ShouldBe(action);
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));

        if (action == TableAction.Blocked)
        {
            result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
            Snapshot().ShouldBe(before);
        }
        else
        {
            result.Status.ShouldBe(UpgradeStatus.Succeeded);
        }
    }

    [Fact]
    public void Thousands_of_tables_are_all_migrated()
    {
        int tables = Soak.IsOn ? 10_000 : 300;
        StringBuilder sql = new("PRAGMA synchronous = OFF; BEGIN;\n");
        for (int i = 0; i < tables; i++)
        {
            sql.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"CREATE TABLE sales_{i} (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO sales_{i} (name) VALUES ('a');\n");
        }

        Shell.Sql(Database, sql.Append("COMMIT;").ToString());
        Stopwatch watch = Stopwatch.StartNew();

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));

        TestContext.Current.TestOutputHelper?.WriteLine($"{tables} tables: {watch.Elapsed}");
        result.Error.ShouldBeNull();
        Shell
            .Sql(
                Database,
                "SELECT count(*) FROM sqlite_schema AS s, pragma_table_info(s.name) AS c WHERE s.type = 'table' AND c.name = 'tenant_id' " +
                "AND s.name LIKE 'sales_%'"
            )
            .ShouldBe(tables.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Million_tenants_are_counted_and_the_wrong_ones_are_refused()
    {
        int tenants = Soak.IsOn ? 1_000_000 : 50_000;
        Shell.Sql(Database, $"""
            CREATE TABLE sales (id INTEGER PRIMARY KEY, tenant_id VARCHAR(255) NOT NULL DEFAULT '{Tenant}');
            CREATE INDEX idx_sales_tenant_id ON sales (tenant_id);
            CREATE TABLE users (name);
            WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {tenants})
            INSERT INTO sales (tenant_id) SELECT 'tenant ' || i FROM n;
            """);
        string before = Sha256(Database);

        TenantIntegrity.Distribution(Database, "tenant_id", static _ => true).Count.ShouldBe(tenants);
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));

        result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
        result.Error.Message.ShouldContain("has rows of the tenant 'tenant 1'");
        result.Error.Message.Length.ShouldBeLessThan(2000, "a message for people names the first few");
        Sha256(Database).ShouldBe(before);
    }

    [Fact]
    public void Script_of_ten_megabytes_is_run()
    {
        Shell.Sql(Database, "CREATE TABLE sales (a); INSERT INTO sales VALUES (1)");
        string script = Path.Combine(Folder, "008_add_tenant_id.sql");
        int statements = Soak.IsOn ? 100_000 : 2_000;
        StringBuilder sql = new(
            $"ALTER TABLE sales ADD COLUMN tenant_id VARCHAR(255) NOT NULL DEFAULT '{Tenant}';\nCREATE INDEX idx_sales_tenant_id ON " +
            "sales (tenant_id);\n"
        );
        sql.Append("CREATE TABLE tenants (id INTEGER PRIMARY KEY, note TEXT);\n");
        string note = new('n', 10_000_000 / statements);
        for (int i = 0; i < statements; i++)
        {
            sql.Append(System.Globalization.CultureInfo.InvariantCulture, $"INSERT INTO tenants (note) VALUES ('{note}');\n");
        }

        File.WriteAllText(script, sql.ToString());
        new FileInfo(script).Length.ShouldBeGreaterThan(10_000_000);

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options with { Script = ScriptFile.Read(script) }));

        result.Error.ShouldBeNull();
        Shell
            .Sql(Database, "SELECT count(*) FROM tenants")
            .ShouldBe(statements.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
