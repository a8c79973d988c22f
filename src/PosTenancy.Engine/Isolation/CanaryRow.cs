using System.Globalization;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Isolation;

/// <summary>
/// Searches for a row that a table accepts. It starts from a copy of an existing row, which satisfies every constraint, and changes the
/// values that must differ; each SQLite error tells for which columns to try other values.
/// </summary>
internal sealed class CanaryRow
{
    private const int MaxAttempts = 4000;
    private const int MaxRounds = 40;
    private const int MaxAfterFallback = 300;

    private readonly DatabaseConnection _connection;
    private readonly TableSchema _table;
    private readonly CheckConstraintHints _checks;
    private readonly CandidateValues _candidates;
    private readonly ColumnSchema[] _columns;
    private readonly IReadOnlyDictionary<string, object?> _fixed;
    private readonly IReadOnlyDictionary<string, object?> _parents;
    private readonly IReadOnlyDictionary<string, object?>? _preferred;
    private readonly object?[]? _template;
    private readonly HashSet<string> _unique;
    private int _attempts;

    /// <summary>Prepares the search.</summary>
    /// <param name="connection">Connection to the copy.</param>
    /// <param name="table">Table to insert into.</param>
    /// <param name="createTable">Its CREATE TABLE statement.</param>
    /// <param name="fixedValues">Columns with fixed values: the tenant, and keys that other rows reference.</param>
    /// <param name="parents">Foreign key columns with the values of a parent; NULL is tried as well where it is allowed.</param>
    /// <param name="distinct">Columns whose value is known to occur in no other row.</param>
    /// <param name="preferred">Values to begin with, which a constraint may reject.</param>
    public CanaryRow(
        DatabaseConnection connection,
        TableSchema table,
        string? createTable,
        IReadOnlyDictionary<string, object?> fixedValues,
        IReadOnlyDictionary<string, object?> parents,
        IReadOnlyCollection<string> distinct,
        IReadOnlyDictionary<string, object?>? preferred = null)
    {
        _connection = connection;
        _table = table;
        _checks = new CheckConstraintHints(table, createTable);
        _candidates = new CandidateValues(connection, table, _checks);
        _columns = [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary)];
        _fixed = fixedValues;
        _parents = parents;
        _preferred = preferred;
        _template = connection
            .Query(
                $"SELECT {string.Join(", ", _columns.Select(c => "t." + Identifier.Quote(c.Name)))} FROM " +
                $"main.{Identifier.Quote(table.Name)} AS t LIMIT 1",
                row => Enumerable.Range(0, _columns.Length).Select(row.GetValue).ToArray())
            .FirstOrDefault();

