using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>Differences between two compilations of a schema's statements.</summary>
/// <param name="Broken">Statements that compiled before and do not now, or would now write to other columns; with the reason.</param>
/// <param name="Expanded">Triggers and views that read the tenant column now and did not before, although unchanged: their <c>*</c>
/// expanded.</param>
/// <param name="Joined">Those whose NATURAL JOIN now compares the tenant column, with the same result while there is one tenant.</param>
internal sealed record CompilationChange(
    IReadOnlyList<(string Statement, string Reason)> Broken, IReadOnlyList<string> Expanded, IReadOnlyList<string> Joined)
{
    public static CompilationChange Between(
        DatabaseSchema schemaBefore, SchemaCompilation before, DatabaseSchema schemaAfter, SchemaCompilation after, string columnName)
    {
        List<(string Statement, bool MayChange)> joins = [.. NaturalJoins.Between(schemaBefore, schemaAfter, columnName)];
        HashSet<(string, string, string, string?)> unchanged = [.. schemaBefore.Objects.Where(IsCode).Select(Identity)];
        List<string> expanded =
        [
            .. schemaAfter.Objects
                .Where(o => IsCode(o) && unchanged.Contains(Identity(o)))
                .Select(o => o.Name)
                .Where(name =>
                    after.ColumnReaders.Contains(name, Identifier.Comparer) && !before.ColumnReaders.Contains(name, Identifier.Comparer)),
        ];
        return new CompilationChange(
            [
                .. after.Errors.Where(e => !before.Errors.ContainsKey(e.Key)).Select(e => (e.Key, e.Value)),
                .. expanded
                    .Where(after.Misaligned.Contains)
                    .Select(name =>
                        (
                            SchemaCompilation.Trigger(name),
                            "its * now has one more column, so it may insert values into the wrong columns; name the columns in it " +
                            "before the migration"
                        )),
                .. QuotedNameCapture.Find(schemaBefore, schemaAfter, expanded, columnName),
                .. joins
                    .Where(j => j.MayChange)
                    .Select(j => (j.Statement, $"its NATURAL JOIN would also compare {columnName}, which one of its tables already had")),
            ],
            expanded,
            [.. joins.Where(j => !j.MayChange).Select(j => j.Statement)]);
    }

    private static bool IsCode(SchemaObject o) => o.Type is "view" or "trigger";

    private static (string, string, string, string?) Identity(SchemaObject o) => (o.Type, o.Name, o.Table, o.Sql);
}
