using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.History;

/// <summary>The values of a row in the project's own history, in the form of the existing rows.</summary>
internal sealed class HistoryValues(DatabaseConnection connection, MigrationPlan plan, HistoryRecord record, DateTimeOffset now)
{
    private readonly string _table = "main." + Identifier.Quote(plan.History.Table);

    public IReadOnlyList<(string Column, object? Value)> For(IReadOnlyList<HistoryColumn> columns) =>
        [.. columns.Select(c => (c.Name, Value(c)))];

    private object? Value(HistoryColumn column) =>
        column.Role switch
        {
            HistoryRole.Version => Newest(column) is string || column.Affinity == ColumnAffinity.Text
                ? Free(column, n => VersionText(now.AddSeconds(n)))
                : Next(column),
            HistoryRole.Batch => Next(column),
            HistoryRole.Name => Free(column, n => Name + (n == 0 ? "" : $" {(n + 1).ToString(CultureInfo.InvariantCulture)}")),
            HistoryRole.Checksum => column.IsBlob ? Bytes(record.Checksum) : record.Checksum,
            HistoryRole.Time => HistoryTime.InTheFormOf(
                now,
                Newest(column),
                column.Affinity is ColumnAffinity.Integer or ColumnAffinity.Real),
            HistoryRole.Succeeded => 1,
            HistoryRole.Failed or HistoryRole.Elapsed => 0,
            HistoryRole.Product => ProductVersion.Name,
            HistoryRole.Application => "postenancy",
            _ => "SQL",
        };

    private string Name => record.Name ?? $"postenancy {plan.Options.ColumnName} {plan.Options.TenantId}";

    private static string VersionText(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private static byte[] Bytes(string hex) =>
        [
            .. Enumerable
                .Range(0, hex.Length / 2)
                .Select(i => byte.Parse(hex.Substring(i * 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ];

    private long Next(HistoryColumn column) => Newest(column) switch
    {
        long number => number + 1,
        double number => (long)number + 1,
        _ => 1,
    };

    private object? Newest(HistoryColumn column) => connection
        .Query($"SELECT max({Identifier.Quote(column.Name)}) FROM {_table}", static row => row.GetValue(0))
        .First();

    /// <summary>The first candidate that a unique column does not contain yet.</summary>
    private string Free(HistoryColumn column, Func<int, string> candidate)
    {
        int n = 0;
        while (column.IsUnique &&
            connection.Scalar($"SELECT count(*) FROM {_table} WHERE {Identifier.Quote(column.Name)} = ?1", candidate(n)) > 0)
        {
            n++;
        }

        return candidate(n);
    }
}
