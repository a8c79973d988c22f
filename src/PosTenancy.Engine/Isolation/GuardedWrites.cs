using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Isolation;

/// <summary>A statement on one row, for a connection of a tenant.</summary>
/// <param name="Name">What it does, in words.</param>
/// <param name="Sql">The statement; it returns a row for each that it writes.</param>
/// <param name="Values">Its parameters.</param>
internal sealed record GuardedWrite(string Name, string Sql, IReadOnlyList<object?> Values)
{
    /// <summary>A statement that makes room for the row first, or <see langword="null"/>.</summary>
    public GuardedWrite? Before { get; init; }

    /// <summary>Whether the tenant may do it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>
    /// Finds the other tenant's row: where keys are unique per tenant, the statement leaves it, and needs no guard. <see langword="null"/>
    /// for a statement that always concerns the other tenant.
    /// </summary>
    public GuardedWrite? Spared { get; init; }
}

/// <summary>The writes that a guard must let through, and those that it must abort.</summary>
internal sealed class GuardedWrites
{
    private readonly TenantTable _table;
    private readonly ColumnSchema[] _columns;
    private readonly string[] _key;
    private readonly int _tenantPlace;

    public GuardedWrites(TenantTable table)
    {
        _table = table;
        _columns = [.. table.Schema.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary)];
        IEnumerable<string> returned = table.Schema.Columns
            .Where(c => c.Visibility != ColumnVisibility.Hidden)
            .Select(c => $"quote({Identifier.Quote(c.Name)})");
        Returning = $" RETURNING {string.Join(", ", returned)}";
        _tenantPlace = Array.IndexOf(_columns, table.Column);
        _key = TableStatements.RowIdName(table.Schema) is { } rowId ? [rowId] : [.. table.KeyColumns.Select(Identifier.Quote)];
    }

    /// <summary>Whether a row can be told from all others.</summary>
    public bool CanNameRows => _key.Length > 0;

    /// <summary>Reads a row of the tenant in ?1: the values of its columns, and then its key.</summary>
    public string SelectSql =>
        $"SELECT {string.Join(", ", _columns.Select(c => "t." + Identifier.Quote(c.Name)).Concat(_key.Select(k => "t." + k)))} " +
        $"FROM {_table.Quoted} AS t WHERE {_table.IsOwn("t", "?1")} LIMIT 1";

    /// <summary>What the tenant does with a row of its own.</summary>
    public IEnumerable<GuardedWrite> Own(object?[] row)
    {
        GuardedWrite delete = Delete("DELETE", row);
        GuardedWrite[] writes =
        [
            Insert("INSERT", "INSERT", row) with { Before = delete },
            Update("UPDATE", row),
            delete,
            Upsert("UPSERT", row),
            Insert("REPLACE", "REPLACE", row),
        ];
        return writes.Select(w => w with { IsOwn = true });
    }

    /// <summary>What a tenant must not do with a row of another.</summary>
    /// <param name="other">The row of the other tenant.</param>
    /// <param name="acting">The tenant that writes.</param>
    /// <param name="defaultTenant">The tenant of a row that names none.</param>
    public IEnumerable<GuardedWrite> Foreign(object?[] other, string acting, object? defaultTenant)
    {
        object?[] claimed = (object?[])other.Clone();
        claimed[_tenantPlace] = acting;
        GuardedWrite spared = Find(other);
        yield return Update("UPDATE of another tenant's row", other);
        yield return Delete("DELETE of another tenant's row", other);
        yield return SetTenant("UPDATE that takes another tenant's row", other, acting);
        yield return Insert("INSERT of a row for another tenant", "INSERT", other) with { Before = Delete("", other) };
        yield return Insert("REPLACE of another tenant's row", "REPLACE", claimed) with { Spared = spared };
        yield return Upsert("UPSERT of another tenant's row", claimed) with { Spared = spared };
        if (!acting.Equals(Convert.ToString(defaultTenant, CultureInfo.InvariantCulture), StringComparison.Ordinal))
        {
            yield return InsertWithoutTenant("INSERT without a tenant", other) with { Before = Delete("", other) };
        }
    }

    /// <summary>The tenant's own row is given to another.</summary>
    public GuardedWrite GiveAway(object?[] own, string other) => SetTenant("UPDATE that gives a row to another tenant", own, other);

    /// <summary>Any write, for a connection that has named no tenant.</summary>
    public GuardedWrite Update(string name, object?[] row) =>
        new(name, $"{WriteProbe.UpdateSql(_table, _table.Quoted + " AS t", $"WHERE {IsRow(1)}")}{Returning}", Key(row));

    private string Returning { get; }

    private GuardedWrite Find(object?[] row) => new(
        "",
        $"SELECT count(*) FROM {_table.Quoted} AS t WHERE {IsRow(1)} AND " +
        $"{_table.IsOwn("t", Parameter(_key.Length + 1))}",
        [.. Key(row), row[_tenantPlace]]);

    private GuardedWrite Delete(string name, object?[] row) =>
        new(name, $"DELETE FROM {_table.Quoted} AS t WHERE {IsRow(1)}{Returning}", Key(row));

    private GuardedWrite SetTenant(string name, object?[] row, string tenant) => new(
        name,
        $"UPDATE {_table.Quoted} AS t SET {Identifier.Quote(_table.Column.Name)} = ?1 WHERE {IsRow(2)}{Returning}",
        [tenant, .. Key(row)]);

    private GuardedWrite Insert(string name, string verb, object?[] row) => new(
        name,
        $"{verb} INTO {_table.Quoted} {Values([.. Enumerable.Range(0, _columns.Length)])}{Returning}",
        [.. row.Take(_columns.Length)]);

    private GuardedWrite InsertWithoutTenant(string name, object?[] row)
    {
        int[] places = [.. Enumerable.Range(0, _columns.Length).Where(i => i != _tenantPlace)];
        string values = places.Length == 0 ? "DEFAULT VALUES" : Values(places);
        return new GuardedWrite(name, $"INSERT INTO {_table.Quoted} {values}{Returning}", [.. places.Select(i => row[i])]);
    }

    private GuardedWrite Upsert(string name, object?[] row)
    {
        GuardedWrite insert = Insert(name, "INSERT", row);
        string tenant = Identifier.Quote(_table.Column.Name);
        string sql = insert.Sql.Substring(0, insert.Sql.Length - Returning.Length);
        return insert with { Sql = $"{sql} ON CONFLICT DO UPDATE SET {tenant} = excluded.{tenant}{Returning}" };
    }

    private string Values(int[] places) =>
        $"({string.Join(", ", places.Select(i => Identifier.Quote(_columns[i].Name)))}) VALUES " +
        $"({string.Join(", ", places.Select((_, i) => Parameter(i + 1)))})";

    private string IsRow(int first) => string.Join(" AND ", _key.Select((k, i) => $"t.{k} IS {Parameter(first + i)}"));

    private object?[] Key(object?[] row) => [.. row.Skip(_columns.Length)];

    private static string Parameter(int number) => "?" + number.ToString(CultureInfo.InvariantCulture);
}
