using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>What a check may look at.</summary>
internal sealed class CheckContext
{
    private string _title = "";
    private int _done;
    private int _effort;
    private int _total;

    /// <summary>Reads the schema afresh: a check must not believe the plan.</summary>
    /// <param name="path">Path to name in the results: the live database, even when a copy of it is checked.</param>
    /// <param name="connection">The database to measure.</param>
    /// <param name="expectation">What should be found.</param>
    /// <param name="baseline">What was measured before the migration; <see langword="null"/> if nobody did.</param>
    public CheckContext(string path, DatabaseConnection connection, TenantExpectation expectation, Baseline? baseline)
    {
        Path = path;
        Connection = connection;
        Expectation = expectation;
        Baseline = baseline;
        Schema = SchemaReader.Read(connection);
        Tables = BusinessTables(Schema);
        MissingTables =
        [
            .. (baseline is null ? [] : BusinessTables(baseline.Schema))
                .Select(t => t.Name)
                .Except(Tables.Select(t => t.Name), Identifier.Comparer),
        ];
    }

    public string Path { get; }

    public DatabaseConnection Connection { get; }

    /// <summary>Whether what is checked is in the file for good; inside a transaction it is not yet.</summary>
    public bool IsCommitted { get; init; } = true;

    /// <summary>
    /// The bytes of the file, where they are the whole database and nobody can write them; <see langword="null"/> while a part of it is in
    /// a log.
    /// </summary>
    public FileStream? Bytes { get; init; }

    /// <summary>The stage that the checks belong to.</summary>
    public Stage Stage { get; init; } = Stage.Verification;

    /// <summary>Told which check runs, and how far it is.</summary>
    public IProgress<StageProgress>? Progress { get; init; }

    public TenantExpectation Expectation { get; }

    public Baseline? Baseline { get; }

    public DatabaseSchema Schema { get; }

    /// <summary>Every table that should belong to tenants.</summary>
    public IReadOnlyList<TableSchema> Tables { get; }

    /// <summary>Tables that were there before the migration and are gone.</summary>
    public IReadOnlyList<string> MissingTables { get; }

    /// <summary>How many tables there should be.</summary>
    public int ExpectedTables => Tables.Count + MissingTables.Count;

    /// <summary>The tables whose tenant column can be read.</summary>
    public IEnumerable<(TableSchema Table, ColumnSchema Column)> TenantColumns =>
        from table in Tables
        let column = table.FindColumn(Expectation.ColumnName)
        where column is { Visibility: ColumnVisibility.Ordinary }
        select (table, column);

    /// <summary>The rows of each table and tenant, as their check read them; empty until it has.</summary>
    public IReadOnlyList<TenantDistribution> Distribution { get; private set; } = [];

    /// <summary>Reads them, and keeps them: nobody should have to read a large file again for a list in the result.</summary>
    public IReadOnlyList<TenantDistribution> MeasureDistribution() =>
        Distribution = DistributionReader.Read(Connection, Path, TenantColumns).ToArray();

    /// <summary>Begins a check, for reports.</summary>
    /// <param name="title">What it is about.</param>
    /// <param name="done">The efforts of the checks before it.</param>
    /// <param name="effort">Its own.</param>
    /// <param name="total">The efforts of all.</param>
    public void Begin(string title, int done, int effort, int total)
    {
        (_title, _done, _effort, _total) = (title, done, effort, total);
        ReportItem(title, share: 0, next: 1);
    }

    /// <summary>Says how far the check is that has begun.</summary>
    /// <param name="work">What it does.</param>
    /// <param name="share">How much of the check is done, from 0 to 1.</param>
    /// <param name="next">How much of it will be done after that.</param>
    public void Report(string work, double share, double next = 1) => ReportItem($"{_title}, {work}", share, next);

    private void ReportItem(string item, double share, double next) =>
        Progress?.Report(new StageProgress(Stage, "Checking", item, Units(_done + (_effort * share)), Units(_total))
        {
            Next = Units(_done + (_effort * next)),
            Part = IsCommitted ? StagePart.FileChecks : StagePart.Checks,
        });

    /// <summary>A check that says how far it is needs smaller steps than the checks as a whole.</summary>
    private static long Units(double effort) => (long)(effort * 1000);

    /// <summary>Whether a script may have added rows to a table, to record itself or its tenants.</summary>
    public bool MayBeKeptByScript(string table) => !Expectation.OnlyOurStatements && SkippedTables.IsKeptByScripts(table);

    private List<TableSchema> BusinessTables(DatabaseSchema schema) =>
        [.. schema.Tables.Where(t => SkippedTables.Reason(t, Expectation.ExcludeTable, Expectation.HistoryTable) is null)];
}
