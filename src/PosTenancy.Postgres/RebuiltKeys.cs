using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres;

/// <summary>
/// Foreign keys of existing tables that are dropped before their rows are replaced, and made again: those of tables that reference each
/// other, and those that some rows do not meet. PostgreSQL checks new rows even for a key that is NOT VALID.
/// </summary>
internal sealed class RebuiltKeys(TargetServer server, TargetPlan plan)
{
    private readonly HashSet<string> _unvalidated = new(StringComparer.Ordinal);

    /// <summary>Whether a plan has any.</summary>
    public static bool Any(TargetPlan plan) => plan.Tables.Any(t => Of(plan, t).Any());

    /// <summary>What PostgreSQL has not validated of keys that the rows of this copy meet, a sentence each.</summary>
    public IEnumerable<string> Unvalidated(IEnumerable<CopyPart> parts) =>
        from part in parts
        where part.IsReplaced
        let validated = Keys(part).Where(k => k.IsValidated).Select(k => k.Name).ToArray()
        from key in part.Table.ForeignKeys
        where key.IsMet && !validated.Contains(key.Name, StringComparer.Ordinal)
        select $"{part.Table.Name}: The foreign key ({string.Join(", ", key.Columns)}) to {key.Parent.Name} is not validated in " +
            "PostgreSQL, where an earlier copy kept rows that reference nothing.";

    /// <summary>Drops those of a part, if they exist.</summary>
    public void Drop(CopyPart part)
    {
        string[] rebuilt = [.. Of(plan, part.Table).Select(k => k.Name)];
        foreach ((string name, bool isValidated) in rebuilt.Length == 0 ? [] : Keys(part))
        {
            if (!rebuilt.Contains(name, StringComparer.Ordinal))
            {
                continue;
            }

            if (!isValidated)
            {
                _ = _unvalidated.Add($"{part.Name} {name}");
            }

            server.Execute($"ALTER TABLE {part.Name} DROP CONSTRAINT {Identifier.Quote(name)}");
        }
    }

    /// <summary>
    /// The statements that make them again; one that was not validated may have rows of other tenants that do not meet it.
    /// </summary>
    public IEnumerable<string> Add(CopyPart part) => Of(plan, part.Table)
        .Where(k => !k.IsLeftOut)
        .Select(k => part.Ddl.AddForeignKey(part.Table, k, k.IsMet && !_unvalidated.Contains($"{part.Name} {k.Name}")));

    private static IEnumerable<TargetForeignKey> Of(TargetPlan plan, TargetTable table)
    {
        string[] cycles = [.. TableOrder.InCycles(plan.Tables).Where(c => c.Table.Name == table.Name).Select(c => c.Key.Name)];
        return table.ForeignKeys.Where(k => !k.IsMet || cycles.Contains(k.Name, StringComparer.Ordinal));
    }

    private List<(string Name, bool IsValidated)> Keys(CopyPart part) => server.Query(
        """
        SELECT k.conname, k.convalidated
        FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE k.contype = 'f' AND n.nspname = $1 AND c.relname = $2
        """,
        r => (r.GetString(0), r.GetBoolean(1)),
        part.Schema,
        part.Table.Name);
}
