using System.Globalization;
using System.Text;
using Spectre.Console;

namespace PosTenancy.QuickStart;

/// <summary>All output: with colours and bars on a terminal, as plain lines in a file or a pipe.</summary>
internal sealed class Screen
{
    private const int RedirectedWidth = 120;

    private readonly IAnsiConsole _console;

    public Screen()
    {
        bool isPlain = Console.IsOutputRedirected;
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isPlain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isPlain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isPlain ? InteractionSupport.No : InteractionSupport.Detect,

            // Spectre.Console enables colours for the logs of some build servers. Output to a pipe must be plain.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = !isPlain },
        });
        if (isPlain)
        {
            _console.Profile.Width = RedirectedWidth;
        }
    }

    /// <summary>Runs the work, with bars below its lines on a terminal.</summary>
    public UpgradeResult Run(Func<IProgress<StageProgress>, UpgradeResult> work) =>
        _console.Profile.Capabilities is { Interactive: true, Ansi: true }
            ? _console.Progress()
                .AutoClear(enabled: true)
                .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 24 }, new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(context => work(new Narrator(this, context)))
            : work(new Narrator(this, bars: null));

    public void Begin(string path, string tenant)
    {
        _console.MarkupLine("[bold]Guarded upgrade[/]");
        Fact("Database", path);
        Fact("Tenant", tenant);
        _console.WriteLine();
    }

    /// <summary>Shows the measurements of a stage.</summary>
    public void Stage(object result, Stage stage)
    {
        switch (result)
        {
            case MigrationPlan plan:
                Done(
                    "Plan",
                    $"{plan.Tables.Count} tables: {plan.Changes.Count()} to change, " +
                    $"{plan.Tables.Count(t => t.Action == TableAction.Skip)} left alone, {plan.Blocked.Count()} blocked"
                );
                break;
            case BackupResult backup:
                Done(
                    "Backup",
                    $"{Number(backup.Length)} bytes, read back and {(backup.Verified ? "equal" : "NOT equal")}, {Time(backup.Duration)}");
                Done("", $"{Number(backup.Rows)} rows in all {backup.Tables} tables");
                Done("SHA-256", backup.Sha256);
                break;
            case MigrationResult run:
                Done(
                    stage == PosTenancy.Stage.Rehearsal ? "Rehearsal" : "Migration",
                    $"{run.Status}: {run.TablesUpdated} of {run.TablesTotal} tables, {run.IndexesCreated} indexes, {Time(run.Duration)}");
                Done(
                    "",
                    $"{Number(run.RowsBefore)} rows before, {Number(run.RowsAfter)} after, " +
                    $"{run.Checks.Count(c => c.Status == CheckStatus.Passed)} of {run.Checks.Count} checks passed"
                );
                break;
        }
    }

    public void Checks(IReadOnlyList<CheckResult> checks)
    {
        Table table = NewTable("Check", "Expected", "Actual", "Status");
        foreach (CheckResult check in checks)
        {
            table.AddRow(
                Escape(check.Title),
                Escape(check.Expected),
                Escape(check.Detail.Length == 0 ? check.Actual : $"{check.Actual}: {check.Detail}"),
                Status(check.Status));
        }

        Write(table);
    }

    /// <summary>Lists the tables that have rows; the empty ones on one line.</summary>
    public void Tables(MigrationResult migration)
    {
        Table table = NewTable("Table", "Rows before", "Rows after", "NULLs", "Index");
        List<TableMigration> filled = [.. migration.Tables.Where(t => t.RowsBefore > 0 || t.RowsAfter is not 0)];
        foreach (TableMigration t in filled)
        {
            table.AddRow(
                Escape(t.Table),
                Number(t.RowsBefore),
                Number(t.RowsAfter),
                Number(t.NullTenantIds),
                Escape(t.IndexName ?? "none"));
        }

        int empty = migration.Tables.Count - filled.Count;
        if (empty > 0)
        {
            table.AddRow($"and {empty} without rows", "0", "0", Number(migration.Tables.Except(filled).Sum(t => t.NullTenantIds)), "");
        }

        Write(table);
    }

    /// <summary>Shows whether the upgrade succeeded, and otherwise the error.</summary>
    public void End(UpgradeResult result)
    {
        bool isGood = result.Error is null && result.Checks.All(c => c.Status != CheckStatus.Failed);
        _console.MarkupLine($"[bold {(isGood ? "green" : "red")}]{result.Status}[/] after {Time(result.Duration)}");
        if (result.Error is { } error)
        {
            Error(error.ErrorId, error.Message);
        }
    }

    public void Error(string id, string message) => _console.MarkupLine($"[red]{Escape(id)}[/]: {Escape(message)}");

    /// <summary>Writes a name and a value without wrapping, so that a path can be copied. Not allowed while the bars are shown.</summary>
    public void Fact(string name, string value) => _console.Profile.Out.Writer.WriteLine($"  {name,-12} {Visible(value)}");

    public void Say(string text) => _console.WriteLine(text);

    /// <summary>Escapes data for use between markup.</summary>
    public static string Escape(string text) => Markup.Escape(Visible(text));

    public static string Shorten(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");

    /// <summary>Spells out control sequences and direction changes in data, so that the terminal does not obey them.</summary>
    private static string Visible(string text) =>
        string.Concat(
            text.EnumerateRunes()
                .Select(r =>
                    Rune.GetUnicodeCategory(r)
                        is UnicodeCategory.Control
                            or UnicodeCategory.Format
                            or UnicodeCategory.LineSeparator
                            or UnicodeCategory.ParagraphSeparator
                        ? $"\\u{{{r.Value:X4}}}"
                        : r.ToString()));

    private static string Status(CheckStatus status) => status switch
    {
        CheckStatus.Passed => "[green]Passed[/]",
        CheckStatus.Failed => "[red]Failed[/]",
        CheckStatus.Warning => "[yellow]Warning[/]",
        _ => "[yellow]Not checked[/]",
    };

    private static string Number(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "?";

    private static string Time(TimeSpan time) => $"{time.TotalMilliseconds:N1} ms";

    private static Table NewTable(params string[] columns)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in columns)
        {
            table.AddColumn(
                new TableColumn(column)
                {
                    Alignment = column.StartsWith("Rows", StringComparison.Ordinal) || column == "NULLs" ? Justify.Right : Justify.Left,
                });
        }

        return table;
    }

    private void Write(Table table)
    {
        _console.Write(table);
        _console.WriteLine();
    }

    private void Done(string stage, string figures) => _console.MarkupLine($"  {stage,-12} {Escape(figures)}");
}
