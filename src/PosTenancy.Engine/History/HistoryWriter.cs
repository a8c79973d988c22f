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
            : Insert(
                connection,
                plan.History.Table,
                [
                    // Assigned here instead of by SQLite: the table may be WITHOUT ROWID.
                    (OwnHistory.Id, connection.Scalar($"SELECT coalesce(max({OwnHistory.Id}), 0) + 1 FROM main.{Quoted(plan)}")),
                    (OwnHistory.AppliedAt, HistoryTime.Text(now)),
                    (OwnHistory.Kind, record.Kind.ToString()),
                    (OwnHistory.Name, record.Name),
                    (OwnHistory.Checksum, record.Checksum),
                    (OwnHistory.TenantId, plan.Options.TenantId),
                    (OwnHistory.ColumnName, plan.Options.ColumnName),
                    (OwnHistory.Tables, record.Tables),
                    (OwnHistory.Statements, record.Statements),
                    (OwnHistory.ProductVersion, ProductVersion.Name),
                    (OwnHistory.SqliteVersion, ProductVersion.Sqlite),
                    (OwnHistory.BackupSha256, backupSha256),
                ],
                running));
    }

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

    private static string Quoted(MigrationPlan plan) => Identifier.Quote(plan.History.Table);

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
