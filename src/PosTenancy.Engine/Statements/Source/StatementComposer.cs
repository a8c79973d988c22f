using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements.Source;

/// <summary>The file whose texts become statements.</summary>
/// <param name="File">The file.</param>
/// <param name="Source">Its text.</param>
/// <param name="Language">Name of its language.</param>
/// <param name="Summary">Counts what is not reported.</param>
internal sealed record StatementOrigin(SourceFile File, SourceText Source, string Language, SourceSummary Summary)
{
    /// <summary>Whether everything in a text is SQL.</summary>
    public bool IsScript { get; init; }

    /// <summary>Whether the drivers of the language take <c>%s</c> and <c>%(name)s</c> for parameters.</summary>
    public bool HasPercentParameters { get; init; }

    /// <summary>Whether <c>/**name**/</c> in a text is a place that Dapper's SqlBuilder fills.</summary>
    public bool HasCommentHoles { get; init; }

    /// <summary>Whether <c>#{name}</c> in a text is a parameter, as in the annotations of MyBatis.</summary>
    public bool HasHashParameters { get; init; }
}

/// <summary>Finds the statements in a text that an application has put together.</summary>
internal sealed class StatementComposer(StatementOrigin origin)
{
    /// <summary>The statements of a text, in their order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isIndexed">Whether <c>{0}</c> in it is a parameter.</param>
    public IEnumerable<SourceStatement> Read(ComposedText text, bool isIndexed = false)
    {
        SpanReader holes = new(text.Holes);
        if (!origin.IsScript && !SqlRecognition.CanBegin(text.Text.Text, holes.Contains))
        {
            yield break;
        }

        SqlText sql = new(text.Text.Text);
        int gap = 0;
        foreach (SqlStatement found in SqlStatements.Split(sql))
        {
            // A comment on the line where the statement ends belongs to it; one on a later line, to the next statement.
            int next = found.Last + 1 < sql.Tokens.Count ? found.Last + 2 : found.Last + 1;
            int limit = next < sql.Tokens.Count ? sql.Tokens[next].Start : sql.Text.Length;
            int afterLast = next - 1 < sql.Tokens.Count ? sql.Tokens[next - 1].End : sql.Tokens[found.Last].End;
            int line = next < sql.Tokens.Count ? sql.Text.IndexOf('\n', afterLast, limit - afterLast) : -1;
            int end = next < sql.Tokens.Count ? line < 0 ? afterLast : line : limit;

            SqlKind kind = SqlRecognition.Classify(
                sql,
                found.First,
                found.Last,
                i => i <= found.Last && holes.Overlaps(sql.Tokens[i].Start, sql.Tokens[i].End),
                origin.IsScript);
            if (kind.IsSkipped)
            {
                origin.Summary.Skip(kind.Name!);
            }
            else if (kind.Name is not null)
            {
                yield return new StatementBuilder(origin, text, sql, found, isIndexed).Build(gap, end);
            }

            gap = end;
        }
    }
}
