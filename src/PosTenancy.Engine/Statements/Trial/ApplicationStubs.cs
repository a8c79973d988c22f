using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// Stands in for functions and collations that only the application has, so that what uses them compiles. What they would do is not known:
/// nothing that needs one is proved.
/// </summary>
/// <param name="connection">The connection to register them on.</param>
internal sealed class ApplicationStubs(DatabaseConnection connection)
{
    private const int Most = 20;

    /// <summary>SQLITE_INNOCUOUS: the functions may be used in a view or trigger.</summary>
    private const int Innocuous = 0x200000;

    private readonly Dictionary<string, bool> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The functions and collations that were missing.</summary>
    public IReadOnlyCollection<string> Names => _names.Keys;

    /// <summary>Repeats what fails for want of a function or collation with a stub for it.</summary>
    /// <param name="run">Returns SQLite's message; <see langword="null"/> on success.</param>
    /// <returns>The message that remains.</returns>
    public string? Retry(Func<string?> run)
    {
        string? error = run();
        while (error is not null && _names.Count < Most && Register(error))
        {
            error = run();
        }

        return error;
    }

    /// <summary>Removes the stubs.</summary>
    public void Remove()
    {
        foreach (KeyValuePair<string, bool> stub in _names)
        {
            _ = stub.Value
                ? raw.sqlite3_create_collation(connection.Handle, stub.Key, v: null, f: null)
                : raw.sqlite3_create_function(connection.Handle, stub.Key, -1, raw.SQLITE_UTF8, v: null, func: null);
        }

        _names.Clear();
    }

    private bool Register(string error)
    {
        const string function = "no such function: ";
        const string collation = "no such collation sequence: ";
        int result = raw.SQLITE_ERROR;
        string name = "";
        bool isCollation = false;
        if (error.StartsWith(function, StringComparison.Ordinal))
        {
            name = error.Substring(function.Length);
            result = raw.sqlite3_create_function(
                connection.Handle,
                name,
                -1,
                raw.SQLITE_UTF8 | Innocuous | raw.SQLITE_DETERMINISTIC,
                v: null,
                (context, _, _) => raw.sqlite3_result_null(context));
        }
        else if (error.StartsWith(collation, StringComparison.Ordinal))
        {
            name = error.Substring(collation.Length);
            isCollation = true;
            result = raw.sqlite3_create_collation(connection.Handle, name, v: null, (_, a, b) => string.CompareOrdinal(a, b));
        }

        if (result != raw.SQLITE_OK || _names.ContainsKey(name))
        {
            return false;
        }

        _names.Add(name, isCollation);
        return true;
    }
}
