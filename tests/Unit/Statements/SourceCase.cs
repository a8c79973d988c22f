using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Tests.Statements;

/// <summary>Reads snippets of source code. A '⟦' in a snippet marks where a statement must begin.</summary>
internal static class SourceCase
{
    private const char Mark = '⟦';

    /// <summary>Reads a snippet as a file of this name.</summary>
    public static IReadOnlyList<SourceStatement> Read(string file, string source, SourceSummary? summary = null,
        SourceOptions? options = null) =>
        SourceReader.Read(new SourceFile(file, "/" + file), source, options ?? new SourceOptions(), summary ?? new SourceSummary());

    /// <summary>Checks that the marked statements are found, where the marks are, and no others.</summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="source">Snippet with marks.</param>
    /// <param name="expected">The statements as <see cref="Show"/> writes them.</param>
    public static void Check(string file, string source, params string[] expected)
    {
        List<string> places = [];
        string[] parts = source.Split(Mark);
        string text = parts[0];
        foreach (string part in parts.Skip(1))
        {
            places.Add(Place(text));
            text += part;
        }

        IReadOnlyList<SourceStatement> found = Read(file, text);
        found.Select(Show).ShouldBe(expected);
        found.Select(s => $"{s.Line}:{s.Column}").ShouldBe(places);
    }

    /// <summary>A statement in one line: its form, an exclamation mark for an injection, and its text.</summary>
    public static string Show(SourceStatement statement) =>
        $"{(statement.Appended ? "Appended" : statement.Form)}{(statement.IsInjection ? "!" : "")}: " +
        string.Join(' ', statement.Sql.Replace('\uE000', '#').Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static string Place(string before)
    {
        string[] lines = before.Replace("\r\n", "\n").Split('\n');
        return $"{lines.Length}:{lines[^1].Length + 1}";
    }
}
