using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres.Planning;

/// <summary>A table as it will be in PostgreSQL.</summary>
/// <param name="Source">The table in the database.</param>
/// <param name="IsShared">Whether all tenants share its rows.</param>
/// <param name="Findings">What its values are.</param>
/// <param name="Columns">Its columns: first those that are copied, then those that PostgreSQL computes.</param>
internal sealed record TargetTable(TableSchema Source, bool IsShared, TableFindings Findings, IReadOnlyList<TargetColumn> Columns)
{
    public string Name => Source.Name;

    /// <summary>The columns whose values are sent.</summary>
    public IEnumerable<TargetColumn> Copied => Columns.Where(c => c.Generated is null);

    public IReadOnlyList<TargetKey> Keys { get; init; } = [];

    public IReadOnlyList<TargetIndex> Indexes { get; init; } = [];

    public IReadOnlyList<TargetForeignKey> ForeignKeys { get; init; } = [];

    public IReadOnlyList<TargetCheck> Checks { get; init; } = [];

    /// <summary>The counter of AUTOINCREMENT; 0 if there is none.</summary>
    public long Counter { get; init; }

    /// <summary>What there is instead of what the table has, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it cannot be copied, a reason each.</summary>
    public IReadOnlyList<string> Blocks { get; init; } = [];

    /// <summary>The column of that name, in which SQLite does not distinguish the case of ASCII letters.</summary>
    public TargetColumn? FindColumn(string name) => Columns.FirstOrDefault(c => Identifier.Comparer.Equals(c.Name, name));
}

/// <summary>A column.</summary>
/// <param name="Name">Name, exactly as in the database.</param>
/// <param name="Type">Its type.</param>
/// <param name="Conversion">Its line of the ledger.</param>
internal sealed record TargetColumn(string Name, PostgresType Type, ColumnConversion Conversion)
{
    public bool IsNotNull { get; init; }

    public string? Default { get; init; }

    /// <summary>Whether PostgreSQL assigns its values, as SQLite assigns a rowid.</summary>
    public bool IsIdentity { get; init; }

    /// <summary>The expression that computes it; <see langword="null"/> for a column with values of its own.</summary>
    public string? Generated { get; init; }
}

/// <summary>A primary key, or a UNIQUE constraint.</summary>
internal sealed record TargetKey(string Name, bool IsPrimary, IReadOnlyList<string> Columns);

/// <summary>An index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUnique">Whether it forbids duplicates.</param>
/// <param name="Terms">Quoted columns and expressions, with DESC.</param>
/// <param name="Condition">The condition of a partial index.</param>
internal sealed record TargetIndex(string Name, bool IsUnique, IReadOnlyList<string> Terms, string? Condition);

/// <summary>A foreign key. It always has a name: Citus validates no other (docs/postgres-layouts.md).</summary>
internal sealed record TargetForeignKey(
    string Name, IReadOnlyList<string> Columns, TargetTable Parent, IReadOnlyList<string> ParentColumns, string Actions)
{
    /// <summary>Whether every row meets it.</summary>
    public bool IsMet { get; init; } = true;

    /// <summary>Whether it is not created, because there are rows that do not meet it.</summary>
    public bool IsLeftOut { get; init; }
}

/// <summary>A CHECK.</summary>
internal sealed record TargetCheck(string Name, string Expression);
