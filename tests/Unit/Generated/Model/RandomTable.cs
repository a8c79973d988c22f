namespace PosTenancy.Tests.Generated.Model;

/// <summary>A table in pieces.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sql">Its name as the CREATE statement writes it.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Constraints">Its constraints, each with the comma or the comment before it.</param>
/// <param name="Options">What follows the parenthesis: WITHOUT ROWID, STRICT, a comment.</param>
/// <param name="Rows">Its rows. One that the table refuses is not inserted.</param>
internal sealed record RandomTable(
    string Name,
    string Sql,
    IReadOnlyList<RandomColumn> Columns,
    IReadOnlyList<string> Constraints,
    string Options,
    IReadOnlyList<IReadOnlyList<CellValue>> Rows)
{
    /// <summary>The columns of its PRIMARY KEY and of each UNIQUE: what a foreign key can point at.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Keys { get; init; } = [];

    /// <summary>The column that is the rowid, if it has one.</summary>
    public string? RowIdColumn { get; init; }

    /// <summary>Whether rows have a rowid.</summary>
    public bool HasRowId { get; init; } = true;

    /// <summary>Whether a row of the application must name its tenant to be accepted before and after.</summary>
    public bool NamesTenant { get; init; }

    /// <summary>Whether the migration leaves it alone: a history table, a registry of tenants.</summary>
    public bool IsSkipped { get; init; }

    /// <summary>What the migration may say if it refuses the table; <see langword="null"/> if it must not.</summary>
    public string? MayBeRefused { get; init; }

    /// <summary>The columns that an application writes.</summary>
    public IEnumerable<RandomColumn> Writable => Columns.Where(c => c is { IsGenerated: false, IsTenant: false });

    /// <summary>The columns that an application reads.</summary>
    public IEnumerable<RandomColumn> Readable => Columns.Where(c => !c.IsTenant);

    /// <summary>The statement that makes it.</summary>
    public string CreateSql =>
        $"CREATE TABLE {Sql} ({string.Join(",", Columns.Select(c => c.CreateSql))}{string.Concat(Constraints)}){Options}";

    /// <summary>The statements that fill it.</summary>
    public IEnumerable<string> InsertSql =>
        Rows.Select(row =>
            row.Count == 0
                ? $"INSERT OR IGNORE INTO {SqlWords.Quote(Name)} DEFAULT VALUES"
                : $"INSERT OR IGNORE INTO {SqlWords.Quote(Name)} ({string.Join(", ", row.Select(c => SqlWords.Quote(c.Column)))}) VALUES " +
                    $"({string.Join(", ", row.Select(c => c.Sql))})"
        );
}

/// <summary>A column in pieces.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sql">Its name as the CREATE statement writes it, with the white space and comments around it.</param>
/// <param name="Type">Its type, or nothing.</param>
/// <param name="Constraints">Its constraints.</param>
/// <param name="IsGenerated">Whether it is computed.</param>
/// <param name="IsTenant">Whether it is a tenant column that was there before the migration.</param>
internal sealed record RandomColumn(
    string Name, string Sql, string Type, IReadOnlyList<string> Constraints, bool IsGenerated = false, bool IsTenant = false)
{
    /// <summary>A comment to the end of the line, or nothing.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Its definition.</summary>
    public string CreateSql => string.Join(" ", new[] { Sql, Type }.Concat(Constraints).Where(s => s.Length > 0)) + Comment;
}

/// <summary>What a row has in a column, as a literal.</summary>
internal sealed record CellValue(string Column, string Sql);
