using PosTenancy.Engine.Guards;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Isolation;

/// <summary>
/// Tries the guard of New-PosTenantGuard: the same writes are run without it and with it, as the tenant and as the canary. Each runs in a
/// transaction that is rolled back.
/// </summary>
internal sealed class GuardProbe
{
    /// <summary>A row of this table is inserted before each write, so that the last rowid is not that of an earlier one.</summary>
    private const string Mark = "_postenancy_mark";

    private readonly TestedDatabase _database;
    private readonly DatabaseConnection _connection;
    private readonly Dictionary<(string Table, string Tenant), object?[]?> _rows = [];
    private readonly Dictionary<(string Table, string Tenant), List<WriteEffect>> _unguarded = [];

    public GuardProbe(TestedDatabase database)
    {
        _database = database;
        _connection = database.Connection;
        _connection.Execute($"CREATE TEMP TABLE {Mark} (id INTEGER PRIMARY KEY)");
    }

    /// <summary>Runs the writes of a table on the connection as it is; to be called for every table before the guard is there.</summary>
    public void Prepare(TenantTable table)
    {
        GuardedWrites writes = new(table);
        foreach (string tenant in Tenants)
        {
            _rows[(table.Name, tenant)] = writes.CanNameRows ? Read(writes, tenant) : null;
        }

        foreach (string tenant in Tenants)
        {
            _unguarded[(table.Name, tenant)] = [.. Writes(table, writes, tenant).Select(Run)];
        }
    }

    /// <summary>Runs the guard on the connection.</summary>
    public void Install(string guardSql)
    {
        int result = _connection.TryExecute(guardSql);
        if (result != SQLitePCL.raw.SQLITE_OK)
        {
            throw _connection.Failure(result);
        }
    }

    /// <summary>Runs the same writes with the guard.</summary>
    public GuardFinding Try(TenantTable table)
    {
        GuardFinding finding = new(hasCanary: _rows[(table.Name, _database.CanaryId)] is not null);
        GuardedWrites writes = new(table);
        foreach (string tenant in Tenants)
        {
            _connection.Execute(GuardContext.SetTenant, tenant);
            foreach ((GuardedWrite write, WriteEffect before) in
                Writes(table, writes, tenant).Zip(_unguarded[(table.Name, tenant)], static (w, b) => (w, b)))
            {
                finding.Add(tenant, write, before, Run(write));
            }

            _connection.Execute(GuardContext.SetTenant, [null]);
            if (_rows[(table.Name, tenant)] is { } own)
            {
                GuardedWrite write = writes.Update("UPDATE without a tenant of the connection", own);
                finding.Add(tenant, write, before: null, Run(write));
            }
        }

        return finding;
    }

    private string[] Tenants => [_database.TenantId, _database.CanaryId];

    private string Other(string tenant) => tenant == _database.TenantId ? _database.CanaryId : _database.TenantId;

    /// <summary>The writes of a tenant, always in the same order.</summary>
    private IEnumerable<GuardedWrite> Writes(TenantTable table, GuardedWrites writes, string tenant)
    {
        object?[]? own = _rows[(table.Name, tenant)];
        object?[]? other = _rows[(table.Name, Other(tenant))];
        return
        [
            .. own is null ? [] : writes.Own(own).Append(writes.GiveAway(own, Other(tenant))),
            .. other is null ? [] : writes.Foreign(other, tenant, Default(table)),
        ];
    }

    private object?[]? Read(GuardedWrites writes, string tenant) => _connection
        .Query(writes.SelectSql, static row => Enumerable.Range(0, row.Columns).Select(row.GetValue).ToArray(), tenant)
        .FirstOrDefault();

    private object? Default(TenantTable table) => table.Column.DefaultSql is { } sql
        ? _connection.Query($"SELECT {sql}", static row => row.GetValue(0)).FirstOrDefault()
        : null;

