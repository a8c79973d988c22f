using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Guards;

/// <summary>
/// The guard of one connection: a context that names its tenant, and temporary triggers on the tables themselves. Views that stand in for
/// tables would break UPSERT, RETURNING, <c>changes()</c> and <c>last_insert_rowid()</c>.
/// </summary>
internal static class ConnectionGuard
{
    private static readonly (string Event, string Preposition, string[] Rows)[] Events =
        [("INSERT", "into", ["NEW"]), ("UPDATE", "of", ["OLD", "NEW"]), ("DELETE", "from", ["OLD"])];

    public static TenantGuardScript Write(GuardedTables tables, string? readViewPrefix) => new(
        tables.Schema.Path,
        string.Join(
            "\n",
            [
                "-- Keeps the writes of this connection within one tenant. Made by New-PosTenantGuard; make it again with each release.",
                "-- Run all of it after opening a connection, outside a transaction, and then name the tenant:",
                $"--     {GuardContext.SetTenant};",
                "-- To keep it for the life of the connection, set is_locked = 1 in the same statement.",
                .. Unguarded(tables),
                "",
                "-- Without this, INSERT OR REPLACE would delete a row of another tenant past the triggers.",
                "PRAGMA recursive_triggers = ON;",
                "",
                GuardContext.Sql,
                .. tables.All.SelectMany(Triggers),
                .. readViewPrefix is null ? [] : ReadViews.Statements(tables, readViewPrefix),
                "",
            ]),
        [.. Missing(tables), .. SelfFiringTriggers.Warnings(tables)]);

    private static IEnumerable<string> Unguarded(GuardedTables tables)
    {
        string[] lines = [.. tables.Unguarded.Select(t => $"--     {Comment(t.Name)}: {t.Reason ?? $"no column {tables.ColumnName}"}")];
        return lines.Length == 0 ? [] : ["-- Not guarded:", .. lines.Select(Comment)];
    }

    private static IEnumerable<string> Missing(GuardedTables tables)
    {
        string[] names = [.. tables.Unguarded.Where(t => t.Reason is null).Select(t => t.Name)];
        return names.Length == 0
            ? []
            :
            [
                $"Without a column {tables.ColumnName}, and without a reference to a table that has it, these are not guarded: " +
                $"{ShortList.Join(names, most: 10)}. Migrate them, or name those that belong to no tenant with -ExcludeTable or " +
                "-ReferenceTable.",
            ];
    }

    private static IEnumerable<string> Triggers(GuardedTable table) => Events.SelectMany(e => (string[])
    [
        "",
        $"CREATE TEMP TRIGGER IF NOT EXISTS {Identifier.Quote($"postenancy_guard_{table.Name}_{e.Event.ToLowerInvariant()}")} " +
        $"BEFORE {e.Event} ON {table.Quoted}",
        $"WHEN NOT EXISTS (SELECT 1 FROM temp.{GuardContext.Table} AS x WHERE x.tenant_id IS NOT NULL",
        .. e.Rows.Select((row, i) => $"    AND {table.IsOwn(row)}{(i == e.Rows.Length - 1 ? ")" : "")}"),
        "BEGIN",
        $"    SELECT RAISE(ABORT, {Message($"{e.Event} {e.Preposition} {table.Name} on a connection whose tenant is not set")})",
        $"    WHERE NOT EXISTS (SELECT 1 FROM temp.{GuardContext.Table} AS x WHERE x.tenant_id IS NOT NULL);",
        $"    SELECT RAISE(ABORT, {Message($"{e.Event} {e.Preposition} {table.Name} for another tenant than that of this connection")});",
        "END;",
    ]);

    private static string Message(string text) => Identifier.Literal(GuardContext.MessagePrefix + text);

    /// <summary>A name from the file must not end the comment that it is in.</summary>
    private static string Comment(string text) => VisibleText.Escape(text);
}
