using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>A table whose rows are moved, with how the values of each column change.</summary>
/// <param name="Table">The table in the database.</param>
/// <param name="Columns">Its columns, apart from the tenant's and computed ones.</param>
/// <param name="Maps">For each column, how its values change; <see langword="null"/> if they stay.</param>
internal sealed record MovedTable(TableSchema Table, IReadOnlyList<string> Columns, IReadOnlyList<ValueMap?> Maps)
{
    /// <summary>How many rows pass between two reports.</summary>
    private const int Stride = 4096;

    /// <summary>The columns whose values stay whatever the rules are.</summary>
    public IReadOnlyList<string> Content => [.. Columns.Where((_, i) => Maps[i] is null)];

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

    /// <summary>Copies the rows of a slice into a database. No trigger fires, and a row that does not fit is an error.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="target">The slice that they become.</param>
    /// <param name="progress">Receives the number of rows copied so far.</param>
    /// <returns>How many rows were copied.</returns>
    public long Copy(TenantSlice source, TenantSlice target, Action<long> progress)
    {
        string into = string.Join(", ", Columns.Append(target.ColumnName!).Select(Identifier.Quote));
        string values = string.Join(", ", Enumerable.Range(1, Columns.Count + 1).Select(i => "?" + i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using Statement insert = target.Connection.Prepare($"INSERT INTO main.{Identifier.Quote(Table.Name)} ({into}) VALUES ({values})");
        insert.BindText(Columns.Count + 1, System.Text.Encoding.UTF8.GetBytes(target.TenantId));
        using Statement select = source.Connection.Prepare(source.Select(Table.Name, Columns), source.Parameter);
        long rows = 0;
        while (select.Step())
        {
            Row row = select.Row;
            for (int i = 0; i < Columns.Count; i++)
            {
                if (Maps[i]?.Map(row, i, isBack: false) is { } mapped)
                {
                    Bind(insert, i + 1, mapped);
                }
                else
                {
                    insert.BindFrom(i + 1, row, i);
                }
            }

            _ = insert.Run();
            if (++rows % Stride == 0)
            {
                progress(rows);
            }
        }

        return rows;
    }

    /// <summary>Binds a value that took the place of another.</summary>
    public static void Bind(Statement insert, int parameter, MappedValue value)
    {
        if (value.Integer is { } integer)
        {
            insert.BindInteger(parameter, integer);
        }
        else if (value.Real is { } real)
        {
            insert.BindReal(parameter, real);
        }
        else
        {
            insert.BindText(parameter, value.Text);
        }
    }
}
