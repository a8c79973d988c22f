using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Queries;

/// <summary>Measures queries one by one on a backup and on the live database, and evaluates the results.</summary>
internal sealed class QueryComparison(
    LiveDatabase live,
    DatabaseConnection backup,
    DatabaseSchema old,
    DatabaseSchema now,
    string tenantId,
    Slowdown slowdown,
    MeasurementOptions options)
{
    /// <summary>Ratio above which a slowdown is a warning.</summary>
    private const double Slower = 1.1;

    /// <summary>Above this ratio the slowdown cannot be noise.</summary>
    private const double Doubtless = 2;

    /// <summary>
    /// Differences below this are indistinguishable from the machine's noise, as is the ratio of two times below it.
    /// </summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(0.02);

    private readonly List<string> _oldIndexes = Indexes(old);
    private readonly List<string> _newIndexes = Indexes(now);

    /// <summary>Whether both databases must return the same number of rows.</summary>
    public bool MustAgree { get; init; }

    /// <summary>
    /// Compiles a user's statement on the database where it is meant to run; one that does not compile, or that writes, fails the command.
    /// </summary>
    /// <exception cref="PosTenancyException">The statement cannot be measured.</exception>
    public void RequireQuery(QueryPair query)
    {
        if (query.File is not { } file)
        {
            return;
        }

        Statement? compiled = null;
        try
        {
            compiled = live.Connection.Prepare(query.After);
            if (!compiled.IsQuery)
            {
                throw Errors.QueryNotAllowed(file, query.Line, "it would write. Only queries are allowed, because nothing may be changed.");
            }

            if (compiled.Parameters.FirstOrDefault(p => !QueryFile.TenantParameters.Contains(p, StringComparer.Ordinal)) is { } unknown)
            {
                throw Errors.QueryNotAllowed(
                    file,
                    query.Line,
                    $"its parameter {unknown} has no value. Write a literal in its place; only :tenant_id is supplied.");
            }
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            throw Errors.QueryNotAllowed(file, query.Line, $"{exception.Cause.TrimEnd('.')}.");
        }
        finally
        {
            compiled?.Dispose();
        }
    }

    public QueryMeasurement Measure(QueryPair query, CancellationToken cancellation)
    {
        QueryMeasurement result = new(now.Path, backup.Path, tenantId, query.Table, query.Name, CheckStatus.NotChecked)
        {
            SqlBefore = query.Before,
            SqlAfter = query.After,
            Parameters = query.Values.Select(v => v.Text).ToArray(),
        };
        if (query.WhyNot is { } whyNot)
        {
            return result with { Cause = char.ToUpperInvariant(whyNot[0]) + whyNot.Substring(1) + "." };
        }

        try
        {
            // One transaction per query: a store that is open meanwhile waits for one query at most.
            return backup.InReadTransaction(() => live.Read(connection => Compare(query, result, connection, cancellation)));
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            return result with { Cause = exception.Cause };
        }
    }

    /// <summary>Adds the results of concurrent readers.</summary>
    public List<QueryMeasurement> ReadTogether(List<QueryPair> queries, List<QueryMeasurement> results, CancellationToken cancellation)
    {
        List<int> measured = [.. Enumerable.Range(0, results.Count).Where(i => results[i].AfterMedian is not null)];
        if (measured.Count == 0)
        {
            return results;
        }

        if (live.WhyAlone is { } whyAlone)
        {
            return results.ConvertAll(r =>
                r.Status == CheckStatus.Passed
                    ? r with
                    {
                        Status = CheckStatus.Warning,
                        Cause = $"Not read with {options.Readers} connections: {whyAlone}.",
                        Cure = "Open the database once with its application, and measure again.",
                    }
                    : r);
        }

        IReadOnlyList<(QueryTimes? Times, int Errors, string Error)> readings =
            ConcurrentReaders.Run(live, [.. measured.Select(i => queries[i])], tenantId, options.Readers, cancellation);
        for (int i = 0; i < measured.Count; i++)
        {
            QueryMeasurement result = results[measured[i]] with
            {
                Readers = options.Readers,
                ReadersMedian = readings[i].Times?.Median,
                ReadersP95 = readings[i].Times?.P95,
                ReaderErrors = readings[i].Errors,
            };
            results[measured[i]] =
                result.ReaderErrors == 0
                    ? result
                    : result with
                    {
                        Status = CheckStatus.Failed,
                        Cause = $"{result.ReaderErrors} runs of {options.Readers} readers encountered an error: {readings[i].Error}",
                    };
        }

        return results;
    }

    private QueryMeasurement Compare(
        QueryPair query,
        QueryMeasurement result,
        DatabaseConnection connection,
        CancellationToken cancellation)
    {
        QueryPlan newPlan = query.Plan(connection, isAfter: true, tenantId, _newIndexes);
        QueryPlan oldPlan = query.Plan(backup, isAfter: false, tenantId, _oldIndexes);
        using Statement after = query.Prepare(connection, isAfter: true, tenantId);
        using Statement before = query.Prepare(backup, isAfter: false, tenantId);
        long rowsAfter = after.Run();
        long rowsBefore = before.Run();
        (QueryTimes Before, QueryTimes After) times = Time();
        if (IsSlower(times) && !IsSlower(times, Doubtless))
        {
            // Measure small slowdowns again to rule out noise.
            times = Time();
        }

        double ratio = Math.Round((double)Math.Max(1, times.After.Median.Ticks) / Math.Max(1, times.Before.Median.Ticks), 2);
        result = result with
        {
            Status = CheckStatus.Passed,
            RowsBefore = rowsBefore,
            RowsAfter = rowsAfter,
            BeforeMedian = times.Before.Median,
            BeforeP95 = times.Before.P95,
            AfterMedian = times.After.Median,
            AfterP95 = times.After.P95,
            Ratio = times.After.Median < Noise && times.Before.Median < Noise ? null : ratio,
            PlanBefore = oldPlan.ToString(),
            PlanAfter = newPlan.ToString(),
            IndexBefore = string.Join(", ", oldPlan.Indexes),
            IndexAfter = string.Join(", ", newPlan.Indexes),
        };
        if (MustAgree && rowsBefore != rowsAfter)
        {
            return result with
            {
                Status = CheckStatus.Failed,
                Cause =
                    $"The result differs: {rowsBefore} rows before and {rowsAfter} after, although every table has as many rows as in " +
                    "the backup.",
                Cure = "Compare the two queries: SqlBefore and SqlAfter must ask for the same rows.",
            };
        }

        if (ratio <= Slower)
        {
            return result;
        }

        // Report the cause even while the table is too small for the slowdown to matter: tables grow.
        (string cause, string cure) = slowdown.Explain(query, oldPlan, newPlan);
        return result with { Status = IsSlower(times) ? CheckStatus.Warning : CheckStatus.Passed, Cause = cause, Cure = cure };

        (QueryTimes Before, QueryTimes After) Time() =>
            QueryTimes.Measure(() => before.Run(), () => after.Run(), options.TimePerQuery, cancellation);
    }

    private static bool IsSlower((QueryTimes Before, QueryTimes After) times, double ratio = Slower) =>
        times.After.Median.Ticks > times.Before.Median.Ticks * ratio && times.After.Median - times.Before.Median > Noise;

    private static List<string> Indexes(DatabaseSchema schema) => [.. schema.Tables.SelectMany(t => t.Indexes).Select(i => i.Name)];
}
