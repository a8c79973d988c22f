using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>The kind of a table's constraint.</summary>
internal enum ConstraintKind
{
    PrimaryKey,
    Unique,
    NotNull,
    Null,
    Default,
    Check,
    References,

    /// <summary>A constraint that a rebuild copies unchanged (COLLATE, AS …).</summary>
    Other,
}

/// <summary>
/// The parts of a CREATE TABLE statement as spans of its text, so that one part can change while every other character is kept.
/// </summary>
/// <param name="Sql">The statement.</param>
/// <param name="Name">Name of the table, with its schema if one is written.</param>
/// <param name="Columns">Columns in order.</param>
/// <param name="Constraints">Table constraints, written after the columns.</param>
/// <param name="BodyEnd">Position after the last token inside the parentheses.</param>
internal sealed record TableDefinition(
    SqlText Sql, TextSpan Name, IReadOnlyList<ColumnDefinition> Columns, IReadOnlyList<ConstraintDefinition> Constraints, int BodyEnd)
{
    /// <summary>Every constraint, column constraints first.</summary>
    public IEnumerable<ConstraintDefinition> AllConstraints => Columns.SelectMany(c => c.Constraints).Concat(Constraints);

    public ColumnDefinition? FindColumn(string name) => Columns.FirstOrDefault(c => Identifier.Comparer.Equals(c.Name, name));
}

/// <summary>A column of a CREATE TABLE statement.</summary>
/// <param name="Name">Name without quotes.</param>
/// <param name="Type">Declared type; an empty span after the name if it has none.</param>
/// <param name="Span">The whole column definition.</param>
/// <param name="Constraints">Column constraints in order.</param>
internal sealed record ColumnDefinition(string Name, TextSpan Type, TextSpan Span, IReadOnlyList<ConstraintDefinition> Constraints);

/// <summary>A constraint of a CREATE TABLE statement.</summary>
/// <param name="Kind">Kind of the constraint.</param>
/// <param name="Span">The whole constraint, including a leading CONSTRAINT name.</param>
/// <param name="Column">Column of a column constraint; <see langword="null"/> for a table constraint.</param>
internal sealed record ConstraintDefinition(ConstraintKind Kind, TextSpan Span, string? Column)
{
    /// <summary>CONSTRAINT and its name, if it has one; otherwise empty.</summary>
    public TextSpan Title { get; init; }

    /// <summary>The names in the first parentheses (of a key or a child), or the column of a column constraint.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Position inside the first parentheses, before the first name; -1 if there are none.</summary>
    public int ListStart { get; init; } = -1;

    /// <summary>
    /// The text after the keyword of a column-level key: DESC, ON CONFLICT …; empty for a table constraint.
    /// </summary>
    public TextSpan Rest { get; init; }

    /// <summary>The target of a foreign key.</summary>
    public ReferenceDefinition? Reference { get; init; }
}

/// <summary>A REFERENCES clause.</summary>
/// <param name="Parent">The referenced table.</param>
/// <param name="ParentText">Its name as written.</param>
/// <param name="Columns">The referenced columns; empty if the primary key is meant.</param>
/// <param name="ListStart">Position before the first of them; -1 if none are named.</param>
/// <param name="Actions">The rest of the clause: ON DELETE, MATCH, DEFERRABLE …</param>
internal sealed record ReferenceDefinition(
    string Parent,
    TextSpan ParentText,
    IReadOnlyList<string> Columns,
    int ListStart,
    TextSpan Actions);

/// <summary>A range of a text.</summary>
internal readonly record struct TextSpan(int Start, int End)
{
    public string In(string text) => text.Substring(Start, End - Start);
}
