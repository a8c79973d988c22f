using System.Globalization;
using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>
/// The build for Windows PowerShell 5.1, with its own Npgsql, in Mono. It is loaded by the module's loader into a program without binding
/// redirects, as PowerShell is one.
/// </summary>
public sealed class DesktopFrameworkTests : TargetTest
{
    [Theory]
    [InlineData(CopyLayout.Plain)]
    [InlineData(CopyLayout.Partitioned)]
    [InlineData(CopyLayout.Schema)]
    public void Copy_is_the_same_as_that_of_PowerShell_7(CopyLayout layout)
    {
        CreateSampleTenant();
        string numbers = string.Join(
            ", ", DecimalTextTests.Hard.Select(n => n.ToString("E17", CultureInfo.InvariantCulture)).Select(n => $"({n}, {n})"));
        Sqlite(
            "CREATE TABLE measured (n, d REAL, b BLOB, tenant_id TEXT NOT NULL DEFAULT 'caps-automotive'); " +
            $"INSERT INTO measured (n, d) VALUES {numbers}; INSERT INTO measured (n, b) VALUES ('Käse 店', x'00ff'), (7, NULL);");
        string[] first = Run(layout);
        first[..2].ShouldBe(["newer: not given", "older: not given"]);
        int all = 26 + DecimalTextTests.Hard.Length + 2;
        first[2..].ShouldBe([$"copy: Succeeded {all} ", "checks: Passed", $"export: {all}"]);
        RequireExported();
        Run(layout)[2].ShouldStartWith("copy: AlreadyImported");

        // PowerShell 7 finds what the other one wrote, and the other way around.
        TenantCopyOptions options = Options(layout) with
        {
            Conversion = new Dictionary<string, ValueConversion> { ["measured.n"] = ValueConversion.Text },
        };
        TargetComparison.Run(Database, options).IsEqual.ShouldBeTrue();
        Copy(options).Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        Sqlite("UPDATE products SET name = name || '!' WHERE rowid = 1; DELETE FROM measured WHERE n = 7");
        Run(layout)[2..].ShouldBe([$"copy: Succeeded {all - 1} ", "checks: Passed", $"export: {all - 1}"]);
        string table = layout == CopyLayout.Schema ? "\"caps-automotive\".measured" : "measured";
        Psql($"SELECT count(*) FROM {table} WHERE n = '4.1045368012983762E-289' AND d = 4.1045368012983762E-289").ShouldBe("1");
        Psql($"SELECT count(*) FROM {table} WHERE CASE WHEN d IS NOT NULL THEN d <> n::float8 END").ShouldBe("0");
    }

    private void RequireExported()
    {
        string export = Directory.GetFiles(Folder, "pos.db.*.export-*").Single(f => !f.EndsWith(".json", StringComparison.Ordinal));
        const string Rows =
            "PRAGMA integrity_check; SELECT quote(d), quote(b) FROM measured ORDER BY rowid; SELECT * FROM products ORDER BY id";
        Shell.Sql(export, Rows).ShouldBe(Sqlite(Rows));
    }

    private string[] Run(CopyLayout layout)
    {
        string? mono = Shell.Find(Environment.GetEnvironmentVariable("PATH"), "mono");
        Assert.SkipWhen(mono is null, "The build for .NET Framework was not run: no folder of PATH has Mono.");

        // Alone in a folder: beside it are the assemblies of the build, which Mono would take.
        string program = Path.Combine(Folder, "program", "PosTenancy.Tests.Desktop.exe");
        _ = Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.Copy(Path.Combine(Repository.Root, "tests", "Desktop", "bin", "PosTenancy.Tests.Desktop.exe"), program, overwrite: true);
        string module = Path.Combine(Repository.Root, "module", "bin");
        string native = Path.Combine(module, "net8.0", "runtimes", "linux-x64", "native");
        (int code, string output, string error) = Shell.Run(
            "env",
            null,
            "LD_LIBRARY_PATH=" + native,
            mono!,
            program,
            "copy",
            Path.Combine(module, "netstandard2.0"),
            Database,
            Destination,
            layout.ToString(),
            "measured.n");
        code.ShouldBe(0, output + error);
        return output.TrimEnd('\n').Split('\n');
    }
}
