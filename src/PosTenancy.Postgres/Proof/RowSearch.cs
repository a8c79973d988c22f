using System.Security.Cryptography;
using Npgsql;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Loading;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres.Proof;

/// <summary>
/// Finds the rows in which a table differs, once its digest has said that it does. Keys and hashes of both sides are matched in a temporary
/// database; only rows that differ travel.
/// </summary>
internal sealed class RowSearch : IDisposable
{
    private const int Batch = 500;

    private readonly SHA256 _hash = SHA256.Create();
    private readonly TargetServer _server;
    private readonly CopyPart _part;
    private readonly string _tenantId;
    private readonly DatabaseConnection _matched;
    private readonly string[] _keys;
    private readonly int[] _keyPlaces;

    private RowSearch(TargetServer server, CopyPart part, string tenantId)
    {
        _server = server;
        _part = part with { Slice = part.Table.IsShared ? part.Slice : part.Slice.Of(tenantId) };
        _tenantId = tenantId;
        _matched = DatabaseConnection.OpenTemporary(part.Slice.Connection.Path, part.Slice.Connection.Cancellation);

        // Without a primary key, a row is its own key.
        string[] key = [.. part.Table.Source.PrimaryKey.Select(c => part.Table.FindColumn(c)!.Name)];
        _keys = key.Length > 0 ? key : [.. part.Table.Columns.Select(c => c.Name)];
        _keyPlaces = [.. _keys.Select(k => part.Table.Columns.Select(c => c.Name).ToList().IndexOf(k))];
    }

    /// <summary>The first difference in words; <see langword="null"/> if there is none.</summary>
    public static string? First(TargetServer server, CopyPart part, string tenantId) =>
        Find(server, part, tenantId).FirstOrDefault()?.ToString();

