using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// Finds a name for each tenant index. Tables, indexes and views share one name space; CREATE INDEX IF NOT EXISTS would be silent about
/// an index of that name on another table.
/// </summary>
internal sealed class IndexNames
{
    private readonly HashSet<string> _taken;

    public IndexNames(DatabaseSchema schema) => _taken = new HashSet<string>(schema.Objects.Select(o => o.Name), Identifier.Comparer);

    /// <summary>Takes <c>idx_&lt;table&gt;_&lt;column&gt;</c>, or the first of <c>…_2</c>, <c>…_3</c> that is free.</summary>
    public string Take(string table, string column)
    {
        string wanted = $"idx_{table}_{column}";
        string name = wanted;
        for (int n = 2; !_taken.Add(name); n++)
        {
            name = $"{wanted}_{n}";
        }

        return name;
    }
}
