using System.Globalization;
using SQLitePCL;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>
/// A database as a C application would open it: result codes and bytes, without a wrapper. Foreign keys are enforced, and "text" in double
/// quotes may be a string.
/// </summary>
internal sealed class RawDatabase : IDisposable
{
    private readonly sqlite3 _handle;

    static RawDatabase() => Batteries_V2.Init();

    public RawDatabase(string path, bool isOldFormat = false)
    {
        int result = raw.sqlite3_open_v2(path, out _handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null);
        if (result != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"open of {path}: {result}");
        }

        Configure(raw.SQLITE_DBCONFIG_DQS_DDL, true);
        Configure(raw.SQLITE_DBCONFIG_DQS_DML, true);
        if (isOldFormat)
        {
            Configure(raw.SQLITE_DBCONFIG_LEGACY_FILE_FORMAT, true);
        }

        Run("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON");
    }

    /// <summary>SQLite's message for the last failure.</summary>
    public string Message => raw.sqlite3_errmsg(_handle).utf8_to_string();

    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Runs SQL until it ends or fails.</summary>
    /// <returns>The extended result code.</returns>
    public int Run(string sql) => raw.sqlite3_exec(_handle, sql) == raw.SQLITE_OK ? raw.SQLITE_OK : raw.sqlite3_extended_errcode(_handle);

    /// <summary>Runs SQL that must succeed.</summary>
    public void Must(string sql)
    {
        if (Run(sql) != raw.SQLITE_OK)
        {
            throw new InvalidOperationException($"{Message}: {sql}");
        }
    }

    /// <summary>Keeps the log when this connection is closed.</summary>
    public void LeaveLog() => Configure(raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);

    /// <summary>
    /// The problems that an integrity check reports. SQLite 3.53 confuses a column named "rowid" beside a computed column with the rowid,
    /// and reports a type that its values do not have.
    /// </summary>
    public List<string> Integrity() =>
        Rows("SELECT integrity_check FROM pragma_integrity_check " +
            "WHERE integrity_check <> 'ok' AND integrity_check NOT LIKE '% value in %.rowid'");

    /// <summary>
    /// Every row of a query, sorted: a new index may change an unspecified order. Each value includes its storage class and all of its
    /// bits. An
    /// error is an answer too.
    /// </summary>
    public List<string> Rows(string sql)
    {
        List<string> rows = [];
        if (raw.sqlite3_prepare_v2(_handle, sql, out sqlite3_stmt statement) != raw.SQLITE_OK)
        {
            return [$"does not compile: {Message}"];
        }

        using (statement)
        {
            int result;
            int columns = raw.sqlite3_column_count(statement);
            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                rows.Add(string.Join('|', Enumerable.Range(0, columns).Select(i => Value(statement, i))));
            }

            if (result != raw.SQLITE_DONE)
            {
                return [$"does not run: {Message}"];
            }
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    /// <summary>The first column as text, in the order of the query.</summary>
    public List<string> Texts(string sql)
    {
        List<string> texts = [];
        if (raw.sqlite3_prepare_v2(_handle, sql, out sqlite3_stmt statement) != raw.SQLITE_OK)
        {
            return texts;
        }

        using (statement)
        {
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW)
            {
                texts.Add(raw.sqlite3_column_text(statement, 0).utf8_to_string() ?? "");
            }
        }

        return texts;
    }

    /// <summary>The column names of a query; none if it does not compile.</summary>
    public List<string> ColumnsOf(string sql)
    {
        if (raw.sqlite3_prepare_v2(_handle, sql, out sqlite3_stmt statement) != raw.SQLITE_OK)
        {
            return [];
        }

        using (statement)
        {
            return
            [
                .. Enumerable
                    .Range(0, raw.sqlite3_column_count(statement))
                    .Select(i => raw.sqlite3_column_name(statement, i).utf8_to_string()),
            ];
        }
    }

    public void Dispose() => raw.sqlite3_close_v2(_handle);

    private static string Value(sqlite3_stmt statement, int column) =>
        raw.sqlite3_column_type(statement, column) switch
        {
            raw.SQLITE_NULL => "null",
            raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, column).ToString(CultureInfo.InvariantCulture),
            raw.SQLITE_FLOAT => "r" +
                BitConverter.DoubleToInt64Bits(raw.sqlite3_column_double(statement, column)).ToString("X", CultureInfo.InvariantCulture),
            raw.SQLITE_TEXT => "t" + Bytes(statement, column),
            _ => "b" + Bytes(statement, column),
        };

    /// <summary>Readable if possible, and never ambiguous.</summary>
    private static string Bytes(sqlite3_stmt statement, int column)
    {
        ReadOnlySpan<byte> bytes = raw.sqlite3_column_blob(statement, column);
        bool isPlain = true;
        foreach (byte b in bytes)
        {
            isPlain &= b is > 0x20 and < 0x7F and not (byte)'|' and not (byte)'#';
        }

        return isPlain
            ? System.Text.Encoding.ASCII.GetString(bytes)
            : "#" +
                (
                    bytes.Length > 300
                        ? bytes.Length + ":" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes))
                        : Convert.ToHexString(bytes));
    }

    private void Configure(int option, bool on) => _ = raw.sqlite3_db_config(_handle, option, on ? 1 : 0, out _);
}
