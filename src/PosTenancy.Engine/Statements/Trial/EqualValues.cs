using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>
/// Rows of the second tenant with the first's values in a part of a key of several columns, and others in the rest of it: two tenants may
/// have them alike, so that a comparison with a part alone finds the rows of both.
/// </summary>
internal sealed class EqualValues
{
    private readonly TrialData _data;
    private readonly ILookup<TrialTable, int> _compared;

    /// <summary>Finds the columns.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="parameters">The parameters of the statement.</param>
    public EqualValues(TrialData data, StatementParameters parameters)
    {
        _data = data;
        _compared = parameters.Roles
            .Where(r => r is { IsTenant: false, Compared.Table.IsJudged: true, Operator: TermOperator.Equal })
            .Select(r => r.Compared!.Value)
            .Where(c => IsPartOfKey(c.Table, c.Column))
            .ToLookup(c => c.Table, c => c.Column);
    }

    /// <summary>Whether no column is compared whose values differ only because it is in such a key.</summary>
    public bool IsEmpty => _compared.Count == 0;

    /// <summary>Makes the values equal in the worlds: in each where a key allows it in the world with both tenants' rows.</summary>
    /// <returns>Undoes the changes.</returns>
    public IDisposable Apply(TrialWorlds worlds)
    {
        HashSet<TrialRow> possible = [];
        using (worlds.Both.Change(connection => possible.UnionWith(Rows().Where(row => Set(connection, row)))))
        {
        }

        return worlds.Change(connection => possible.ToList().ForEach(row => _ = Set(connection, row)));
    }

    private IEnumerable<TrialRow> Rows() => _compared.SelectMany(columns => _data.Rows(columns.Key, TrialOwner.Second));

    private bool Set(DatabaseConnection connection, TrialRow row)
    {
        TrialTable table = row.Table;
        if (_data.Find(table, TrialOwner.First, row.Number) is not { } own)
        {
            return false;
        }

        int[] equal = [.. _compared[table].Distinct()];
        IEnumerable<int> distinct = table.UniqueKeys
            .Select(k => k.Where(c => !table.IsTenantColumn(c)).Select(table.IndexOf).ToArray())
            .Where(k => k.Any(equal.Contains))
            .SelectMany(k => k
                .Where(c => c >= 0 && !equal.Contains(c) && table.ReferenceOf(table.Columns[c].Name) is null)
                .Take(1))
            .Distinct();
        IEnumerable<string> settings = equal.Select((c, i) => $"{Name(c)} = ?{i + 1}")
            .Concat(distinct.Select(c => $"{Name(c)} = {TrialValues.OtherThan(Name(c))}"));
        StatementOutcome outcome = connection.TryChange(
            $"UPDATE OR IGNORE {table.Quoted} SET {string.Join(", ", settings)} WHERE {TrialWorld.Where(table, equal.Length + 1)}",
            [.. equal.Select(c => own.Values[c]), .. row.Locator]);
        return outcome is { Error: null, Changed: > 0 };

        string Name(int column) => Identifier.Quote(table.Columns[column].Name);
    }

    private bool IsPartOfKey(TrialTable table, int column)
    {
        string name = table.Columns[column].Name;
        return _data.Database.Keys.IsKey(table, column) && table.ReferenceOf(name) is null &&
            !table.UniqueKeys.Any(k => k.All(c => Identifier.Comparer.Equals(c, name)));
    }
}
