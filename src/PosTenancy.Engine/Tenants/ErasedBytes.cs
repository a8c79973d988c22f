using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Searches the bytes of a file, as grep -a would, for values that an erased tenant had. A value that is in a row of the database is not
/// the tenant's alone, or was copied there by the application; any other has survived where no query sees it.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="values">The values of the tenant, in the backup.</param>
/// <param name="run">Stage, progress and cancellation.</param>
internal sealed class ErasedBytes(ExclusiveDatabase database, TenantValues values, RunContext run)
{
    /// <summary>Searches the file, and the journals beside it.</summary>
    /// <returns>Whether nothing was found, what was searched, and what was found.</returns>
    public (CheckStatus Status, string Actual, string Detail) Check()
    {
        long searched = 0;
        BytePatterns patterns = new(values.Length);
        values.Read(value =>
        {
            searched++;
            patterns.Add(value);
        });
        using FoundValues found = new(run.Path, run.Cancellation);
        Search(patterns, found);
        long inFile = 0;
        if (found.Count > 0)
        {
            found.KeepReal(values.Read);
            inFile = found.Count;
            RemoveLive(found);
        }

        long left = found.Count;
        return (
            left == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            FormattableString.Invariant(
                $"{searched:N0} values searched for, {left:N0} found in no row, {inFile - left:N0} in rows of others"),
            left == 0 ? "" : FormattableString.Invariant($"{left:N0} values of the tenant are still in the file, in no row"));
    }

    private void Search(BytePatterns patterns, FoundValues found)
    {
        run.Report("Searching the file for values of the tenant", StagePart.FileChecks);
        database.RawFile.Position = 0;
        Search(database.RawFile, patterns, found);
        foreach (string ending in DatabaseFile.SidecarEndings.Where(e => FilePath.HasContent(database.File.Path + e)))
        {
            using FileStream sidecar = FileBlocks.Open(database.File.Path + ending);
            Search(sidecar, patterns, found);
        }
    }

    /// <summary>Block by block, each with the end of the one before: a value may lie on both.</summary>
    private void Search(FileStream file, BytePatterns patterns, FoundValues found)
    {
        const int Overlap = BytePatterns.MaxLength - 1;
        byte[] block = new byte[FileBlocks.Size];
        byte[] bytes = new byte[Overlap + FileBlocks.Size];
        int kept = 0;
        int read;
        while ((read = FileBlocks.Read(file, block, database.File.Header.PageSize)) > 0)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            Buffer.BlockCopy(block, 0, bytes, kept, read);
            patterns.Find(bytes.AsSpan(0, kept + read), found.Add);
            int next = Math.Min(Overlap, kept + read);
            Buffer.BlockCopy(bytes, kept + read - next, bytes, 0, next);
            kept = next;
        }
    }

    /// <summary>Removes what is in a row of any table, or in an index.</summary>
    private void RemoveLive(FoundValues found)
    {
        BytePatterns patterns = found.ToPatterns();
        DatabasePages pages = new(database.File.Path, database.RawFile);
        foreach (long root in BTree.Read(database.Connection).Select(t => t.Root).Prepend(1))
        {
            BTreeCells cells = new(pages, root);
            while (cells.Read(run.Cancellation))
            {
                patterns.Find(cells.Payload.AsSpan(), found.Remove);
            }

            if (found.Count == 0)
            {
                return;
            }
        }
    }
}
