using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Unloading;

namespace PosTenancy.Postgres;

/// <summary>Writes the rows of a store in PostgreSQL to a SQLite file, and proves them there.</summary>
/// <param name="store">The store.</param>
/// <param name="path">Full path of a file that does not exist.</param>
/// <param name="progress">Receives progress reports.</param>
/// <param name="cancellation">Interrupts the work.</param>
internal sealed class TargetStoreFile(TargetStore store, string path, IProgress<StageProgress>? progress, CancellationToken cancellation)
{
    /// <summary>The most differences that are told apart.</summary>
    private const int MaxDifferences = 1000;

    private readonly string _name = store.Source.Name;

    /// <summary>Writes and proves the file.</summary>
    /// <returns>What is not as it was in the store, a sentence each.</returns>
    /// <exception cref="PosTenancyException">SQLite cannot hold a row as it is in PostgreSQL.</exception>
    public IReadOnlyList<string> Write()
    {
        DurableFile.WriteNew(path, store.Record.Decompress());
        using (DatabaseConnection target = DatabaseConnection.OpenExclusive(path, _name, cancellation))
        {
            Fill(target);
        }

        using DatabaseConnection written = DatabaseConnection.OpenImmutable(path, _name, cancellation);
        return [.. ExportWarnings.Of(store.Layout, store.Record.Rules), .. Prove(written)];
    }

    private void Fill(DatabaseConnection target)
    {
        // This is a scratch file: only the export made from it has to survive a power failure.
        target.Execute("PRAGMA synchronous = OFF");
        CopyPart[] parts = [.. CopyPart.All(store.Plan, store.Slice(target))];
        long total = Math.Max(1, parts.Sum(store.RowsAtCopy));
        long done = 0;

        // Rows are written as they are: no trigger acts on them, and one that violates a CHECK stays one.
        using (target.Settings.KeepSchemaTexts())
        {
            target.Execute("BEGIN IMMEDIATE");
            foreach (CopyPart part in parts)
            {
                long before = done;
                Unload(part, target, rows =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    done = before + rows;
                    Report("Reading rows from PostgreSQL", StagePart.Copy, part.Table.Name, Math.Min(done, total), total);
                });
                KeepNumber(part, target);
            }

            target.Execute("COMMIT");
        }

        if (store.Record.HasLog)
        {
            target.Execute("PRAGMA journal_mode = WAL");
            target.Settings.CheckpointOnClose(true);
        }
    }

    private void Unload(CopyPart part, DatabaseConnection target, Action<long> report)
    {
        try
        {
            report(0);
            TableUnload.Run(store.Server, part, target, report);
        }
        catch (FormatException exception)
        {
            throw Errors.ExportRefused(_name, $"{part.Name}: {exception.Message}");
        }
    }

    /// <summary>A number that was assigned once, here or there, is not assigned again.</summary>
    private void KeepNumber(CopyPart part, DatabaseConnection target)
    {
        string name = part.Table.Name;
        SqlText sql = new(store.Layout.Schema.Objects.First(o => o.Type == "table" && o.Name == name).Sql!);
        if (sql.Places.Any(i => sql.Is(i, "AUTOINCREMENT")) && store.LastNumber(part) is { } last)
        {
            if (target.Scalar("SELECT count(*) FROM main.sqlite_sequence WHERE name = ?1", name) == 0)
            {
                target.Execute("INSERT INTO main.sqlite_sequence (name, seq) VALUES (?1, ?2)", name, last);
            }
            else
            {
                target.Execute("UPDATE main.sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1", name, last);
            }
        }
    }

    /// <summary>Compares the file with PostgreSQL, in the state in which its rows were read.</summary>
    private IEnumerable<string> Prove(DatabaseConnection written)
    {
        TargetComparisonReading reading = TargetComparison.Compare(
            store.Plan, store.Slice(written), store.Server, store.Source, MaxDifferences, (table, done, total) =>
                Report("Proving the rows", StagePart.Checks, table, done, total));
        TenantDifference[] zeros = [.. reading.Differences.Where(IsNegativeZero)];
        string[] other = [.. reading.Differences.Except(zeros).Select(d => d.ToString())];
        if (other.Length > 0)
        {
            throw Errors.ExportRefused(
                _name, $"SQLite does not hold these values as PostgreSQL has them: {ShortList.Join(other, most: 3, separator: "; ")}");
        }

        if (zeros.Length == MaxDifferences)
        {
            throw Errors.ExportRefused(
                _name, $"it has {MaxDifferences} negative zeros or more, which SQLite stores as 0; update them there");
        }

        return zeros
            .GroupBy(d => $"{d.Table}: Column {d.Column}", StringComparer.Ordinal)
            .Select(g => $"{g.Key} has {g.Count()} negative {(g.Count() == 1 ? "zero" : "zeros")}, which SQLite stores as 0.");
    }

    /// <summary>In a column for numbers, SQLite stores -0.0 as 0.</summary>
    private static bool IsNegativeZero(TenantDifference difference) =>
        difference is { Kind: TenantDifferenceKind.Value, Left: "0", Right: "-0" or "0" };

    private void Report(string activity, StagePart part, string item, long done, long total) =>
        progress?.Report(new StageProgress(Stage.Transfer, activity, item, done, total) { Part = part });
}