    private WriteEffect Run(GuardedWrite write)
    {
        _connection.Execute("BEGIN");
        try
        {
            // The row is written again, or everything is rolled back: what references it needs no check.
            _connection.Execute("PRAGMA defer_foreign_keys = ON");
            if (write.Before is { } before)
            {
                _ = Return(before, out string? refused);
                WriteEffect room = new(refused, "", "", 0, IsSpared: false);
                if (refused is not null && (write.IsOwn || !room.IsAborted))
                {
                    return room;
                }
            }

            _connection.Execute($"INSERT INTO temp.{Mark} VALUES (-1)");
            long changed = _connection.Scalar("SELECT total_changes()");
            List<string> rows = Return(write, out string? error);
            string told = _connection.Query(
                "SELECT changes() || ' changed, ' || (total_changes() - ?1) || ' with triggers, rowid ' || last_insert_rowid()",
                static row => row.GetString(0),
                changed).First();
            bool isSpared = write.Spared is { } spared && error is null && _connection.Scalar(spared.Sql, spared.Values) > 0;
            return new WriteEffect(error, error is null ? told : "", error is null ? string.Join("; ", rows) : "", rows.Count, isSpared);
        }
        finally
        {
            _ = _connection.TryExecute("ROLLBACK");
        }
    }

    private List<string> Return(GuardedWrite write, out string? error)
    {
        try
        {
            error = null;
            return [.. _connection.Query(
                write.Sql,
                static row => string.Join(", ", Enumerable.Range(0, row.Columns).Select(row.GetString)),
                write.Values)];
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
        {
            error = exception.Cause;
            return [];
        }
    }
}

/// <summary>What a write did.</summary>
/// <param name="Error">SQLite's message; <see langword="null"/> if it ran.</param>
/// <param name="Counts">What <c>changes()</c>, <c>total_changes()</c> and <c>last_insert_rowid()</c> tell an application.</param>
/// <param name="Returned">The rows of RETURNING.</param>
/// <param name="Rows">Number of these rows.</param>
/// <param name="IsSpared">Whether the other tenant's row is still there.</param>
internal sealed record WriteEffect(string? Error, string Counts, string Returned, int Rows, bool IsSpared)
{
    /// <summary>Whether a write that concerns another tenant had an effect on it.</summary>
    public bool Reaches => Error is null && Rows > 0 && !IsSpared;

    public bool IsAborted => Error?.StartsWith(GuardContext.MessagePrefix, StringComparison.Ordinal) == true;
}

/// <summary>What the guard did with the writes of one table.</summary>
/// <param name="hasCanary">Whether there was a row of the canary to write.</param>
internal sealed class GuardFinding(bool hasCanary)
{
    private readonly List<string> _passed = [];
    private readonly List<string> _changed = [];
    private readonly List<string> _failed = [];

    /// <summary>Number of writes that the guard had to abort.</summary>
    public long Tried { get; private set; }

    /// <summary>Number of these that it aborted.</summary>
    public long Aborted { get; private set; }

    /// <summary>Number of these that reach another tenant without the guard.</summary>
    public long Reaching { get; private set; }

    /// <summary>A write that the guard must abort, for readers.</summary>
    public string Statement { get; private set; } = "";

    public CheckStatus Status => _passed.Count > 0 ? CheckStatus.Failed
        : !hasCanary || _failed.Count > 0 ? CheckStatus.NotChecked
        : _changed.Count > 0 ? CheckStatus.Warning
        : CheckStatus.Passed;

    public string Detail => string.Join("; ", Status switch
    {
        CheckStatus.Failed => _passed.Concat(_changed),
        CheckStatus.NotChecked => _failed.DefaultIfEmpty("there is no row of another tenant to write, see Insert"),
        _ => _changed,
    });

    public void Add(string tenant, GuardedWrite write, WriteEffect? before, WriteEffect after)
    {
        if (write.IsOwn)
        {
            if ((before!.Error, before.Counts, before.Returned) != (after.Error, after.Counts, after.Returned))
            {
                // Values are a customer's data, and are not repeated here.
                string outcome = (before.Error, after.Error) switch
                {
                    (null, { } now) => $"{now} instead of success",
                    ({ } then, { } now) => $"{now} instead of {then}",
                    ({ } then, null) => $"success instead of {then}",
                    _ when after.Counts == before.Counts => "other values are returned",
                    _ => $"{after.Counts} instead of {before.Counts}",
                };
                _changed.Add($"{write.Name} of an own row of '{tenant}' differs with the guard: {outcome}");
            }

            return;
        }

        if (after.IsSpared)
        {
            return;
        }

        Tried++;
        Statement = Statement.Length == 0 ? write.Sql : Statement;
        Reaching += before?.Reaches == true ? 1 : 0;
        if (after.IsAborted)
        {
            Aborted++;
        }
        else if (after.Reaches)
        {
            _passed.Add($"the guard let '{tenant}' through: {write.Name}");
        }
        else if (after.Error is { } error)
        {
            _failed.Add($"{write.Name} failed before the guard was reached: {error}");
        }
    }
}
