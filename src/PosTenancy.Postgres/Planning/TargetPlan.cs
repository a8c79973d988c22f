using PosTenancy.Engine.Schema;

namespace PosTenancy.Postgres.Planning;

/// <summary>Everything that a copy creates.</summary>
/// <param name="Options">What decided on it.</param>
/// <param name="ColumnName">The tenant column.</param>
/// <param name="Tables">The tables, parents of foreign keys before their children where that is possible.</param>
/// <param name="Left">The tables that are not copied, and why.</param>
internal sealed record TargetPlan(
    TargetOptions Options, string ColumnName, IReadOnlyList<TargetTable> Tables, IReadOnlyList<LeftTable> Left)
{
    /// <summary>Views and triggers, which are not created.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The tables of tenants.</summary>
    public IEnumerable<TargetTable> TenantTables => Tables.Where(t => !t.IsShared);

    /// <summary>Why nothing can be copied, a reason each.</summary>
    public IReadOnlyList<string> Blocks =>
    [
        .. Left.Where(l => l.IsBlocked).Select(l => $"{l.Table.Name}: {l.Reason}"),
        .. Tables.SelectMany(t => t.Blocks.Select(b => $"{t.Name}: {b}")),
    ];
}

/// <summary>A table that is not copied.</summary>
/// <param name="Table">The table.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsBlocked">Whether that would lose rows.</param>
internal sealed record LeftTable(TableSchema Table, string Reason, bool IsBlocked);
