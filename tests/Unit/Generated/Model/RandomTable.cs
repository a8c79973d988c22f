namespace PosTenancy.Tests.Generated.Model;

/// <summary>A table in pieces.</summary>
/// <param name="Name">Name without quotes.</param>
/// <param name="Sql">Name as written in the CREATE statement.</param>
/// <param name="Columns">Columns in order.</param>
/// <param name="Constraints">Table constraints, each with the preceding comma or comment.</param>
/// <param name="Options">Text after the parenthesis: WITHOUT ROWID, STRICT, a comment.</param>
/// <param name="Rows">Rows to insert. A row that the table rejects is not inserted.</param>
internal sealed record RandomTable(
    string Name,
    string Sql,
    IReadOnlyList<RandomColumn> Columns,
    IReadOnlyList<string> Constraints,
    string Options,
    IReadOnlyList<IReadOnlyList<CellValue>> Rows)
{
    /// <summary>The columns of its PRIMARY KEY and of each UNIQUE: possible targets of a foreign key.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Keys { get; init; } = [];

    /// <summary>The column that is an alias of the rowid, if any.</summary>
    public string? RowIdColumn { get; init; }

    /// <summary>Whether rows have a rowid.</summary>
    public bool HasRowId { get; init; } = true;

    /// <summary>Whether a row must name its tenant to be accepted both before and after.</summary>
    public bool NamesTenant { get; init; }

    /// <summary>Whether the migration skips it: a history table, a registry of tenants.</summary>
    public bool IsSkipped { get; init; }

    /// <summary>The message with which the migration may refuse the table; <see langword="null"/> if it must not.</summary>
    public string? MayBeRefused { get; init; }

    /// <summary>The columns that an application writes.</summary>
    public IEnumerable<RandomColumn> Writable => Columns.Where(c => c is { IsGenerated: false, IsTenant: false });

    /// <summary>The columns that an application reads.</summary>
    public IEnumerable<RandomColumn> Readable => Columns.Where(c => !c.IsTenant);

    /// <summary>Its CREATE statement.</summary>
    public string CreateSql =>
        $"CREATE TABLE {Sql} ({string.Join(",", Columns.Select(c => c.CreateSql))}{string.Concat(Constraints)}){Options}";

    /// <summary>The INSERT statements of its rows.</summary>
    public IEnumerable<string> InsertSql =>
        Rows.Select(row =>
            row.Count == 0
                ? $"INSERT OR IGNORE INTO {SqlWords.Quote(Name)} DEFAULT VALUES"
                : $"INSERT OR IGNORE INTO {SqlWords.Quote(Name)} ({string.Join(", ", row.Select(c => SqlWords.Quote(c.Column)))}) VALUES " +
                    $"({string.Join(", ", row.Select(c => c.Sql))})"
        );
}

/// <summary>A column in pieces.</summary>
/// <param name="Name">Name without quotes.</param>
/// <param name="Sql">Name as written in the CREATE statement, with surrounding white space and comments.</param>
/// <param name="Type">Declared type; may be empty.</param>
/// <param name="Constraints">Column constraints.</param>
/// <param name="IsGenerated">Whether it is a generated column.</param>
/// <param name="IsTenant">Whether it is a tenant column from before the migration.</param>
internal sealed record RandomColumn(
    string Name, string Sql, string Type, IReadOnlyList<string> Constraints, bool IsGenerated = false, bool IsTenant = false)
{
    /// <summary>A comment to the end of the line; may be empty.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Its definition.</summary>
    public string CreateSql => string.Join(" ", new[] { Sql, Type }.Concat(Constraints).Where(s => s.Length > 0)) + Comment;
}

/// <summary>The value of a row in a column, as a literal.</summary>
internal sealed record CellValue(string Column, string Sql);
