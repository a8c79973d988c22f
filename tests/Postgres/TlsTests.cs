using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>TLS as the connection demands it, with a server whose authority this machine does not know.</summary>
public sealed class TlsTests(TlsServer server) : TestFolder, IClassFixture<TlsServer>
{
    private string Connection => $"Host=127.0.0.1;Port={server.Node.Port};Database=postgres";

    private static string Login => $"Username=tls;Password=\"{TlsServer.Password}\"";

    [Theory]
    [InlineData("SSL Mode=Require")]
    [InlineData("SSL Mode=VerifyFull;Root Certificate={root}")]
    [InlineData("sslmode=verify-ca;sslrootcert={root}")]
    [InlineData("sslmode=require;sslrootcert={root};channel_binding=require")]
    public void Connection_that_meets_its_demands_is_encrypted(string settings)
    {
        Status($"{Connection};{Login};{Fill(settings)}").ShouldBe("");
        Psql("SELECT count(*) > 0 FROM pg_class WHERE relname = 'v'").ShouldBe("t");
    }

    [Theory]
    [InlineData("SSL Mode=VerifyFull")]
    [InlineData("SSL Mode=VerifyFull;Root Certificate={other}")]
    [InlineData("sslmode=require;sslrootcert={other}")]
    [InlineData("sslmode=verify-full;sslrootcert=system")]
    [InlineData("SSL Mode=Disable")]
    [InlineData("sslmode=verify-full;sslrootcert={missing}")]
    public void Connection_that_does_not_is_refused(string settings)
    {
        TenantCopyResult result = Run($"{Connection};{Login};{Fill(settings)}");
        result.Error!.ErrorId.ShouldBe(ErrorIds.TargetUnavailable, result.Error.Message);
        result.Error.Message.ShouldNotContain(TlsServer.Password);
        Psql("SELECT count(*) FROM pg_class WHERE relname = 'v'").ShouldBe("0");
    }

    [Fact]
    public void Name_that_is_not_in_the_certificate_is_refused_by_verify_full_alone()
    {
        string connection = $"host=localhost port={server.Node.Port} dbname=postgres user=tls password='{Escaped}' sslrootcert={server.Root}";
        Status($"{connection} sslmode=verify-full").ShouldBe(ErrorIds.TargetUnavailable);
        Status($"{connection} sslmode=verify-ca").ShouldBe("");
    }

    [Fact]
    public void Service_file_has_the_spellings_of_libpq()
    {
        string file = Path.Combine(Folder, "services.conf");
        File.WriteAllText(file, Fill(
            $$"""
            [secure]
            host=127.0.0.1
            port={{server.Node.Port}}
            dbname=postgres
            user=holder
            sslmode=verify-full
            sslrootcert={root}
            sslcert={{server.Holder}}
            sslkey={{server.HolderKey}}
            options=-c work_mem=8MB
            connect_timeout=5
            application_name=nightly copy
            target_session_attrs=read-write
            keepalives_idle=30
            sslcompression=0
            """));
        try
        {
            Environment.SetEnvironmentVariable("PGSERVICEFILE", file);
            Status("secure").ShouldBe("");
        }
        finally
        {
            Environment.SetEnvironmentVariable("PGSERVICEFILE", null);
        }

        Psql("SELECT tableowner FROM pg_tables WHERE tablename = 'v'").ShouldBe("holder");
    }

    protected override void Dispose(bool disposing)
    {
        _ = Psql("DROP TABLE IF EXISTS v; DROP SCHEMA IF EXISTS postenancy CASCADE");
        base.Dispose(disposing);
    }

    private static string Escaped => TlsServer.Password.Replace("'", "\\'", StringComparison.Ordinal);

    private string Fill(string settings) => settings
        .Replace("{root}", server.Root, StringComparison.Ordinal)
        .Replace("{other}", server.OtherRoot, StringComparison.Ordinal)
        .Replace("{missing}", Path.Combine(Folder, "missing.crt"), StringComparison.Ordinal);

    private string Status(string destination) => Run(destination).Error?.ErrorId ?? "";

    private TenantCopyResult Run(string destination)
    {
        if (!File.Exists(Database))
        {
            Shell.Sql(Database, "CREATE TABLE v (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 'a');");
        }

        return TenantCopy.Run(Database, new TenantCopyOptions("*", destination))[0];
    }

    private string Psql(string sql) => server.Node.Psql("postgres", sql).Output.TrimEnd('\n');
}
