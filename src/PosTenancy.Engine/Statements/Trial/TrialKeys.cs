using System.Globalization;
using PosTenancy.Engine.Schema;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// The values of key columns in the rows of a trial: distinct wherever the schema requires it, equal in a key and in what references it,
/// and those of the second tenant below and above those of the first.
/// </summary>
internal sealed class TrialKeys
{
    private readonly Dictionary<(TrialTable Table, int Column), Domain> _domains = [];
    private readonly TrialTenants _tenants;

    /// <summary>Finds the keys.</summary>
    /// <param name="schema">The tables.</param>
    /// <param name="tenants">The tenants, whom a column may reference.</param>
    /// <param name="template">An existing value of a column; <see langword="null"/> if there is none.</param>
    public TrialKeys(TrialSchema schema, TrialTenants tenants, Func<TrialTable, int, object?> template)
    {
        _tenants = tenants;
        foreach (TrialTable table in schema.Tables)
        {
            foreach (TrialReference reference in table.References)
            {
                Domain parent = Add(reference.Parent, reference.Parent.IndexOf(reference.ParentColumn));
                Join(parent, Add(table, table.IndexOf(reference.Column)));
                if (reference.Parent.Kind == TrialTableKind.Shared)
                {
                    Find(table, table.IndexOf(reference.Column))!.Shared ??= (
                        reference.Parent, reference.Parent.IndexOf(reference.ParentColumn));
                }
            }
        }

        (TrialTable Table, int[] Columns, bool IsPerTenant)[] keys =
        [
            .. from table in schema.Tables
               where table.IsJudged
               from key in table.UniqueKeys
               select (table, key.Where(c => !table.IsTenantColumn(c)).Select(table.IndexOf).ToArray(), key.Any(table.IsTenantColumn)),
        ];
        foreach ((TrialTable table, int[] columns, bool isPerTenant) in keys.Where(k => k.Columns.Length == 1 && k.Columns[0] >= 0))
        {
            Domain domain = Add(table, columns[0]);
            if (table.ReferenceOf(table.Columns[columns[0]].Name) is null)
            {
                domain.IsPerTenant = isPerTenant && (domain.IsPerTenant || !domain.IsKey);
                domain.IsKey = true;
            }
        }

        foreach ((TrialTable table, int[] columns, bool isPerTenant) in keys.Where(k => k.Columns.Length > 1 && k.Columns.All(c => c >= 0)))
        {
            Separate(table, columns, isPerTenant);
        }

        int number = 0;
        foreach (Domain domain in _domains.Values.Distinct())
        {
            domain.Number = ++number;
            (TrialTable table, int column) = domain.Columns[0];
            domain.Name = table.Name;
            domain.Type = table.Columns[column];
            domain.Template = domain.Columns.Select(c => template(c.Table, c.Column)).FirstOrDefault(v => v is not null);
        }
    }

    /// <summary>Whether the values of a column are chosen here.</summary>
    public bool IsKey(TrialTable table, int column) => Find(table, column) is not null;

    /// <summary>Whether two columns have the same values in rows of the same number.</summary>
    public bool AreJoined(TrialTable table, int column, TrialTable other, int otherColumn) =>
        Find(table, column) is { } domain && domain == Find(other, otherColumn);

    /// <summary>Whether a column must be distinct in its own table.</summary>
    public bool IsOwnKey(TrialTable table, int column) =>
        Find(table, column) is not null && table.ReferenceOf(table.Columns[column].Name) is null;

    /// <summary>The value of a key column in a row.</summary>
    public object? Value(TrialTable table, int column, TrialOwner owner, int row)
    {
        Domain domain = Find(table, column)!;
        TrialReference? reference = table.ReferenceOf(table.Columns[column].Name);
        if (reference is { } to && to.Parent.IsTenantColumn(to.ParentColumn) && to.Parent.HasOneRowPerTenant)
        {
            // Among the tenants, the second is below the first, unless a foreign key would then keep the first from being deleted.
            return to.Parent != table ? _tenants[owner]
                : table.Columns[column].IsNotNull || (owner == TrialOwner.Second && !to.IsDeclared) ? _tenants.First
                : null;
        }

        if (reference is not null && row == TrialValues.Rows)
        {
            // The last row of each table has no children.
            row = 1;
        }
        else if (reference?.Parent == table)
        {
            // A chain: each row references the one before.
            if (row == 1)
            {
                return table.Columns[column].IsNotNull ? Value(domain, owner, 1) : null;
            }

            row--;
        }

        return Value(domain, owner, row);
    }

    /// <summary>Records the value that a row has in fact, because a constraint did not allow the chosen one.</summary>
    public void Set(TrialTable table, int column, TrialOwner owner, int row, object? value)
    {
        if (Find(table, column) is { Shared: null } domain && table.ReferenceOf(table.Columns[column].Name) is null)
        {
            domain.Values[(owner, row)] = value;
        }
    }

    /// <summary>Adds the value of a row that all tenants share.</summary>
    public void AddShared(TrialTable table, int column, object? value)
    {
        if (value is not null && Find(table, column) is { Shared: { } shared } domain && shared.Table == table && shared.Column == column)
        {
            domain.SharedValues.Add(value);
        }
    }

