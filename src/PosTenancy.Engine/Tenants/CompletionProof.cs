using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The proof that a DEFAULT was dropped and nothing else: what had to be done follows from the backup, and is compared with the file.
/// </summary>
internal static class CompletionProof
{
    /// <summary>Runs every check.</summary>
    /// <param name="live">The database, for the results.</param>
    /// <param name="database">The committed file.</param>
    /// <param name="backup">The file before.</param>
    /// <param name="record">What the history says of it.</param>
    /// <param name="layout">The tables.</param>
    /// <param name="run">Stage, progress and cancellation.</param>
    public static IReadOnlyList<CheckResult> Check(
        string live,
        ExclusiveDatabase database,
        RecordedBackup backup,
        HistoryEntry record,
        TenantLayout layout,
        RunContext run)
    {
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, run.Cancellation);
        using DatabaseConnection after = DatabaseConnection.OpenImmutable(database.File.Path, run.Cancellation);
        IReadOnlyList<CompletedTable> tables = Find(before, layout, record);
        FileChange change = new()
        {
            Before = Tenants(),
            After = Tenants(),
            Statements = tables.ToDictionary(t => t.Table.Name, t => t.NewSql, Identifier.Comparer),
        };
        CompletionChecks checks = new(live, tables, record.Tables ?? 0, layout.ColumnName, run);
        return
        [
            checks.Required(after),
            checks.StoredInFile(after, database.RawFile),
            checks.Unchanged(before, after),
            .. new ChangedFile(live, database, backup, layout, change, run).Check(),
        ];

        string[] Tenants() => [.. tables.Select(t => t.TenantId).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// The tables that had to be changed. If they are more than the history says, tables that were named as shared were left as they are.
    /// </summary>
    private static IReadOnlyList<CompletedTable> Find(DatabaseConnection before, TenantLayout layout, HistoryEntry record)
    {
        DatabaseSchema schema = SchemaReader.Read(before, countRows: false);
        IReadOnlyList<CompletedTable> tables = CompletedTable.Find(before, layout with
        {
            Schema = schema,
            Tables = [.. layout.Tables.Select(t => schema.FindTable(t.Name)).OfType<TableSchema>()],
        });
        return tables.Count == record.Tables ? tables
            : [.. tables.Where(t => layout.Schema.Objects.Any(o => o.Type == "table" && o.Name == t.Table.Name && o.Sql != t.Sql))];
    }
}
