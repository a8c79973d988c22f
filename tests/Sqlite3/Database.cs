using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace PosTenancy.Tests.Sqlite3;

/// <summary>An open database, printed as the sqlite3 shell prints it: one row per line, columns separated by '|'.</summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly bool _stopsAtErrors;
    private readonly Stream _output = new BufferedStream(Console.OpenStandardOutput(), 65536);
    private bool _quotes;

    public Database(string path, bool isReadOnly, bool stopsAtErrors)
    {
        _stopsAtErrors = stopsAtErrors;
        int flags = isReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        int code = raw.sqlite3_open_v2(path, out _connection, flags, null);
        if (code != raw.SQLITE_OK)
        {
            Fail(code);
        }

        // The package's library is built with foreign keys enabled; the shell starts with them disabled.
        raw.sqlite3_db_config(_connection, raw.SQLITE_DBCONFIG_ENABLE_FKEY, 0, out _);

        // An extension of the shell that the tests use: the eight bytes of a real number.
        raw.sqlite3_create_function(_connection, "ieee754_to_blob", 1, null, static (context, _, values) =>
        {
            byte[] bytes = new byte[sizeof(double)];
            BinaryPrimitives.WriteDoubleBigEndian(bytes, raw.sqlite3_value_double(values[0]));
            raw.sqlite3_result_blob(context, bytes);
        });
    }

    /// <summary>
    /// 1 if a statement failed; 64 if the machine's shell would support a feature that this one does not.
    /// </summary>
    public int ExitCode { get; private set; }

    /// <summary>Runs statements or a dot-command; <see langword="false"/> if no further command may run.</summary>
    public bool Execute(string command)
    {
        bool goesOn = command.StartsWith('.') ? ExecuteDotCommand(command.Trim()) : ExecuteSql(command);
        _output.Flush();
        return goesOn;
    }

    public void Dispose()
    {
        _output.Dispose();
        _connection.Dispose();
    }

    private bool ExecuteSql(string sql)
    {
        while (sql.Length > 0)
        {
            int code = raw.sqlite3_prepare_v2(_connection, sql, out sqlite3_stmt statement, out string rest);
            using (statement)
            {
                while (code == raw.SQLITE_OK && !statement.IsInvalid && (code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
                {
                    WriteRow(statement);
                    code = raw.SQLITE_OK;
                }
            }

            if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE) && !Fail(code))
            {
                return false;
            }

            sql = rest;
        }

        return true;
    }

    /// <summary>Runs a dot-command that the tests use.</summary>
    private bool ExecuteDotCommand(string command)
    {
        string[] words = command.Split(' ', 2);
        switch (words[0], words.ElementAtOrDefault(1))
        {
            case (".timeout", { } milliseconds):
                raw.sqlite3_busy_timeout(_connection, int.Parse(milliseconds));
                return true;
            case (".mode", "quote"):
                _quotes = true;
                return true;
            case (".dbconfig", "no_ckpt_on_close on"):
                raw.sqlite3_db_config(_connection, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
                return true;
            case (".dbconfig", "defensive off"):
                raw.sqlite3_db_config(_connection, raw.SQLITE_DBCONFIG_DEFENSIVE, 0, out _);
                return true;
            case (".shell", { } line):
                using (Process process = Process.Start("sh", ["-c", line]))
                {
                    process.WaitForExit();
                }

                return true;
            default:
                return Miss(command);
        }
    }

    private bool Fail(int code)
    {
        string message = raw.sqlite3_errmsg(_connection).utf8_to_string();
        if (message.EndsWith("no such table: dbstat", StringComparison.Ordinal))
        {
            return Miss("dbstat");
        }

        Console.Error.WriteLine($"Error: {message} ({code})");
        ExitCode = 1;
        return !_stopsAtErrors;
    }

    private bool Miss(string what)
    {
        Console.Error.WriteLine($"no folder of PATH has sqlite3, and that of tests/Sqlite3 does not know {what}");
        ExitCode = 64;
        return false;
    }

    private void WriteRow(sqlite3_stmt statement)
    {
        for (int column = 0; column < raw.sqlite3_column_count(statement); column++)
        {
            if (column > 0)
            {
                _output.WriteByte((byte)(_quotes ? ',' : '|'));
            }

            _output.Write(_quotes ? Encoding.UTF8.GetBytes(Quoted(statement, column)) : Text(statement, column));
        }

        _output.WriteByte((byte)'\n');
    }

    private static string Quoted(sqlite3_stmt statement, int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_NULL => "NULL",
        raw.SQLITE_BLOB => $"X'{Convert.ToHexStringLower(raw.sqlite3_column_blob(statement, column))}'",
        raw.SQLITE_TEXT => $"'{Encoding.UTF8.GetString(Text(statement, column)).Replace("'", "''", StringComparison.Ordinal)}'",
        _ => Encoding.UTF8.GetString(Text(statement, column)),
    };

    /// <summary>The raw bytes, which in a BLOB need not be text, up to the first NUL.</summary>
    private static unsafe ReadOnlySpan<byte> Text(sqlite3_stmt statement, int column)
    {
        fixed (byte* text = raw.sqlite3_column_text(statement, column))
        {
            return text == null ? [] : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
        }
    }
}
