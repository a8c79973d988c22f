using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>Finds what in a database writes no tenant and counts on the DEFAULT: triggers are read, and tried on a copy.</summary>
internal static class DefaultDependents
{
    /// <summary>Finds the triggers and foreign keys.</summary>
    /// <param name="connection">The database, which is only read.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="completed">The tables that lose their DEFAULT.</param>
    /// <param name="run">Progress and cancellation.</param>
    public static IReadOnlyList<AffectedStatement> Find(
        DatabaseConnection connection, TenantLayout layout, IReadOnlyList<CompletedTable> completed, RunContext run) =>
        [.. FindTriggers(connection, layout, completed, run), .. FindForeignKeys(completed)];

    private static IEnumerable<AffectedStatement> FindTriggers(
        DatabaseConnection connection, TenantLayout layout, IReadOnlyList<CompletedTable> completed, RunContext run)
    {
        Dictionary<string, CompletedTable> tables = completed.ToDictionary(t => t.Table.Name, Identifier.Comparer);
        (SchemaObject Trigger, TriggerInsert[] Inserts)[] found =
        [
            .. from trigger in layout.Schema.Objects
               where trigger is { Type: "trigger", Sql: not null }
               let inserts = TriggerInserts.Read(trigger.Sql!).Where(i => tables.ContainsKey(i.Table)).ToArray()
               where inserts.Any(i => IsWithoutTenant(i, layout.ColumnName) || MayReplaceNull(i, tables[i.Table]))
               select (trigger, inserts),
        ];
        if (found.Length == 0)
        {
            yield break;
        }

        run.Report("Trying the triggers on a copy", StagePart.Schema);
        IReadOnlyDictionary<string, (string Table, string Message)> failed = TriggerTrial.Run(
            connection, layout, completed, [.. found.Select(f => f.Trigger)]);
        foreach ((SchemaObject trigger, TriggerInsert[] inserts) in found)
        {
            string name = $"trigger {trigger.Name}";
            string? tried = null;
            if (failed.TryGetValue(trigger.Name, out (string Table, string Message) failure))
            {
                tried = failure.Table;
                yield return new AffectedStatement(name, trigger.Table, failure.Table, failure.Message, IsTried: true);
            }

            foreach (TriggerInsert insert in inserts
                .Where(i => IsWithoutTenant(i, layout.ColumnName) && !Identifier.Comparer.Equals(i.Table, tried ?? ""))
                .GroupBy(i => i.Table, Identifier.Comparer)
                .Select(g => g.First()))
            {
                string table = tables[insert.Table].Table.Name;
                string message = insert.Conflict == "IGNORE"
                    ? $"its INSERT OR IGNORE into {table} has no {layout.ColumnName}, and would leave the row out without an error"
                    : $"its INSERT into {table} has no {layout.ColumnName}";
                yield return new AffectedStatement(name, trigger.Table, table, message, IsTried: false);
            }
        }
    }

    private static bool IsWithoutTenant(TriggerInsert insert, string columnName) =>
        insert.Columns?.Contains(columnName, Identifier.Comparer) == false;

    /// <summary>
    /// Whether it may write NULL as the tenant, which a conflict clause REPLACE replaces with the DEFAULT (sqlite.org/lang_conflict.html).
    /// </summary>
    private static bool MayReplaceNull(TriggerInsert insert, CompletedTable table) =>
        insert.Conflict == "REPLACE" || (insert.Conflict is null && TenantColumn.ReplacesNull(table.Sql, table.Column.Name));

    private static IEnumerable<AffectedStatement> FindForeignKeys(IReadOnlyList<CompletedTable> completed) =>
        from table in completed
        from key in table.Table.ForeignKeys
        where key.Columns.Any(c => Identifier.Comparer.Equals(c.Child, table.Column.Name))
        from action in new[] { ("DELETE", key.OnDelete), ("UPDATE", key.OnUpdate) }
        where action.Item2.Equals("SET DEFAULT", StringComparison.OrdinalIgnoreCase)
        select new AffectedStatement(
            $"foreign key to {key.Parent}",
            table.Table.Name,
            table.Table.Name,
            $"its ON {action.Item1} SET DEFAULT would set {table.Column.Name} to NULL",
            IsTried: false);
}
