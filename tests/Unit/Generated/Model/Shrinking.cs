namespace PosTenancy.Tests.Generated.Model;

/// <summary>Removes pieces from a database, the largest first, so that a failing database fits on a screen.</summary>
internal static class Shrinking
{
    public static IEnumerable<RandomDatabase> Shrink(RandomDatabase d) =>
        [
            .. Without(d.Statements).Select(s => d with { Statements = s }),
            .. Without(d.Parts).Select(p => d with { Parts = p }),
            .. Without(d.Tables).Where(t => t.Count > 0).Select(t => d with { Tables = t }),
            .. Without(d.Queries).Select(q => d with { Queries = q }),
            .. Without(d.File.Epilogue).Select(e => d with { File = d.File with { Epilogue = e } }),
            .. Without(d.File.Prologue).Select(p => d with { File = d.File with { Prologue = p } }),
            .. Without(d.Tenant.Excluded).Select(e => d with { Tenant = d.Tenant with { Excluded = e } }),
            .. d.File.LeavesLog ? [d with { File = d.File with { LeavesLog = false } }] : Array.Empty<RandomDatabase>(),
            .. d.File.IsOldFormat ? [d with { File = d.File with { IsOldFormat = false } }] : Array.Empty<RandomDatabase>(),
            .. d.Tables.SelectMany(
                (table, i) => Shrink(table).Select(smaller => d with { Tables = [.. d.Tables.Take(i), smaller, .. d.Tables.Skip(i + 1)] })),
        ];

    private static IEnumerable<RandomTable> Shrink(RandomTable table) =>
        [
            .. Without(table.Rows).Select(r => table with { Rows = r }),
            .. Without(table.Constraints).Select(c => table with { Constraints = c }),
            .. Without(table.Columns)
                .Where(c => c.Count > 0 && table.Columns.Where(k => k.IsTenant).All(c.Contains))
                .Select(c =>
                    table with
                    {
                        Columns = c,
                        Rows = [.. table.Rows.Select(r => (IReadOnlyList<CellValue>)[.. r.Where(v => c.Any(k => k.Name == v.Column))])],
                    }),
            .. table.Columns.SelectMany(
                (column, i) =>
                    Shrink(column)
                        .Select(smaller => table with { Columns = [.. table.Columns.Take(i), smaller, .. table.Columns.Skip(i + 1)] })),
            .. table.Options.Length > 0 ? [table with { Options = "" }] : Array.Empty<RandomTable>(),
            .. table.Sql != SqlWords.Quote(table.Name) ? [table with { Sql = SqlWords.Quote(table.Name) }] : Array.Empty<RandomTable>(),
        ];

    /// <summary>
    /// A tenant column is never shrunk: with a piece less it would be another column, which the migration may refuse, and without it its
    /// name in
    /// double quotes would be a string in its index, which the migration must refuse.
    /// </summary>
    private static IEnumerable<RandomColumn> Shrink(RandomColumn column) => column.IsTenant ? [] :
    [
        .. Without(column.Constraints).Select(c => column with { Constraints = c }),
        .. column.Comment.Length > 0 ? [column with { Comment = "" }] : Array.Empty<RandomColumn>(),
        .. column.Type.Length > 0 ? [column with { Type = "" }] : Array.Empty<RandomColumn>(),
        .. column.Sql != SqlWords.Quote(column.Name) ? [column with { Sql = SqlWords.Quote(column.Name) }] : Array.Empty<RandomColumn>(),
    ];

    /// <summary>The empty list, the list without each half, and the list without each item.</summary>
    private static IEnumerable<IReadOnlyList<T>> Without<T>(IReadOnlyList<T> list)
    {
        if (list.Count > 1)
        {
            yield return [];
        }

        if (list.Count > 3)
        {
            yield return [.. list.Take(list.Count / 2)];
            yield return [.. list.Skip(list.Count / 2)];
        }

        for (int i = 0; i < list.Count; i++)
        {
            yield return [.. list.Take(i), .. list.Skip(i + 1)];
        }
    }
}
