using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>The inputs of a check.</summary>
internal sealed record CheckContext
{
    private string _title = "";
    private int _done;
    private int _effort;
    private int _total;

    /// <summary>Reads the schema again: a check must not trust the plan.</summary>
    /// <param name="path">Path to name in the results: the live database, even when a copy of it is checked.</param>
    /// <param name="connection">Database to measure.</param>
    /// <param name="expectation">The expected state.</param>
    /// <param name="baseline">Measurements from before the migration; <see langword="null"/> if there are none.</param>
    public CheckContext(string path, DatabaseConnection connection, TenantExpectation expectation, Baseline? baseline)
    {
        expectation = SharedTables.AddTo(expectation, connection);
        Path = path;
        Connection = connection;
        Expectation = expectation;
        Baseline = baseline;
        Schema = SchemaReader.Read(connection);
        Tables = [.. TenantTables.Expected(Schema, expectation)];
        TenantColumns = [.. TenantTables.Migrated(Schema, expectation)];
        MissingTables =
        [
            .. (baseline is null ? [] : TenantTables.Expected(baseline.Schema, expectation))
                .Select(t => t.Name)
                .Except(Tables.Select(t => t.Name), Identifier.Comparer),
        ];
    }

    public string Path { get; }

    public DatabaseConnection Connection { get; }

    /// <summary>Whether the checked state is committed; inside the transaction it is not yet.</summary>
    public bool IsCommitted { get; init; } = true;

    /// <summary>Whether the committed file will be compared with a copy that has passed every check.</summary>
    public bool HasTwin { get; init; }

    /// <summary>
    /// The bytes of the file, if they are the whole database and cannot change; <see langword="null"/> while part of it is in a write-ahead
    /// log.
    /// </summary>
    public FileStream? Bytes { get; init; }

    /// <summary>SQLite's own check of the file, running beside the others; <see langword="null"/> if it does not.</summary>
    public TableIntegrity? TableIntegrity { get; set; }

    /// <summary>The stage to which the checks belong.</summary>
    public Stage Stage { get; init; } = Stage.Verification;

    /// <summary>Receives the running check and its progress.</summary>
    public IProgress<StageProgress>? Progress { get; init; }

    public TenantExpectation Expectation { get; }

    public Baseline? Baseline { get; }

    public DatabaseSchema Schema { get; }

    /// <summary>Every table that should have a tenant column.</summary>
    public IReadOnlyList<TableSchema> Tables { get; }

    /// <summary>Tables that existed before the migration and are missing now.</summary>
    public IReadOnlyList<string> MissingTables { get; }

    /// <summary>Expected number of tables.</summary>
    public int ExpectedTables => Tables.Count + MissingTables.Count;

    /// <summary>The tables whose tenant column can be read.</summary>
    public IReadOnlyList<(TableSchema Table, ColumnSchema Column)> TenantColumns { get; }

    /// <summary>Row counts by table and tenant, as read by their check; empty until it has run.</summary>
    public IReadOnlyList<TenantDistribution> Distribution { get; private set; } = [];

    /// <summary>Reads the distribution and keeps it, so that a large file is not read again for the result.</summary>
    public IReadOnlyList<TenantDistribution> MeasureDistribution() =>
        Distribution = DistributionReader.Read(Connection, Path, TenantColumns).ToArray();

    /// <summary>Begins a check in progress reports.</summary>
    /// <param name="title">Title of the check.</param>
    /// <param name="done">Total effort of the checks before it.</param>
    /// <param name="effort">Effort of this check.</param>
    /// <param name="total">Total effort of all checks.</param>
    public void Begin(string title, int done, int effort, int total)
    {
        (_title, _done, _effort, _total) = (title, done, effort, total);
        ReportItem(title, share: 0, next: 1);
    }

    /// <summary>Reports progress of the current check.</summary>
    /// <param name="work">Description of the current work.</param>
    /// <param name="share">Completed fraction of the check, from 0 to 1.</param>
    /// <param name="next">Fraction that will be completed when this work ends.</param>
    public void Report(string work, double share, double next = 1) => ReportItem($"{_title}, {work}", share, next);

    private void ReportItem(string item, double share, double next) =>
        Progress?.Report(new StageProgress(Stage, "Checking", item, Units(_done + (_effort * share)), Units(_total))
        {
            Next = Units(_done + (_effort * next)),
            Part = IsCommitted ? StagePart.FileChecks : StagePart.Checks,
        });

    /// <summary>Scales efforts: a check that reports its own progress needs smaller units than the checks as a whole.</summary>
    private static long Units(double effort) => (long)(effort * 1000);

    /// <summary>Whether a script may have added rows to a table to record itself or its tenants.</summary>
    public bool MayBeKeptByScript(string table) => !Expectation.OnlyOurStatements && SkippedTables.IsKeptByScripts(table);
}
