namespace PosTenancy.Tests.Generated.Model;

/// <summary>
/// A database that was made up, with everything that is asked of it. All of it is SQL in pieces: a shrinker may take any piece away, and
/// what does not run any more is no database, and so no failure either.
/// </summary>
/// <param name="Seed">What it was made from; gives the same one again.</param>
/// <param name="File">What the file is like.</param>
/// <param name="Tenant">What the migration is asked for.</param>
/// <param name="Tables">The tables with their rows, in the order of their creation.</param>
/// <param name="Parts">Indexes, views, triggers and virtual tables, in the order of their creation.</param>
/// <param name="Queries">What an application asks, old columns by name.</param>
/// <param name="Statements">What an application writes, or tries to.</param>
internal sealed record RandomDatabase(
    int Seed,
    FileShape File,
    TenantWish Tenant,
    IReadOnlyList<RandomTable> Tables,
    IReadOnlyList<SchemaPart> Parts,
    IReadOnlyList<string> Queries,
    IReadOnlyList<string> Statements)
{
    /// <summary>What in it the migration may refuse, and what the message then says.</summary>
    public IEnumerable<string> MayBeRefused => Tables.Select(t => t.MayBeRefused)
        .Concat(Parts.Select(p => p.MayBeRefused))
        .Append(File.MayBeRefused)
        .OfType<string>();
}

/// <summary>What a migration is asked for.</summary>
internal sealed record TenantWish(string Id, string Column, IReadOnlyList<string> Excluded);

/// <summary>Everything about a file that is not a table.</summary>
/// <param name="Prologue">Statements before the first table: page size, encoding, auto_vacuum.</param>
/// <param name="Epilogue">Statements after the last row: ANALYZE, deletions that leave holes, journal mode.</param>
/// <param name="IsOldFormat">Whether it has the file format of SQLite before 3.3, which knows no DESC in an index.</param>
/// <param name="LeavesLog">Whether the last program left a write-ahead log behind.</param>
internal sealed record FileShape(IReadOnlyList<string> Prologue, IReadOnlyList<string> Epilogue, bool IsOldFormat, bool LeavesLog)
{
    /// <summary>What the migration may say if it refuses the file.</summary>
    public string? MayBeRefused { get; init; }
}

/// <summary>An index, a view, a trigger or a virtual table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sql">The statement that makes it.</param>
/// <param name="IsBeforeRows">Whether it is there before the rows: what follows them must not miss one.</param>
internal sealed record SchemaPart(string Name, string Sql, bool IsBeforeRows = false)
{
    /// <summary>What the migration may say if it refuses this; <see langword="null"/> if it must not.</summary>
    public string? MayBeRefused { get; init; }
}