    /// <summary>A value that no row has, in the form of the column's values.</summary>
    public object? Fresh(TrialTable table, int column, int number)
    {
        Domain domain = Find(table, column)!;
        return Make(domain, 'p', 60 + number, $"new-{number.ToString(CultureInfo.InvariantCulture)}");
    }

    private static object? Value(Domain domain, TrialOwner owner, int row)
    {
        if (domain.Shared is not null)
        {
            return domain.SharedValues.Count == 0 ? null : domain.SharedValues[(row - 1) % domain.SharedValues.Count];
        }

        if (domain.Values.TryGetValue((owner, row), out object? value))
        {
            return value;
        }

        // Within a key of each tenant, one value of the second tenant is the first's, as two shops may number alike.
        TrialOwner form = domain.IsPerTenant && row is 1 or 4 ? TrialOwner.First : owner;
        (char letter, int place) = (form, row) switch
        {
            (TrialOwner.First, _) => ('m', 40 + row),
            (_, 3) => ('x', 93),
            _ => ('c', row),
        };
        return Make(
            domain, letter, place, $"{(form == TrialOwner.First ? "own" : "other")}-{row.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>A value for a place in the order: the first letter decides for a text, the number for a number.</summary>
    private static object Make(Domain domain, char letter, int place, string name)
    {
        bool isNumber = domain.Template switch
        {
            long or double => true,
            string => false,
            _ => ColumnAffinities.FromDeclaredType(domain.Type.Type) is ColumnAffinity.Integer or ColumnAffinity.Real
                or ColumnAffinity.Numeric,
        };
        if (isNumber)
        {
            return (10_000L * domain.Number) + place;
        }

        return domain.Template switch
        {
            byte[] { Length: > 3 } like => InFormOf(like, (byte)letter, domain.Number, place),
            string like when IsHex(like) => InFormOf(like, letter, domain.Number, place),
            _ => $"{letter}-{domain.Name}-{name}",
        };
    }

    /// <summary>Whether a text is a UUID or another long hexadecimal number, whose length an application may check.</summary>
    private static bool IsHex(string text) =>
        text.Length >= 16 && text.All(c => c is '-' or (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F'));

    private static string InFormOf(string like, char letter, int domain, int place)
    {
        // The digits of the place at the end, those of the domain before.
        string digits = ((domain * 100L) + place).ToString("D12", CultureInfo.InvariantCulture);
        char[] form = like.ToCharArray();
        int next = digits.Length - 1;
        for (int i = form.Length - 1; i >= 0; i--)
        {
            if (form[i] != '-')
            {
                form[i] = next >= 0 ? digits[next--] : i == 14 ? '4' : '0';
            }
        }

        form[0] = letter switch
        {
            'c' => '1',
            'm' => '5',
            'p' => '6',
            _ => '9',
        };
        return new string(form);
    }

    private static byte[] InFormOf(byte[] like, byte first, int domain, int place)
    {
        byte[] bytes = new byte[like.Length];
        bytes[0] = first;
        bytes[bytes.Length - 1] = (byte)place;
        bytes[bytes.Length - 2] = (byte)domain;
        bytes[bytes.Length - 3] = (byte)(domain >> 8);
        return bytes;
    }

    /// <summary>
    /// Makes one column of a key distinct, unless one is: the others stay equal, so that a comparison with them finds rows of both tenants.
    /// </summary>
    private void Separate(TrialTable table, int[] columns, bool isPerTenant)
    {
        if (columns.All(c => Find(table, c) is not { Shared: null } domain || (domain.IsPerTenant && !isPerTenant)) &&
            columns.Cast<int?>().LastOrDefault(c => Find(table, c!.Value) is null) is { } chosen)
        {
            Domain domain = Add(table, chosen);
            domain.IsPerTenant = isPerTenant;
            domain.IsKey = true;
        }
    }

    private Domain? Find(TrialTable table, int column) => _domains.TryGetValue((table, column), out Domain? domain) ? domain : null;

    private Domain Add(TrialTable table, int column)
    {
        if (Find(table, column) is not { } domain)
        {
            domain = new Domain();
            domain.Columns.Add((table, column));
            _domains.Add((table, column), domain);
        }

        return domain;
    }

    private void Join(Domain domain, Domain other)
    {
        if (domain == other)
        {
            return;
        }

        domain.Columns.AddRange(other.Columns);
        domain.Shared ??= other.Shared;
        foreach ((TrialTable Table, int Column) column in other.Columns)
        {
            _domains[column] = domain;
        }
    }

    /// <summary>Columns that share their values.</summary>
    private sealed class Domain
    {
        public List<(TrialTable Table, int Column)> Columns { get; } = [];

        public Dictionary<(TrialOwner Owner, int Row), object?> Values { get; } = [];

        public List<object> SharedValues { get; } = [];

        /// <summary>The key of rows that all tenants share, if that is what is referenced.</summary>
        public (TrialTable Table, int Column)? Shared { get; set; }

        /// <summary>Whether the schema requires distinct values, in the whole table or within each tenant.</summary>
        public bool IsKey { get; set; }

        /// <summary>Whether two tenants may have the same value.</summary>
        public bool IsPerTenant { get; set; }

        public int Number { get; set; }

        public string Name { get; set; } = "";

        public ColumnSchema Type { get; set; } = null!;

        public object? Template { get; set; }
    }
}
