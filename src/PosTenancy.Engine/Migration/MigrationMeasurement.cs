using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>The state before a migration; with the state after it, it makes the result.</summary>
internal sealed record MigrationMeasurement(
    string Path, DatabaseSchema Before, MigrationPlan Plan, string? BackupPath, long SizeBefore, DateTimeOffset StartedAt)
{
    /// <summary>What the statements of a script gave.</summary>
    public IReadOnlyList<ScriptOutput> ScriptOutput { get; init; } = [];

    /// <summary>The result, measured in what <paramref name="after"/> reads.</summary>
    public MigrationResult Result(
        MigrationStatus status,
        CheckContext after,
        long sizeAfter,
        TimeSpan duration,
        IReadOnlyList<CheckResult> checks,
        Failure? error) =>
        new(
            Path,
            BackupPath,
            Plan.Options.TenantId,
            Plan.Options.ColumnName,
            Plan.Options.ExcludeTable,
            status,
            Plan.Tables.Count(t => t.Action is TableAction.Skip or TableAction.Share),
            IndexNames(after.Schema).Except(IndexNames(Before), Identifier.Comparer).Count(),
            Tables(after),
            SizeBefore,
            sizeAfter,
            StartedAt,
            duration,
            checks,
            error)
        {
            IndexesReplaced = IndexTexts(after.Schema)
                .Except(IndexTexts(Before))
                .Select(i => i.Name)
                .Intersect(IndexNames(Before), Identifier.Comparer)
                .Count(),
            ScriptOutput = ScriptOutput,
            ReferenceTable = Plan.Options.ReferenceTable,
            HistoryTable = Plan.Options.HistoryTable,
            Warnings = Plan.Warnings,
            Distribution = after.Distribution,
        };

    /// <summary>
    /// The result after a rollback. The file has the bytes of the backup, so the backup is measured.
    /// </summary>
    public MigrationResult RolledBack(
        RecordedBackup backup,
        TimeSpan duration,
        IReadOnlyList<CheckResult> checks,
        Failure reason)
    {
        using DatabaseConnection reader = DatabaseConnection.OpenImmutable(backup.Path, CancellationToken.None);
        CheckContext after = new(Path, reader, TenantExpectation.From(Plan), baseline: null);
        return Result(MigrationStatus.RolledBack, after, backup.Manifest.Length, duration, checks, reason);
    }

    private static IEnumerable<string> IndexNames(DatabaseSchema schema) =>
        schema.Objects.Where(o => o.Type == "index").Select(o => o.Name);

    private static IEnumerable<(string Name, string? Sql)> IndexTexts(DatabaseSchema schema) =>
        schema.Objects.Where(o => o.Type == "index").Select(o => (o.Name, o.Sql));

    private List<TableMigration> Tables(CheckContext after)
    {
        Dictionary<string, long> nulls = Nulls(after);
        Dictionary<string, TableSchema> found = after.Schema.Tables.ToDictionary(t => t.Name, Identifier.Comparer);
        List<TableMigration> tables = [];
        foreach (TablePlan plan in Plan.TenantTables)
        {
            TableSchema? table = found.TryGetValue(plan.Table, out TableSchema? t) ? t : null;
            tables.Add(new TableMigration(
                plan.Table,
                plan.Action,
                plan.Rows ?? 0,
                table?.Rows,
                nulls.TryGetValue(plan.Table, out long n) ? n : null,
                table?.FindIndexLedBy(Plan.Options.ColumnName)?.Name));
        }

        return tables;
    }

    /// <summary>A file that cannot be read has failed its checks, which say why: its rows then have no count here.</summary>
    private static Dictionary<string, long> Nulls(CheckContext after)
    {
        try
        {
            return NoNullTenantIds.Count(after).ToDictionary(t => t.Table, t => t.Nulls, Identifier.Comparer);
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseCorrupt)
        {
            return new Dictionary<string, long>(Identifier.Comparer);
        }
    }
}
