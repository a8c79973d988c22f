using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// The file is intact according to SQLite's own check: its pages, each row against NOT NULL and UNIQUE, and each index against its table.
/// </summary>
/// <remarks>
/// SQLite does not evaluate the CHECKs of a database that it may not write (sqlite.org/pragma.html#pragma_integrity_check names no
/// exception;
/// observed with 3.40.1 and 3.53.4). Verification opens the file read-only, so CHECKs are skipped on every connection for a consistent
/// result.
/// </remarks>
internal sealed class FileIntegrity : IntegrityCheck
{
    /// <summary>SQLite stops at 100 by default; reports show the first few and the total.</summary>
    private const int MaxProblems = 1000;

    private const string NoProblems = "no problems";

    public override string Name => nameof(FileIntegrity);

    public override string Title => "File integrity";

    public override string? Risk => "A damaged file";

    public override int Effort => 110;

    public override bool IsAboutFile => true;

    public override string Expected(CheckContext context) => "no problems in PRAGMA integrity_check";

    public override CheckFinding Measure(CheckContext context)
    {
        if (context.TableIntegrity?.Confirms() == true)
        {
            return new CheckFinding(CheckStatus.Passed, NoProblems);
        }

        (List<string> problems, List<string> unread) = Check(context.Connection, context.Schema);
        string actual =
            problems.Count == 0 ? NoProblems : $"{problems.Count}{(problems.Count == MaxProblems ? " or more" : "")} problems";
        List<string> before = problems.Count > 0 && context.Baseline is { } baseline ? ProblemsOf(baseline, context) : [];
        List<string> added = [.. problems.Except(before, StringComparer.Ordinal)];
        if (added.Count > 0)
        {
            return new CheckFinding(CheckStatus.Failed, actual, List(added));
        }

        if (unread.Count > 0)
        {
            return new CheckFinding(CheckStatus.NotChecked, actual, List(unread));
        }

        return problems.Count > 0
            ? new CheckFinding(CheckStatus.Warning, actual, "all of them existed before: " + List(problems))
            : new CheckFinding(CheckStatus.Passed, actual);
    }

    private static List<string> ProblemsOf(Baseline baseline, CheckContext context)
    {
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(baseline.BackupPath, context.Connection.Cancellation);
        return Check(before, baseline.Schema).Problems;
    }

    /// <summary>Checks everything at once or, if a definition exists only in the application, each table separately.</summary>
    private static (List<string> Problems, List<string> Unread) Check(DatabaseConnection connection, DatabaseSchema schema)
    {
        try
        {
            return (Problems(connection, $"PRAGMA main.integrity_check({MaxProblems})"), []);
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            List<string> problems = [];
            List<string> unread = [];
            foreach (TableSchema table in schema.Tables.Where(t => t.Kind != TableKind.Virtual))
            {
                try
                {
                    problems.AddRange(Problems(connection, $"PRAGMA main.integrity_check({Identifier.Quote(table.Name)})"));
                }
                catch (PosTenancyException inner) when (inner.ErrorId == ErrorIds.SqliteError)
                {
                    unread.Add($"{table.Name}: {inner.Cause}");
                }
            }

            return (problems, unread);
        }
    }

    /// <summary>What one of SQLite's checks finds.</summary>
    public static List<string> Problems(DatabaseConnection connection, string pragma)
    {
        using IDisposable _ = connection.Settings.IgnoreChecks();
        return [.. connection.Query(pragma, static row => row.GetString(0)).Where(problem => problem != "ok")];
    }
}
