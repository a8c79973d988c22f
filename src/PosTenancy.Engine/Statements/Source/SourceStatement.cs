namespace PosTenancy.Engine.Statements.Source;

/// <summary>A statement in the source of an application.</summary>
/// <param name="File">Path of the file, relative to the folder that was searched, with '/'.</param>
/// <param name="FullPath">Full path of the file.</param>
/// <param name="Line">Line, from 1, on which the text of the statement begins.</param>
/// <param name="Column">Column, from 1, in UTF-16 units.</param>
/// <param name="Sql">
/// The statement as SQLite receives it, without the semicolon. A value that is not fixed is shown in braces, so that no dynamic statement
/// compiles; where all that is not fixed is appended (<see cref="Appended"/>), this is the fixed base.
/// </param>
/// <param name="Language">Name of the language, such as <c>Rust</c>, <c>SQL</c> or <c>sqlx</c>.</param>
internal sealed record SourceStatement(string File, string FullPath, int Line, int Column, string Sql, string Language)
{
    public SourceForm Form { get; init; }

    /// <summary>Which part of a dynamic statement is not fixed, in words for a user.</summary>
    public string? Why { get; init; }

    /// <summary>Whether a value is spliced into a quoted text of the statement.</summary>
    public bool IsInjection { get; init; }

    /// <summary>The reason given by a comment that allows the statement to reach all tenants.</summary>
    public string? AllowedReason { get; init; }

    /// <summary>Line of a comment that allows all tenants without a reason, and therefore allows nothing.</summary>
    public int? MarkerWithoutReason { get; init; }

    /// <summary>
    /// Whether the only text that is not always part of the statement is fixed and begins with AND: each fragment is in
    /// <see cref="Fragments"/>, and <see cref="Sql"/> is complete without them.
    /// </summary>
    public bool Appended { get; init; }

    /// <summary>The fixed texts that are appended in some cases, in their order.</summary>
    public IReadOnlyList<string> Fragments { get; init; } = [];

    /// <summary>The complete statement with all <see cref="Fragments"/> in their places.</summary>
    public string? WithFragments { get; init; }

    /// <summary>What became a parameter and was none for SQLite, such as <c>%s</c>.</summary>
    public IReadOnlyList<string> Conversions { get; init; } = [];

    /// <summary>What the metadata of sqlx says; <see langword="null"/> for every other source.</summary>
    public SqlxDescription? Sqlx { get; init; }
}

/// <summary>Whether the text of a statement is completely known.</summary>
internal enum SourceForm
{
    /// <summary>The text is a literal, or made of literals alone.</summary>
    Fixed,

    /// <summary>A part of the text is decided when the application runs.</summary>
    Dynamic,
}

/// <summary>What sqlx recorded about a statement.</summary>
/// <param name="Database">Name of the database system, if recorded.</param>
/// <param name="Parameters">Number of its parameters, if recorded.</param>
internal sealed record SqlxDescription(string? Database, int? Parameters);
