using System.Diagnostics;
using Npgsql;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>Copies tenants of a SQLite database to PostgreSQL, and proves them there before COMMIT. The database is only read.</summary>
public static class TenantCopy
{
    /// <summary>Copies; all tenants of the run, or nothing.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to copy.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the copy; the target is as it was.</param>
    /// <returns>A result for each tenant; one with the error if it did not succeed.</returns>
    public static IReadOnlyList<TenantCopyResult> Run(
        string path, TenantCopyOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        Stopwatch watch = Stopwatch.StartNew();
        TenantCopyResult result = new(
            path, options.TenantId, "", options.Layout, TenantChangeStatus.Refused, 0, 0, DateTimeOffset.Now, TimeSpan.Zero);
        try
        {
            DatabaseFile file = DatabaseFile.Inspect(path);
            Destination destination = Destination.Parse(file.Path, options.Destination, options.Credential);
            result = result with { Path = file.Path, Destination = destination.Name };
            return FileErrors.Guard(file.Path, () =>
            {
                using LiveDatabase live = LiveDatabase.Open(file, cancellation);
                return live.Read(_ => Run(live, destination, options, result, watch, progress, cancellation));
            });
        }
        catch (PosTenancyException exception)
        {
            bool isRolledBack = exception.ErrorId is ErrorIds.TargetError or ErrorIds.CopyNotProved;
            return
            [
                result with
                {
                    Status = exception.ErrorId == ErrorIds.CopyOutcomeUnknown ? TenantChangeStatus.Failed
                        : isRolledBack ? TenantChangeStatus.RolledBack
                        : TenantChangeStatus.Refused,
                    Error = Failure.From(exception),
                    Duration = watch.Elapsed,
                },
            ];
        }
    }

    /// <summary>Plans a copy, and writes nothing.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">What to copy.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the planning.</param>
    /// <exception cref="PosTenancyException">The database or the server cannot be read.</exception>
    public static IReadOnlyList<CopyTablePlan> Plan(
        string path, TenantCopyOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        DatabaseFile file = DatabaseFile.Inspect(path);
        Destination destination = Destination.Parse(file.Path, options.Destination, options.Credential);
        return FileErrors.Guard(file.Path, () => DatabaseReader.Read(
            file.Path,
            reader => Translate(file.Path, destination, () =>
            {
                CopySlice slice = CopySource.Read(reader, options);
                using TargetServer server = TargetServer.Open(file.Path, destination, options.Layout, cancellation);
                TargetPlan plan = CopyPlanning.Plan(slice, server, options, new ExaminedTables(slice, Examining(progress)).Find);
                return CopyListing.From(
                    plan, slice, new ExistingRows(server, new CopyRecords(server), plan, options.SharedRows, destination.Name));
            }, cancellation),
            cancellation));
    }

    private static IReadOnlyList<TenantCopyResult> Run(
        LiveDatabase live,
        Destination destination,
        TenantCopyOptions options,
        TenantCopyResult result,
        Stopwatch watch,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation) => Translate(result.Path, destination, () =>
    {
        CopySlice slice = CopySource.Read(live.Connection, options) with { HasLog = live.IsWal };
        using SpreadPrerequisites prerequisites = new(result.Path, destination, cancellation);
        using TargetServer server = TargetServer.Open(result.Path, destination, options.Layout, cancellation);
        ExaminedTables examined = new(slice, Examining(progress));
        TargetPlan plan = new CopyTurn(slice, server, options).Take(examined, p => RequireUnblocked(p, result.Path));
        CopyRun run = new(slice, plan, server, prerequisites, options, (part, activity, item, done, total) =>
            progress?.Report(new StageProgress(Stage.Transfer, activity, item, done, total) { Part = part }));
        IReadOnlyList<CheckResult>? checks;
        try
        {
            checks = run.Run(destination.Name);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // PostgreSQL names a key; the plan names the rows of the database.
            server.Rollback();
            RequireUnblocked(CopyPlanning.Plan(slice, server, options, examined.Find), result.Path);
            throw;
        }

        if (checks?.FirstOrDefault(c => c.Status == CheckStatus.Failed) is { } failed)
        {
            throw Errors.CopyNotProved(result.Path, destination.Name, CheckResults.Summary([failed]));
        }

        // A file that is read without a lock may have been written meanwhile: then two states of it were read.
        live.RequireUnchanged();
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new StageProgress(Stage.Transfer, "Committing", null, 0, 0) { Part = StagePart.Commit });
        if (run.HasChanged)
        {
            Commit(server, result.Path, destination);
            prerequisites.Keep();
        }

        return (IReadOnlyList<TenantCopyResult>)
        [
            .. slice.TenantIds.Select(tenant => result with
            {
                TenantId = tenant,
                Status = checks is null ? TenantChangeStatus.AlreadyImported : TenantChangeStatus.Succeeded,
                Tables = run.Sent.Count(s => s.Key.Tenant == tenant && s.Value.Rows > 0),
                Rows = run.Sent.Where(s => s.Key.Tenant == tenant).Sum(s => s.Value.Rows),
                RowsShared = run.RowsShared,
                Conversions = [.. plan.Tables.SelectMany(t => t.Columns).Select(c => c.Conversion)],
                Checks = checks ?? [],
                Warnings = [.. plan.Tables.SelectMany(t => t.Warnings.Select(w => $"{t.Name}: {w}")), .. plan.Warnings, .. run.Warnings],
                Duration = watch.Elapsed,
            }),
        ];
    }, cancellation);

    private static void RequireUnblocked(TargetPlan plan, string path)
    {
        if (plan.Blocks is { Count: > 0 } blocks)
        {
            throw Errors.CopyRefused(
                path,
                ShortList.Join([.. blocks], most: 3, separator: "; ", last: "; and "),
                "Get-PosTenantPlan -Destination lists everything. Correct the rows, or choose how to carry them with -Conversion and " +
                    "-DanglingReference.");
        }
    }

    private static void Commit(TargetServer server, string path, Destination destination)
    {
        try
        {
            server.Commit();
        }
        catch (NpgsqlException exception) when (exception is not PostgresException { Severity: "ERROR" })
        {
            throw Errors.CopyOutcomeUnknown(path, destination.Name, exception);
        }
    }

    private static Action<string, long, long> Examining(IProgress<StageProgress>? progress) => (table, done, total) =>
        progress?.Report(new StageProgress(Stage.Plan, "Examining values", table, done, total) { Part = StagePart.Checks });

    /// <summary>Runs something that uses the server, whose errors get an id.</summary>
    internal static T Translate<T>(string path, Destination destination, Func<T> work, CancellationToken cancellation)
    {
        try
        {
            return work();
        }
        catch (PostgresException exception)
            when (exception.SqlState == PostgresErrorCodes.QueryCanceled && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellation);
        }
        catch (NpgsqlException exception) when (exception.InnerException is TimeoutException && cancellation.IsCancellationRequested)
        {
            // What cannot be cancelled on the server is cancelled by ending the connection.
            throw new OperationCanceledException(exception.Message, exception, cancellation);
        }
        catch (PostgresException exception)
        {
            string detail = exception.Detail is { Length: > 0 } text ? $" ({text.TrimEnd('.')})" : "";
            throw Errors.TargetError(path, destination.Name, exception.MessageText + detail, exception);
        }
        catch (NpgsqlException exception)
        {
            throw Errors.TargetError(path, destination.Name, $"the connection was lost ({exception.Message.TrimEnd('.')})", exception);
        }
    }
}
