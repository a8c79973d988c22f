using System.Diagnostics;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>Inserts a row of the canary tenant into every table, parents first.</summary>
internal sealed class CanaryPlanting
{
    /// <summary>The parent of a row in a table that references itself.</summary>
    private enum OwnParent
    {
        None,
        Itself,
        First,
    }

    /// <summary>How many references to follow to shared tables that need a row first.</summary>
    private const int MaxDepth = 8;

    private readonly TestedDatabase _database;
    private readonly DatabaseConnection _connection;
    private readonly TouchedRows _touched;
    private readonly ILookup<string, SchemaObject> _objects;
    private readonly Dictionary<string, PlantedRow> _planted = new(Identifier.Comparer);

    /// <summary>Keys assigned to children in a reference cycle before their parent exists.</summary>
    private readonly Dictionary<string, Dictionary<string, object?>> _promised = new(Identifier.Comparer);

    private CanaryPlanting(TestedDatabase database, TouchedRows touched)
    {
        _database = database;
        _connection = database.Connection;
        _touched = touched;
        _objects = database.Schema.Objects.Where(o => o.Type == "table").ToLookup(o => o.Name, Identifier.Comparer);
    }

    /// <summary>Inserts the rows and reports the outcome for each table.</summary>
    public static IReadOnlyDictionary<string, PlantedRow> Run(
        TestedDatabase database,
        TouchedRows touched,
        Action<IReadOnlyList<TenantTable>> progress)
    {
        CanaryPlanting planting = new(database, touched);
        touched.Watch(database.CanaryId);
        foreach (IReadOnlyList<TenantTable> group in PlantingOrder.Sort(database))
        {
            progress(group);
            planting.PlantGroup(group);
        }

        return planting._planted;
    }

    /// <summary>
    /// Inserts a group in one transaction: in a cycle of foreign keys the first row references one that does not exist yet.
    /// </summary>
    private void PlantGroup(IReadOnlyList<TenantTable> group)
    {
        _connection.Execute("BEGIN");
        if (group.Count > 1)
        {
            _connection.Execute("PRAGMA defer_foreign_keys = ON");
        }

        foreach (TenantTable table in group)
        {
            _planted[table.Name] = Plant(table, group);
        }

        if ((
                _connection.InTransaction ? _connection.TryChange("COMMIT").Error : "a trigger rolled back everything inserted with it"
            ) is
            { } error)
        {
            _ = _connection.TryExecute("ROLLBACK");
            foreach (TenantTable table in group)
            {
                _planted[table.Name] = _planted[table.Name] with { Error = _planted[table.Name].Error ?? error };
            }
        }
    }

