using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>A column of a table.</summary>
internal sealed record KeyColumn(TableSchema Table, ColumnSchema Column)
{
    /// <summary>The table and the column, as a person writes them.</summary>
    public string Name => $"{Table.Name}.{Column.Name}";

    /// <summary>The table, for a statement.</summary>
    public string From => $"main.{Identifier.Quote(Table.Name)}";

    /// <summary>The column, for a statement.</summary>
    public string Quoted => Identifier.Quote(Column.Name);

    public bool Equals(KeyColumn? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
}

/// <summary>
/// Columns that share their values: a key, and what references it, over any number of steps. A value that changes in one of them changes
/// in all.
/// </summary>
/// <param name="Keys">The columns that are a key by themselves, apart from the tenant.</param>
/// <param name="References">The columns that reference one of them, which can be keys as well.</param>
internal sealed record KeyDomain(IReadOnlyList<KeyColumn> Keys, IReadOnlyList<KeyColumn> References)
{
    /// <summary>Whether its values are surrogates, which may get other ones.</summary>
    public bool IsSurrogate { get; init; }

    /// <summary>Its columns.</summary>
    public IEnumerable<KeyColumn> Columns => Keys.Concat(References).Distinct();

    /// <summary>The key that a person would name.</summary>
    public string Name => Keys[0].Name;
}

/// <summary>A reference that no foreign key declares.</summary>
/// <param name="From">The column with the value.</param>
/// <param name="To">The key that it names.</param>
/// <param name="Declaration">Where in the column, or for which word in its type column.</param>
internal sealed record LooseReference(KeyColumn From, KeyColumn To, Declaration Declaration);

/// <summary>Every key of a database with what references it.</summary>
internal sealed class KeyDomains
{
    private readonly Dictionary<string, KeyDomain> _byColumn = new(StringComparer.Ordinal);

    private KeyDomains(IReadOnlyList<KeyDomain> all, IReadOnlyList<LooseReference> loose)
    {
        All = all;
        Loose = loose;
        foreach (KeyDomain domain in all)
        {
            foreach (KeyColumn column in domain.Columns)
            {
                _byColumn[column.Name] = domain;
            }
        }
    }

    /// <summary>The domains that have a key.</summary>
    public IReadOnlyList<KeyDomain> All { get; }

    /// <summary>The references that were declared for a part of a column's values.</summary>
    public IReadOnlyList<LooseReference> Loose { get; }

    /// <summary>The domain of a column; <see langword="null"/> if it has none.</summary>
    public KeyDomain? Find(KeyColumn column) => _byColumn.TryGetValue(column.Name, out KeyDomain? domain) ? domain : null;

    /// <summary>Finds the domains.</summary>
    /// <param name="layout">The tables.</param>
    /// <param name="declarations">What the schema does not tell.</param>
    /// <exception cref="PosTenancyException">A declaration names a table or column that does not exist.</exception>
    public static KeyDomains Find(TenantLayout layout, KeyDeclarations declarations) => new Finder(layout).Find(declarations);

    /// <summary>Whether the column is the whole of a key, apart from the tenant, and whether that key reaches over all tenants.</summary>
    public static (bool IsKey, bool IsPrimary, bool IsGlobal) KeyOf(TableSchema table, ColumnSchema column, string tenantColumn)
    {
        if (table.IsRowId(column))
        {
            return (true, true, true);
        }

        (bool isKey, bool isPrimary, bool isGlobal) = (false, false, false);
        foreach (IndexSchema index in table.Indexes.Where(i => i is { IsUnique: true, IsPartial: false }))
        {
            string?[] columns = [.. index.Columns.Where(c => c is null || !Identifier.Comparer.Equals(c, tenantColumn))];
            if (columns.Length == 1 && columns[0] is { } only && Identifier.Comparer.Equals(only, column.Name))
            {
                isKey = true;
                isPrimary |= index.Origin == "pk";
                isGlobal |= columns.Length == index.Keys.Count;
            }
        }

        return (isKey, isPrimary, isGlobal);
    }

    private sealed class Finder(TenantLayout layout)
    {
        private readonly Dictionary<string, KeyColumn> _columns = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);
        private readonly HashSet<string> _referencing = new(StringComparer.Ordinal);
        private readonly HashSet<string> _referenced = new(StringComparer.Ordinal);
        private readonly HashSet<string> _declaredKeys = new(StringComparer.Ordinal);
        private readonly HashSet<string> _fixed = new(StringComparer.Ordinal);
        private readonly List<LooseReference> _loose = [];

        public KeyDomains Find(KeyDeclarations declarations)
        {
            foreach (TableSchema table in layout.Tables)
            {
                foreach (ColumnSchema column in layout.Columns(table).Where(c => KeyOf(table, c, layout.ColumnName).IsKey))
                {
                    _ = Root(Add(table, column));
                }

                foreach (ForeignKeySchema reference in table.ForeignKeys)
                {
                    Follow(table, reference);
                }
            }

            foreach (Declaration declaration in declarations.All)
            {
                Follow(declaration);
            }

            List<KeyDomain> domains = [];
            foreach (IGrouping<string, KeyColumn> group in _columns.Values.GroupBy(Root, StringComparer.Ordinal))
            {
                KeyColumn[] keys = [.. group.Where(IsKey)];
                if (keys.Length > 0)
                {
                    domains.Add(new KeyDomain(keys, [.. group.Where(c => _referencing.Contains(c.Name))])
                    {
                        IsSurrogate = !group.Any(c => _fixed.Contains(c.Name)) && keys.Any(IsSurrogate),
                    });
                }
            }

            return new KeyDomains(domains, _loose);
        }

