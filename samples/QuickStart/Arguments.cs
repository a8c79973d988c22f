using PosTenancy.Engine.Reporting;

namespace PosTenancy.QuickStart;

/// <summary>The command line arguments.</summary>
/// <param name="Database">The database to upgrade; <see langword="null"/> for a new sample store.</param>
/// <param name="TenantId">The tenant assigned to every existing row.</param>
/// <param name="ReportPath">Path of the report; <see langword="null"/> for none except the sample's own.</param>
internal sealed record Arguments(string? Database, string TenantId, string? ReportPath)
{
    public const string Usage =
        """
        QuickStart: gives every row of a SQLite database a tenant, and proves that none was lost.

        Usage:
          QuickStart                                          makes a sample store in a new folder and upgrades it
          QuickStart <database> <tenant> [--report <path>]    upgrades that database, in place, after a backup beside it
          QuickStart --help

        The extension of the report selects its format: .md, .html or .json.
        Exit codes: 0 upgraded, or nothing to do; 1 refused, rolled back or failed; 2 wrong usage; 130 stopped with Ctrl+C.
        """;

    public static bool IsHelp(string[] arguments) => arguments is ["--help" or "-h" or "-?" or "/?", ..];

    /// <summary>Parses the arguments and rejects those that could not work before anything is changed.</summary>
    /// <exception cref="FormatException">The arguments are invalid.</exception>
    /// <exception cref="PosTenancyException">No report could be written to that path.</exception>
    public static Arguments Parse(string[] arguments)
    {
        Arguments parsed = arguments switch
        {
            [] => new Arguments(Database: null, "main-street", ReportPath: null),
            [var option, ..] when IsOption(option) => throw new FormatException($"unknown option '{option}'"),
            [_] => throw new FormatException("the tenant is missing"),
            [var database, var tenant] => new Arguments(database, tenant, ReportPath: null),
            [var database, var tenant, "--report", var report] => new Arguments(database, tenant, report),
            [_, _, "--report"] => throw new FormatException("--report needs a path"),
            _ => throw new FormatException($"unexpected argument '{arguments[2]}'"),
        };
        if (parsed.ReportPath is { } path)
        {
            _ = UpgradeReport.RequirePath(path);
        }

        return parsed;
    }

    private static bool IsOption(string argument) => argument.StartsWith('-');
}