        // A key that contains the tenant, or a new parent, is unique already.
        IEnumerable<IEnumerable<string?>> keys = table.Indexes.Where(i => i.IsUnique).Select(i => i.Columns)
            .Append(_columns.Where(c => c.PrimaryKeyPosition > 0 && !table.IsRowId(c)).Select(c => (string?)c.Name));
        _unique = new HashSet<string>(
            keys.Where(key => !key.Any(c => c is not null && distinct.Contains(c, Identifier.Comparer)))
                .SelectMany(key => key)
                .Where(c => c is not null)
                .Select(c => c!),
            Identifier.Comparer);
    }

    /// <summary>
    /// Finds a row that the table accepts, or the reason why it accepts none. Usually all of its values can be new. A copy of an existing
    /// row
    /// may reference the same rows through a value without a foreign key, so it is the last resort and is reported.
    /// </summary>
    public FoundRow Find()
    {
        FoundRow own = Find([.. _columns.Select((c, i) => First(c, i, isCopy: false))]);
        if (own.Error is null || _template is null)
        {
            return own;
        }

        _attempts = 0;
        FoundRow copy = Find([.. _columns.Select((c, i) => First(c, i, isCopy: true))]);
        return copy with { IsCopy = true };
    }

    private FoundRow Find(object?[] row)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        HashSet<int> places = [];
        StatementOutcome first = Try(row);
        StatementOutcome outcome = first;
        bool isGuess = false;
        for (int round = 0; outcome.Error is { } error && round < MaxRounds; round++)
        {
            if (seen.Add(error))
            {
                // If an error recurs, the columns tried since then remain suspects.
                places.Clear();
            }

            places.UnionWith(Suspects(outcome, row));
            isGuess |= outcome.Code == raw.SQLITE_CONSTRAINT_TRIGGER;
            if (Better(row, [.. places.OrderBy(p => p)], seen, error, out outcome) is not { } better)
            {
                outcome = first;
                break;
            }

            row = better;
        }

        (string sql, object?[] values) = Statement(row);
        return new FoundRow(sql, values, outcome.Error, isGuess);
    }

    /// <summary>A variation that succeeds, or at least fails with another error, preferably a new one.</summary>
    private object?[]? Better(object?[] row, int[] places, HashSet<string> seen, string error, out StatementOutcome outcome)
    {
        (object?[]? Row, StatementOutcome Outcome) fallback = default;
        int sinceFallback = 0;
        foreach (object?[] attempt in Variations(row, places))
        {
            outcome = Try(attempt);
            if (outcome.Error is not { } next)
            {
                return attempt;
            }

            bool isNew = !seen.Contains(next);
            if (next != error && (fallback.Row is null || (isNew && seen.Contains(fallback.Outcome.Error!))))
            {
                fallback = (attempt, outcome);
            }

            if (++_attempts > MaxAttempts || (fallback.Row is not null && ++sinceFallback > MaxAfterFallback))
            {
                break;
            }
        }

        outcome = fallback.Outcome;
        return fallback.Row;
    }

    private object? First(ColumnSchema column, int place, bool isCopy)
    {
        if (_fixed.TryGetValue(column.Name, out object? given) ||
            _parents.TryGetValue(column.Name, out given) ||
            _preferred?.TryGetValue(column.Name, out given) == true)
        {
            return given;
        }

        object? like = _template?[place];
        bool mustDiffer = _unique.Contains(column.Name) && (like is not null || _candidates.First(column) is not null);
        return _table.IsRowId(column) ? CandidateValues.Default
            : mustDiffer || (column.PrimaryKeyPosition > 0 && _unique.Contains(column.Name)) ? _candidates.Fresh(column, like)[0]
            : _template is null ? (_candidates.First(column) is long number ? CandidateValues.Other(number) : _candidates.First(column))
            : isCopy ? like
            : CandidateValues.Other(like);
    }

    /// <summary>The columns that an error is about.</summary>
    private IEnumerable<int> Suspects(StatementOutcome outcome, object?[] row)
    {
        HashSet<string>? failed =
            outcome.Code == raw.SQLITE_CONSTRAINT_CHECK
                ? new HashSet<string>(_checks.ColumnsOf(outcome.Error!), Identifier.Comparer)
                : null;
        bool hasExpression = _table.Indexes.Any(i => i.IsUnique && i.Columns.Any(c => c is null));
        for (int i = 0; i < _columns.Length; i++)
        {
            ColumnSchema column = _columns[i];
            bool isSuspect =
                !_fixed.ContainsKey(column.Name) &&
                outcome.Code switch
                {
                    raw.SQLITE_CONSTRAINT_CHECK => failed!.Contains(column.Name),
                    raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_ROWID => _unique.Contains(
                        column.Name
                    ) || hasExpression,
                    raw.SQLITE_CONSTRAINT_NOTNULL => row[i] is null || ReferenceEquals(row[i], CandidateValues.Default),
                    raw.SQLITE_CONSTRAINT_FOREIGNKEY => _parents.ContainsKey(column.Name),
                    DatatypeCode or raw.SQLITE_MISMATCH or raw.SQLITE_CONSTRAINT_TRIGGER => true,
                    _ => false,
                };
            if (isSuspect)
            {
                yield return i;
            }
        }
    }

    /// <summary>SQLITE_CONSTRAINT_DATATYPE, for which the wrapper has no name: a value of the wrong type for a STRICT table.</summary>
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
            // Another parent would belong to another tenant; NULL would make SQLite assign an arbitrary rowid.
            return column.IsNotNull || _table.IsRowId(column) ? [parent] : [null, parent];
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
            : (
                $"{into} ({string.Join(", ", given.Select(i => Identifier.Quote(_columns[i].Name)))}) VALUES " +
                    $"({string.Join(", ", given.Select((_, n) => "?" + (n + 1).ToString(CultureInfo.InvariantCulture)))})",
                [.. given.Select(i => row[i])]);
    }
}

/// <summary>The result of the search.</summary>
/// <param name="Sql">The INSERT statement.</param>
/// <param name="Values">Parameter values of the statement.</param>
/// <param name="Error">Why the table accepts no row; <see langword="null"/> if it accepts this one.</param>
/// <param name="IsCopy">Whether its values may reference rows of another tenant without a foreign key.</param>
internal sealed record FoundRow(string Sql, object?[] Values, string? Error, bool IsCopy);
