using System.Net;
using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Where the target is and who connects, as PostgreSQL's own programs take it; a password is shown nowhere.</summary>
public sealed class DestinationTests : TargetTest
{
    private const string Password = "s3 c'r;t=:\\@/%é";

    private static string InQuotes =>
        $"'{Password.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private string User => $"user_{Target}";

    [Fact]
    public void Address_conninfo_and_connection_string_mean_the_same()
    {
        CreateUser();
        string[] forms =
        [
            $"postgresql://{User}:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/{Target}?application_name=x",
            $"host=127.0.0.1 port={Port} dbname={Target} user={User} password={InQuotes}",
            $"host = 127.0.0.1 port= {Port} dbname ={Target} user = {User} password = {InQuotes}",
            $"Host=127.0.0.1;Port={Port};Database={Target};Username={User};Password=\"{Password}\"",
        ];
        foreach (string form in forms)
        {
            TenantCopyResult result = Run(form);
            result.Error.ShouldBeNull(form);
            result.Destination.ShouldBe($"127.0.0.1:{Port}/{Target} as {User}");
        }
    }

    [Fact]
    public void Password_comes_from_the_file_that_the_connection_names_or_from_the_credential()
    {
        CreateUser();
        string connection = $"Host=127.0.0.1;Port={Port};Database={Target};Username={User}";
        string escaped = Password.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);
        string file = PasswordFile(
            $"# of the nightly copy\nno line of the form\n127.0.0.1:{Port}:other:*:wr0ng\n*:{Port}:*:{User}:{escaped}\n*:*:*:*:wr0ng\n");
        Run($"{connection};Passfile={file}").Error.ShouldBeNull();
        Run(connection, new NetworkCredential(User, Password)).Error.ShouldBeNull();
        Run(connection).Error!.ErrorId.ShouldBe(ErrorIds.TargetUnavailable);
        Run($"{connection};Passfile={Path.Combine(Folder, "missing")}").Error!.Message.ShouldContain("No password has been provided");
    }

    [Fact]
    public void Password_file_that_others_can_read_is_not_used()
    {
        CreateUser();
        string file = PasswordFile($"*:*:*:*:{Password}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Failure error = Run($"Host=127.0.0.1;Port={Port};Database={Target};Username={User};Passfile={file}").Error!;
        error.ErrorId.ShouldBe(ErrorIds.TargetUnavailable);
        error.Message.ShouldContain($"the password file '{file}' was not used, because others than its owner have access to it: chmod 600");
        error.Message.ShouldNotContain(Password);
    }

    [Theory]
    [InlineData("client_encoding=LATIN1")]
    [InlineData("options='-c client_encoding=LATIN1'")]
    [InlineData("Encoding=iso-8859-1")]
    public void Texts_are_sent_as_they_are_whatever_encoding_the_connection_asks_for(string setting)
    {
        Sqlite("CREATE TABLE v (id INTEGER PRIMARY KEY, n TEXT, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 'Käse 店', 'é');");
        Run($"host=127.0.0.1 port={Port} dbname={Target} user=postgres {setting}").Error.ShouldBeNull();
        Psql("SELECT n, tenant_id FROM v").ShouldBe("Käse 店|é");
    }

    [Theory]
    [InlineData("sslcrl=/x", "the setting sslcrl cannot be honored")]
    [InlineData("requirepeer=postgres", "the setting requirepeer cannot be honored")]
    [InlineData("ssl_min_protocol_version=TLSv1.3", "the setting ssl_min_protocol_version cannot be honored")]
    [InlineData("sslcompression=1", "the setting sslcompression with another value than 0 cannot be honored")]
    [InlineData("hostaddr=127.0.0.2", "host and hostaddr cannot both be honored")]
    [InlineData("sslmode=verify-s3cret", "the value of the setting sslmode cannot be used")]
    [InlineData("connect_timeout=s3cret", "the value of the setting connect_timeout cannot be used")]
    [InlineData("channel_binding=s3cret", "the value of the setting channel_binding cannot be used")]
    [InlineData("s3cret=1", "it is no connection string, address or service that can be read")]
    public void Setting_without_an_equal_is_refused_by_its_name(string setting, string why)
    {
        string[] forms =
        [
            $"host=127.0.0.1 port={Port} dbname={Target} user=postgres {setting}",
            $"Host=127.0.0.1;Port={Port};Database={Target};Username=postgres;{setting}",
            $"postgresql://postgres@127.0.0.1:{Port}/{Target}?{setting}",
        ];
        foreach (string form in forms)
        {
            Failure error = Run(form).Error.ShouldNotBeNull(form);
            error.ErrorId.ShouldBe(ErrorIds.InvalidDestination, form);
            error.Message.ShouldContain(why);
            error.Message.ShouldNotContain("s3cret");
        }
    }

    [Theory]
    [InlineData("sslcompression=0 sslsni=1 gssencmode=prefer sslnegotiation=postgres target_session_attrs=any")]
    [InlineData("fallback_application_name=x keepalives=1 keepalives_idle=10 keepalives_interval=5 connect_timeout=-1")]
    [InlineData("require_auth=none gssencmode=disable target_session_attrs=primary load_balance_hosts=disable")]
    public void Settings_of_libpq_are_accepted(string settings)
    {
        CreateTable();
        Run($"host=127.0.0.1 port={Port} dbname={Target} user=postgres {settings}").Error.ShouldBeNull();
    }

    [Theory]
    [InlineData("target_session_attrs=read-write options='-c default_transaction_read_only=on'")]
    [InlineData("target_session_attrs=standby")]
    [InlineData("require_auth=scram-sha-256")]
    public void Demand_that_the_server_does_not_meet_is_not_ignored(string settings) =>
        Run($"host=127.0.0.1 port={Port} dbname={Target} user=postgres {settings}").Error!.ErrorId.ShouldBe(ErrorIds.TargetUnavailable);

    [Theory]
    [InlineData("Host=127.0.0.1;Pasword=s3cret")]
    [InlineData("no-such-service")]
    [InlineData("http://user:s3cret@127.0.0.1/x")]
    [InlineData("Database=x;Password=s3cret")]
    [InlineData("Host=127.0.0.1;Port=none;Password=s3cret")]
    [InlineData("host=127.0.0.1 password=s3cret;x")]
    [InlineData("host=127.0.0.1 password=s3cret;port=1")]
    [InlineData("Host=127.0.0.1;Database=x password=s3cret")]
    [InlineData("postgresql://user:1/s3cret@127.0.0.1/x")]
    [InlineData("postgresql://user:1#s3cret@127.0.0.1/x")]
    [InlineData("postgresql://user:1?s3cret=@127.0.0.1/x")]
    public void Destination_that_cannot_be_read_is_refused_without_being_quoted(string destination)
    {
        TenantCopyResult result = Run(destination);
        result.Error!.ErrorId.ShouldBe(ErrorIds.InvalidDestination);
        result.ToString().ShouldNotContain("s3cret");
        result.Error.Message.ShouldNotContain("s3cret");
        new TenantCopyOptions("*", destination).ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public void Wrong_password_is_never_shown()
    {
        CreateUser();
        TenantCopyResult result = Run($"Host=127.0.0.1;Port={Port};Database={Target};Username={User};Password=wr0ng");
        result.Error!.ErrorId.ShouldBe(ErrorIds.TargetUnavailable);
        result.ToString().ShouldNotContain("wr0ng");
        result.Error.Message.ShouldNotContain("wr0ng");
    }

    private void CreateTable() =>
        Sqlite("CREATE TABLE v (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 'a');");

    private string PasswordFile(string lines)
    {
        string file = Path.Combine(Folder, "pgpass");
        File.WriteAllText(file, lines);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private void CreateUser()
    {
        CreateTable();
        string password = Password.Replace("'", "''", StringComparison.Ordinal);
        _ = Psql(
            $"CREATE ROLE {User} LOGIN PASSWORD '{password}'; ALTER DATABASE {Target} OWNER TO {User}; " +
            $"GRANT CREATE ON SCHEMA public TO {User}");
    }

    private TenantCopyResult Run(string destination, NetworkCredential? credential = null)
    {
        if (!File.Exists(Database))
        {
            CreateTable();
        }

        return TenantCopy.Run(Database, new TenantCopyOptions("*", destination) { Credential = credential })[0];
    }
}
