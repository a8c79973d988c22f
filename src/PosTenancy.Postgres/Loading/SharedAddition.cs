using System.Globalization;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Proof;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres.Loading;

/// <summary>
/// The rows of a shared table that the target lacks. PostgreSQL finds them by its own comparison of keys, in temporary tables with the rows
/// of either side: Citus does not join a temporary table with one that it spreads.
/// </summary>
internal sealed class SharedAddition
{
    private readonly TargetServer _server;
    private readonly CopyPart _part;
    private readonly string _sent;
    private readonly string _there;
    private readonly long _rows;
    private readonly string[] _key;
    private readonly string[] _other;

    /// <summary>Sends the rows of the database.</summary>
    /// <param name="server">The transaction of the copy.</param>
    /// <param name="part">A shared table that exists.</param>
    /// <param name="number">A number for the temporary tables.</param>
    /// <exception cref="PosTenancyException">What was sent is not there.</exception>
    public SharedAddition(TargetServer server, CopyPart part, int number)
    {
        _server = server;
        _part = part;
        _sent = "pg_temp.postenancy_sent_" + number.ToString(CultureInfo.InvariantCulture);
        _there = "pg_temp.postenancy_there_" + number.ToString(CultureInfo.InvariantCulture);
        string[] copied = [.. part.Table.Copied.Select(c => c.Name)];
        _key = [.. part.Table.Keys.FirstOrDefault(k => k.IsPrimary)?.Columns ?? copied];
        _other = [.. copied.Except(_key, StringComparer.Ordinal)];
        foreach (string table in new[] { _sent, _there })
        {
            server.Execute($"CREATE TEMPORARY TABLE {table} (LIKE {part.Name} INCLUDING GENERATED) ON COMMIT DROP");
        }

        string columns = TableDdl.List(copied);
        server.Execute($"INSERT INTO {_there} ({columns}) SELECT {columns} FROM {part.Name}");
        RowDigest sent = TableLoad.Run(part.Slice, part.Table, server, _sent, static _ => { })[0];
        _rows = sent.Rows;
        if (Digest(_sent) != sent)
        {
            throw Errors.CopyNotProved(
                part.Slice.Connection.Path, "a temporary table", $"{part.Table.Name} has {Digest(_sent).Rows} of {sent.Rows} rows");
        }
    }

    /// <summary>The rows that the target lacks.</summary>
    public RowDigest Missing => Digest($"(SELECT s.* {FromMissing}) AS missing");

    /// <summary>Without a primary key, all values are compared.</summary>
    private string Match => _other.Length == 0
        ? $"sha256(record_send(ROW({List("s", _key)}))) = sha256(record_send(ROW({List("t", _key)})))"
        : string.Join(" AND ", _key.Select(k => $"s.{Identifier.Quote(k)} = t.{Identifier.Quote(k)}"));

    private string FromMissing =>
        $"FROM {_sent} AS s WHERE NOT EXISTS (SELECT 1 FROM {_there} AS t WHERE {Match})";

    /// <summary>Adds them.</summary>
    /// <returns>The rows that the table must have now.</returns>
    public RowDigest Add()
    {
        RowDigest expected = Digest(_part.Name).Plus(Missing);
        string columns = TableDdl.List(_key.Concat(_other));
        _server.Execute($"INSERT INTO {_part.Name} ({columns}) SELECT {columns} {FromMissing}");
        return expected;
    }

    /// <summary>What was added and what was left, in a sentence; <see langword="null"/> if nothing differed.</summary>
    public string? Describe()
    {
        long added = Missing.Rows;
        long left = _other.Length == 0 ? 0 : (long)_server.Scalar(
            $"SELECT count(*) FROM {_sent} AS s JOIN {_there} AS t ON {Match} " +
            $"WHERE ROW({List("s", _other)}) IS DISTINCT FROM ROW({List("t", _other)})")!;
        return added + left == 0 ? null : string.Format(
            CultureInfo.InvariantCulture,
            "{0}, which all tenants share: of {1:N0} rows, PostgreSQL lacked {2:N0}, which were added, and has {3:N0} with other values, " +
                "which hold.",
            _part.Table.Name,
            _rows,
            added,
            left);
    }

    private static string List(string alias, IEnumerable<string> columns) =>
        string.Join(", ", columns.Select(c => $"{alias}.{Identifier.Quote(c)}"));

    private RowDigest Digest(string name) =>
        TargetDigest.Read(_server, _part.Table, name, tenantColumn: null, []).Values.FirstOrDefault() ?? TargetDigest.Empty;
}