    private PlantedRow Plant(TenantTable table, IReadOnlyList<TenantTable> group)
    {
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            PlantedRow planted = Plant(table, group, OwnParent.None);
            if (_database.References.Any(r => r.IsSelf && r.Child == table))
            {
                // Prefer a second row that references the first: a row that references itself may make a trigger recurse.
                PlantedRow next = Plant(table, group, planted.Error is null ? OwnParent.First : OwnParent.Itself);
                planted = planted.Error is null ? planted : next;
            }

            return planted with { Duration = watch.Elapsed };
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            return new PlantedRow("", exception.Cause, null) { Duration = watch.Elapsed };
        }
    }

    private PlantedRow Plant(TenantTable table, IReadOnlyList<TenantTable> group, OwnParent ownParent)
    {
        Dictionary<string, object?> given = new(Identifier.Comparer) { [table.Column.Name] = _database.CanaryId };
        if (ownParent != OwnParent.First && _promised.TryGetValue(table.Name, out Dictionary<string, object?>? promised))
        {
            foreach (KeyValuePair<string, object?> key in promised)
            {
                given[key.Key] = key.Value;
            }
        }

        Dictionary<string, object?> parents = new(Identifier.Comparer);
        List<string> distinct = [table.Column.Name];
        TenantReference[] references = [.. _database.References.Where(r => r.Child == table)];
        foreach (TenantReference reference in references)
        {
            object?[]? key = KeyOf(reference, group, given, ownParent);
            if (key is null &&
                reference.Parent is { } needed &&
                reference.Columns.All(c => table.Schema.FindColumn(c.Child) is not { IsNotNull: false }))
            {
                // Any other parent would belong to another tenant.
                return new PlantedRow("", $"its parent {needed.Name} has no row of the canary tenant to reference", null);
            }

            for (int i = 0; i < reference.Columns.Count; i++)
            {
                string column = reference.Columns[i].Child;
                if (!given.ContainsKey(column) &&
                    !parents.ContainsKey(column) &&
                    (key is not null || table.Schema.FindColumn(column) is { IsNotNull: false }))
                {
                    parents[column] = key?[i];
                    if (reference.Parent is not null && key?[i] is not null && (!reference.IsSelf || ownParent == OwnParent.First))
                    {
                        distinct.Add(column);
                    }
                }
            }
        }

        // A column of two foreign keys has one value: the canary's key in one parent may be another tenant's in the other.
        foreach (TenantReference reference in references.Where(r => PointsAtAnotherTenant(r, given, parents)))
        {
            string? optional = reference.Columns.Select(c => c.Child).FirstOrDefault(c =>
                parents.ContainsKey(c) && table.Schema.FindColumn(c) is { IsNotNull: false } column && !table.Schema.IsRowId(column));
            if (optional is null)
            {
                return new PlantedRow("", $"the key that it must reference belongs to another tenant in {reference.ParentName}", null);
            }

            parents[optional] = null;
        }

        FoundRow found = new CanaryRow(
            _connection,
            table.Schema,
            _objects[table.Name].FirstOrDefault()?.Sql,
            given,
            parents,
            ownParent == OwnParent.First ? [] : distinct
        ).Find();
        if (found.Error is null)
        {
            Touched touched = _touched.Run(found.Sql, found.Values);
            bool arrived = CanaryRows(table) > 0;
            return new PlantedRow(
                found.Sql,
                touched.Outcome.Error ?? (arrived ? null : "a trigger ignored the row, or assigned it to another tenant"),
                touched)
            {
                IsCopy = found.IsCopy,
            };
        }

        // A trigger on the parent may have inserted the row, and there may be no room for a second.
        return CanaryRows(table) > 0 ? new PlantedRow(found.Sql, null, null) : new PlantedRow(found.Sql, found.Error, null);
    }

    private bool PointsAtAnotherTenant(TenantReference reference, Dictionary<string, object?> given, Dictionary<string, object?> parents)
    {
        object? Value(string column) =>
            given.TryGetValue(column, out object? value) || parents.TryGetValue(column, out value) ? value : null;

        object?[] key = [.. reference.Columns.Select(c => Value(c.Child))];
        if (reference.Parent is not { } parent
            || key.Contains(null)
            || reference.Columns.Any(c => parent.Schema.FindColumn(c.Parent) is null))
        {
            return false;
        }

        string isKey = string.Join(" AND ", reference.Columns.Select((c, i) => $"t.{Identifier.Quote(c.Parent)} = ?{i + 2}"));
        string sql = $"SELECT count(*) FROM {parent.Quoted} AS t WHERE {parent.IsForeign("t", "?1")} AND {isKey}";
        return _connection.Scalar(sql, [_database.CanaryId, .. key]) > 0;
    }

    private long CanaryRows(TenantTable table) =>
        _connection.Scalar($"SELECT count(*) FROM {table.Quoted} AS t WHERE {table.IsOwn("t", "?1")}", _database.CanaryId);

    /// <summary>The canary's key in a parent table; <see langword="null"/> if the parent has none.</summary>
    private object?[]? KeyOf(
        TenantReference reference,
        IReadOnlyList<TenantTable> group,
        Dictionary<string, object?> given,
        OwnParent ownParent)
    {
        if (reference.ParentSchema is not { Kind: TableKind.Table } parent ||
            reference.Columns.Any(c => parent.FindColumn(c.Parent) is null))
        {
            return null;
        }

        if (reference.Parent is null)
        {
            return SharedKey(reference, parent, given);
        }

        object?[]? key = Read(
            parent,
            reference.Columns.Select(c => c.Parent),
            $" WHERE {reference.Parent.IsOwn("t", "?1")}",
            _database.CanaryId);
        bool isAllowedToBeNull = reference.Columns.Any(c => reference.Child.Schema.FindColumn(c.Child) is { IsNotNull: false });
        if (key is not null || (reference.IsSelf && ownParent != OwnParent.Itself && (ownParent == OwnParent.First || isAllowedToBeNull)))
        {
            return key;
        }

        // The parent is inserted later, or the row is its own parent: choose the key now.
        return reference.IsSelf || (group.Contains(reference.Parent) && !_planted.ContainsKey(parent.Name))
            ? Promise(reference, parent, given)
            : null;
    }

    private object?[] Promise(TenantReference reference, TableSchema parent, Dictionary<string, object?> given)
    {
        Dictionary<string, object?> promised =
            reference.IsSelf ? given
            : _promised.TryGetValue(parent.Name, out Dictionary<string, object?>? made) ? made
            : _promised[parent.Name] = new(Identifier.Comparer);
        foreach ((_, string column) in reference.Columns.Where(c => !promised.ContainsKey(c.Parent)))
        {
            promised[column] = Identifier.Comparer.Equals(column, _database.ColumnName)
                ? _database.CanaryId
                : new CandidateValues(_connection, parent, new CheckConstraintHints(parent, null)).Fresh(
                    parent.FindColumn(column)!,
                    Read(parent, [column], "")?[0]
                )[0];
        }

        return [.. reference.Columns.Select(c => promised[c.Parent])];
    }

    /// <summary>
    /// The key of a row in a table that belongs to no tenant: an existing row, or a new one if there is none or its key must be the
    /// tenant's name.
    /// </summary>
    private object?[]? SharedKey(TenantReference reference, TableSchema parent, Dictionary<string, object?> given)
    {
        Dictionary<string, object?> wanted = new(Identifier.Comparer);
        foreach ((string child, string column) in reference.Columns.Where(c => given.ContainsKey(c.Child)))
        {
            wanted[column] = given[child];
        }

        string[] columns = [.. reference.Columns.Select(c => c.Parent)];
        string where =
            wanted.Count == 0 ? "" : " WHERE " + string.Join(" AND ", wanted.Keys.Select((c, i) => $"t.{Identifier.Quote(c)} = ?{i + 1}"));
        object[] values = [.. wanted.Values.Where(v => v is not null).Select(v => v!)];
        return Read(parent, columns, where, values)
            ?? (PlantShared(parent, wanted, MaxDepth) ? Read(parent, columns, where, values) : null);
    }

    private bool PlantShared(TableSchema table, Dictionary<string, object?> given, int depth)
    {
        Dictionary<string, object?> parents = new(Identifier.Comparer);
        foreach (ForeignKeySchema key in table.ForeignKeys.Where(_ => depth > 0))
        {
            TableSchema? parent = _database.Schema.Tables.FirstOrDefault(t => Identifier.Comparer.Equals(t.Name, key.Parent) && t != table);
            foreach ((string child, string? column) in key.Columns.Where(c => !given.ContainsKey(c.Child)))
            {
                string? target = column ?? parent?.Columns.FirstOrDefault(c => c.PrimaryKeyPosition == 1)?.Name;
                parents[child] =
                    parent is null || target is null || table.FindColumn(child) is { IsNotNull: false }
                        ? null
                        : Read(parent, [target], "")?[0];
            }
        }

        FoundRow found = new CanaryRow(_connection, table, _objects[table.Name].FirstOrDefault()?.Sql, given, parents, given.Keys).Find();
        return found.Error is null && _connection.TryChange(found.Sql, found.Values).Error is null;
    }

    private object?[]? Read(TableSchema table, IEnumerable<string> columns, string where, params object[] values)
    {
        string[] names = [.. columns.Select(c => "t." + Identifier.Quote(c))];
        string and = (where.Length == 0 ? " WHERE " : " AND ") + string.Join(" AND ", names.Select(n => n + " IS NOT NULL"));
        return _connection.Query(
            $"SELECT {string.Join(", ", names)} FROM main.{Identifier.Quote(table.Name)} AS t{where}{and} LIMIT 1",
            row => names.Select((_, i) => row.GetValue(i)).ToArray(),
            values).FirstOrDefault();
    }
}

/// <summary>The outcome of inserting the canary's row into one table.</summary>
/// <param name="Statement">The INSERT statement.</param>
/// <param name="Error">Why the insertion failed; <see langword="null"/> if it succeeded.</param>
/// <param name="Touched">Effects of the statement on rows of others; <see langword="null"/> if it did not run.</param>
internal sealed record PlantedRow(string Statement, string? Error, Touched? Touched)
{
    /// <summary>Why a copied row is no evidence.</summary>
    public const string WhyCopiesProveNothing =
        "but the canary's row had to be a copy of an existing one, and may refer to the same rows by a value that is not a foreign key";

    /// <summary>Whether it copies an existing row, and may therefore reference the same rows.</summary>
    public bool IsCopy { get; init; }

    public TimeSpan Duration { get; init; }
}
