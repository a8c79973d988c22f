using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>What a change of rows may have done to a file; everything else must be as it was.</summary>
internal sealed record FileChange
{
    /// <summary>The tenants whose rows may be gone or changed.</summary>
    public IReadOnlyCollection<string> Before { get; init; } = [];

    /// <summary>The tenants whose rows may be new or changed.</summary>
    public IReadOnlyCollection<string> After { get; init; } = [];

    /// <summary>How many more rows each table of tenants must have; 0 for one that is not named.</summary>
    public IReadOnlyDictionary<string, long> Growth { get; init; } = new Dictionary<string, long>(Identifier.Comparer);

    /// <summary>Whether shared tables may have further rows.</summary>
    public bool AddsShared { get; init; }

    /// <summary>Whether rows of PosTenancy's history may be changed, beside the one that is added.</summary>
    public bool ChangesHistory { get; init; }

    /// <summary>
    /// The application's list of tenants, where the entries of <see cref="Before"/> may be gone and those of <see cref="After"/> new.
    /// </summary>
    public (TableSchema Table, string Column)? Registry { get; init; }

    /// <summary>Tables whose rows may be any: what the change computed again, such as statistics.</summary>
    public ISet<string> Recomputed { get; init; } = new HashSet<string>(Identifier.Comparer);

    /// <summary>The statements that objects must have now, by their names; all others must have theirs.</summary>
    public IReadOnlyDictionary<string, string> Statements { get; init; } = new Dictionary<string, string>(Identifier.Comparer);

    /// <summary>Adds up the rows of tables.</summary>
    public static IReadOnlyDictionary<string, long> Sum(IEnumerable<(string Table, long Rows)> tables) => tables
        .GroupBy(t => t.Table, t => t.Rows, Identifier.Comparer)
        .ToDictionary(g => g.Key, g => g.Sum(), Identifier.Comparer);

    /// <summary>Whether the whole file was written again, so that comparing its pages says nothing.</summary>
    public bool IsRewritten { get; init; }
}
