using System.Globalization;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Isolation;

/// <summary>
/// Looks for a row that a table takes. It begins with a copy of a row that is there, for that one fulfils every constraint, and changes what
/// must not be the same; each refusal of SQLite says which columns to try other values for.
/// </summary>
internal sealed class CanaryRow
{
    private const int MaxAttempts = 4000;
    private const int MaxRounds = 40;

    private readonly DatabaseConnection _connection;
    private readonly TableSchema _table;
    private readonly CheckWords _checks;
    private readonly CandidateValues _candidates;
    private readonly ColumnSchema[] _columns;
    private readonly IReadOnlyDictionary<string, object?> _fixed;
    private readonly IReadOnlyDictionary<string, object?> _parents;
    private readonly object?[]? _template;
    private readonly HashSet<string> _unique;
    private int _attempts;

    /// <summary>Prepares the search.</summary>
    /// <param name="connection">The copy.</param>
    /// <param name="table">The table.</param>
    /// <param name="createTable">The statement that made it.</param>
    /// <param name="fixedValues">Columns whose value is given: the tenant, and keys that others count on.</param>
    /// <param name="parents">Columns of foreign keys, with the values of a parent; NULL is tried as well where it is allowed.</param>
    /// <param name="distinct">Columns of which it is known already that no other row has the value.</param>
    public CanaryRow(
        DatabaseConnection connection,
        TableSchema table,
        string? createTable,
        IReadOnlyDictionary<string, object?> fixedValues,
        IReadOnlyDictionary<string, object?> parents,
        IReadOnlyCollection<string> distinct)
    {
        _connection = connection;
        _table = table;
        _checks = new CheckWords(table, createTable);
        _candidates = new CandidateValues(connection, table, _checks);
        _columns = [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary)];
        _fixed = fixedValues;
        _parents = parents;
        _template = connection.Query(
            $"SELECT {string.Join(", ", _columns.Select(c => "t." + Identifier.Quote(c.Name)))} FROM main.{Identifier.Quote(table.Name)} AS t LIMIT 1",
            row => Enumerable.Range(0, _columns.Length).Select(i => row.IsDBNull(i) ? null : (object?)row.GetValue(i)).ToArray()).FirstOrDefault();

