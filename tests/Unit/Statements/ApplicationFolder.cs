using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Statements;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>A migrated store with customers of one tenant, and an application's source beside it.</summary>
public abstract class ApplicationFolder : TestFolder
{
    protected ApplicationFolder()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
            CREATE TABLE sales(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers, cents INTEGER);
            CREATE TABLE makes(id INTEGER PRIMARY KEY, name TEXT);
            INSERT INTO customers VALUES (1, 'Ada Lovelace', '555-0100'), (2, 'Charles Babbage', '555-0101');
            INSERT INTO sales VALUES (1, 1, 500), (2, 2, 700);
            INSERT INTO makes VALUES (1, 'Altora');
            """);
        UpgradeOptions options = new(new MigrationOptions(Tenant) { ReferenceTable = ["makes"] }) { SkipRehearsal = true };
        GuardedUpgrade.Run(Database, options).Error.ShouldBeNull();
        Source = Directory.CreateDirectory(Path.Combine(Folder, "app")).FullName;
    }

    protected string Source { get; }

    protected string BaselinePath => Path.Combine(Folder, "baseline.json");

    /// <summary>Writes a source file.</summary>
    protected string Write(string name, string text)
    {
        string path = Path.Combine(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Tests the source.</summary>
    protected StatementRun Run(StatementBaseline? baseline = null) =>
        StatementTest.Run(Database, new StatementTestOptions { SourcePath = [Source], Baseline = baseline });
}
