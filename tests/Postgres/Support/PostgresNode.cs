using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>
/// A PostgreSQL server in a folder and on a port of its own. It ends with its script, whose input ends with this process: also if that is
/// killed.
/// </summary>
internal sealed class PostgresNode : IDisposable
{
    private readonly Process _script;

    private PostgresNode(string bin, string folder, int port, string settings)
    {
        Folder = folder;
        Port = port;
        string script = Path.Combine(Repository.Root, "tests", "Postgres", "server.sh");
        _script = Shell.Start("bash", script, folder, bin, port.ToString(CultureInfo.InvariantCulture), settings);
    }

    public int Port { get; }

    private string Folder { get; }

    /// <summary>The newest PostgreSQL of Debian's; <see langword="null"/> if there is none.</summary>
    public static string? Bin { get; } = !OperatingSystem.IsLinux() || !Directory.Exists("/usr/lib/postgresql")
        ? null
        : Directory.GetDirectories("/usr/lib/postgresql")
            .Select(d => Path.Combine(d, "bin"))
            .Where(d => File.Exists(Path.Combine(d, "postgres")))
            .OrderByDescending(d => d, StringComparer.Ordinal)
            .FirstOrDefault();

    /// <summary>Whether that PostgreSQL has Citus.</summary>
    public static bool HasCitus => Bin is not null && File.Exists(Path.Combine(Path.GetDirectoryName(Bin)!, "lib", "citus.so"));

    /// <summary>Starts a server, which accepts connections a little later.</summary>
    public static PostgresNode Start(string settings = "") =>
        new(Bin!, Directory.CreateTempSubdirectory("postenancy-pg-").FullName, FreePort(), settings);

    /// <summary>Waits until the server accepts connections.</summary>
    public PostgresNode Await() => _script.StandardOutput.ReadLine() == "started"
        ? this
        : throw new InvalidOperationException(
            string.Concat(Directory.GetFiles(Folder, "*log").Select(File.ReadAllText)) + _script.StandardError.ReadToEnd());

    /// <summary>Runs SQL with psql, the independent witness.</summary>
    public (int ExitCode, string Output, string Error) Psql(string database, string sql, string user = "postgres") => Shell.Run(
        "psql",
        sql,
        "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", user, "-d", database);

    /// <summary>Stops the server at once, as a crash would, and starts it again.</summary>
    public void Crash()
    {
        string[] restart =
        [
            Path.Combine(Bin!, "pg_ctl"), "-D", Path.Combine(Folder, "data"), "-l", Path.Combine(Folder, "data", "log"), "-m", "immediate",
            "-w", "restart",
        ];
        string[] account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
        string[] command = Environment.UserName == "root" ? [.. account, .. restart] : restart;

        // The server inherits the output of pg_ctl, and would keep it open.
        string[] shell = ["-c", "cd / && HOME=$0 \"$@\" >/dev/null 2>&1", Folder, .. command];
        Shell.Run("bash", null, shell).ExitCode.ShouldBe(0);
    }

    public void Dispose()
    {
        _script.StandardInput.Close();
        _ = _script.WaitForExit(20_000);
        _script.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
