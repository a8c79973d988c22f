using PosTenancy.Engine.Pages;

namespace PosTenancy.Fuzz;

/// <summary>The pages of a file: the walk through tables and indexes, the schema, the freelist.</summary>
internal static class PageTarget
{
    private const int MaxRoots = 40;

    private static readonly string Folder = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private static readonly FileStream File = new(
        Path.Combine(Folder, $"postenancy-fuzz-{Environment.ProcessId}"),
        FileMode.Create,
        FileAccess.ReadWrite,
        FileShare.ReadWrite,
        bufferSize: 1,
        FileOptions.DeleteOnClose);

    public static void Run(byte[] bytes)
    {
        File.SetLength(bytes.Length);
        File.Position = 0;
        File.Write(bytes);
        DatabasePages pages;
        try
        {
            pages = new DatabasePages(File.Name, File);
        }
        catch (PosTenancyException)
        {
            return;
        }

        Try(() =>
        {
            PageKinds kinds = PageKinds.Read(pages, new BTreePages(pages), CancellationToken.None);
            for (long page = 1; page <= pages.Count; page++)
            {
                _ = kinds.Find(page);
            }
        });
        BTreePages one = new(pages);
        for (long root = 1; root <= Math.Min(pages.Count, MaxRoots); root++)
        {
            // Alone, and together with the others: a page used by two b-trees is damage.
            Visit(new BTreePages(pages), pages, root);
            Visit(one, pages, root);
            Read(pages, root);
        }
    }

    private static void Visit(BTreePages walk, DatabasePages pages, long root)
    {
        HashSet<long> seen = [];
        Try(() => walk.Visit(
            root,
            (page, _) =>
            {
                Target.Require(page >= 1 && page <= pages.Count, $"page {page} is not there");
                Target.Require(seen.Add(page), $"page {page} is visited twice");
            },
            CancellationToken.None));
    }

    private static void Read(DatabasePages pages, long root) => Try(() =>
    {
        BTreeCells cells = new(pages, root);
        CellRecord record = new(cells);
        while (cells.Read(CancellationToken.None))
        {
            record.Read();
            for (int column = 0; column < record.Count; column++)
            {
                _ = record.Class(column) == StorageClass.Text ? record.Text(column).Length : record.Bytes(column).Count;
            }
        }
    });

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (PosTenancyException)
        {
            // The damage was detected.
        }
    }
}
