using System.Net;
using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Where the target is and who connects, as PostgreSQL's own programs take it; a password is shown nowhere.</summary>
public sealed class DestinationTests : TargetTest
{
    private const string Password = "s3 c'r;t=";

    private string User => $"user_{Target}";

    [Fact]
    public void Address_conninfo_and_connection_string_mean_the_same()
    {
        CreateUser();
        string[] forms =
        [
            $"postgresql://{User}:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/{Target}?application_name=x",
            $"host=127.0.0.1 port={Port} dbname={Target} user={User} password='{Password.Replace("'", "\\'", StringComparison.Ordinal)}'",
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
        string file = Path.Combine(Folder, "pgpass");
        File.WriteAllText(file, $"127.0.0.1:{Port}:*:{User}:{Password}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string destination = $"Host=127.0.0.1;Port={Port};Database={Target};Username={User}";
        Run($"{destination};Passfile={file}").Error.ShouldBeNull();
        Run(destination, new NetworkCredential(User, Password)).Error.ShouldBeNull();
        Run(destination).Error!.ErrorId.ShouldBe(ErrorIds.TargetUnavailable);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Pasword=s3cret")]
    [InlineData("no-such-service")]
    [InlineData("http://user:s3cret@127.0.0.1/x")]
    [InlineData("Database=x;Password=s3cret")]
    [InlineData("Host=127.0.0.1;Port=none;Password=s3cret")]
    public void Destination_that_cannot_be_read_is_refused_without_being_quoted(string destination)
    {
        TenantCopyResult result = Run(destination);
        result.Error!.ErrorId.ShouldBe(ErrorIds.InvalidDestination);
        result.Error.Message.ShouldNotContain("s3cret");
        new TenantCopyOptions("*", destination).ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public void Wrong_password_is_named_by_nobody()
    {
        CreateUser();
        TenantCopyResult result = Run($"Host=127.0.0.1;Port={Port};Database={Target};Username={User};Password=wr0ng");
        result.Error!.ErrorId.ShouldBe(ErrorIds.TargetUnavailable);
        result.ToString().ShouldNotContain("wr0ng");
        result.Error.Message.ShouldNotContain("wr0ng");
    }

    private void CreateUser()
    {
        Sqlite("CREATE TABLE v (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 'a');");
        string password = Password.Replace("'", "''", StringComparison.Ordinal);
        _ = Psql(
            $"CREATE ROLE {User} LOGIN PASSWORD '{password}'; ALTER DATABASE {Target} OWNER TO {User}; " +
            $"GRANT CREATE ON SCHEMA public TO {User}");
    }

    private TenantCopyResult Run(string destination, NetworkCredential? credential = null)
    {
        if (!File.Exists(Database))
        {
            Sqlite("CREATE TABLE v (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 'a');");
        }

        return TenantCopy.Run(Database, new TenantCopyOptions("*", destination) { Credential = credential })[0];
    }
}
