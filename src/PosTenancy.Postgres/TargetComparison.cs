using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Proof;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>Compares tenants with their rows in PostgreSQL. Neither side is changed.</summary>
public static class TargetComparison
{
    /// <summary>Compares every row.</summary>
    /// <param name="path">The live database.</param>
    /// <param name="options">The tenants and the target; the layout is that of the last copy.</param>
    /// <param name="limit">How many differences to find at most.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the comparison.</param>
    /// <exception cref="PosTenancyException">The database or the server cannot be read, or was never copied there.</exception>
    public static TargetComparisonReading Run(
        string path,
        TenantCopyOptions options,
        int limit = int.MaxValue,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        DatabaseFile file = DatabaseFile.Inspect(path);
        Destination destination = Destination.Parse(file.Path, options.Destination, options.Credential);
        return FileErrors.Guard(file.Path, () => DatabaseReader.Read(
            file.Path,
            reader => TenantCopy.Translate(file.Path, destination, () =>
            {
                CopySlice slice = CopySource.Read(reader, options);
                using TargetServer server = TargetServer.Open(file.Path, destination, CopyLayout.Plain, cancellation);
                CopyLayout layout = new CopyRecords(server).LayoutOf(options.Schema, slice.TenantIds[0]) ??
                    throw Errors.TargetUnsuitable(
                        file.Path, destination.Name, $"no copy of '{slice.TenantIds[0]}' was made to the schema {options.Schema}");
                server.UseCitus(layout);
                TargetPlan plan = CopyPlanning.Plan(
                    slice, server, options with { Layout = layout }, table => TableFindings.Read(slice, table), findsDangling: false);
                IEnumerable<ColumnConversion> ledger = plan.Tables.SelectMany(t => t.Columns).Select(c => c.Conversion);
                if (ledger.FirstOrDefault(c => c.Kind == ColumnConversionKind.Refused) is { } refused)
                {
                    throw Errors.CopyRefused(file.Path, refused.ToString());
                }

                return Compare(plan, slice, server, destination, limit, (table, done, total) =>
                    progress?.Report(new StageProgress(Stage.Comparison, "Comparing rows", table, done, total)
                    {
                        Part = StagePart.Statements,
                    }));
            }, cancellation),
            cancellation));
    }

    /// <summary>Compares the rows of a slice with those of a target that was planned.</summary>
    internal static TargetComparisonReading Compare(
        TargetPlan plan, CopySlice slice, TargetServer server, Destination destination, int limit, Action<string, long, long> comparing)
    {
        CopyPart[] parts = [.. CopyPart.All(plan, slice)];
        List<TenantDifference> differences = [];
        long rows = 0;
        for (int i = 0; i < parts.Length && differences.Count < limit; i++)
        {
            CopyPart part = parts[i];
            comparing(part.Table.Name, i, parts.Length);
            if (!server.HasTable(part.Schema, part.Table.Name))
            {
                throw Errors.TargetUnsuitable(
                    slice.Connection.Path, destination.Name, $"it has no table {part.Name}");
            }

            IReadOnlyDictionary<string, RowDigest> there = TargetRows.Read(server, part);
            foreach ((string tenant, RowDigest digest) in part.Named(SourceDigest.Read(part.Slice, part.Table)))
            {
                rows += digest.Rows;
                if (digest != (there.TryGetValue(tenant, out RowDigest? other) ? other : TargetDigest.Empty))
                {
                    differences.AddRange(RowSearch.Find(server, part, tenant).Take(limit - differences.Count));
                }
            }
        }

        return new TargetComparisonReading(rows, parts.Length, differences);
    }
}

/// <summary>What a comparison found.</summary>
/// <param name="Rows">Rows of the database that were compared.</param>
/// <param name="Tables">Tables that were compared.</param>
/// <param name="Differences">One for each missing or extra row, and for each value that differs.</param>
public sealed record TargetComparisonReading(long Rows, int Tables, IReadOnlyList<TenantDifference> Differences)
{
    /// <summary>Whether all rows are equal.</summary>
    public bool IsEqual => Differences.Count == 0;
}
