using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>A table whose rows are moved, with how the values of each column change.</summary>
/// <param name="Table">The table in the database.</param>
/// <param name="Columns">Its columns, apart from the tenant's and computed ones.</param>
/// <param name="Maps">For each column, how its values change; <see langword="null"/> if they stay.</param>
internal sealed record MovedTable(TableSchema Table, IReadOnlyList<string> Columns, IReadOnlyList<ValueMap?> Maps)
{
    /// <summary>Whether values of some column change.</summary>
    public bool IsMapped => Maps.Any(m => m is not null);

    /// <summary>A table whose values all stay.</summary>
    public static MovedTable Unchanged(TableSchema table, TenantLayout layout)
    {
        string[] columns = [.. layout.Columns(table).Select(c => c.Name)];
        return new MovedTable(table, columns, new ValueMap?[columns.Length]);
    }

    /// <summary>Combines a table with the rules for keys.</summary>
    /// <param name="table">The table.</param>
    /// <param name="layout">The database.</param>
    /// <param name="domains">Its keys.</param>
    /// <param name="rules">The rule for each domain in which keys change.</param>
    public static MovedTable From(
        TableSchema table, TenantLayout layout, KeyDomains domains, IReadOnlyDictionary<KeyDomain, KeyRule> rules)
    {
        IReadOnlyList<ColumnSchema> columns = layout.Columns(table);
        string[] names = [.. columns.Select(c => c.Name)];
        return new MovedTable(table, names, [.. columns.Select(c => Map(new KeyColumn(table, c)))]);

        ValueMap? Map(KeyColumn column)
        {
            if (domains.Find(column) is { } domain && rules.TryGetValue(domain, out KeyRule? rule))
            {
                return new DomainMap(rule);
            }

            (LooseReference Reference, KeyRule Rule)[] loose =
            [
                .. from reference in domains.Loose
                   where reference.From == column
                   let to = domains.Find(reference.To)
                   where to is not null && rules.ContainsKey(to)
                   select (reference, rules[to]),
            ];
            if (loose.Length == 0)
            {
                return null;
            }

            return loose[0].Reference.Declaration.TypeColumn is { } type
                ? new PairMap(
                    Array.FindIndex(names, n => Identifier.Comparer.Equals(n, type)),
                    loose.ToDictionary(r => r.Reference.Declaration.Word!, r => r.Rule, StringComparer.Ordinal))
                : new JsonMap(new JsonReferences([.. loose.Select(r => (r.Reference.Declaration.JsonPath!, r.Rule))]));
        }
    }

    /// <summary>The name of the rowid if rows keep it; <see langword="null"/> if they get a new one, or have none.</summary>
    public string? RowId { get; init; }

    /// <summary>Copies the rows of a slice into a database. No trigger fires, and a row that does not fit is an error.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="target">The slice that they become.</param>
    /// <param name="isBack">Whether the rows leave the database, and get their original keys.</param>
    /// <param name="progress">Receives the number of rows copied so far.</param>
    /// <param name="seen">Adds up the rows as they are in the source; <see langword="null"/> if that is not needed.</param>
    /// <returns>How many rows were copied.</returns>
    public long Copy(TenantSlice source, TenantSlice target, bool isBack, Action<long> progress, SeenRows? seen = null)
    {
        string[] read = RowId is null ? [.. Columns] : [.. Columns, RowId];
        string[] written = target.ColumnName is null ? read : [.. read, target.ColumnName];
        string into = string.Join(", ", written.Select(Identifier.Quote));
        string values = string.Join(
            ", ", written.Select((_, i) => "?" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)));

        // OR ABORT: the ON CONFLICT clause of a key must not drop or replace a row.
        using Statement insert = target.Connection.Prepare(
            $"INSERT OR ABORT INTO main.{Identifier.Quote(Table.Name)} ({into}) VALUES ({values})");
        if (target.ColumnName is not null)
        {
            insert.BindText(written.Length, System.Text.Encoding.UTF8.GetBytes(target.TenantId));
        }

        using Statement select = source.Connection.Prepare(source.Select(Table.Name, read), source.Parameter);
        long rows = 0;
        RowPipe.Run(
            select,
            (row, batch) =>
            {
                int start = batch.Length;
                batch.AppendRow(row, read.Length, Maps, isBack);
                seen?.Add(this, row, batch, start);
            },
            batch =>
            {
                int start = 0;
                foreach (int end in batch.Ends)
                {
                    batch.Bind(insert, start, end);
                    _ = insert.Run();
                    start = end;
                }

                rows += batch.Ends.Count;
                progress(rows);
            });
        return rows;
    }

    /// <summary>Appends the values of a row that stay whatever the rules are.</summary>
    public void AppendContent(Row row, RowBatch batch)
    {
        for (int i = 0; i < Maps.Count; i++)
        {
            if (Maps[i] is null)
            {
                batch.Append(row, i);
            }
        }

        batch.EndRow();
    }
}

/// <summary>The digests of the rows of a table, added up while they are copied.</summary>
internal sealed class SeenRows : IDisposable
{
    private readonly SliceDigest _digest = new();
    private readonly RowBatch _scratch = new();
    private readonly RowSum _all = new();
    private readonly RowSum _content = new();

    /// <summary>The digests of a table, once all of its rows were copied.</summary>
    public KeyMapFile.StoredDigest Digest(MovedTable table) => KeyMapFile.StoredDigest.From(
        table.Table.Name, _all.Digest, table.IsMapped ? _content.Digest : _all.Digest);

    /// <summary>Adds a row.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="row">The row in the source.</param>
    /// <param name="batch">The batch that its values were appended to.</param>
    /// <param name="start">Where they begin.</param>
    public void Add(MovedTable table, Row row, RowBatch batch, int start)
    {
        if (!table.IsMapped)
        {
            _all.Add(_digest.Hash(batch, start, batch.Length));
            return;
        }

        _scratch.Clear();
        _scratch.AppendRow(row, table.Columns.Count, maps: null, isBack: false);
        table.AppendContent(row, _scratch);
        _all.Add(_digest.Hash(_scratch, 0, _scratch.Ends[0]));
        _content.Add(_digest.Hash(_scratch, _scratch.Ends[0], _scratch.Length));
    }

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();
}