    /// <summary>All differences of a tenant in a table.</summary>
    /// <param name="server">The target.</param>
    /// <param name="part">The table.</param>
    /// <param name="tenantId">The tenant; empty for a shared table.</param>
    public static IEnumerable<TenantDifference> Find(TargetServer server, CopyPart part, string tenantId)
    {
        using RowSearch search = new(server, part, tenantId);
        if (!part.Table.IsShared)
        {
            TargetRows.ActAs(server, tenantId);
        }

        search.ReadSource();
        search.ReadTarget();
        foreach (TenantDifference difference in search.Differences())
        {
            yield return difference;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _matched.Dispose();
        _hash.Dispose();
    }

    private static Dictionary<string, List<byte[]>> NoRows(byte[][] keys) =>
        keys.ToDictionary(Convert.ToBase64String, _ => new List<byte[]>(), StringComparer.Ordinal);

    private void ReadSource()
    {
        _matched.Execute("CREATE TABLE source (k BLOB NOT NULL, h BLOB NOT NULL)");
        using Statement insert = _matched.Prepare("INSERT INTO source VALUES (?1, ?2)");
        _matched.Execute("BEGIN");
        Source((record, length) =>
        {
            insert.BindBlob(1, Key(record));
            insert.BindBlob(2, _hash.ComputeHash(record, 0, length));
            _ = insert.Run();
        });
        _matched.Execute("CREATE INDEX source_k ON source (k)");
    }

    private void ReadTarget()
    {
        _matched.Execute("CREATE TABLE target (k BLOB NOT NULL, h BLOB NOT NULL)");
        using Statement insert = _matched.Prepare("INSERT INTO target VALUES (?1, ?2)");
        Target(
            $"record_send(ROW({TableDdl.List(_keys)})), sha256(record_send(ROW({TableDdl.List(_part.Table.Columns.Select(c => c.Name))})))",
            "",
            [],
            reader =>
            {
                insert.BindBlob(1, (byte[])reader[0]);
                insert.BindBlob(2, (byte[])reader[1]);
                _ = insert.Run();
            });
        _matched.Execute("CREATE INDEX target_k ON target (k)");
    }

    /// <summary>Keys whose rows are not the same on both sides, also where a row is there several times.</summary>
    private IEnumerable<TenantDifference> Differences()
    {
        List<byte[]> keys =
        [
            .. _matched.Query(
                """
                SELECT k FROM (
                    SELECT k, h, count(*) AS n, 1 AS side FROM source GROUP BY k, h
                    UNION ALL SELECT k, h, count(*), 2 FROM target GROUP BY k, h)
                GROUP BY k, h, n HAVING count(*) = 1 ORDER BY k
                """,
                static row => row.GetBytes(0).ToArray()),
        ];
        List<byte[]> distinct = [.. keys.Where((k, i) => i == 0 || !k.AsSpan().SequenceEqual(keys[i - 1]))];
        for (int first = 0; first < distinct.Count; first += Batch)
        {
            foreach (TenantDifference difference in Compare([.. distinct.Skip(first).Take(Batch)]))
            {
                yield return difference;
            }
        }
    }

    private IEnumerable<TenantDifference> Compare(byte[][] keys)
    {
        Dictionary<string, List<byte[]>> source = NoRows(keys);
        Dictionary<string, List<byte[]>> target = NoRows(keys);
        Source((record, _) =>
        {
            if (source.TryGetValue(Convert.ToBase64String(Key(record)), out List<byte[]>? rows))
            {
                rows.Add(record);
            }
        });
        string key = $"record_send(ROW({TableDdl.List(_keys)}))";
        Target(
            $"{key}, record_send(ROW({TableDdl.List(_part.Table.Columns.Select(c => c.Name))}))",
            $"{key} = ANY($1)",
            [keys],
            reader => target[Convert.ToBase64String((byte[])reader[0])].Add((byte[])reader[1]));
        return keys.Select(Convert.ToBase64String).SelectMany(k => Compare(source[k], target[k]));
    }

    private IEnumerable<TenantDifference> Compare(List<byte[]> source, List<byte[]> target)
    {
        if (source.Count == 1 && target.Count == 1)
        {
            List<(int Oid, int Start, int Length)> left = RecordText.Fields(source[0]);
            List<(int Oid, int Start, int Length)> right = RecordText.Fields(target[0]);
            for (int i = 0; i < left.Count; i++)
            {
                if (left[i].Length != right[i].Length ||
                    (left[i].Length > 0 && !source[0].AsSpan(left[i].Start, left[i].Length)
                        .SequenceEqual(target[0].AsSpan(right[i].Start, right[i].Length))))
                {
                    yield return Difference(
                        TenantDifferenceKind.Value,
                        source[0],
                        RecordText.Text(source[0], left[i]),
                        RecordText.Text(target[0], right[i])) with { Column = _part.Table.Columns[i].Name };
                }
            }

            yield break;
        }

        IEnumerable<int> all = Enumerable.Range(0, _part.Table.Columns.Count);
        for (int i = target.Count; i < source.Count; i++)
        {
            yield return Difference(TenantDifferenceKind.Extra, source[i], RecordText.Text(source[i], all), null);
        }

        for (int i = source.Count; i < target.Count; i++)
        {
            yield return Difference(TenantDifferenceKind.Missing, target[i], null, RecordText.Text(target[i], all));
        }
    }

    private TenantDifference Difference(TenantDifferenceKind kind, byte[] record, string? left, string? right)
    {
        int[] shown = [.. _keyPlaces.Where(i => _part.Table.IsShared || _part.Table.Columns[i].Name != _part.TenantColumn)];
        string? key = _part.Table.Source.PrimaryKey.Any() ? RecordText.Text(record, shown) : null;
        return new TenantDifference(_part.Slice.Connection.Path, _tenantId, _part.Table.Name, key, kind, left, right);
    }

    /// <summary>The key of a record, as PostgreSQL sends it alone.</summary>
    private byte[] Key(byte[] record)
    {
        List<(int Oid, int Start, int Length)> fields = RecordText.Fields(record);
        ByteBuffer key = new();
        key.WriteInt32(_keyPlaces.Length);
        foreach (int place in _keyPlaces)
        {
            (int oid, int start, int length) = fields[place];
            key.WriteInt32(oid);
            key.WriteInt32(length);
            key.Write(record.AsSpan(start, Math.Max(0, length)));
        }

        return key.Bytes.AsSpan(0, key.Length).ToArray();
    }

    private void Source(Action<byte[], int> use)
    {
        RowEncoder encoder = new(_part.Table, _part.Slice);
        using Statement select = _part.Slice.Select(_part.Table.Source, _part.Table.Columns.Select(c => c.Name));
        RowPipe.Run<TupleBatch>(select, encoder.Append, batch =>
        {
            int start = 0;
            foreach ((int end, _) in batch.Rows)
            {
                use(batch.Records.Bytes.AsSpan(start, end - start).ToArray(), end - start);
                start = end;
            }
        });
    }

    private void Target(string columns, string condition, object[] values, Action<NpgsqlDataReader> use)
    {
        string tenant = _part.Table.IsShared ? "" : $"{Identifier.Quote(_part.TenantColumn)} = {Identifier.Literal(_tenantId)}";
        string where = string.Join(" AND ", new[] { tenant, condition }.Where(c => c.Length > 0));
        _ = _server.Query(
            $"SELECT {columns} FROM {_part.Name}{(where.Length == 0 ? "" : $" WHERE {where}")}",
            reader =>
            {
                use(reader);
                return 0;
            },
            values);
    }
}
