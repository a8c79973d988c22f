using System.Globalization;
using System.Text.RegularExpressions;

namespace PosTenancy.Tests.Postgres.Queries;

/// <summary>A statement of the application.</summary>
/// <param name="Sql">
/// As it is written for SQLite, and for PostgreSQL too. Where tenants share tables, what is in a comment that begins with <c>tenant:</c> is
/// part of it; on Citus also what is in one that begins with <c>citus:</c>.
/// </param>
internal sealed partial record Query(string Sql)
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture;
    private const int Timeout = 10_000;

    /// <summary>The text for PostgreSQL, if it must be another one.</summary>
    public string? Postgres { get; init; }

    /// <summary>Why the text differs: the first cell of a row in docs/postgres-layouts.md.</summary>
    public string? Rule { get; init; }

    /// <summary>The text for a layout.</summary>
    public string At(CopyLayout layout) => Marked().Replace(Postgres ?? Sql, mark => mark.Groups["at"].Value switch
    {
        "tenant" when layout != CopyLayout.Schema => mark.Groups["text"].Value,
        "citus" when layout == CopyLayout.Citus => mark.Groups["text"].Value,
        _ => "",
    });

    /// <summary>Whether that is another text than SQLite's.</summary>
    public bool IsChangedAt(CopyLayout layout) => At(layout) != new Query(Sql).At(CopyLayout.Schema);

    /// <summary>
    /// The output of either program in one form: real numbers with 15 digits, as the sqlite3 shell prints them, and without the ".0" that
    /// SQLite appends to whole ones. Nothing else is changed.
    /// </summary>
    public static string Normalized(string output) => Real().Replace(output, number =>
        double.Parse(number.Value, CultureInfo.InvariantCulture).ToString("G15", CultureInfo.InvariantCulture));

    [GeneratedRegex(@"/\*(?<at>tenant|citus):\s*(?<text>.*?)\s*\*/", Options | RegexOptions.Singleline, Timeout)]
    private static partial Regex Marked();

    [GeneratedRegex(@"(?<=^|\|)-?\d+\.\d+(e[+-]?\d+)?(?=\||$)", Options | RegexOptions.Multiline, Timeout)]
    private static partial Regex Real();
}
