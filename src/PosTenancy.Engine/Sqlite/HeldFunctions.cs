using SQLitePCL;

namespace PosTenancy.Engine.Sqlite;

/// <summary>
/// Replaces SQLite's clock and random numbers on connections, so that a statement that runs twice on the same rows gives the same result
/// twice. Everything else that the date functions do is left to SQLite's own.
/// </summary>
internal sealed class HeldFunctions : IDisposable
{
    /// <summary>SQLITE_INNOCUOUS, for which the wrapper has no name: the functions may be used in a DEFAULT, a view or a trigger.</summary>
    private const int Innocuous = 0x200000;

    /// <summary>The functions of sqlite.org/lang_datefunc.html, with the index of their first time value.</summary>
    private static readonly (string Name, int TimeValue)[] DateFunctions =
        [("date", 0), ("time", 0), ("datetime", 0), ("julianday", 0), ("unixepoch", 0), ("strftime", 1), ("timediff", 0)];

    private readonly DatabaseConnection _original;
    private readonly Dictionary<(string Name, int Arguments), Statement> _calls = [];
    private ulong _state;

    /// <summary>Holds the clock at a time.</summary>
    /// <param name="path">Full path of the database that this serves, for messages.</param>
    /// <param name="now">The time.</param>
    public HeldFunctions(string path, DateTime now)
    {
        Now = now.ToString("yyyy-MM-dd HH:mm:ss");
        _original = DatabaseConnection.OpenEmpty(path, CancellationToken.None);
    }

    /// <summary>The time at which the clock is held, as SQLite writes it.</summary>
    public string Now { get; }

    /// <summary>Whether a function is one of SQLite's date functions, and which argument is its first time value.</summary>
    public static int? TimeValue(string function)
    {
        foreach ((string name, int timeValue) in DateFunctions)
        {
            if (string.Equals(name, function, StringComparison.OrdinalIgnoreCase))
            {
                return timeValue;
            }
        }

        return null;
    }

    /// <summary>Starts the random numbers again.</summary>
    public void Reset() => _state = 0;

    /// <summary>Replaces the functions on a connection.</summary>
    public void Register(DatabaseConnection connection)
    {
        foreach ((string name, int timeValue) in DateFunctions)
        {
            Register(connection, name, -1, isDeterministic: true, (context, arguments) => Call(context, name, timeValue, arguments));
        }

        Register(connection, "current_timestamp", 0, isDeterministic: true, (context, _) => raw.sqlite3_result_text(context, Now));
        Register(
            connection, "current_date", 0, isDeterministic: true, (context, _) => raw.sqlite3_result_text(context, Now.Substring(0, 10)));
        Register(
            connection, "current_time", 0, isDeterministic: true, (context, _) => raw.sqlite3_result_text(context, Now.Substring(11)));
        Register(
            connection, "random", 0, isDeterministic: false, (context, _) => raw.sqlite3_result_int64(context, unchecked((long)Next())));
        Register(connection, "randomblob", 1, isDeterministic: false, RandomBlob);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Statement call in _calls.Values)
        {
            call.Dispose();
        }

        _original.Dispose();
    }

    private static void Register(
        DatabaseConnection connection, string name, int arguments, bool isDeterministic, Action<sqlite3_context, sqlite3_value[]> call)
    {
        int flags = raw.SQLITE_UTF8 | Innocuous | (isDeterministic ? raw.SQLITE_DETERMINISTIC : 0);
        int result = raw.sqlite3_create_function(
            connection.Handle, name, arguments, flags, v: null, (context, _, values) => call(context, values));
        if (result != raw.SQLITE_OK)
        {
            throw connection.Failure(result);
        }
    }

    private static object? Value(sqlite3_value value) => raw.sqlite3_value_type(value) switch
    {
        raw.SQLITE_INTEGER => raw.sqlite3_value_int64(value),
        raw.SQLITE_FLOAT => raw.sqlite3_value_double(value),
        raw.SQLITE_TEXT => raw.sqlite3_value_text(value).utf8_to_string(),
        raw.SQLITE_BLOB => raw.sqlite3_value_blob(value).ToArray(),
        _ => null,
    };

    /// <summary>Calls SQLite's own function with the held time in the place of the present one.</summary>
    private void Call(sqlite3_context context, string name, int timeValue, sqlite3_value[] arguments)
    {
        List<object?> values = [.. arguments.Select(Value)];
        if (values.Count == timeValue)
        {
            values.Add(Now);
        }

        for (int i = 0; i < values.Count; i++)
        {
            bool isTime = i == timeValue || (i == 1 && name == "timediff");
            values[i] = isTime && values[i] is string text && text.Equals("now", StringComparison.OrdinalIgnoreCase) ? Now : values[i];
        }

        if (!_calls.TryGetValue((name, values.Count), out Statement? call))
        {
            if (values.Count > 20 ||
                Statement.TryPrepare(
                    _original, $"SELECT {name}({string.Join(", ", values.Select(_ => "?"))})", [], out call) is { } error)
            {
                raw.sqlite3_result_error(context, $"wrong number of arguments to function {name}()");
                return;
            }

            _calls.Add((name, values.Count), call);
        }

        call.Restart(values);
        if (call.TryStep() != raw.SQLITE_ROW)
        {
            raw.sqlite3_result_error(context, $"{name}() failed");
        }
        else
        {
            Return(context, call.Row);
        }
    }

    private static void Return(sqlite3_context context, Row row)
    {
        switch (row.GetValue(0))
        {
            case long number:
                raw.sqlite3_result_int64(context, number);
                break;
            case double number:
                raw.sqlite3_result_double(context, number);
                break;
            case string text:
                raw.sqlite3_result_text(context, text);
                break;
            default:
                raw.sqlite3_result_null(context);
                break;
        }
    }

    private void RandomBlob(sqlite3_context context, sqlite3_value[] arguments)
    {
        // As SQLite does it: at least one byte (func.c, randomBlob).
        byte[] bytes = new byte[Math.Max(1, Math.Min(raw.sqlite3_value_int64(arguments[0]), 1 << 20))];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(Next() >> 32);
        }

        raw.sqlite3_result_blob(context, bytes);
    }

    /// <summary>SplitMix64, which never gives the same number twice before it has given all.</summary>
    private ulong Next()
    {
        ulong z = unchecked(_state += 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
