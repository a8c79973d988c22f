using System.Globalization;

namespace PosTenancy;

/// <summary>What became of the renaming of a tenant.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="TenantId">The name that the tenant had.</param>
/// <param name="NewName">The name that it was to get.</param>
/// <param name="Status">How it ended.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Duration">How long it took, with locking, backup, rehearsal and verification.</param>
public sealed record TenantRenameResult(
    string Path, string TenantId, string NewName, TenantChangeStatus Status, DateTimeOffset StartedAt, TimeSpan Duration)
    : TenantChangeResult(Path, TenantId, Status, StartedAt, Duration)
{
    /// <inheritdoc/>
    public override string Path { get; init; } = Path;

    /// <summary>The name that the tenant had.</summary>
    public override string TenantId { get; init; } = TenantId;

    /// <summary>The name that it was to get.</summary>
    public string NewName { get; init; } = NewName;

    /// <summary>The tables whose tenant column had the tenant as its DEFAULT.</summary>
    public IReadOnlyList<string> Defaults { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>
    /// The column of the application's list of tenants that has the name, such as <c>tenants.id</c>; <see langword="null"/> if it is not
    /// listed.
    /// </summary>
    public string? Registry { get; init; }

    /// <summary>Where else the old name is, all of which was left as it is.</summary>
    public IReadOnlyList<TenantMention> Mentions { get; init => field = ResultList.From(value); } = ResultList.From<TenantMention>([]);
}

/// <summary>What has the name of a tenant in it.</summary>
public enum TenantMentionKind : long
{
    /// <summary>Values of a column.</summary>
    Rows,

    /// <summary>The definition of a table: a CHECK, or the DEFAULT of another column.</summary>
    Table,

    /// <summary>An index: its expression or its condition.</summary>
    Index,

    /// <summary>A view.</summary>
    View,

    /// <summary>A trigger.</summary>
    Trigger,
}

/// <summary>A place where the name of a tenant is, and which a rename leaves as it is; never the value itself.</summary>
/// <param name="Kind">What has the name.</param>
/// <param name="Name">Name of the table, index, view or trigger.</param>
/// <param name="Column">The column; <see langword="null"/> if it is no column of a table.</param>
/// <param name="Rows">Number of rows that have it in the column; 0 for a definition.</param>
public sealed record TenantMention(TenantMentionKind Kind, string Name, string? Column, long Rows)
{
    /// <summary>The place, such as <c>settings.value (2 rows)</c>.</summary>
    public override string ToString() => Kind switch
    {
        TenantMentionKind.Rows => $"{Place} ({Rows.ToString("N0", CultureInfo.InvariantCulture)} {(Rows == 1 ? "row" : "rows")})",
        TenantMentionKind.Table => $"the definition of {Place}",
        _ => $"the {Kind.ToString().ToLowerInvariant()} {Place}",
    };

    private string Place => Column is null ? Name : $"{Name}.{Column}";
}
