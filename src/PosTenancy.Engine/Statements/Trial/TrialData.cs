using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The rows of a trial, with the values that they have now.</summary>
/// <param name="database">The rows as they were made.</param>
/// <param name="world">The world with the rows of both tenants.</param>
internal sealed class TrialData(TrialDatabase database, TrialWorld world)
{
    private readonly Dictionary<(TrialTable, TrialOwner, int), TrialRow> _rows = database.Rows
        .GroupBy(r => (r.Table, r.Owner, r.Number))
        .ToDictionary(g => g.Key, g => g.First());

    private readonly Dictionary<TrialRow, IReadOnlyList<object?>> _changed = [];

    public TrialDatabase Database => database;

    /// <summary>Whether rows differ from those that were made.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Begins or ends the time in which rows differ from those that were made.</summary>
    public void SetChanged(bool isChanged)
    {
        IsChanged = isChanged;
        _changed.Clear();
    }

    /// <summary>The row of that number; <see langword="null"/> if there is none.</summary>
    public TrialRow? Find(TrialTable table, TrialOwner owner, int number) =>
        _rows.TryGetValue((table, table.Kind == TrialTableKind.Shared ? TrialOwner.None : owner, number), out TrialRow? row) ? row : null;

    /// <summary>The rows of a tenant in a table, or those that all share.</summary>
    public IEnumerable<TrialRow> Rows(TrialTable table, TrialOwner owner) =>
        Enumerable.Range(1, 8).Select(n => Find(table, owner, n)).OfType<TrialRow>();

    /// <summary>The value of a column.</summary>
    public object? Value(TrialRow row, int column)
    {
        if (!IsChanged)
        {
            return row.Values[column];
        }

        if (!_changed.TryGetValue(row, out IReadOnlyList<object?>? values))
        {
            string columns = string.Join(", ", row.Table.Columns.Select(c => "t." + Identifier.Quote(c.Name)));
            _changed[row] = values = world.Connection
                .Query(
                    $"SELECT {columns} FROM {row.Table.Quoted} AS t WHERE {TrialWorld.Where(row.Table, 1)}",
                    r => Enumerable.Range(0, row.Values.Count).Select(r.GetValue).ToArray(),
                    row.Locator)
                .FirstOrDefault() ?? row.Values;
        }

        return values[column];
    }

    /// <summary>The value of an expression for a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="alias">The name of its table in the expression.</param>
    /// <param name="expression">The expression, as the statement has it.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it has one: not if it uses other tables or parameters.</returns>
    public bool TryEvaluate(TrialRow? row, string alias, string expression, out object? value)
    {
        value = null;
        string from = row is null
            ? ""
            : $" FROM {row.Table.Quoted} AS {Identifier.Quote(alias)} WHERE " +
                string.Join(" AND ", row.Table.Locator.Select((l, i) => $"{Identifier.Quote(alias)}.{l} IS ?{i + 1}"));
        bool isCompiled = world.Sandbox.TryPrepare($"SELECT {expression}{from}", out Statement statement) is null;
        using (statement)
        {
            if (!isCompiled || !statement.IsQuery)
            {
                return false;
            }

            statement.Restart(row?.Locator ?? []);
            if (world.Sandbox.Run(TimeSpan.FromMilliseconds(50), statement.TryStep) != raw.SQLITE_ROW)
            {
                return false;
            }

            value = statement.Row.GetValue(0);
            return true;
        }
    }
}
