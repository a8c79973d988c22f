using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>Settings of an open connection. Temporary settings are scopes: disposing a scope restores the default.</summary>
internal sealed class ConnectionSettings(DatabaseConnection connection)
{
    /// <summary>
    /// Lets the schema use "text" in double quotes as a string, as the sqlite3 shell and most applications do. Off otherwise: a misspelt
    /// column in a check would be a string, and the check would pass.
    /// </summary>
    public IDisposable AllowDoubleQuotedStrings()
    {
        SetDoubleQuotedStrings(true);
        return new Scope(() => SetDoubleQuotedStrings(false));
    }

    /// <summary>Disables the CHECK constraints of tables for statements.</summary>
    public IDisposable IgnoreChecks()
    {
        SetChecks(ignored: true);
        return new Scope(() => SetChecks(ignored: false));
    }

    /// <summary>
    /// Lets a connection that only reads write to temporary tables, which are in no file that has a name. The caller's statements must name
    /// the schema temp.
    /// </summary>
    public IDisposable WriteTemporary()
    {
        bool readsOnly = connection.Scalar("PRAGMA query_only") == 1;
        SetReadsOnly(false);
        return new Scope(() => SetReadsOnly(readsOnly));
    }

    /// <summary>
    /// For the statements of a plan, which must not change the texts of the schema or the rows: "text" in double quotes stays a string, a
    /// row that violates its CHECK stays a row, no trigger fires, and a table can be renamed while views, triggers and foreign keys go on
    /// naming it, as a rebuild needs (sqlite.org/pragma.html#pragma_legacy_alter_table).
    /// </summary>
    public IDisposable KeepSchemaTexts()
    {
        SetTriggers(enabled: false);
        SetDoubleQuotedStrings(true);
        SetLegacyRename(true);
        SetChecks(ignored: true);
        return new Scope(() =>
        {
            SetTriggers(enabled: true);
            SetChecks(ignored: false);
            SetLegacyRename(false);
            SetDoubleQuotedStrings(false);
        });
    }

    /// <summary>Keeps the application's triggers from firing: rows that are moved were acted on when they were first written.</summary>
    public IDisposable DisableTriggers()
    {
        Configure(raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, isOn: false);
        return new Scope(() => Configure(raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, isOn: true));
    }

    /// <summary>
    /// Keeps foreign keys from being enforced, and their actions from being taken. Unlike the pragma, it has an effect within a
    /// transaction.
    /// </summary>
    public IDisposable DisableForeignKeys()
    {
        Configure(raw.SQLITE_DBCONFIG_ENABLE_FKEY, isOn: false);
        return new Scope(() => Configure(raw.SQLITE_DBCONFIG_ENABLE_FKEY, isOn: true));
    }

    /// <summary>
    /// Replaces the texts of tables in an open transaction, in one change of the schema, as sqlite.org/lang_altertable.html, 7, describes.
    /// Nothing else writes to sqlite_schema: this lifts the defence against a file that is not trusted.
    /// </summary>
    /// <param name="texts">The rowid in sqlite_schema and the new text of each.</param>
    public void WriteSchema(IEnumerable<(long Place, string Text)> texts)
    {
        SetSchemaWritable(true);
        try
        {
            foreach ((long place, string text) in texts)
            {
                connection.Execute("UPDATE main.sqlite_schema SET sql = ?1 WHERE rowid = ?2", text, place);
            }

            connection.Execute($"PRAGMA main.schema_version = {connection.Scalar("PRAGMA main.schema_version") + 1}");
            connection.Execute("PRAGMA writable_schema = RESET");
        }
        finally
        {
            SetSchemaWritable(false);
        }
    }

    /// <summary>For a script: double-quoted strings as in the sqlite3 shell, and the script itself may switch legacy_alter_table.</summary>
    public IDisposable AsInShell()
    {
        SetDoubleQuotedStrings(true);
        return new Scope(() =>
        {
            SetDoubleQuotedStrings(false);
            SetLegacyRename(false);
        });
    }

    /// <summary>
    /// For VACUUM, which attaches the file that it writes, and runs the texts of the schema there: "text" in double quotes stays a string.
    /// </summary>
    public IDisposable AllowVacuum()
    {
        _ = raw.sqlite3_limit(connection.Handle, raw.SQLITE_LIMIT_ATTACHED, 1);
        SetDoubleQuotedStrings(true);
        return new Scope(() =>
        {
            SetDoubleQuotedStrings(false);
            _ = raw.sqlite3_limit(connection.Handle, raw.SQLITE_LIMIT_ATTACHED, 0);
        });
    }

    /// <summary>
    /// Whether closing this connection, as the last one, checkpoints the write-ahead log and removes it, as SQLite does by default. Off at
    /// first: a command that was refused must not have changed a byte.
    /// </summary>
    public void CheckpointOnClose(bool checkpoint) => Configure(raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !checkpoint);

    /// <summary>The default, for a new connection.</summary>
    public void SetDoubleQuotedStrings(bool allowed)
    {
        Configure(raw.SQLITE_DBCONFIG_DQS_DML, allowed);
        Configure(raw.SQLITE_DBCONFIG_DQS_DDL, allowed);
    }

    private void SetSchemaWritable(bool isWritable)
    {
        Configure(raw.SQLITE_DBCONFIG_DEFENSIVE, !isWritable);
        Configure(raw.SQLITE_DBCONFIG_WRITABLE_SCHEMA, isWritable);
    }

    private void SetLegacyRename(bool isOn) => Configure(raw.SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, isOn);

    private void SetTriggers(bool enabled) => Configure(raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, enabled);

    private void SetReadsOnly(bool readsOnly) => connection.Execute($"PRAGMA query_only = {(readsOnly ? "ON" : "OFF")}");

    private void SetChecks(bool ignored) => _ = connection.TryExecute($"PRAGMA ignore_check_constraints = {(ignored ? "ON" : "OFF")}");

    private void Configure(int setting, bool isOn) => _ = raw.sqlite3_db_config(connection.Handle, setting, isOn ? 1 : 0, out _);

    private sealed class Scope(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
