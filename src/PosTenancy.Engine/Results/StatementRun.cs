namespace PosTenancy;

/// <summary>The statements of one file, each counted once, under its worst verdict.</summary>
/// <param name="File">Full path of the file; <see langword="null"/> for statements that came from no file.</param>
/// <param name="Statements">How many statements there are.</param>
/// <param name="Leaks">Those that see or touch rows of other tenants.</param>
/// <param name="NoTenantOnInsert">Those that insert without naming a tenant.</param>
/// <param name="ByKeyOnly">Those that reach another tenant's row by its key.</param>
/// <param name="NotChecked">Those of which nothing was proved.</param>
/// <param name="AllTenants">Those that are allowed to reach all tenants.</param>
/// <param name="Isolated">Those that are proved isolated.</param>
/// <param name="SharedTable">Those that reach no table of tenants.</param>
public sealed record StatementSummary(
    string? File,
    int Statements,
    int Leaks,
    int NoTenantOnInsert,
    int ByKeyOnly,
    int NotChecked,
    int AllTenants,
    int Isolated,
    int SharedTable)
{
    /// <summary>The verdicts, the worst first.</summary>
    internal static IReadOnlyList<StatementVerdict> Order { get; } =
    [
        StatementVerdict.Leaks,
        StatementVerdict.NoTenantOnInsert,
        StatementVerdict.ByKeyOnly,
        StatementVerdict.NotChecked,
        StatementVerdict.AllTenants,
        StatementVerdict.Isolated,
        StatementVerdict.SharedTable,
    ];

    /// <summary>Counts the statements of each file.</summary>
    /// <param name="results">The results of any statements.</param>
    /// <returns>One summary for each file, in the order of the results.</returns>
    public static IReadOnlyList<StatementSummary> From(IEnumerable<StatementResult> results) =>
        ResultList.From([.. results.GroupBy(r => r.File, StringComparer.Ordinal).Select(f => From(f.Key, f))]);

    /// <summary>How many statements have a verdict.</summary>
    internal int this[StatementVerdict verdict] => verdict switch
    {
        StatementVerdict.Leaks => Leaks,
        StatementVerdict.NoTenantOnInsert => NoTenantOnInsert,
        StatementVerdict.ByKeyOnly => ByKeyOnly,
        StatementVerdict.NotChecked => NotChecked,
        StatementVerdict.AllTenants => AllTenants,
        StatementVerdict.Isolated => Isolated,
        _ => SharedTable,
    };

    /// <summary>Counts statements wherever they are.</summary>
    internal static StatementSummary From(string? file, IEnumerable<StatementResult> results)
    {
        ILookup<StatementVerdict, int> worst = results
            .GroupBy(r => (r.File, r.Line, r.Column, r.Sql))
            .ToLookup(s => Order[s.Min(r => Rank(r.Verdict))], _ => 1);
        int Count(StatementVerdict verdict) => worst[verdict].Count();
        return new StatementSummary(
            file,
            worst.Sum(v => v.Count()),
            Count(StatementVerdict.Leaks),
            Count(StatementVerdict.NoTenantOnInsert),
            Count(StatementVerdict.ByKeyOnly),
            Count(StatementVerdict.NotChecked),
            Count(StatementVerdict.AllTenants),
            Count(StatementVerdict.Isolated),
            Count(StatementVerdict.SharedTable));
    }

    /// <summary>The place of a verdict in <see cref="Order"/>.</summary>
    internal static int Rank(StatementVerdict verdict) => Order.TakeWhile(v => v != verdict).Count();

    /// <summary>The file and the verdicts that occur.</summary>
    public override string ToString()
    {
        string counts = string.Join(", ", Order.Where(v => this[v] > 0).Select(v => $"{this[v]} {v}"));
        return $"{(File is null ? "" : $"{File}: ")}{(Statements == 1 ? "1 statement" : $"{Statements} statements")}" +
            (counts.Length == 0 ? "" : $" ({counts})");
    }
}

/// <summary>The test of the statements of an application against one database.</summary>
/// <param name="Path">Full path of the database.</param>
/// <param name="Results">One result for each statement and table, in the order of the files and their lines.</param>
/// <param name="StartedAt">When the test began.</param>
/// <param name="Duration">How long it took.</param>
public sealed record StatementRun(string Path, IReadOnlyList<StatementResult> Results, DateTimeOffset StartedAt, TimeSpan Duration)
{
    /// <summary>One result for each statement and table, in the order of the files and their lines.</summary>
    public IReadOnlyList<StatementResult> Results { get; init => field = ResultList.From(value); } = ResultList.From(Results);

    /// <summary>What the search in the source left out, in sentences.</summary>
    public IReadOnlyList<string> Skipped { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>What a person should know of the run, such as a file that could not be read.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>Full path of the baseline; <see langword="null"/> without one.</summary>
    public string? BaselinePath { get; init; }

    /// <summary>Version of PosTenancy.</summary>
    public string ProductVersion { get; init; } = Engine.Text.ProductVersion.Name;

    /// <summary>Version of SQLite.</summary>
    public string SqliteVersion { get; init; } = Engine.Text.ProductVersion.Sqlite;

    /// <summary>The statements by their verdicts.</summary>
    public override string ToString() => StatementSummary.From(file: null, Results).ToString();
}
