using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// Finds the owners of the rows without a tenant in a database of several tenants: along the declared foreign keys, step by step, until no
/// row gets one any more. Nothing is guessed: rows whose references lead to different tenants, or to none, block their table. It writes to
/// temporary tables only; the migration repeats the statements that found something.
/// </summary>
internal sealed class OwnerSearch
{
    private readonly DatabaseConnection _connection;
    private readonly MigrationOptions _options;
    private readonly ISet<string> _tenants;
    private readonly string _tenantColumn;

    /// <summary>The tables with rows that have no tenant, by name.</summary>
    private readonly Dictionary<string, Searched> _searched = new(Identifier.Comparer);

    /// <summary>The tables whose rows have a tenant, by name; those that are searched and have the column included.</summary>
    private readonly Dictionary<string, ColumnSchema> _owned;

    private int _order;

    private OwnerSearch(
        DatabaseConnection connection, DatabaseSchema schema, MigrationOptions options, ISet<string> tenants)
    {
        _connection = connection;
        _options = options;
        _tenants = tenants;
        _tenantColumn = Identifier.Quote(options.ColumnName);
        TableSchema[] tables =
        [
            .. TenantTables
                .Expected(schema, TenantExpectation.From(options))
                .Where(t =>
                    t is { Kind: TableKind.Table, Unreadable: null } &&
                    t.FindColumn(options.ColumnName) is null or { Visibility: ColumnVisibility.Ordinary }),
        ];
        _owned = tables
            .Where(t => t.FindColumn(options.ColumnName) is not null)
            .ToDictionary(t => t.Name, t => t.FindColumn(options.ColumnName)!, Identifier.Comparer);
        FreeNames names = new(schema);
        foreach (TableSchema table in tables.Where(HasRowsWithoutTenant))
        {
            string? tenant = options.TenantFor.FirstOrDefault(t => Identifier.Comparer.Equals(t.Table, table.Name))?.TenantId;
            _searched.Add(table.Name, new Searched(table, RowOwners.Find(table, names), tenant));
        }

        Dictionary<string, TableSchema> byName = tables.ToDictionary(t => t.Name, Identifier.Comparer);
        foreach (Searched table in _searched.Values)
        {
            table.References.AddRange(
                from key in table.Schema.ForeignKeys
                where byName.ContainsKey(key.Parent) && (_owned.ContainsKey(key.Parent) || _searched.ContainsKey(key.Parent))
                let parent = byName[key.Parent]
                let column = table.Schema.FindColumn(key.Columns[0].Child)!
                orderby table.Schema.Columns.ToList().IndexOf(column)
                let condition = ForeignKeyJoin.On(parent, key)
                where condition is not null && key.Columns.All(c => c.Parent is null || parent.FindColumn(c.Parent) is not null)
                select new Reference(key, parent, condition));
        }
    }

    /// <summary>Searches, and removes the temporary tables again.</summary>
    public static SeveralTenants Run(
        DatabaseConnection connection, DatabaseSchema schema, MigrationOptions options, ISet<string> tenants)
    {
        OwnerSearch search = new(connection, schema, options, tenants);
        using (connection.Settings.WriteTemporary())
        {
            try
            {
                search.Find();
                return new SeveralTenants(
                    tenants,
                    search._searched.Values.ToDictionary(t => t.Schema.Name, search.Result, Identifier.Comparer));
            }
            finally
            {
                foreach (Searched table in search._searched.Values.Where(t => t.Steps.Count > 0))
                {
                    _ = connection.TryExecute(table.Rows!.DropSql);
                }
            }
        }
    }

    private bool HasRowsWithoutTenant(TableSchema table) =>
        table.FindColumn(_options.ColumnName) is not { } column ? table.Rows > 0
        : !TenantColumn.IsFilled(column, table) &&
            _connection.Scalar($"SELECT EXISTS (SELECT 1 FROM {Main(table)} AS c WHERE c.{_tenantColumn} IS NULL)") > 0;

    private void Find()
    {
        MeasureDepths();
        Searched[] tables = [.. _searched.Values.Where(t => t.Rows is not null).OrderBy(t => t.Depth ?? 0)];
        foreach (Searched table in tables)
        {
            _ = Step(table, table.Rows!.CreateSql);
        }

        Follow(tables);

        // A tenant that is named is for the rows that no path decides; its rows may then decide others, so parents go first.
        List<Searched> named = [.. tables.Where(t => t.Tenant is not null)];
        while (named.Count > 0)
        {
            Searched next = named.Find(t => !Ancestors(t).Any(a => a != t && named.Contains(a))) ?? named[0];
            _ = named.Remove(next);
            _ = Add(next, Identifier.Literal(next.Tenant!), $"FROM {Main(next.Schema)} AS c{Missing(next, " WHERE ")}");
            Follow(tables);
        }
    }

