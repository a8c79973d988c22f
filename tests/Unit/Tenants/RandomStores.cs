using System.Globalization;
using System.Text;

namespace PosTenancy.Tests.Tenants;

/// <summary>
/// A random schema, and random stores of it. Every row has a mark that is unique in its table and store, so that it can be found again
/// whatever became of its keys.
/// </summary>
internal sealed class RandomStores
{
    private readonly Random _random;
    private readonly List<Table> _tables = [];

    public RandomStores(int seed)
    {
        _random = new Random(seed);
        int count = _random.Next(2, 6);
        for (int i = 0; i < count; i++)
        {
            _tables.Add(new Table($"t{i}", (Key)_random.Next(6), _random.Next(3) == 0, _random.Next(4) == 0));
        }

        // A composite key that does not begin with a reference is one that people see.
        if (!_tables.Exists(t => t.IsSingle))
        {
            _tables[0] = _tables[0] with { Key = Key.RowId };
        }

        foreach (Table table in _tables)
        {
            int references = _random.Next(3);
            for (int i = 0; i < references; i++)
            {
                // Its own table and later ones too: trees and cycles.
                if (_tables[_random.Next(count)] is { IsSingle: true } parent)
                {
                    table.References.Add(new Reference($"r{i}", parent, _random.Next(3) > 0));
                }
            }

            table.Root = _tables.First(t => t.IsSingle);
        }
    }

    /// <summary>The tables.</summary>
    public IReadOnlyList<Table> Tables => _tables;

    /// <summary>The declarations that an import needs: keys that nothing references, and references without a foreign key.</summary>
    public IReadOnlyList<(string Column, object Meaning)> Declarations =>
    [
        ("*.id", "Key"),
        .. from table in _tables
           from reference in table.References
           where !reference.IsDeclared
           select ($"{table.Name}.{reference.Column}", (object)$"{reference.Parent.Name}.id"),
    ];

    /// <summary>The CREATE statements.</summary>
    public string Schema()
    {
        StringBuilder sql = new();
        foreach (Table table in _tables)
        {
            List<string> columns = table.Key switch
            {
                Key.RowId => ["id INTEGER PRIMARY KEY"],
                Key.Counted => ["id INTEGER PRIMARY KEY AUTOINCREMENT"],
                Key.Text => [$"id TEXT PRIMARY KEY{(table.IgnoresCase ? " COLLATE NOCASE" : "")}"],
                Key.Number => ["id INT UNIQUE"],
                Key.Composite => [$"o REFERENCES {table.Root!.Name}(id)", "n INTEGER"],
                _ => [],
            };
            columns.Add("mark TEXT NOT NULL");
            columns.Add("v");
            columns.Add("\"odd col\" TEXT DEFAULT 'x'");
            columns.AddRange(table.References.Select(r =>
                $"{r.Column}{(r.IsDeclared ? $" REFERENCES {r.Parent.Name}(id)" : "")}"));
            if (table.Key == Key.Composite)
            {
                columns.Add("PRIMARY KEY(o, n)");
            }

            bool withoutRowId = table is { IsClustered: true, Key: Key.Text or Key.Composite };
            sql.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {table.Name}({string.Join(", ", columns)})");
            sql.AppendLine(withoutRowId ? " WITHOUT ROWID;" : ";");
            sql.AppendLine(CultureInfo.InvariantCulture, $"CREATE INDEX i_{table.Name} ON {table.Name}(mark);");
        }

        sql.AppendLine("CREATE TRIGGER nosy AFTER INSERT ON t0 BEGIN UPDATE t1 SET v = 'touched'; END;");
        return sql.ToString();
    }

    /// <summary>The rows of another store.</summary>
    public string Rows()
    {
        StringBuilder sql = new("DROP TRIGGER nosy;\n");
        Dictionary<Table, List<string>> keys = _tables.ToDictionary(t => t, Keys);
        foreach (Table table in _tables)
        {
            int number = 0;
            foreach (string key in keys[table])
            {
                List<string> values = table.Key switch
                {
                    Key.None => [],
                    Key.Composite =>
                    [
                        Referenced(table.Root!, keys, 0.8, canBeNull: false),
                        (number + 1).ToString(CultureInfo.InvariantCulture),
                    ],
                    _ => [key],
                };
                values.Add($"'m{number++}'");
                values.Add(Value());
                values.Add(Value());
                values.AddRange(table.References.Select(r => Referenced(r.Parent, keys, 0.8)));
                sql.AppendLine(CultureInfo.InvariantCulture, $"INSERT INTO {table.Name} VALUES({string.Join(", ", values)});");
            }

            if (table.Key == Key.Counted && _random.Next(2) == 0)
            {
                // The highest number was assigned to a row that is gone.
                sql.AppendLine(CultureInfo.InvariantCulture, $"INSERT INTO {table.Name}(mark) VALUES('gone');");
                sql.AppendLine(CultureInfo.InvariantCulture, $"DELETE FROM {table.Name} WHERE mark = 'gone';");
            }
        }

        sql.AppendLine("CREATE TRIGGER nosy AFTER INSERT ON t0 BEGIN UPDATE t1 SET v = 'touched'; END;");
        return sql.ToString();
    }

