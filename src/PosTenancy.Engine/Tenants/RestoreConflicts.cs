using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Searches for rows that would not fit beside what others did since a backup. Every question is asked by the key of a table, and nothing
/// is written.
/// </summary>
/// <param name="layout">The tables.</param>
/// <param name="here">The rows of the tenant in the database.</param>
/// <param name="source">The backup or export.</param>
/// <param name="desired">The rows as they would be written.</param>
/// <param name="changed">The tables in which rows differ.</param>
internal sealed class RestoreConflicts(
    TenantLayout layout, TenantSlice here, RestoreSource source, TenantSlice desired, IReadOnlyList<TableSchema> changed)
{
    private readonly DatabaseConnection _target = here.Connection;

    /// <summary>Every conflict, one at a time.</summary>
    public IEnumerable<FoundConflict> Find() =>
        changed.SelectMany(Taken)
            .Concat(layout.Tables.SelectMany(LostReferences))
            .Concat(changed.SelectMany(GoneShared))
            .Concat(layout.Schema.Tables.Where(t => t.Kind == TableKind.Table).SelectMany(StillReferenced));

    /// <summary>Keys and UNIQUE values that a row of another tenant has.</summary>
    private IEnumerable<FoundConflict> Taken(TableSchema table)
    {
        RowIdentity identity = new(table, layout.ColumnName);
        string from = $"FROM main.{Identifier.Quote(table.Name)} AS t WHERE";
        string tenant = $"t.{Identifier.Quote(layout.ColumnName)}";
        foreach (UniqueKey key in UniqueKey.Of(table, layout.Schema, layout.ColumnName))
        {
            string terms = string.Join("", key.Terms.Select((t, i) => $" AND {t} = {Parameter(i + 1)}"));
            using Statement search = _target.Prepare(
                $"SELECT {tenant} {from} {tenant} IS NOT {Identifier.Literal(here.TenantId)}{key.And}{terms} LIMIT 1");
            foreach (IReadOnlyList<SqlValue> row in desired.Connection.Query(
                $"SELECT {identity.Select("t")}, {string.Join(", ", key.Terms)} {from} {desired.Condition("t")}{key.And}",
                SqlValue.ReadAll,
                desired.Parameter))
            {
                SqlValue[] values = [.. row.Skip(identity.Count)];
                search.Restart([.. values]);
                if (search.Step())
                {
                    yield return Found(table, identity, row, RestoreConflictKind.Taken, key.Name, values, search.Row.GetStringOrNull(0));
                }
            }
        }
    }

    /// <summary>
    /// References to rows of tenants that the tenant itself does not have. Most reference nothing in the source either.
    /// </summary>
    private IEnumerable<FoundConflict> LostReferences(TableSchema child)
    {
        RowIdentity identity = new(child, layout.ColumnName);
        bool isChanged = changed.Contains(child);
        foreach (FollowedReference reference in References(child).Where(r => layout.Tables.Contains(r.Parent) && r.Others.Count > 0))
        {
            string[] columns = [.. reference.Others.Select(p => p.Child)];
            foreach (IReadOnlyList<SqlValue> row in desired.Connection.Query(
                $"SELECT {identity.Select("c")}, {Select("c", columns)} FROM main.{Identifier.Quote(child.Name)} AS c " +
                $"WHERE {desired.Condition("c")}{NotNull("c", columns)} AND NOT EXISTS (SELECT 1 " +
                $"FROM main.{Identifier.Quote(reference.Parent.Name)} AS p WHERE {reference.On} AND {desired.Condition("p")})",
                SqlValue.ReadAll,
                desired.Parameter))
            {
                SqlValue[] values = [.. row.Skip(identity.Count)];
                if (Classify(reference, values, isChanged) is { } kind)
                {
                    yield return Found(child, identity, row, kind.Kind, string.Join(", ", columns), values, kind.Other) with
                    {
                        Parent = reference.Parent.Name,
                    };
                }
            }
        }
    }

    private (RestoreConflictKind Kind, string? Other)? Classify(FollowedReference reference, SqlValue[] values, bool isChanged)
    {
        string from = $"FROM main.{Identifier.Quote(reference.Parent.Name)} AS p WHERE {reference.Equals("p")}";
        TenantSlice rows = source.Rows;
        if (!ReferenceEquals(rows, desired) && Exists(rows.Connection, $"{from} AND {Own("p", rows)}", values))
        {
            return (RestoreConflictKind.ReferenceSkipped, null);
        }

        if (!isChanged || reference.IsOfTenant)
        {
            return null;
        }

        string tenant = $"p.{Identifier.Quote(layout.ColumnName)}";
        string[] others =
        [
            .. _target.Query(
                $"SELECT coalesce({tenant}, '') {from} AND {tenant} IS NOT {Identifier.Literal(here.TenantId)} LIMIT 1",
                static r => r.GetString(0),
                values),
        ];
        bool wasThere = source.HasOthers && Exists(
            source.Stored.Connection, $"{from} AND {tenant} IS NOT {Identifier.Literal(source.Stored.TenantId)}", values);
        return (wasThere, others.Length > 0) switch
        {
            (true, false) => (RestoreConflictKind.ReferenceGone, null),
            (false, true) => (RestoreConflictKind.ReferenceTaken, others[0]),
            _ => null,
        };
    }

    /// <summary>References to rows of shared tables that the database does not have any more.</summary>
    private IEnumerable<FoundConflict> GoneShared(TableSchema child)
    {
        RowIdentity identity = new(child, layout.ColumnName);
        foreach (FollowedReference reference in References(child).Where(r => layout.Shared.Contains(r.Parent)))
        {
            string[] columns = [.. reference.Pairs.Select(p => p.Child)];
            string from = $"FROM main.{Identifier.Quote(child.Name)} AS c WHERE {desired.Condition("c")}{NotNull("c", columns)}";
            string there = $"FROM main.{Identifier.Quote(reference.Parent.Name)} AS p WHERE {reference.EqualsAll("p")}";
            foreach (IReadOnlyList<SqlValue> values in desired.Connection.Query(
                $"SELECT DISTINCT {Select("c", columns)} {from}", SqlValue.ReadAll, desired.Parameter))
            {
                if (Exists(_target, there, Renamed(values, here.TenantId)) ||
                    !Exists(source.Stored.Connection, there, Renamed(values, source.Stored.TenantId)))
                {
                    continue;
                }

                string same = string.Join("", columns.Select((c, i) => $" AND c.{Identifier.Quote(c)} = {Parameter(i + 2)}"));
                foreach (IReadOnlyList<SqlValue> row in desired.Connection.Query(
                    $"SELECT {identity.Select("c")} {from}{same}", SqlValue.ReadAll, [desired.Parameter, .. values]))
                {
                    yield return Found(
                        child, identity, row, RestoreConflictKind.ReferenceGone, string.Join(", ", columns), values, other: null) with
                    {
                        Parent = reference.Parent.Name,
                    };
                }
            }

            // The tenant has one name in the source, and perhaps another in the database.
            object?[] Renamed(IReadOnlyList<SqlValue> values, string tenantId) =>
                [.. values.Select((v, i) => IsTenant(columns[i]) ? (object?)tenantId : v)];
        }
    }

    /// <summary>Rows of all others that reference a row of the tenant which the source does not have.</summary>
    private IEnumerable<FoundConflict> StillReferenced(TableSchema child)
    {
        RowIdentity identity = new(child, layout.ColumnName);
        string? tenant = layout.Tables.Contains(child) ? $"c.{Identifier.Quote(layout.ColumnName)}" : null;
        foreach (FollowedReference reference in References(child).Where(r => changed.Contains(r.Parent) && !r.IsOfTenant))
        {
            string[] columns = [.. reference.Pairs.Select(p => p.Child)];
            string parent = Identifier.Quote(reference.Parent.Name);
            using Statement kept = desired.Connection.Prepare(
                $"SELECT 1 FROM main.{parent} AS p WHERE {reference.Equals("p")} AND {Own("p", desired)}");

            // CROSS JOIN keeps the order: the parent is found by its key, and the reference may have no index.
            foreach (IReadOnlyList<SqlValue> row in _target.Query(
                $"SELECT {identity.Select("c")}, {tenant ?? "NULL"}, {Select("c", columns)} " +
                $"FROM main.{Identifier.Quote(child.Name)} AS c CROSS JOIN main.{parent} AS p ON {reference.On} " +
                $"WHERE {here.Condition("p")}{(tenant is null ? "" : $" AND {tenant} IS NOT ?1")}",
                SqlValue.ReadAll,
                here.Parameter))
            {
                SqlValue[] values = [.. row.Skip(identity.Count + 1)];
                kept.Restart([.. values]);
                if (!kept.Step())
                {
                    yield return Found(
                        child,
                        identity,
                        row,
                        RestoreConflictKind.StillReferenced,
                        string.Join(", ", columns),
                        values,
                        row[identity.Count].Text) with
                    {
                        Parent = reference.Parent.Name,
                    };
                }
            }
        }
    }

    private FoundConflict Found(
        TableSchema table,
        RowIdentity identity,
        IReadOnlyList<SqlValue> row,
        RestoreConflictKind kind,
        string column,
        IReadOnlyList<SqlValue> values,
        string? other) => new(
            new RestoreConflict(
                _target.Path,
                here.TenantId,
                table.Name,
                identity.Name(row),
                kind,
                column,
                string.Join(", ", values.Select(v => v.Text ?? "NULL")),
                other),
            table,
            identity.Read(row));

    /// <summary>The foreign keys of a table to tables of tenants and to shared ones.</summary>
    private IEnumerable<FollowedReference> References(TableSchema child)
    {
        foreach (ForeignKeySchema reference in child.ForeignKeys)
        {
            if (layout.Schema.FindTable(reference.Parent) is not { } parent || !layout.Matched.Contains(parent))
            {
                continue;
            }

            string[] primary = [.. parent.PrimaryKey];
            (string Child, string? Parent)[] pairs =
                [.. reference.Columns.Select((c, i) => (c.Child, c.Parent ?? primary.ElementAtOrDefault(i)))];
            if (pairs.All(p => p.Parent is not null))
            {
                yield return new FollowedReference(parent, [.. pairs.Select(p => (p.Child, p.Parent!))], layout.ColumnName);
            }
        }
    }

    private static bool Exists(DatabaseConnection connection, string from, IReadOnlyList<object?> values) =>
        connection.Scalar($"SELECT EXISTS (SELECT 1 {from})", values) != 0;

    private static string Own(string alias, TenantSlice slice) => slice.ColumnName is null
        ? "1"
        : $"{alias}.{Identifier.Quote(slice.ColumnName)} = {Identifier.Literal(slice.TenantId)}";

    private bool IsTenant(string column) => Identifier.Comparer.Equals(column, layout.ColumnName);

    private static string Select(string alias, IEnumerable<string> columns) =>
        string.Join(", ", columns.Select(c => $"{alias}.{Identifier.Quote(c)}"));

    private static string NotNull(string alias, IEnumerable<string> columns) =>
        string.Join("", columns.Select(c => $" AND {alias}.{Identifier.Quote(c)} IS NOT NULL"));

    private static string Parameter(int number) => "?" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A foreign key whose columns are known.</summary>
    private sealed record FollowedReference(TableSchema Parent, IReadOnlyList<(string Child, string Parent)> Pairs, string ColumnName)
    {
        /// <summary>Whether it references rows of the own tenant alone.</summary>
        public bool IsOfTenant => Others.Count < Pairs.Count;

        /// <summary>The columns apart from the tenant's.</summary>
        public IReadOnlyList<(string Child, string Parent)> Others =>
            [.. Pairs.Where(p => !Identifier.Comparer.Equals(p.Child, ColumnName))];

        /// <summary>The condition between child and parent, apart from the tenant.</summary>
        public string On => string.Join(" AND ", Others.Select(p => $"p.{Identifier.Quote(p.Parent)} = c.{Identifier.Quote(p.Child)}"));

        /// <summary>The condition for a parent with given values, apart from the tenant.</summary>
        public string Equals(string alias) => Equals(alias, Others);

        /// <summary>The condition for a parent with given values.</summary>
        public string EqualsAll(string alias) => Equals(alias, Pairs);

        private static string Equals(string alias, IReadOnlyList<(string Child, string Parent)> pairs) =>
            string.Join(" AND ", pairs.Select((p, i) => $"{alias}.{Identifier.Quote(p.Parent)} = {Parameter(i + 1)}"));
    }
}

/// <summary>A conflict, and the row that it is about.</summary>
/// <param name="Conflict">What is told of it.</param>
/// <param name="Table">The table of the row.</param>
/// <param name="Identity">The columns that identify the row, and their values.</param>
internal sealed record FoundConflict(RestoreConflict Conflict, TableSchema Table, IReadOnlyList<(string Column, SqlValue Value)> Identity)
{
    /// <summary>The table that is referenced.</summary>
    public string? Parent
    {
        get => Conflict.Parent;
        init => Conflict = Conflict with { Parent = value };
    }

    /// <summary>What is told of it.</summary>
    public RestoreConflict Conflict { get; private init; } = Conflict;

    /// <summary>Whether leaving the row out settles it.</summary>
    public bool CanSkip => Conflict.Kind is
        RestoreConflictKind.Taken or RestoreConflictKind.ReferenceGone or RestoreConflictKind.ReferenceTaken;
}