    /// <summary>The searched tables to which the foreign keys of a table lead, over any number of steps.</summary>
    private HashSet<Searched> Ancestors(Searched table)
    {
        HashSet<Searched> found = [];
        Queue<Searched> next = new([table]);
        while (next.Count > 0)
        {
            foreach (Reference reference in next.Dequeue().References)
            {
                if (_searched.TryGetValue(reference.Parent.Name, out Searched? parent) && found.Add(parent))
                {
                    next.Enqueue(parent);
                }
            }
        }

        return found;
    }

    /// <summary>
    /// How many foreign keys there are between each table and rows with a tenant, at least; none where no path leads there.
    /// </summary>
    private void MeasureDepths()
    {
        foreach (Searched table in _searched.Values.Where(t => t.Tenant is not null))
        {
            table.Depth = 0;
        }

        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (Searched table in _searched.Values.Where(t => t.Rows is not null))
            {
                int? depth = table.References
                    .Select(r => _owned.ContainsKey(r.Parent.Name) ? 0 : _searched[r.Parent.Name].Depth)
                    .Min() + 1;
                if (depth < (table.Depth ?? int.MaxValue))
                {
                    table.Depth = depth;
                    changed = true;
                }
            }
        }
    }

    /// <summary>Follows every foreign key until no row gets an owner any more.</summary>
    private void Follow(Searched[] tables)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (Searched table in tables)
            {
                foreach (Reference reference in table.References.Where(r => FindOwner(r) is not null))
                {
                    (string owner, string from) = FindOwner(reference)!.Value;
                    changed |= Add(
                        table,
                        owner,
                        $"FROM {Main(table.Schema)} AS c CROSS JOIN {from} ON {reference.On} WHERE {owner} IS NOT NULL{Missing(table)}");
                }
            }
        }
    }

    /// <summary>The owner of a parent's row <c>p</c>, as an expression, and the tables to join for it.</summary>
    private (string Owner, string From)? FindOwner(Reference reference)
    {
        string parent = $"{Main(reference.Parent)} AS p";
        RowOwners? rows = _searched.TryGetValue(reference.Parent.Name, out Searched? searched) ? searched.Rows : null;
        string column = $"p.{_tenantColumn}";
        return (_owned.ContainsKey(reference.Parent.Name), rows) switch
        {
            (true, { } found) => ($"coalesce({column}, {found.Expression("p")})", parent),
            (true, _) => (column, parent),
            (_, { } found) => (found.Expression("p"), parent),
            _ => null,
        };
    }

    private bool Add(Searched table, string owner, string rows) => Step(table, table.Rows!.InsertSql(owner, rows));

    /// <summary>Runs a statement, and keeps it for the migration if it changed anything.</summary>
    private bool Step(Searched table, string sql)
    {
        bool creates = table.Steps.Count == 0;
        if (_connection.Change(sql) == 0 && !creates)
        {
            return false;
        }

        table.Steps.Add((++_order, sql));
        return true;
    }

    private TableOwners Result(Searched table)
    {
        string? path = table.Depth > 0 || table.References.Exists(r => IsPath(table, r)) ? Path(table) : null;
        if (table.Rows is not { } rows)
        {
            return Blocked("has rows without a tenant, but its columns hide all three names of the rowid, so no row can be named");
        }

        long missing = Count(
            $"FROM {Main(table.Schema)} AS c WHERE NOT EXISTS (SELECT 1 FROM {rows.Name} AS s WHERE {rows.On("s", "c")}){Missing(table)}",
            rows,
            out string first);
        if (missing > 0)
        {
            string whose = path is null
                ? $"has {Rows(missing)} without a tenant, and no foreign key that leads to one"
                : $"has {Rows(missing)} whose foreign keys lead to no tenant, the first with {rows.KeyNamesText} {first}";
            return Blocked(
                $"{whose}: name the tenant with -TenantFor @{{ {PowerShellText.Quote(table.Schema.Name)} = " +
                $"{string.Join(" or ", _tenants.Take(3).Select(PowerShellText.Quote))} }}, or the table with -ReferenceTable " +
                $"{PowerShellText.Quote(table.Schema.Name)} if all tenants share it") with
            {
                AsksForTenant = true,
            };
        }

        return Conflict(table, rows) is { } conflict
            ? Blocked(conflict)
            : new TableOwners(rows, table.Steps, path, table.Tenant, Problem: null)
            {
                Shares =
                [
                    .. _connection.Query(
                        $"SELECT s.owner, count(*) FROM {rows.Name} AS s GROUP BY s.owner",
                        static row => (row.GetString(0), row.GetInt64(1))),
                ],
            };

        TableOwners Blocked(string problem) => new(Rows: null, [], path, table.Tenant, problem);
    }

    /// <summary>Rows whose references lead to different tenants, and the first of them.</summary>
    private string? Conflict(Searched table, RowOwners rows)
    {
        (string Owner, string From, Reference Reference)[] found =
        [
            .. from reference in table.References
               let owner = FindOwner(reference)
               where owner is not null
               select (owner.Value.Owner, owner.Value.From, reference),
        ];
        if (found.Length < 2)
        {
            return null;
        }

        string differs = string.Join(
            " OR ",
            found.Select(f =>
                $"EXISTS (SELECT 1 FROM {f.From} WHERE {f.Reference.On} AND {f.Owner} IS NOT NULL " +
                $"AND {f.Owner} IS NOT s.owner COLLATE BINARY)"));
        string from = $"FROM {Main(table.Schema)} AS c JOIN {rows.Name} AS s ON {rows.On("s", "c")} WHERE ({differs})";
        long count = Count(from, rows, out string first);
        if (count == 0)
        {
            return null;
        }

        string owners = string.Join(
            ", ",
            found.SelectMany(f => _connection
                .Query(
                    $"SELECT {f.Owner} FROM {Main(table.Schema)} AS c CROSS JOIN {f.From} ON {f.Reference.On} WHERE {rows.KeyText} = ?1",
                    static row => row.GetStringOrNull(0),
                    first)
                .OfType<string>()
                .Select(owner => $"'{owner}' by {Step(f.Reference)}")));
        return $"has {Rows(count)} whose foreign keys lead to different tenants, the first with {rows.KeyNamesText} {first}: {owners}; " +
            "correct these rows first";
    }

    private long Count(string rows, RowOwners owners, out string first)
    {
        (long count, first) = _connection
            .Query($"SELECT count(*), coalesce({owners.FirstKeyText}, '') {rows}", static row => (row.GetInt64(0), row.GetString(1)))
            .First();
        return count;
    }

    private bool IsPath(Searched table, Reference reference) =>
        _owned.ContainsKey(reference.Parent.Name) ||
        (_searched[reference.Parent.Name] is { Depth: { } depth } parent && parent != table && depth < (table.Depth ?? int.MaxValue));

    /// <summary>The foreign keys that lead to a tenant, each with the shortest way from its parent on.</summary>
    private string Path(Searched table)
    {
        string[] paths =
        [
            .. table.References
                .Where(r => IsPath(table, r))
                .Select(r =>
                    _owned.ContainsKey(r.Parent.Name) || _searched[r.Parent.Name].Depth == 0
                        ? Step(r)
                        : $"{Step(r)}, {Path(_searched[r.Parent.Name])}")
                .Distinct(StringComparer.Ordinal),
        ];
        return string.Join(" or ", paths);
    }

    private static string Step(Reference reference)
    {
        string[] columns = [.. reference.Key.Columns.Select(c => c.Child)];
        return $"{(columns.Length == 1 ? columns[0] : $"({string.Join(", ", columns)})")} -> {reference.Parent.Name}";
    }

    private static string Main(TableSchema table) => $"main.{Identifier.Quote(table.Name)}";

    /// <summary>The condition that a row <c>c</c> has no tenant yet.</summary>
    private string Missing(Searched table, string before = " AND ") =>
        _owned.ContainsKey(table.Schema.Name) ? $"{before}c.{_tenantColumn} IS NULL" : "";

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count.ToString(CultureInfo.InvariantCulture)} rows";

    private sealed record Reference(ForeignKeySchema Key, TableSchema Parent, string On);

    private sealed class Searched(TableSchema schema, RowOwners? rows, string? tenant)
    {
        public TableSchema Schema { get; } = schema;

        public string? Tenant { get; } = tenant;

        public RowOwners? Rows { get; } = rows;

        public List<Reference> References { get; } = [];

        public List<(int Order, string Sql)> Steps { get; } = [];

        /// <summary>Number of foreign keys between it and a tenant; <see langword="null"/> if no path leads there.</summary>
        public int? Depth { get; set; }
    }
}
