using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Runs triggers one by one on a copy of a database, with and without the DEFAULT: rows of their table or view are inserted again, updated
/// to what they are, and deleted. The copy is a temporary file of SQLite's that has no name, so that nothing is left of it after a crash.
/// </summary>
internal sealed class TriggerTrial
{
    /// <summary>Number of rows that each event is tried with: a trigger may act on some rows only.</summary>
    private const int MaxRows = 100;

    private const string Rows = "temp._postenancy_rows";

    private readonly DatabaseConnection _copy;
    private readonly TenantLayout _layout;
    private readonly IReadOnlyList<CompletedTable> _completed;

    private TriggerTrial(DatabaseConnection copy, TenantLayout layout, IReadOnlyList<CompletedTable> completed)
    {
        _copy = copy;
        _layout = layout;
        _completed = completed;
    }

    /// <summary>Tries triggers.</summary>
    /// <param name="connection">The database, which is only read.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="completed">The tables that lose their DEFAULT.</param>
    /// <param name="triggers">The triggers.</param>
    /// <returns>For the name of each trigger that fails without the DEFAULT, and only then: the table, and SQLite's message.</returns>
    public static IReadOnlyDictionary<string, (string Table, string Message)> Run(
        DatabaseConnection connection,
        TenantLayout layout,
        IReadOnlyList<CompletedTable> completed,
        IReadOnlyList<SchemaObject> triggers)
    {
        using DatabaseConnection copy = DatabaseConnection.OpenTemporary(connection.Path, connection.Cancellation);
        DatabaseCopy.Write(connection, copy, static (_, _) => { });

        // As an application would.
        copy.Settings.SetDoubleQuotedStrings(true);
        foreach (SchemaObject trigger in layout.Schema.Objects.Where(o => o.Type == "trigger"))
        {
            copy.Execute($"DROP TRIGGER main.{Identifier.Quote(trigger.Name)}");
        }

        TriggerTrial trial = new(copy, layout, completed);
        (string Table, string Message)?[] before = [.. triggers.Select(trial.Fail)];
        copy.Execute("BEGIN");
        foreach (CompletedTable table in completed)
        {
            _ = table.StoreTenant(copy, older: null);
        }

        TableTexts.Replace(copy, completed.ToDictionary(t => t.Table.Name, t => t.NewSql, Identifier.Comparer));
        copy.Execute("COMMIT");
        Dictionary<string, (string Table, string Message)> failed = new(Identifier.Comparer);
        foreach ((SchemaObject trigger, int i) in triggers.Select((t, i) => (t, i)))
        {
            if (trial.Fail(trigger) is { } failure && failure != before[i])
            {
                failed[trigger.Name] = failure;
            }
        }

        return failed;
    }

    /// <summary>Tries each event of a trigger's table or view, which has no other trigger.</summary>
    /// <returns>The table that a row without a tenant was refused by; <see langword="null"/> if none was.</returns>
    private (string Table, string Message)? Fail(SchemaObject trigger)
    {
        if (Target(trigger.Table) is not { } target)
        {
            return null;
        }

        string columns = string.Join(", ", target.Columns.Select(Identifier.Quote));
        string name = $"main.{Identifier.Quote(trigger.Table)}";
        string same = string.Join(", ", target.Columns.Select(c => $"{Identifier.Quote(c)} = {Identifier.Quote(c)}"));
        return Try(trigger, target, $"INSERT INTO {name} ({columns}) SELECT {columns} FROM {Rows}", isInsert: true)
            ?? Try(trigger, target, $"UPDATE {name} SET {same} WHERE {target.Condition}", isInsert: false)
            ?? Try(trigger, target, $"DELETE FROM {name} WHERE {target.Condition}", isInsert: false);
    }

    private (string Table, string Message)? Try(SchemaObject trigger, TrialTarget target, string sql, bool isInsert)
    {
        _copy.Execute("SAVEPOINT trial");
        try
        {
            string name = $"main.{Identifier.Quote(trigger.Table)}";
            string columns = string.Join(", ", target.Columns.Select(Identifier.Quote));
            if (_copy.TryChange($"CREATE TABLE {Rows} AS SELECT {columns} FROM {name} LIMIT {MaxRows}").Error is not null ||
                (isInsert && !target.IsView && _copy.TryChange($"DELETE FROM {name} WHERE {target.Condition}").Error is not null) ||
                _copy.TryChange(trigger.Sql!).Error is not null)
            {
                return null;
            }

            StatementOutcome outcome = _copy.TryChange(sql);
            return outcome.Code != raw.SQLITE_CONSTRAINT_NOTNULL
                ? null
                : _completed
                    .Where(t => outcome.Error == $"NOT NULL constraint failed: {t.Table.Name}.{t.Column.Name}")
                    .Select(t => ((string, string)?)(t.Table.Name, outcome.Error!))
                    .FirstOrDefault();
        }
        finally
        {
            _ = _copy.TryExecute("ROLLBACK TO trial");
            _ = _copy.TryExecute("RELEASE trial");
        }
    }

    /// <summary>The table or view of a trigger; <see langword="null"/> if it cannot be read, or its rows cannot be named.</summary>
    private TrialTarget? Target(string name)
    {
        if (_layout.Schema.FindTable(name) is { } table)
        {
            string? rowId = table.HasRowIdKey ? Identifier.Quote(table.PrimaryKey.Single()) : TableStatements.RowIdName(table);
            string[] key = table.IsWithoutRowId ? [.. table.PrimaryKey.Select(Identifier.Quote)] : rowId is null ? [] : [rowId];
            string list = string.Join(", ", key);
            return key.Length == 0 ? null : new TrialTarget(
                [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => c.Name)],
                $"{(key.Length == 1 ? list : $"({list})")} IN (SELECT {list} FROM main.{Identifier.Quote(table.Name)} LIMIT {MaxRows})",
                IsView: false);
        }

        if (_copy.Compiler.Error($"SELECT * FROM main.{Identifier.Quote(name)}") is not null)
        {
            return null;
        }

        string[] columns =
        [
            .. _copy.Query("SELECT name FROM pragma_table_xinfo(?1, 'main')", static row => row.GetString(0), name),
        ];

        // SQLite does not find the columns of a view by an alias there.
        IEnumerable<string> same = columns.Select(c =>
            $"_postenancy_rows.{Identifier.Quote(c)} IS {Identifier.Quote(name)}.{Identifier.Quote(c)}");
        return new TrialTarget(columns, $"EXISTS (SELECT 1 FROM {Rows} WHERE {string.Join(" AND ", same)})", IsView: true);
    }

    /// <summary>What a trigger belongs to.</summary>
    /// <param name="Columns">The columns that an INSERT names.</param>
    /// <param name="Condition">The condition that finds the rows to try.</param>
    /// <param name="IsView">Whether it is a view.</param>
    private sealed record TrialTarget(IReadOnlyList<string> Columns, string Condition, bool IsView);
}
