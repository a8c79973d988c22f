using System.Net;
using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>What cannot come back as it is in PostgreSQL is refused by name, and leaves no file.</summary>
public sealed class ExportBackRefusalTests : ExportBackTest
{
    [Fact]
    public void Tenant_that_was_never_copied_is_not_found()
    {
        RefusedExport("a").ErrorId.ShouldBe(ErrorIds.TenantNotFound);
        CopyStore();
        RefusedExport("A").ErrorId.ShouldBe(ErrorIds.TenantNotFound);
        Should.Throw<PosTenancyException>(() => TargetExport.Create(Back("a") with { Schema = "other" })).ErrorId
            .ShouldBe(ErrorIds.TenantNotFound);
    }

    [Theory]
    [InlineData("DROP TABLE postenancy.stores")]
    [InlineData("DELETE FROM postenancy.stores")]
    public void Copy_that_did_not_record_the_store_is_completed_by_another(string sql)
    {
        CopyStore();
        _ = Psql(sql);
        RefusedExport("a").ErrorId.ShouldBe(ErrorIds.StoreNotRecorded);
        string before = Psql("SELECT max(copied_at) FROM postenancy.copies");
        Copy().Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        Psql("SELECT max(copied_at) FROM postenancy.copies").ShouldBe(before);
        Shell.Sql(Export("a").ExportPath, "SELECT n FROM v").ShouldBe("1.5");
    }

    [Fact]
    public void Store_is_recorded_again_only_if_it_has_changed()
    {
        CopyStore();
        string before = Psql("SELECT xmin FROM postenancy.stores");
        _ = Copy();
        Psql("SELECT xmin FROM postenancy.stores").ShouldBe(before);
        Sqlite("CREATE VIEW w AS SELECT * FROM v");
        Copy().Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        Psql("SELECT xmin FROM postenancy.stores").ShouldNotBe(before);
        Shell.Sql(Export("a").ExportPath, "SELECT n FROM w").ShouldBe("1.5");
    }

    [Theory]
    [InlineData("ALTER TABLE v ADD further text", "the table public.v has the further column further, which the store does not have")]
    [InlineData("ALTER TABLE v DROP n", "the table public.v has no column n")]
    [InlineData("ALTER TABLE v ALTER n TYPE numeric", "the column n of public.v has the type numeric, which no copy gives to a column")]
    [InlineData("DROP TABLE v", "it has no table public.v")]
    public void Other_table_than_that_of_the_store_is_refused(string sql, string expected)
    {
        CopyStore();
        _ = Psql(sql);
        PosTenancyException exception = RefusedExport("a");
        exception.ErrorId.ShouldBe(ErrorIds.ExportRefused);
        exception.Message.ShouldContain(expected);
        exception.Message.ShouldContain($"127.0.0.1:{Port}/{Target} as postgres");
    }

    [Theory]
    [InlineData("n = 'NaN'", "\"public\".\"v\": the column n has NaN, which SQLite does not have")]
    [InlineData("day = 'infinity'", "\"public\".\"v\": the column day has a date that is not in the years 1 to 9999")]
    [InlineData("at = 'infinity'", "\"public\".\"v\": the column at has a date that is not in the years 1 to 9999")]
    [InlineData("day = '0044-03-15 BC'", "\"public\".\"v\": the column day has a date that is not in the years 1 to 9999")]
    [InlineData("code = '1.50'", "SQLite does not hold these values as PostgreSQL has them: Value v (1) code: 1.5 instead of 1.50")]
    [InlineData("u = 'X' WHERE id = 1", "a row does not fit into the table of the store: UNIQUE constraint failed: index")]
    public void Value_that_the_store_cannot_hold_is_refused(string change, string expected)
    {
        CopyStore();
        _ = Psql(
            "INSERT INTO v SELECT 2, n, day, at, code, 'x', tenant_id FROM v; DROP INDEX IF EXISTS v_u; " +
            $"UPDATE v SET {change}{(change.Contains("WHERE", StringComparison.Ordinal) ? "" : " WHERE id = 1")}");
        PosTenancyException exception = RefusedExport("a");
        exception.ErrorId.ShouldBe(ErrorIds.ExportRefused);
        exception.Message.ShouldContain(expected);
    }

    [Fact]
    public void Index_without_content_is_said_by_the_copy_and_refused_by_the_export()
    {
        CopyStore(
            "CREATE VIRTUAL TABLE search USING fts5 (n, content = ''); INSERT INTO search (rowid, n) VALUES (1, 'x');",
            "v: Export-PosTenant cannot");
        RefusedExport("a").Message.ShouldContain("the virtual table search has rows of its own");
    }

    [Fact]
    public void Folder_and_server_must_be_there_and_a_password_is_shown_nowhere()
    {
        CopyStore();
        Should.Throw<PosTenancyException>(() => TargetExport.Create(new TargetExportOptions("a", Destination, Elsewhere + "/none")))
            .ErrorId.ShouldBe(ErrorIds.DestinationNotFound);
        PosTenancyException exception = Should.Throw<PosTenancyException>(() => TargetExport.Create(
            Back("a") with { Credential = new NetworkCredential($"nobody_{Target}", "wr0ng") }));
        exception.ErrorId.ShouldBe(ErrorIds.TargetUnavailable);
        exception.ToString().ShouldNotContain("wr0ng");
        new TargetExportOptions("a", "Host=x;Password=s3cret", Elsewhere).ToString().ShouldNotContain("s3cret");
        RequireOnly();
    }

    private void CopyStore(string more = "", string? warning = null)
    {
        Sqlite(
            $"""
            CREATE TABLE v (id INTEGER PRIMARY KEY, n REAL, day TEXT, at TEXT, code NUMERIC, u TEXT, tenant_id TEXT NOT NULL);
            CREATE UNIQUE INDEX v_u ON v (upper(u));
            INSERT INTO v VALUES (1, 1.5, '2024-02-29', '2024-02-29 10:00:00', 'x', NULL, 'a');
            {more}
            """);
        TenantCopyResult result = Copy(Options() with { DateTime = DateTimeColumns.Timestamp });
        result.Warnings.Any(w => w.StartsWith("Export-PosTenant cannot give the tenant back", StringComparison.Ordinal))
            .ShouldBe(warning is not null);
    }
}
