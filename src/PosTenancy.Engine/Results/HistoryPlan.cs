using PosTenancy.Engine.Text;

namespace PosTenancy;

/// <summary>Where a migration is going to be recorded, in the same transaction.</summary>
/// <param name="Table">The table: our own, or the one that was asked for.</param>
/// <param name="Problem">Why it cannot be recorded there, which refuses the migration; <see langword="null"/> if it can.</param>
public sealed record HistoryPlan(string Table, string? Problem)
{
    /// <summary>PosTenancy's own table in a user's database; it is never counted or migrated.</summary>
    internal const string OwnTable = "_postenancy_history";

    /// <summary>
    /// The project's own history table; <see langword="null"/> where none was named, or PosTenancy's was. PowerShell pipes a missing name
    /// as an empty one.
    /// </summary>
    internal static string? ForeignTable(string? name) =>
        name is null or { Length: 0 } || Identifier.Comparer.Equals(name, OwnTable) ? null : name;

    /// <summary>The columns to fill, where the table is the project's; <see langword="null"/> where it is PosTenancy's.</summary>
    internal IReadOnlyList<HistoryColumn>? Columns { get; init; }

    /// <summary>Whether the table is PosTenancy's and must be created first.</summary>
    internal bool IsNew { get; init; }

    /// <summary>Whether the table exists, so that the plan has a line for it.</summary>
    internal bool IsListed { get; init; }

    /// <summary>The table.</summary>
    public override string ToString() => Table;
}

/// <summary>A column of the project's history that PosTenancy's row fills.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Affinity">How SQLite stores what is written into it.</param>
/// <param name="IsBlob">Whether it was declared for bytes.</param>
/// <param name="IsUnique">Whether no two rows may have the same value.</param>
internal sealed record HistoryColumn(string Name, HistoryRole Role, ColumnAffinity Affinity, bool IsBlob, bool IsUnique);
