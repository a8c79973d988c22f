using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>What a constraint of a table demands.</summary>
internal enum ConstraintKind
{
    PrimaryKey,
    Unique,
    NotNull,
    Null,
    Default,
    Check,
    References,

    /// <summary>One that a rebuild only carries along (COLLATE, AS …).</summary>
    Other,
}

/// <summary>
/// The parts of a CREATE TABLE statement, as places in its text, so that a part can be changed and every other character kept.
/// </summary>
/// <param name="Sql">The statement.</param>
/// <param name="Name">The name of the table, with its schema if one is written.</param>
/// <param name="Columns">The columns in order.</param>
/// <param name="Constraints">The constraints that are written after the columns.</param>
/// <param name="BodyEnd">The place after the last token inside the parentheses.</param>
internal sealed record TableDefinition(
    SqlText Sql, TextSpan Name, IReadOnlyList<ColumnDefinition> Columns, IReadOnlyList<ConstraintDefinition> Constraints, int BodyEnd)
{
    /// <summary>Every constraint, those of columns first.</summary>
    public IEnumerable<ConstraintDefinition> AllConstraints => Columns.SelectMany(c => c.Constraints).Concat(Constraints);

    public ColumnDefinition? FindColumn(string name) => Columns.FirstOrDefault(c => Identifier.Comparer.Equals(c.Name, name));
}

/// <summary>A column of a CREATE TABLE statement.</summary>
/// <param name="Name">Its name without quotes.</param>
/// <param name="Type">Its type; empty, after the name, if it has none.</param>
/// <param name="Span">All of it.</param>
/// <param name="Constraints">Its constraints in order.</param>
internal sealed record ColumnDefinition(string Name, TextSpan Type, TextSpan Span, IReadOnlyList<ConstraintDefinition> Constraints);

/// <summary>A constraint of a CREATE TABLE statement.</summary>
/// <param name="Kind">What it demands.</param>
/// <param name="Span">All of it, a CONSTRAINT name in front included.</param>
/// <param name="Column">The column that it is written at; <see langword="null"/> after the columns.</param>
internal sealed record ConstraintDefinition(ConstraintKind Kind, TextSpan Span, string? Column)
{
    /// <summary>CONSTRAINT and its name, if it has one; else empty.</summary>
    public TextSpan Title { get; init; }

    /// <summary>The names in the first parentheses (of a key or of a child), or the column that it is written at.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The place inside the first parentheses, before the first name; -1 if there are none.</summary>
    public int ListStart { get; init; } = -1;

    /// <summary>
    /// What is written after the keyword of a key at a column: DESC, ON CONFLICT …; for a key after the columns, nothing.
    /// </summary>
    public TextSpan Rest { get; init; }

    /// <summary>What a foreign key points at.</summary>
    public ReferenceDefinition? Reference { get; init; }
}

/// <summary>REFERENCES and what follows it.</summary>
/// <param name="Parent">The table that is pointed at.</param>
/// <param name="ParentText">Its name as it is written.</param>
/// <param name="Columns">Its columns; none if its primary key is meant.</param>
/// <param name="ListStart">The place before the first of them; -1 if none are named.</param>
/// <param name="Actions">What follows: ON DELETE, MATCH, DEFERRABLE …</param>
internal sealed record ReferenceDefinition(
    string Parent,
    TextSpan ParentText,
    IReadOnlyList<string> Columns,
    int ListStart,
    TextSpan Actions);

/// <summary>A piece of a text.</summary>
internal readonly record struct TextSpan(int Start, int End)
{
    public string In(string text) => text.Substring(Start, End - Start);
}
