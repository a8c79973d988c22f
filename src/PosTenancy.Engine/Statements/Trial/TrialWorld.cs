using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>A private database in memory with the rows of both tenants, of one, or of none.</summary>
internal sealed class TrialWorld : IDisposable
{
    /// <summary>Rows of a result: far more than a statement can return of so few rows, unless it makes them up.</summary>
    private const int MaxRows = 20_000;

    /// <summary>For one run. A statement takes less than a millisecond on so few rows.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(300);

    private readonly HeldFunctions _functions;
    private readonly Statement _begin;
    private readonly Statement _rollBack;
    private readonly Statement _release;
    private readonly Dictionary<TrialTable, Statement> _readers = [];
    private readonly Dictionary<TrialTable, IReadOnlyList<TrialRecord>> _before = [];

    private TrialWorld(DatabaseConnection connection, HeldFunctions functions, ISet<TrialOwner> owners)
    {
        Connection = connection;
        Owners = owners;
        _functions = functions;
        Sandbox = new SqlSandbox(connection);
        _begin = connection.Prepare("SAVEPOINT _postenancy_run");
        _rollBack = connection.Prepare("ROLLBACK TO _postenancy_run");
        _release = connection.Prepare("RELEASE _postenancy_run");
    }

    public DatabaseConnection Connection { get; }

    public SqlSandbox Sandbox { get; }

    /// <summary>The tenants whose rows it has.</summary>
    public ISet<TrialOwner> Owners { get; }

