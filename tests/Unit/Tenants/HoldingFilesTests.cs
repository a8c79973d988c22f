using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>The list of what still holds a tenant after its removal.</summary>
public sealed class HoldingFilesTests : RemovalFolder
{
    [Fact]
    public void Files_that_hold_the_tenant_are_listed_and_no_others()
    {
        TenantImportResult import = CreateBoth();
        string elsewhere = Directory.CreateDirectory(Path.Combine(Folder, "elsewhere")).FullName;
        TenantExportResult north = TenantExport.Create(Database, new TenantExportOptions("north"), cancellation: Cancel);
        _ = TenantExport.Create(Database, new TenantExportOptions("south"), cancellation: Cancel);
        BackupResult with = DatabaseBackup.Create(Database, elsewhere, cancellation: Cancel);
        string kept = DatabaseRestore.Restore(Database, with.BackupPath, cancellation: Cancel).ReplacedPath!;
        File.WriteAllText(Path.Combine(Folder, "import.md"), "# Import\n\nnorth: 15 rows");
        File.WriteAllText(Path.Combine(elsewhere, "import.html"), "<p>north</p>");
        File.WriteAllText(Path.Combine(Folder, "other.md"), "south");
        File.WriteAllText(Path.Combine(Folder, "notes.txt"), "north");

        TenantRemovalResult result = RemoveGood(o => o with { Destination = elsewhere });

        result.HeldBy.Select(h => $"{h.Kind} {h.Path}").ShouldBe(
        [
            $"Backup {result.Backup!.BackupPath}",
            $"Backup {with.BackupPath}",
            $"KeptFile {kept}",
            $"Export {result.Export!.ExportPath}",
            $"Export {north.ExportPath}",
            $"KeyMap {import.KeyMapPath}",
            $"Source {Source}",
            $"Report {Path.Combine(Folder, "import.md")}",
            $"Report {Path.Combine(elsewhere, "import.html")}",
            "Table _postenancy_history.tenant_id",
        ]);
        result.HeldBy[0].Detail.ShouldBe("made by this removal; rows of the tenant");
        result.HeldBy[0].HowToRemove.ShouldEndWith($"Remove-PosDatabaseBackup '{Database}' -Destination '{elsewhere}' -KeepLast 1");
        result.HeldBy[3].HowToRemove.ShouldBe(
            $"Remove-Item -LiteralPath '{result.Export.ExportPath}', '{result.Export.ManifestPath}'");
    }

    [Fact]
    public void Backup_from_before_the_upgrade_holds_the_first_tenant_only()
    {
        CreateBoth();

        // The backups of the upgrade, of the import and of the removal; only the last has rows of north.
        Remove().HeldBy.Count(h => h.Kind == TenantHolderKind.Backup).ShouldBe(1);

        Import();
        WithoutDefault();
        TenantRemovalResult result = RemoveGood(tenant: "south");

        result.HeldBy.ShouldContain(h => h.Kind == TenantHolderKind.Backup && h.Detail == "rows from before there were tenants");
        Sql("SELECT DISTINCT tenant_id FROM customers").ShouldBe("north");
        result.HeldBy.Count(h => h.Kind == TenantHolderKind.Backup).ShouldBe(Directory.GetFiles(Folder, "*.backup-*.json").Length);
    }

    [Fact]
    public void Backup_that_cannot_be_read_is_listed()
    {
        CreateBoth();
        string broken = Directory.GetFiles(Folder, "*.backup-*").First(p => !p.EndsWith(".json", StringComparison.Ordinal));
        File.WriteAllText(broken, "not a database");

        RemoveGood().HeldBy.ShouldContain(h => h.Path == broken && h.Detail.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public void Name_with_markup_is_found_in_reports()
    {
        const string Name = "Ann & Bob's \"north\"";
        Shell.Sql(Database, $"""
            CREATE TABLE a(tenant_id TEXT NOT NULL, v TEXT);
            INSERT INTO a VALUES('{Name.Replace("'", "''")}', 'x'), ('south', 'y');
            """);
        File.WriteAllText(Path.Combine(Folder, "a.html"), "<p>Ann &amp; Bob&#39;s &quot;north&quot;</p>");
        File.WriteAllText(Path.Combine(Folder, "a.json"), System.Text.Json.JsonSerializer.Serialize(Name));
        File.WriteAllText(Path.Combine(Folder, "a.md"), Name);

        EraseGood(tenant: Name).HeldBy.Where(h => h.Kind == TenantHolderKind.Report).Select(h => Path.GetFileName(h.Path)).ShouldBe(
            ["a.html", "a.json", "a.md"]);
    }

    /// <summary>The schema without the DEFAULT for south, as the end of the migration leaves it.</summary>
    private void WithoutDefault() => Sql("""
        UPDATE customers SET tenant_id = tenant_id; UPDATE sales SET tenant_id = tenant_id; UPDATE lines SET tenant_id = tenant_id;
        UPDATE parts SET tenant_id = tenant_id; UPDATE notes SET tenant_id = tenant_id;
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, ' DEFAULT ''south''', '') WHERE type = 'table' AND name <> '_postenancy_history';
        """);
}