    /// <summary>
    /// What must be the same in a store and in the database: for each row its mark, its values, and the marks of the rows that it names.
    /// </summary>
    /// <param name="tenant">The tenant; <see langword="null"/> in a store.</param>
    /// <param name="keysPerTenant">Whether two tenants may have the same key, so that a value alone names no row.</param>
    public string Questions(string? tenant, bool keysPerTenant = false)
    {
        string same = tenant is not null && keysPerTenant ? " AND p.tenant_id = t.tenant_id" : "";
        StringBuilder sql = new();
        foreach (Table table in _tables)
        {
            List<string> names = [.. table.References.Select(r => Named(r.Parent, $"t.{r.Column}"))];
            if (table.Key == Key.Composite)
            {
                names.Add("quote(t.n)");
                names.Add(Named(table.Root!, "t.o"));
            }

            string columns = string.Join(", ", ["t.mark", "quote(t.v)", "quote(t.\"odd col\")", .. names]);
            sql.AppendLine(
                CultureInfo.InvariantCulture,
                $"SELECT '{table.Name}', {columns} FROM {table.Name} AS t{Where(tenant)} ORDER BY t.mark;");
        }

        return sql.ToString();

        static string Where(string? tenant) => tenant is null ? "" : $" WHERE t.tenant_id = '{tenant}'";

        // What names nothing in a store must name nothing in the database, where there are rows of others.
        string Named(Table parent, string value) =>
            $"CASE WHEN {value} IS NULL THEN 'none' " +
            $"ELSE coalesce((SELECT p.mark FROM {parent.Name} AS p WHERE p.id = {value}{same}), 'lost') END";
    }

    private List<string> Keys(Table table)
    {
        int rows = _random.Next(12);
        bool isSparse = _random.Next(6) == 0;
        return [.. Enumerable.Range(0, 40).OrderBy(_ => _random.Next()).Take(rows).Order().Select(n => table.Key switch
        {
            Key.Text => (n % 7) switch
            {
                0 when n == 0 => "''",
                1 => $"'K{n}-n1'",
                _ => $"'k{n}'",
            },
            _ when isSparse => (n * 1_000_003L * 977).ToString(CultureInfo.InvariantCulture),
            Key.RowId or Key.Counted when n == 3 => "-7",
            _ => (n + 1).ToString(CultureInfo.InvariantCulture),
        })];
    }

    private string Referenced(Table parent, Dictionary<Table, List<string>> keys, double found, bool canBeNull = true)
    {
        double luck = _random.NextDouble();
        return luck < found && keys[parent].Count > 0 ? keys[parent][_random.Next(keys[parent].Count)]
            : luck < 0.9 && canBeNull ? "NULL"
            : parent.Key == Key.Text ? $"'lost{_random.Next(4)}'"
            : (100 + _random.Next(10)).ToString(CultureInfo.InvariantCulture);
    }

    private string Value() => _random.Next(9) switch
    {
        0 => "NULL",
        1 => _random.Next(-5, 200).ToString(CultureInfo.InvariantCulture),
        2 => "''",
        3 => "x''",
        4 => "x'00ff'",
        5 => "1.5e300",
        6 => "9223372036854775807",
        7 => "'grün'",
        _ => $"hex(zeroblob({_random.Next(3000)}))",
    };

    internal enum Key
    {
        RowId,
        Counted,
        Text,
        Number,
        Composite,
        None,
    }

    internal sealed record Reference(string Column, Table Parent, bool IsDeclared);

    internal sealed record Table(string Name, Key Key, bool IsClustered, bool IgnoresCase)
    {
        public List<Reference> References { get; } = [];

        public Table? Root { get; set; }

        public bool IsSingle => Key is Key.RowId or Key.Counted or Key.Text or Key.Number;

        public bool Equals(Table? other) => other is not null && Name == other.Name;

        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
    }
}