    /// <summary>Copies the database in which the rows of both tenants are, and deletes those of the others.</summary>
    public static TrialWorld Copy(
        DatabaseConnection original,
        TrialDatabase database,
        HeldFunctions functions,
        IReadOnlyCollection<TrialOwner> owners,
        CancellationToken cancellation)
    {
        DatabaseConnection connection = DatabaseConnection.OpenEmpty(original.Path, cancellation);
        try
        {
            functions.Register(connection);
            connection.Settings.SetDoubleQuotedStrings(true);
            CopyPages(original, connection);
            using (connection.Settings.DisableTriggers())
            {
                connection.Execute("BEGIN");
                foreach (IGrouping<TrialTable, TrialRow> rows in database.Rows
                    .Where(r => r.Owner != TrialOwner.None && !owners.Contains(r.Owner))
                    .GroupBy(r => r.Table))
                {
                    using Statement delete = connection.Prepare($"DELETE FROM {rows.Key.Quoted} WHERE {Where(rows.Key, 1)}");
                    foreach (TrialRow row in rows)
                    {
                        delete.Restart(row.Locator);
                        _ = delete.Run();
                    }
                }

                Rebuild(connection, database.Schema.Layout);
                connection.Execute("COMMIT");
            }

            // As an application should open it.
            connection.Execute("PRAGMA foreign_keys = ON");
            return new TrialWorld(connection, functions, new HashSet<TrialOwner>(owners));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Copies this world.</summary>
    public TrialWorld Copy()
    {
        DatabaseConnection connection = DatabaseConnection.OpenEmpty(Connection.Path, Connection.Cancellation);
        try
        {
            _functions.Register(connection);
            connection.Settings.SetDoubleQuotedStrings(true);
            CopyPages(Connection, connection);
            connection.Execute("PRAGMA foreign_keys = ON");
            return new TrialWorld(connection, _functions, Owners);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The condition that finds a row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="parameter">Number of the first parameter.</param>
    public static string Where(TrialTable table, int parameter) =>
        string.Join(" AND ", table.Locator.Select((l, i) => $"{l} IS ?{parameter + i}"));

    /// <summary>Runs a statement and undoes what it did.</summary>
    /// <param name="statement">A statement that was compiled in this world.</param>
    /// <param name="values">The values of its parameters.</param>
    /// <param name="written">The tables that it may write to.</param>
    public TrialOutcome Run(Statement statement, IReadOnlyList<object?> values, IReadOnlyCollection<TrialTable> written)
    {
        foreach (TrialTable table in written)
        {
            if (!_before.ContainsKey(table))
            {
                _before[table] = Read(table);
            }
        }

        _functions.Reset();
        _ = _begin.Run();
        try
        {
            int before = raw.sqlite3_total_changes(Connection.Handle);
            List<TrialRecord> rows = [];
            string? error = null;
            string? stopped = null;
            statement.Restart(values);
            Sandbox.Run(Limit, () =>
            {
                int result;
                while ((result = statement.TryStep()) == raw.SQLITE_ROW && stopped is null)
                {
                    rows.Add(TrialRecord.Read(statement.Row));
                    stopped = rows.Count > MaxRows ? "it returns too many rows" : null;
                }

                error = result is raw.SQLITE_DONE or raw.SQLITE_ROW ? null : SqliteException.Last(Connection.Handle, result).Message;
                stopped ??= result == raw.SQLITE_INTERRUPT ? "it takes too long" : null;
                return result;
            });
            Connection.Cancellation.ThrowIfCancellationRequested();
            bool isChange = error is null && written.Count > 0;
            Dictionary<TrialTable, TableChange> changes = [];
            TrialOutcome outcome = new()
            {
                Rows = rows,
                Error = error,
                Stopped = stopped,
                Changed = isChange ? raw.sqlite3_changes(Connection.Handle) : 0,
                TotalChanged = raw.sqlite3_total_changes(Connection.Handle) - before,
                Changes = changes,
            };
            statement.Restart();
            if (outcome.TotalChanged > 0 && error is null)
            {
                foreach (TrialTable table in written)
                {
                    TableChange change = TableChange.Between(_before[table], Read(table));
                    if (change.Added.Count > 0 || change.Removed.Count > 0)
                    {
                        changes.Add(table, change);
                        AddNewKeys(table, change, outcome.NewKeys);
                    }
                }
            }

            return outcome;
        }
        finally
        {
            statement.Restart();

            // RAISE(ROLLBACK) has already ended the transaction.
            if (Connection.InTransaction)
            {
                _ = _rollBack.Run();
                _ = _release.Run();
            }
        }
    }

    /// <summary>The rows of a table as they are now.</summary>
    public IReadOnlyList<TrialRecord> Read(TrialTable table)
    {
        if (!_readers.TryGetValue(table, out Statement? reader))
        {
            string columns = string.Join(", ", table.Columns.Select(c => "t." + Identifier.Quote(c.Name)));
            _readers[table] = reader = Connection.Prepare($"SELECT {columns} FROM {table.Quoted} AS t");
        }

        List<TrialRecord> rows = [];
        reader.Restart();
        while (reader.Step())
        {
            rows.Add(TrialRecord.Read(reader.Row));
        }

        reader.Restart();
        return rows;
    }

    /// <summary>Changes rows or tables until the scope ends. No trigger fires and no foreign key acts meanwhile.</summary>
    public IDisposable Change(Action<DatabaseConnection> change)
    {
        Connection.Execute("SAVEPOINT _postenancy_change");
        _before.Clear();
        Scope scope = new(() =>
        {
            _before.Clear();

            // A statement that rolled the transaction back has undone the change as well.
            if (Connection.InTransaction)
            {
                Connection.Execute("ROLLBACK TO _postenancy_change");
                Connection.Execute("RELEASE _postenancy_change");
            }
        });
        try
        {
            using (Connection.Settings.DisableTriggers())
            using (Connection.Settings.DisableForeignKeys())
            {
                change(Connection);
            }

            return scope;
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Statement statement in _readers.Values.Concat([_begin, _rollBack, _release]))
        {
            statement.Dispose();
        }

        Connection.Dispose();
    }

    /// <summary>Rebuilds the full-text indexes that read their content from a table.</summary>
    private static void Rebuild(DatabaseConnection connection, TenantLayout layout)
    {
        IEnumerable<string> indexes = layout.Virtual
            .Select(t => t.Name)
            .Where(t => VirtualTables.ContentOf(layout.Schema, t) is { Length: > 0 });
        foreach (string table in indexes)
        {
            // One whose module is missing is not there either.
            string name = Identifier.Quote(table);
            _ = connection.TryChange($"INSERT INTO main.{name} ({name}) VALUES ('rebuild')");
        }
    }

    private static void CopyPages(DatabaseConnection from, DatabaseConnection to)
    {
        using sqlite3_backup backup = raw.sqlite3_backup_init(to.Handle, "main", from.Handle, "main");
        int result = raw.sqlite3_backup_step(backup, -1);
        if (result != raw.SQLITE_DONE)
        {
            throw to.Failure(result);
        }
    }

    private static void AddNewKeys(TrialTable table, TableChange change, ISet<long> keys)
    {
        if (!table.Schema.HasRowIdKey)
        {
            return;
        }

        int key = table.IndexOf(table.Schema.PrimaryKey.First());
        HashSet<object?> removed = [.. change.Removed.Select(r => r.Values[key])];
        foreach (long added in change.Added.Select(r => r.Values[key]).Where(k => !removed.Contains(k)).OfType<long>())
        {
            _ = keys.Add(added);
        }
    }

    private sealed class Scope(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
