using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// Tries statements of an application on private databases in memory, with the schema of a migrated database and the rows of two tenants,
/// and tells whether one tenant can reach rows of the other through them. The live database is read once, when the trial is opened.
/// </summary>
internal sealed class StatementTrial : IDisposable
{
    private readonly HeldFunctions _functions;
    private readonly TrialWorlds _worlds;
    private readonly TrialDatabase _database;

    private StatementTrial(string path, HeldFunctions functions, TrialWorlds worlds, TrialDatabase database)
    {
        Path = path;
        _functions = functions;
        _worlds = worlds;
        _database = database;
    }

    /// <summary>Full path of the live database.</summary>
    public string Path { get; }

    /// <summary>The tenant of the database that acts.</summary>
    public object TenantId => _database.Tenants.First;

    /// <summary>The tables into which rows of two tenants do not fit, and why.</summary>
    public IEnumerable<string> Gaps => _database.Schema.Tables.Select(t => t.WhyNotTwo).OfType<string>();

    /// <summary>The rows of the private database: those of both tenants, and those that all share.</summary>
    public IReadOnlyList<TrialRow> Rows => _database.Rows;

    /// <summary>Reads the schema and a sample of the rows.</summary>
    /// <param name="path">Path of the live database, which is read but not written.</param>
    /// <param name="columnName">The tenant column.</param>
    /// <param name="referenceTable">Names or patterns of further tables that all tenants share.</param>
    /// <param name="tenantId">The tenant to act as; <see langword="null"/> for the one that a row gets by default, or any that has
    /// rows.</param>
    /// <param name="cancellation">Cancels the operation, and each trial.</param>
    /// <exception cref="PosTenancyException">The database cannot be read, or was not migrated.</exception>
    public static StatementTrial Open(
        string path,
        string columnName,
        IReadOnlyList<string> referenceTable,
        string? tenantId = null,
        CancellationToken cancellation = default)
    {
        return DatabaseReader.Read(
            path,
            source =>
            {
                TrialSchema schema = TrialSchema.Read(source, columnName, referenceTable);
                DateTime now = DateTime.UtcNow;
                HeldFunctions functions = new(source.Path, now);
                try
                {
                    using DatabaseConnection original = DatabaseConnection.OpenEmpty(source.Path, cancellation);
                    functions.Register(original);
                    original.Settings.SetDoubleQuotedStrings(true);
                    original.Execute($"PRAGMA encoding = '{Encoding(source)}'");
                    TrialDatabase database = TrialDatabase.Make(
                        source, original, schema, TrialTenants.Choose(source, schema, tenantId), now);
                    return new StatementTrial(
                        source.Path, functions, TrialWorlds.Copy(original, database, functions, cancellation), database);
                }
                catch
                {
                    functions.Dispose();
                    throw;
                }
            },
            cancellation);
    }

    /// <summary>Tries a statement.</summary>
    /// <param name="sql">One statement, with its parameters.</param>
    /// <param name="isPartial">
    /// Whether the application appends conditions with AND to it: then only a filter in what is fixed counts.
    /// </param>
    /// <returns>One finding for each table of tenants that it reaches; one without if it reaches none, or does not compile.</returns>
    public IReadOnlyList<TrialFinding> Try(string sql, bool isPartial = false)
    {
        using StatementExperiment experiment = new(_worlds, _database, sql);
        IReadOnlyList<TrialFinding> findings = experiment.Run();
        return isPartial ? [.. findings.Select(Partial)] : findings;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _worlds.Dispose();
        _functions.Dispose();
    }

    /// <summary>Conditions that are appended can only take rows away: they cannot open a statement that is isolated.</summary>
    private static TrialFinding Partial(TrialFinding finding) =>
        finding.Verdict is StatementVerdict.Isolated or StatementVerdict.SharedTable or StatementVerdict.NotChecked
            ? finding
            : finding with
            {
                Verdict = StatementVerdict.NotChecked,
                Reason = $"Its fixed part alone is no proof, and the rest is not known. Of the fixed part: {finding.Reason}",
                Witness = null,
            };

    private static string Encoding(DatabaseConnection source) =>
        source.Query("PRAGMA main.encoding", static row => row.GetString(0)).First();
}
