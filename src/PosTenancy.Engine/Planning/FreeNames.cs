using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>
/// Finds names for new tables and indexes, which share one name space with views. CREATE INDEX IF NOT EXISTS would silently accept an index
/// of that name on another table.
/// </summary>
internal sealed class FreeNames
{
    private readonly HashSet<string> _taken;

    public FreeNames(DatabaseSchema schema) => _taken = new HashSet<string>(schema.Objects.Select(o => o.Name), Identifier.Comparer);

    /// <summary>Reserves a name, or the first free one of <c>…_2</c>, <c>…_3</c>.</summary>
    public string Take(string wanted) => FreeName.Find(wanted, "_", name => !_taken.Add(name));
}
