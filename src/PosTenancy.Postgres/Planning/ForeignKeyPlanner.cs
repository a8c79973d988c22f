using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Planning;

/// <summary>Plans foreign keys: composite with the tenant between tables of tenants, and named, so that Citus validates them.</summary>
internal sealed class ForeignKeyPlanner(
    CopySlice slice, TargetOptions options, IReadOnlyList<TargetTable> tables, TargetNames names, bool findsDangling)
{
    private const string Choice = "PostgreSQL takes such rows with -DanglingReference Keep alone";

    private readonly string _tenant = slice.Layout.ColumnName;

    /// <summary>Adds the foreign keys of a table.</summary>
    public TargetTable AddTo(TargetTable table)
    {
        List<string> warnings = [.. table.Warnings];
        List<string> blocks = [.. table.Blocks];
        List<TargetForeignKey> keys = [];
        foreach (ForeignKeySchema reference in table.Source.ForeignKeys)
        {
            string title = $"The foreign key ({string.Join(", ", reference.Columns.Select(c => c.Child))}) to {reference.Parent}";
            TargetTable? parent = tables.FirstOrDefault(t => Identifier.Comparer.Equals(t.Name, reference.Parent));
            IReadOnlyList<(string Child, string Parent)> pairs = parent is null ? [] : ForeignKeyPairs.Of(reference, parent.Source);
            if (parent is null || pairs.Count == 0 || (table.IsShared && !parent.IsShared))
            {
                warnings.Add($"{title} is not created: " + (parent is null ? "that table is not copied."
                    : pairs.Count == 0 ? "that table has no such key."
                    : "a table that all tenants share cannot reference the rows of one."));
                continue;
            }

            bool hasTenant = !table.IsShared && !parent.IsShared && options.HasTenantKeys;
            List<(string Child, string Parent)> all =
                [.. pairs.Select(p => (table.FindColumn(p.Child)!.Name, parent.FindColumn(p.Parent)!.Name))];
            if (hasTenant && !all.Exists(p => IsTenant(p.Child) && IsTenant(p.Parent)))
            {
                all.Insert(0, (table.Columns.First(c => IsTenant(c.Name)).Name, parent.Columns.First(c => IsTenant(c.Name)).Name));
            }

            string? dangling = findsDangling ? DanglingRows.Find(slice, table, parent, all, IsTenant) : null;
            bool isKept = dangling is not null && options.Dangling == DanglingReferences.Keep;
            if ((Problem(table, parent, pairs) ?? (dangling is null || isKept ? null : $"{dangling}, and {Choice}")) is { } problem)
            {
                blocks.Add($"{title}: {problem}");
            }
            else if (!HasKey(parent, all.Select(p => p.Parent)))
            {
                warnings.Add($"{title} is not created: PostgreSQL needs a UNIQUE key of exactly these columns there.");
            }
            else
            {
                bool canBeUnmet = table.IsShared || options.Layout is CopyLayout.Plain or CopyLayout.Schema;
                if (isKept)
                {
                    warnings.Add(canBeUnmet
                        ? $"{title} is NOT VALID: {dangling}. PostgreSQL checks new rows alone."
                        : $"{title} is not created: {dangling}, and PostgreSQL cannot have it for new rows alone in this layout.");
                }

                keys.Add(new TargetForeignKey(
                    names.Take($"{table.Name}_{string.Join("_", pairs.Select(p => p.Child))}_fkey"),
                    [.. all.Select(p => p.Child)],
                    parent,
                    [.. all.Select(p => p.Parent)],
                    Actions(table, reference, pairs, hasTenant, title, warnings))
                {
                    IsMet = !isKept,
                    IsLeftOut = isKept && !canBeUnmet,
                });
            }
        }

        return table with { ForeignKeys = keys, Warnings = warnings, Blocks = blocks };
    }

    private static bool HasKey(TargetTable parent, IEnumerable<string> columns)
    {
        HashSet<string> wanted = new(columns, StringComparer.Ordinal);
        return parent.Keys.Any(k => wanted.SetEquals(k.Columns)) || parent.Indexes.Any(i =>
            i is { IsUnique: true, Condition: null } && wanted.SetEquals(i.Terms.Select(t => t.StartsWith("\"", StringComparison.Ordinal)
                ? t.Substring(1, t.LastIndexOf('"') - 1).Replace("\"\"", "\"")
                : t)));
    }

    private bool IsTenant(string column) => Identifier.Comparer.Equals(column, _tenant);

    private string Actions(
        TargetTable table,
        ForeignKeySchema reference,
        IReadOnlyList<(string Child, string Parent)> pairs,
        bool hasTenant,
        string title,
        List<string> warnings)
    {
        string list = $" ({string.Join(", ", pairs.Where(p => !IsTenant(p.Child)).Select(p => Identifier.Quote(p.Child)))})";
        string onDelete = reference.OnDelete.ToUpperInvariant();
        if (onDelete is "SET NULL" or "SET DEFAULT" && hasTenant)
        {
            if (options.Layout == CopyLayout.Citus || options.ServerVersion < 15)
            {
                warnings.Add(
                    $"{title} has no ON DELETE {onDelete}, which {(options.Layout == CopyLayout.Citus ? "Citus" : "this PostgreSQL")} " +
                    "does not have for a key with the tenant: a row cannot be deleted while another references it.");
                onDelete = "NO ACTION";
            }
            else
            {
                // Without the list, the tenant would become NULL as well.
                onDelete += list;
            }
        }

        string onUpdate = reference.OnUpdate.ToUpperInvariant();
        if (hasTenant && (onUpdate is "SET NULL" or "SET DEFAULT" || (onUpdate == "CASCADE" && options.Layout == CopyLayout.Citus)))
        {
            warnings.Add($"{title} has no ON UPDATE {onUpdate}: a key cannot be changed while a row references it.");
            onUpdate = "NO ACTION";
        }

        return (onDelete == "NO ACTION" ? "" : $" ON DELETE {onDelete}") + (onUpdate == "NO ACTION" ? "" : $" ON UPDATE {onUpdate}") +
            Deferrable(table, reference);
    }

    private string Deferrable(TargetTable table, ForeignKeySchema reference)
    {
        TableDefinition? definition = TableDefinitionReader.Read(
            table.Source, slice.Layout.Schema.Objects.Where(o => o.Type == "table" && Identifier.Comparer.Equals(o.Name, table.Name)));
        ConstraintDefinition? written = definition?.AllConstraints.FirstOrDefault(c =>
            c.Reference is not null && c.Names.SequenceEqual(reference.Columns.Select(p => p.Child), Identifier.Comparer));
        SqlText sql = new(written?.Reference!.Actions.In(definition!.Sql.Text) ?? "");
        int place = sql.Places.Where(i => sql.Is(i, "DEFERRABLE")).DefaultIfEmpty(-1).First();
        return place < 0 || (place > 0 && sql.Is(place - 1, "NOT")) ? ""
            : sql.Is(place + 1, "INITIALLY") && sql.Is(place + 2, "DEFERRED") ? " DEFERRABLE INITIALLY DEFERRED"
            : " DEFERRABLE";
    }

    /// <summary>Why PostgreSQL would refuse the key: types that differ.</summary>
    private static string? Problem(TargetTable child, TargetTable parent, IReadOnlyList<(string Child, string Parent)> pairs)
    {
        foreach ((string left, string right) in pairs)
        {
            PostgresType type = child.FindColumn(left)!.Type;
            PostgresType other = parent.FindColumn(right)!.Type;
            if (type != other)
            {
                return $"{left} becomes {type.CatalogName()} and {parent.Name}.{right} becomes {other.CatalogName()}; a conversion that " +
                    "is chosen for both makes them equal";
            }
        }

        return null;
    }
}
