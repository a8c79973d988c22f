using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>
/// A server with TLS, whose certificate is from an authority of its own. The role <c>tls</c> connects by TLS alone, with a password;
/// <c>holder</c> with a certificate of the same authority.
/// </summary>
public sealed class TlsServer : IDisposable
{
    public const string Password = "s3 c'r;t=";

    private const string Hba =
        """
        hostssl all tls 127.0.0.1/32 scram-sha-256
        hostssl all holder 127.0.0.1/32 cert
        hostnossl all tls,holder 127.0.0.1/32 reject
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("postenancy-tls-").FullName;
    private readonly PostgresNode? _node;

    public TlsServer()
    {
        if (PostgresNode.Bin is null)
        {
            return;
        }

        _node = PostgresNode.Start().Await();
        using X509Certificate2 authority = Authority("The authority of a chain");
        using X509Certificate2 other = Authority("Another authority");
        (string certificate, string key) = Issue(authority, "head-office");
        (string holder, string holderKey) = Issue(authority, "holder");
        File.WriteAllText(InFolder("root.crt"), authority.ExportCertificatePem());
        File.WriteAllText(InFolder("other.crt"), other.ExportCertificatePem());
        File.WriteAllText(InFolder("holder.crt"), holder);
        File.WriteAllText(InFolder("holder.key"), holderKey);
        Write("server.crt", certificate);
        Write("server.key", key);
        Write("root.crt", authority.ExportCertificatePem());

        // The first line that fits counts: these come before those of server.sh.
        Write("tls.conf", Hba);
        Sql("COPY (SELECT 1) TO PROGRAM 'cat tls.conf pg_hba.conf > both.conf; mv both.conf pg_hba.conf'");
        Sql(
            $"CREATE ROLE tls LOGIN SUPERUSER PASSWORD '{Password.Replace("'", "''", StringComparison.Ordinal)}'; " +
            "CREATE ROLE holder LOGIN SUPERUSER;\n" +
            "ALTER SYSTEM SET ssl = on;\nALTER SYSTEM SET ssl_ca_file = 'root.crt';\nSELECT pg_reload_conf();\nSELECT pg_sleep(0.5);");
    }

    internal PostgresNode Node
    {
        get
        {
            Assert.SkipWhen(_node is null, "Debian's postgresql-15 is not installed.");
            return _node!;
        }
    }

    /// <summary>The certificate of the server's authority.</summary>
    public string Root => InFolder("root.crt");

    /// <summary>The certificate of another one.</summary>
    public string OtherRoot => InFolder("other.crt");

    /// <summary>The certificate of the role <c>holder</c>.</summary>
    public string Holder => InFolder("holder.crt");

    /// <summary>Its key.</summary>
    public string HolderKey => InFolder("holder.key");

    public void Dispose()
    {
        _node?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static (string Certificate, string Key) Issue(X509Certificate2 authority, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private string InFolder(string name) => Path.Combine(_folder, name);

    /// <summary>Has the server write a file beside its data: only its own account may read a key.</summary>
    private void Write(string name, string text) => Sql(
        $"COPY (SELECT unnest(string_to_array($x${text.TrimEnd()}$x$, E'\\n'))) TO PROGRAM 'umask 077; cat > {name}'");

    private void Sql(string sql)
    {
        (int code, _, string error) = _node!.Psql("postgres", sql);
        code.ShouldBe(0, error);
    }
}
