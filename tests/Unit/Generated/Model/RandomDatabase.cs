namespace PosTenancy.Tests.Generated.Model;

/// <summary>
/// A generated database and the statements to run on it. All of it is SQL in pieces: a shrinker may remove any piece, and SQL that no
/// longer
/// runs is not a database, and thus not a failure.
/// </summary>
/// <param name="Seed">Seed that reproduces it.</param>
/// <param name="File">Properties of the file.</param>
/// <param name="Tenant">Requested migration.</param>
/// <param name="Tables">Tables with their rows, in the order of creation.</param>
/// <param name="Parts">Indexes, views, triggers and virtual tables, in the order of creation.</param>
/// <param name="Queries">The application's queries, with old columns by name.</param>
/// <param name="Statements">The application's writes, successful or not.</param>
internal sealed record RandomDatabase(
    int Seed,
    FileShape File,
    TenantWish Tenant,
    IReadOnlyList<RandomTable> Tables,
    IReadOnlyList<SchemaPart> Parts,
    IReadOnlyList<string> Queries,
    IReadOnlyList<string> Statements)
{
    /// <summary>Messages with which the migration may refuse parts of it.</summary>
    public IEnumerable<string> MayBeRefused => Tables.Select(t => t.MayBeRefused)
        .Concat(Parts.Select(p => p.MayBeRefused))
        .Append(File.MayBeRefused)
        .OfType<string>();
}

/// <summary>The requested migration.</summary>
internal sealed record TenantWish(string Id, string Column, IReadOnlyList<string> Excluded);

/// <summary>The properties of a file apart from its tables.</summary>
/// <param name="Prologue">Statements before the first table: page size, encoding, auto_vacuum.</param>
/// <param name="Epilogue">Statements after the last row: ANALYZE, deletions that leave gaps, journal mode.</param>
/// <param name="IsOldFormat">Whether it has the file format of SQLite before 3.3, which ignores DESC in an index.</param>
/// <param name="LeavesLog">Whether the last program left a write-ahead log behind.</param>
internal sealed record FileShape(IReadOnlyList<string> Prologue, IReadOnlyList<string> Epilogue, bool IsOldFormat, bool LeavesLog)
{
    /// <summary>The message with which the migration may refuse the file.</summary>
    public string? MayBeRefused { get; init; }
}

/// <summary>An index, a view, a trigger or a virtual table.</summary>
/// <param name="Name">Name of the object.</param>
/// <param name="Sql">Its CREATE statement.</param>
/// <param name="IsBeforeRows">Whether it is created before the rows, because it must see all of them.</param>
internal sealed record SchemaPart(string Name, string Sql, bool IsBeforeRows = false)
{
    /// <summary>The message with which the migration may refuse it; <see langword="null"/> if it must not.</summary>
    public string? MayBeRefused { get; init; }
}
