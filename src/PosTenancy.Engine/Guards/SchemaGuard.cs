using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Guards;

/// <summary>
/// Triggers for the schema itself: a row must have the tenant of the row that it references, which a foreign key without the tenant column
/// does not ensure.
/// </summary>
internal static class SchemaGuard
{
    private const string NamePrefix = "postenancy_reference_";

    /// <summary>Whether an object of the schema is one of these triggers: without a tenant column it has no meaning.</summary>
    public static bool IsPart(SchemaObject o) =>
        o.Type == "trigger" &&
        o.Name.StartsWith(NamePrefix, StringComparison.OrdinalIgnoreCase) &&
        o.Sql?.Contains(GuardContext.MessagePrefix) == true;

    public static TenantGuardScript Write(GuardedTables tables) => new(
        tables.Schema.Path,
        string.Join(
            "\n",
            [
                "-- Refuses a row whose tenant is not that of the row that it references. Made by New-PosTenantGuard -Permanent.",
                "-- Run it once, in a migration: the triggers become part of the schema. Rows that are there already are not checked;",
                "-- Test-PosTenantIntegrity (TenantReferencesConsistent) does that.",
                .. tables.All.Where(t => t.Column is not null).SelectMany(child => Triggers(tables, child)),
                "",
            ]),
        []);

    private static IEnumerable<string> Triggers(GuardedTables tables, GuardedTable child) => child.Schema.ForeignKeys
        .Select((key, i) => (Number: i + 1, Parent: tables.Parent(key)))
        .Where(r => r.Parent?.Table.Column is not null)
        .SelectMany(r => Triggers(child, r.Parent!.Table, r.Parent.Key, $"{NamePrefix}{child.Name}_{r.Number}"));

    private static IEnumerable<string> Triggers(GuardedTable child, GuardedTable parent, ForeignKeySchema key, string name)
    {
        string childTenant = Identifier.Quote(child.Column!.Name);
        string parentTenant = Identifier.Quote(parent.Column!.Name);
        (string Child, string Parent)[] columns = ForeignKeyJoin.Columns(parent.Schema, key);
        if (columns.Any(c =>
                Identifier.Comparer.Equals(c.Child, child.Column.Name) &&
                Identifier.Comparer.Equals(c.Parent, parent.Column.Name) &&
                parent.Column.Collation == "BINARY"))
        {
            // The foreign key itself compares the tenants.
            yield break;
        }

        string message = Identifier.Literal(
            $"{GuardContext.MessagePrefix}a row of {child.Name} would reference a row of {parent.Name} that belongs to another tenant");
        string[] childColumns = [.. columns.Select(c => Identifier.Quote(c.Child)), childTenant];
        string[] parentColumns = [.. columns.Select(c => Identifier.Quote(c.Parent)), parentTenant];
        string otherParent =
            $"EXISTS (SELECT 1 FROM {Identifier.Quote(parent.Name)} AS p WHERE {ForeignKeyJoin.On(parent.Schema, key, "NEW", "p")} " +
            $"AND p.{parentTenant} IS NOT NEW.{childTenant} COLLATE BINARY)";
        string otherChild =
            $"EXISTS (SELECT 1 FROM {Identifier.Quote(child.Name)} AS c WHERE " +
            $"{string.Join(" AND ", columns.Select(c => $"NEW.{Identifier.Quote(c.Parent)} = c.{Identifier.Quote(c.Child)}"))} " +
            $"AND c.{childTenant} IS NOT NEW.{parentTenant} COLLATE BINARY)";
        yield return Trigger("insert", $"INSERT ON {Identifier.Quote(child.Name)}", otherParent);
        yield return Trigger(
            "update",
            $"UPDATE ON {Identifier.Quote(child.Name)}",
            $"{Changed(childColumns)} AND {otherParent}");
        yield return Trigger(
            "parent_update",
            $"UPDATE ON {Identifier.Quote(parent.Name)}",
            $"{Changed(parentColumns)} AND {otherChild}");

        // Without foreign_keys, or with deferred ones, a child can be there before its parent. Without an index, each new parent would
        // have all children read.
        if (child.Schema.FindIndexLedBy(columns[0].Child) is not null || child.Schema.IsRowId(child.Schema.FindColumn(columns[0].Child)!))
        {
            yield return Trigger("parent_insert", $"INSERT ON {Identifier.Quote(parent.Name)}", otherChild);
        }

        // AFTER: in a BEFORE trigger a rowid that SQLite assigns is not known yet.
        string Trigger(string suffix, string on, string condition) =>
            $"\nCREATE TRIGGER IF NOT EXISTS main.{Identifier.Quote($"{name}_{suffix}")} AFTER {on}\nWHEN {condition}\n" +
            $"BEGIN\n    SELECT RAISE(ABORT, {message});\nEND;";
    }

    private static string Changed(string[] columns) =>
        $"({string.Join(" OR ", columns.Distinct(StringComparer.Ordinal).Select(c => $"NEW.{c} IS NOT OLD.{c} COLLATE BINARY"))})";
}
