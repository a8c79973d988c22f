using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.History;

/// <summary>Records a migration in the database itself, inside its transaction: a rollback removes the record too.</summary>
internal static class HistoryWriter
{
    /// <summary>
    /// Writes one row about the plan or the script and one about the shared tables, as far as there is something to record, to PosTenancy's
    /// own table (created if it does not exist) or to the project's.
    /// </summary>
    /// <param name="connection">The database, inside the transaction.</param>
    /// <param name="plan">The plan that was carried out.</param>
    /// <param name="now">The time to record.</param>
    /// <param name="backupSha256">SHA-256 of the backup, which is that of the file before the migration.</param>
    /// <param name="running">Receives each statement and its table.</param>
    /// <returns>Number of rows changed: those of <see cref="Rows"/>, unless a trigger on the table changed more or prevented the
    /// insert.</returns>
    public static long Write(
        DatabaseConnection connection, MigrationPlan plan, DateTimeOffset now, string backupSha256, Action<string, string> running)
    {
        if (plan.History.IsNew)
        {
            running(OwnHistory.CreateSql, plan.History.Table);
            connection.Execute(OwnHistory.CreateSql);
        }

        return Records(plan).Sum(record => plan.History.Columns is { } columns
            ? Insert(connection, plan.History.Table, new HistoryValues(connection, plan, record, now).For(columns), running)
            : WriteOwn(
                connection,
                new OwnRecord(
                    record.Kind, record.Name, record.Checksum, plan.Options.TenantId, plan.Options.ColumnName, now, backupSha256)
                {
                    Tables = record.Tables,
                    Statements = record.Statements,
                },
                running));
    }

    /// <summary>Writes one row to PosTenancy's own table, which exists.</summary>
    /// <param name="connection">The database, inside the transaction.</param>
    /// <param name="record">What to record.</param>
    /// <param name="running">Receives the statement and its table.</param>
    /// <returns>Number of rows changed.</returns>
    public static long WriteOwn(DatabaseConnection connection, OwnRecord record, Action<string, string> running) => Insert(
        connection,
        HistoryPlan.OwnTable,
        [
            // Assigned here instead of by SQLite: the table may be WITHOUT ROWID.
            (OwnHistory.Id, connection.Scalar($"SELECT coalesce(max({OwnHistory.Id}), 0) + 1 FROM main.{HistoryPlan.OwnTable}")),
            (OwnHistory.AppliedAt, HistoryTime.Text(record.AppliedAt)),
            (OwnHistory.Kind, record.Kind.ToString()),
            (OwnHistory.Name, record.Name),
            (OwnHistory.Checksum, record.Checksum),
            (OwnHistory.TenantId, record.TenantId),
            (OwnHistory.ColumnName, record.ColumnName),
            (OwnHistory.Tables, record.Tables),
            (OwnHistory.Statements, record.Statements),
            (OwnHistory.ProductVersion, ProductVersion.Name),
            (OwnHistory.SqliteVersion, ProductVersion.Sqlite),
            (OwnHistory.BackupSha256, record.BackupSha256),
        ],
        running);

    /// <summary>Number of rows that record a plan.</summary>
    public static int Rows(MigrationPlan plan) => Records(plan).Count();

    /// <summary>
    /// Why a migration must not be committed although no check failed: row counts do not reveal triggers that only update.
    /// </summary>
    public static string Problem(MigrationPlan plan, long changed) =>
        $"recording the migration in '{plan.History.Table}' changed {changed.ToString(CultureInfo.InvariantCulture)} rows instead of " +
        $"{Rows(plan).ToString(CultureInfo.InvariantCulture)}: a trigger on that table makes other changes.";

    private static IEnumerable<HistoryRecord> Records(MigrationPlan plan)
    {
        if (plan.Changes.Any())
        {
            yield return HistoryRecord.From(plan);
        }

        if (plan.RecordedSharedTables is { } tables)
        {
            string names = SharedTables.Text(tables);
            yield return new HistoryRecord(HistoryKind.Share, names, Checksum.Compute(names), tables.Count, Statements: 0);
        }
    }

    private static long Insert(
        DatabaseConnection connection,
        string table,
        IReadOnlyList<(string Column, object? Value)> row,
        Action<string, string> running)
    {
        string columns = string.Join(", ", row.Select(v => Identifier.Quote(v.Column)));
        string values = string.Join(", ", row.Select((_, i) => "?" + (i + 1).ToString(CultureInfo.InvariantCulture)));
        string sql = $"INSERT INTO main.{Identifier.Quote(table)} ({columns}) VALUES ({values})";
        running(sql, table);
        return connection.Change(sql, [.. row.Select(v => v.Value)]);
    }
}

/// <summary>A row of PosTenancy's own history.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Name">The file that says more of it: a script, or the key map of an import; of a rename, the former name.</param>
/// <param name="Checksum">SHA-256 of that file, or of what was done.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="ColumnName">The tenant column.</param>
/// <param name="AppliedAt">When it was done.</param>
/// <param name="BackupSha256">SHA-256 of the backup, which is that of the file before.</param>
internal sealed record OwnRecord(
    HistoryKind Kind,
    string? Name,
    string Checksum,
    string TenantId,
    string ColumnName,
    DateTimeOffset AppliedAt,
    string BackupSha256)
{
    /// <summary>Number of tables that were changed.</summary>
    public int Tables { get; init; }

    /// <summary>Number of statements of a plan; 0 for what is no plan.</summary>
    public int Statements { get; init; }
}