        // A key that has the tenant in it, or a new parent, is a new one by itself.
        IEnumerable<IEnumerable<string?>> keys = table.Indexes.Where(i => i.IsUnique).Select(i => i.Columns)
            .Append(_columns.Where(c => c.PrimaryKeyPosition > 0 && !table.IsRowId(c)).Select(c => (string?)c.Name));
        _unique = new HashSet<string>(
            keys.Where(key => !key.Any(c => c is not null && distinct.Contains(c, Identifier.Comparer))).SelectMany(key => key).Where(c => c is not null).Select(c => c!),
            Identifier.Comparer);
    }

    /// <summary>The statement that the table takes, with its values; or why it takes none.</summary>
    public (string Sql, object?[] Values, string? Error) Find()
    {
        object?[] row = [.. _columns.Select(First)];
        HashSet<string> seen = new(StringComparer.Ordinal);
        StatementOutcome outcome = Try(row);
        for (int round = 0; outcome.Error is { } error && round < MaxRounds && seen.Add(error); round++)
        {
            int[] places = [.. Suspects(outcome, row)];
            object?[]? better = null;
            foreach (object?[] attempt in Variations(row, places))
            {
                StatementOutcome next = Try(attempt);
                if (next.Error is null || !seen.Contains(next.Error))
                {
                    (better, outcome) = (attempt, next);
                    break;
                }

                if (++_attempts > MaxAttempts)
                {
                    break;
                }
            }

            if (better is null)
            {
                break;
            }

            row = better;
        }

        (string sql, object?[] values) = Statement(row);
        return (sql, values, outcome.Error);
    }

    private object? First(ColumnSchema column, int place)
    {
        if (_fixed.TryGetValue(column.Name, out object? given) || _parents.TryGetValue(column.Name, out given))
        {
            return given;
        }

        object? like = _template?[place];
        bool mustDiffer = _unique.Contains(column.Name) && (like is not null || _candidates.First(column) is not null);
        return _table.IsRowId(column) ? CandidateValues.Default
            : mustDiffer || (column.PrimaryKeyPosition > 0 && _unique.Contains(column.Name)) ? _candidates.Fresh(column, like)[0]
            : _template is not null ? like
            : _candidates.First(column);
    }

    /// <summary>The columns that a refusal is about.</summary>
    private IEnumerable<int> Suspects(StatementOutcome outcome, object?[] row)
    {
        HashSet<string>? failed = outcome.Code == raw.SQLITE_CONSTRAINT_CHECK ? new HashSet<string>(_checks.ColumnsOf(outcome.Error!), Identifier.Comparer) : null;
        bool hasExpression = _table.Indexes.Any(i => i.IsUnique && i.Columns.Any(c => c is null));
        for (int i = 0; i < _columns.Length; i++)
        {
            ColumnSchema column = _columns[i];
            bool isSuspect = !_fixed.ContainsKey(column.Name) && outcome.Code switch
            {
                raw.SQLITE_CONSTRAINT_CHECK => failed!.Contains(column.Name),
                raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_ROWID => _unique.Contains(column.Name) || hasExpression,
                raw.SQLITE_CONSTRAINT_NOTNULL => row[i] is null || ReferenceEquals(row[i], CandidateValues.Default),
                raw.SQLITE_CONSTRAINT_FOREIGNKEY => _parents.ContainsKey(column.Name),
                DatatypeCode or raw.SQLITE_MISMATCH => true,
                _ => false,
            };
            if (isSuspect)
            {
                yield return i;
            }
        }
    }

    /// <summary>SQLITE_CONSTRAINT_DATATYPE, which the wrapper does not name: a STRICT table was given a value of another type.</summary>
    private const int DatatypeCode = raw.SQLITE_CONSTRAINT | (12 << 8);

    /// <summary>The row with one other value, then with two, then with three.</summary>
    private IEnumerable<object?[]> Variations(object?[] row, int[] places)
    {
        Dictionary<int, IReadOnlyList<object?>> values = places.ToDictionary(p => p, Candidates);
        for (int count = 1; count <= Math.Min(3, places.Length); count++)
        {
            foreach (object?[] variation in Change(row, places, 0, count))
            {
                yield return variation;
            }
        }

        IEnumerable<object?[]> Change(object?[] from, int[] open, int start, int count)
        {
            for (int i = start; i <= open.Length - count; i++)
            {
                foreach (object? value in values[open[i]])
                {
                    object?[] changed = (object?[])from.Clone();
                    changed[open[i]] = value;
                    foreach (object?[] variation in count == 1 ? [changed] : Change(changed, open, i + 1, count - 1))
                    {
                        yield return variation;
                    }
                }
            }
        }
    }

    private IReadOnlyList<object?> Candidates(int place)
    {
        ColumnSchema column = _columns[place];
        if (_parents.TryGetValue(column.Name, out object? parent))
        {
            // Another parent would be another tenant's.
            return column.IsNotNull ? [parent] : [null, parent];
        }

        return _unique.Contains(column.Name) ? _candidates.Fresh(column, _template?[place]) : _candidates.More(column);
    }

    private StatementOutcome Try(object?[] row)
    {
        (string sql, object?[] values) = Statement(row);
        _connection.Execute("SAVEPOINT _postenancy_try");
        try
        {
            return _connection.TryChange(sql, values);
        }
        finally
        {
            if (_connection.InTransaction)
            {
                _connection.Execute("ROLLBACK TO _postenancy_try");
                _connection.Execute("RELEASE _postenancy_try");
            }
        }
    }

    private (string Sql, object?[] Values) Statement(object?[] row)
    {
        int[] given = [.. Enumerable.Range(0, row.Length).Where(i => !ReferenceEquals(row[i], CandidateValues.Default))];
        string into = $"INSERT INTO main.{Identifier.Quote(_table.Name)}";
        return given.Length == 0
            ? ($"{into} DEFAULT VALUES", [])
            : ($"{into} ({string.Join(", ", given.Select(i => Identifier.Quote(_columns[i].Name)))}) VALUES " +
                $"({string.Join(", ", given.Select((_, n) => "?" + (n + 1).ToString(CultureInfo.InvariantCulture)))})", [.. given.Select(i => row[i])]);
    }
}
