using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Compares a backup and the migrated file page by page. ADD COLUMN rewrites no row, so pages that held rows or keys keep their bytes; only
/// the header, the schema, pointer maps and formerly free pages may differ.
/// </summary>
/// <param name="Compared">Number of pages in the backup.</param>
/// <param name="Different">Number of those that differ now, or no longer exist.</param>
/// <param name="Trees">Number of differing pages for each table and index of the backup.</param>
/// <param name="Kinds">Kinds and numbers of the differing pages, as readable text.</param>
internal sealed record PageComparison(long Compared, long Different, IReadOnlyDictionary<string, long> Trees, IReadOnlyList<string> Kinds)
{
    private const int MaxNamed = 10;

    /// <summary>Compares two complete files.</summary>
    /// <param name="path">Path of the backup, to name in errors.</param>
    /// <param name="before">Stream of the backup.</param>
    /// <param name="after">Stream of the migrated file.</param>
    /// <param name="trees">Tables and indexes of the backup.</param>
    /// <param name="progress">Receives the number of bytes compared.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns><see langword="null"/> if the page sizes differ, so that pages cannot be compared.</returns>
    /// <exception cref="PosTenancyException">The structure of the backup is invalid.</exception>
    public static PageComparison? Compare(
        string path,
        FileStream before,
        FileStream after,
        IReadOnlyList<BTree> trees,
        Action<long>? progress,
        CancellationToken cancellation)
    {
        DatabasePages pages = new(path, before);
        if (new DatabasePages(path, after).Header.PageSize != pages.Header.PageSize)
        {
            return null;
        }

        PageSet different = PageDifference.Find(before, after, pages.Header.PageSize, progress, cancellation);
        BTreePages walk = new(pages);
        PageKinds kinds = PageKinds.Read(pages, walk, cancellation);
        Dictionary<string, (long Count, List<long> First)> found = new(StringComparer.Ordinal);
        long others = 0;
        foreach (long page in different.Pages())
        {
            PageKind kind = kinds.Find(page);
            others += kind == PageKind.Other ? 1 : 0;
            if (kind != PageKind.Other)
            {
                Note(found, Name(kind), page);
            }
        }

        // Finding the owner of the remaining pages takes a walk through every table, and most files have no such pages.
        Dictionary<string, long> owners = new(Identifier.Comparer);
        foreach (BTree tree in others == 0 ? [] : trees)
        {
            string name = $"{tree.Type} {tree.Name}";
            walk.Visit(
                tree.Root,
                (page, _) =>
                {
                    if (different.Contains(page))
                    {
                        Note(found, name, page);
                    }
                },
                cancellation);
            if (found.TryGetValue(name, out (long Count, List<long> First) hits))
            {
                owners[tree.Name] = hits.Count;
                others -= hits.Count;
            }
        }

        return new PageComparison(
            pages.Count,
            different.Count,
            owners,
            [
                .. found.Select(f => $"{f.Key}: {Numbers(f.Value.Count, f.Value.First)}"),
                .. others > 0 ? [$"not in any table: {others}"] : (string[])[],
            ]);
    }

    private static void Note(Dictionary<string, (long Count, List<long> First)> found, string what, long page)
    {
        (long count, List<long> first) = found.TryGetValue(what, out (long Count, List<long> First) known) ? known : (0, []);
        if (first.Count < MaxNamed)
        {
            first.Add(page);
        }

        found[what] = (count + 1, first);
    }

    private static string Name(PageKind kind) => kind switch
    {
        PageKind.Header => "header",
        PageKind.Schema => "schema",
        PageKind.PointerMap => "pointer map",
        PageKind.Free => "previously free",
        _ => "lock page",
    };

    private static string Numbers(long count, List<long> first) =>
        $"{(count == 1 ? "page" : "pages")} {string.Join(", ", first)}{(count > first.Count ? $" and {count - first.Count} more" : "")}";
}

/// <summary>The b-tree of a table or index.</summary>
/// <param name="Type"><c>table</c> or <c>index</c>.</param>
/// <param name="Name">Name of the table or index.</param>
/// <param name="Root">Number of its root page.</param>
/// <param name="Sql">Its CREATE statement; <see langword="null"/> for the automatic index of a key.</param>
internal sealed record BTree(string Type, string Name, long Root, string? Sql)
{
    /// <summary>Reads all b-trees; a virtual table has none.</summary>
    public static IReadOnlyList<BTree> Read(DatabaseConnection connection) =>
    [
        .. connection.Query(
            "SELECT type, name, rootpage, sql FROM main.sqlite_schema WHERE rootpage > 0 ORDER BY rowid",
            static row => new BTree(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetStringOrNull(3))),
    ];
}
