using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Migration;

/// <summary>
/// A database of hundreds of tables gets its columns in one change of the schema: what the shell reads in it afterwards is what it reads in
/// a database on which it ran the same ADD COLUMN and CREATE INDEX one after the other.
/// </summary>
public sealed class ColumnBatchTests : TestFolder
{
    private const string Odd =
        """
        CREATE TABLE "two words" (id INTEGER PRIMARY KEY, x TEXT -- the last one
        );
        CREATE TABLE [brackets](x, y, PRIMARY KEY (x, y)) WITHOUT ROWID;
        CREATE TABLE "quo""te"(x DEFAULT 'a, b)', FOREIGN KEY (x) REFERENCES plain_1(id));
        CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT, x UNIQUE ON CONFLICT IGNORE);
        CREATE TABLE checked(id INTEGER PRIMARY KEY, x CHECK (x > 0));
        CREATE TABLE strict(id INTEGER PRIMARY KEY, x INT) STRICT;
        CREATE TABLE generated(id INTEGER PRIMARY KEY, x INT, y AS (x + 1) STORED);
        CREATE TABLE copied AS SELECT 1 AS a, 2 AS b;
        INSERT INTO "two words" VALUES (1, 'a'); INSERT INTO [brackets] VALUES (1, 2); INSERT INTO "quo""te" VALUES (7);
        INSERT INTO counted VALUES (5, 'a'); INSERT INTO checked VALUES (1, 1); INSERT INTO strict VALUES (1, 1);
        INSERT INTO generated(x) VALUES (1);
        """;

    private static readonly MigrationOptions Options = new(Tenant);

    private static string Plain { get; } = string.Concat(
        Enumerable.Range(1, 230).Select(i =>
            $"CREATE TABLE plain_{i}(id INTEGER PRIMARY KEY, name TEXT, note); INSERT INTO plain_{i} VALUES ({i}, 'name', x'00');"));

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    [InlineData("PRAGMA legacy_file_format = ON;")]
    [InlineData("PRAGMA auto_vacuum = FULL;")]
    public void Hundreds_of_tables_get_the_schema_that_the_same_statements_give_in_the_shell(string mode)
    {
        Shell.Sql(Database, $"{mode}BEGIN;{Plain}{Odd}COMMIT;");
        string byShell = Path.Combine(Folder, "shell.db");
        File.Copy(Database, byShell);
        Shell.Sql(byShell, string.Join(";\n", TenantPlan.Read(Database, Options).Statements.Select(s => s.Sql)));

        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(Options));

        (result.Status, result.ProvedBy).ShouldBe((UpgradeStatus.Succeeded, ProvedBy.Twin), result.Error?.Message);
        result.Checks.Where(c => c.Status == CheckStatus.Failed).ShouldBeEmpty();
        const string Schema =
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_postenancy%' ESCAPE '\\' ORDER BY name";
        Shell.Sql(Database, Schema).ShouldBe(Shell.Sql(byShell, Schema));
        Shell.Sql(Database, "PRAGMA integrity_check; SELECT tenant_id FROM plain_17; SELECT * FROM strict")
            .ShouldBe($"ok\n{Tenant}\n1|1|{Tenant}");
    }

    [Fact]
    public void Rollback_leaves_the_bytes_as_they_were()
    {
        // Compiles before, and not after: a positional INSERT of a trigger that the preview of a large schema does not try.
        Shell.Sql(
            Database,
            $"BEGIN;{Plain}COMMIT; CREATE TABLE log(a, b, c); " +
                "CREATE TRIGGER positional AFTER INSERT ON plain_1 BEGIN INSERT INTO log SELECT * FROM plain_2; END;" +
                string.Concat(Enumerable.Range(1, 1900).Select(i => $"CREATE VIEW v{i} AS SELECT 1 AS a;")));
        string before = Sha256(Database);

        MigrationOptions options = Options with { ExcludeTable = ["log"] };
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options) { SkipRehearsal = true });

        result.Status.ShouldBe(UpgradeStatus.RolledBack, result.Error?.Message);
        Sha256(Database).ShouldBe(before);
    }
}
