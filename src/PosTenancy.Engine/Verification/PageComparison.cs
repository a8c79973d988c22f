using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// A backup and the file that it became, page by page. ADD COLUMN rewrites no row, so what held rows or keys before has the same bytes
/// after, and only the header, the schema, pointer maps and what was free may differ.
/// </summary>
/// <param name="Compared">How many pages the backup has.</param>
/// <param name="Different">How many of them have other bytes now, or are gone.</param>
/// <param name="Trees">By table and index of the backup: how many of its pages differ.</param>
/// <param name="Kinds">What the pages that differ are, and which, for people.</param>
internal sealed record PageComparison(long Compared, long Different, IReadOnlyDictionary<string, long> Trees, IReadOnlyList<string> Kinds)
{
    private const int MaxNamed = 10;

    /// <summary>Compares two whole files.</summary>
    /// <param name="path">Path of the backup, to name in errors.</param>
    /// <param name="before">The backup.</param>
    /// <param name="after">The migrated file.</param>
    /// <param name="trees">The tables and indexes of the backup.</param>
    /// <param name="progress">Told the number of bytes compared.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns><see langword="null"/> if the files have pages of different sizes, so that none can be compared.</returns>
    /// <exception cref="PosTenancyException">The structure of the backup cannot be followed.</exception>
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

        // Whose the rest are takes a walk through every table, and in most files there is none to ask for.
        Dictionary<string, long> owners = new(Identifier.Comparer);
        foreach (BTree tree in others == 0 ? [] : trees)
        {
            string name = $"{tree.Type} {tree.Name}";
            walk.Visit(
                tree.Root,
                page =>
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
                .. others > 0 ? [$"in no table: {others}"] : (string[])[],
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
        PageKind.Free => "free before",
        _ => "lock page",
    };

    private static string Numbers(long count, List<long> first) =>
        $"{(count == 1 ? "page" : "pages")} {string.Join(", ", first)}{(count > first.Count ? $" and {count - first.Count} more" : "")}";
}

/// <summary>A table or index as a b-tree in the file.</summary>
/// <param name="Type"><c>table</c> or <c>index</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Root">The number of its first page.</param>
/// <param name="Sql">The statement that made it; <see langword="null"/> for the index of a key.</param>
internal sealed record BTree(string Type, string Name, long Root, string? Sql)
{
    /// <summary>Reads every one; a virtual table has none.</summary>
    public static IReadOnlyList<BTree> Read(DatabaseConnection connection) =>
    [
        .. connection.Query(
            "SELECT type, name, rootpage, sql FROM main.sqlite_schema WHERE rootpage > 0 ORDER BY rowid",
            static row => new BTree(row.GetString(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3))),
    ];
}
