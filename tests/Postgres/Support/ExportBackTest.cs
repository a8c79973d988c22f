using PosTenancy.Postgres;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>A test that exports tenants from PostgreSQL to a folder of its own.</summary>
public abstract class ExportBackTest : TargetTest
{
    protected ExportBackTest()
        : this(PostgresServer.Require())
    {
    }

    private protected ExportBackTest(PostgresNode node, string? target = null)
        : base(node, target) => Elsewhere = Directory.CreateTempSubdirectory("postenancy-export-").FullName;

    /// <summary>The folder of the exports.</summary>
    protected string Elsewhere { get; }

    /// <summary>What to export.</summary>
    protected TargetExportOptions Back(string tenant = Tenant) => new(tenant, Destination, Elsewhere);

    /// <summary>Exports a tenant.</summary>
    protected TenantExportResult Export(string tenant = Tenant) => TargetExport.Create(Back(tenant));

    /// <summary>Exports a tenant, requires an error, and that no file was left.</summary>
    protected PosTenancyException RefusedExport(string tenant = Tenant)
    {
        PosTenancyException exception = Should.Throw<PosTenancyException>(() => Export(tenant));
        RequireOnly();
        return exception;
    }

    /// <summary>Requires that the folder has these exports and nothing else.</summary>
    protected void RequireOnly(params TenantExportResult[] results) =>
        Directory.EnumerateFileSystemEntries(Elsewhere).Order(StringComparer.Ordinal).ShouldBe(
            results.SelectMany(r => new[] { r.ExportPath, r.ManifestPath }).Order(StringComparer.Ordinal));

    /// <summary>Schema and rows as the sqlite3 shell writes them, sorted.</summary>
    protected static string DumpOf(string file) => string.Join('\n', Shell.Sql(file, ".dump").Split('\n').Order(StringComparer.Ordinal));

    /// <summary>The rows of a dump, without those of PosTenancy's history.</summary>
    protected static string Rows(string dump) => string.Join('\n', dump.Split('\n').Where(l =>
        l.StartsWith("INSERT INTO ", StringComparison.Ordinal) && !l.Contains("_postenancy_history", StringComparison.Ordinal)));

    protected override void Dispose(bool disposing)
    {
        Directory.Delete(Elsewhere, recursive: true);
        base.Dispose(disposing);
    }
}