        private bool IsKey(KeyColumn column) =>
            layout.Tables.Contains(column.Table) &&
            (_declaredKeys.Contains(column.Name) || KeyOf(column.Table, column.Column, layout.ColumnName).IsKey);

        /// <summary>
        /// Integers that SQLite assigns always are. Other keys are if they are primary and something references them: numbers and codes
        /// that people see are mostly the values of a UNIQUE column, or of a key that nothing references.
        /// </summary>
        private bool IsSurrogate(KeyColumn column)
        {
            (_, bool isPrimary, _) = KeyOf(column.Table, column.Column, layout.ColumnName);
            return column.Table.IsRowId(column.Column)
                || _declaredKeys.Contains(column.Name)
                || (_referenced.Contains(column.Name) &&
                    (isPrimary || ColumnAffinities.FromDeclaredType(column.Column.Type) == ColumnAffinity.Integer));
        }

        private void Follow(TableSchema child, ForeignKeySchema reference)
        {
            if (layout.Schema.FindTable(reference.Parent) is not { } parent)
            {
                return;
            }

            string[] primary = [.. parent.PrimaryKey.Where(c => !IsTenant(c))];
            (string Child, string? Parent)[] pairs = [.. reference.Columns.Where(c => !IsTenant(c.Child))];
            for (int i = 0; i < pairs.Length; i++)
            {
                if (child.FindColumn(pairs[i].Child) is { } from &&
                    (pairs[i].Parent ?? primary.ElementAtOrDefault(i)) is { } name &&
                    parent.FindColumn(name) is { } to)
                {
                    Join(Add(child, from), Add(parent, to));
                }
            }
        }

        private void Follow(Declaration declaration)
        {
            if (!declaration.IsReference)
            {
                foreach (KeyColumn column in Named(declaration))
                {
                    _ = Root(column);
                    _ = declaration.IsKey && _declaredKeys.Add(column.Name);
                    _ = declaration.IsNatural && _fixed.Add(column.Name);
                }
            }
            else
            {
                KeyColumn from = Require(declaration, declaration.Table, declaration.Column);
                (string table, string? column) = KeyDeclarations.Split(declaration.Target);
                TableSchema parent = layout.Schema.FindTable(table) ?? throw Invalid(declaration, $"there is no table {table}");
                string[] primary = [.. parent.PrimaryKey.Where(c => !IsTenant(c))];
                KeyColumn to = Require(
                    declaration,
                    table,
                    column ?? (primary.Length == 1 ? primary[0] : throw Invalid(declaration, $"{table} has no key of one column")));
                if (declaration.TypeColumn is { } type)
                {
                    _ = Require(declaration, declaration.Table, type);
                }

                if (declaration.TypeColumn is null && declaration.JsonPath is null)
                {
                    Join(from, to);
                }
                else
                {
                    _ = Root(to);
                    _ = _referenced.Add(to.Name);
                    _loose.Add(new LooseReference(from, to, declaration));
                }
            }
        }

        /// <summary>The columns that a declaration is about, which can name tables by a pattern.</summary>
        private KeyColumn[] Named(Declaration declaration)
        {
            if (!NamePattern.IsPattern(declaration.Table))
            {
                return [Require(declaration, declaration.Table, declaration.Column)];
            }

            KeyColumn[] named =
            [
                .. from table in layout.Tables
                   where NamePattern.Matches(declaration.Table, table.Name)
                   let column = table.FindColumn(declaration.Column)
                   where column is not null && (!declaration.IsKey || KeyOf(table, column, layout.ColumnName).IsKey)
                   select Add(table, column),
            ];
            return named.Length > 0 ? named : throw Invalid(declaration, "no table with such a column matches the pattern");
        }

        private KeyColumn Require(Declaration declaration, string table, string column) =>
            layout.Schema.FindTable(table) is { Kind: TableKind.Table } found
                ? found.FindColumn(column) is { } named
                    ? Add(found, named)
                    : throw Invalid(declaration, $"{found.Name} has no column {column}")
                : throw Invalid(declaration, $"there is no table {table}");

        private static PosTenancyException Invalid(Declaration declaration, string why) =>
            KeyDeclarations.Invalid($"{declaration.Table}.{declaration.Column}", why);

        private void Join(KeyColumn from, KeyColumn to)
        {
            _ = _referencing.Add(from.Name);
            _ = _referenced.Add(to.Name);
            if (!layout.Tables.Contains(to.Table))
            {
                // A key that all tenants share stays what it is, and so does what names it.
                _ = _fixed.Add(from.Name);
            }

            _parents[Root(from)] = Root(to);
        }

        private KeyColumn Add(TableSchema table, ColumnSchema column)
        {
            KeyColumn added = new(table, column);
            if (!_columns.TryGetValue(added.Name, out KeyColumn? known))
            {
                _columns.Add(added.Name, known = added);
                _parents.Add(added.Name, added.Name);
            }

            return known;
        }

        private string Root(KeyColumn column)
        {
            string name = column.Name;
            while (_parents[name] != name)
            {
                name = _parents[name];
            }

            return name;
        }

        private bool IsTenant(string column) => Identifier.Comparer.Equals(column, layout.ColumnName);
    }
}
