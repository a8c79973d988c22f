using PosTenancy.Engine.Files;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// The rehearsed copy, which passed every check. The same statements on the same bytes produce the same file, so a migrated database whose
/// bytes equal the twin's passes every check as well: comparing them proves more than running the checks again, and costs only the reading
/// of two files.
/// </summary>
/// <param name="path">Full path of the copy.</param>
internal sealed class Twin(string path)
{
    /// <summary>The comparison in progress reports.</summary>
    public const string Activity = "Comparing the committed file with the rehearsed copy";

    /// <summary>Compares the locked database with the copy, byte for byte.</summary>
    /// <param name="database">The database, without a write-ahead log that holds a part of it.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels between two blocks.</param>
    /// <returns>
    /// Whether they are equal. If they are not, or the copy cannot be read, nothing is proved: a script or a trigger may use the time or
    /// random values.
    /// </returns>
    public bool IsEqualTo(ExclusiveDatabase database, IProgress<StageProgress>? progress, CancellationToken cancellation)
    {
        long length = database.RawFile.Length;
        StageProgress comparing = new(Stage.Verification, Activity, database.File.Path, 0, length) { Part = StagePart.FileProof };
        progress?.Report(comparing);
        try
        {
            using FileStream copy = FileBlocks.Open(path);
            return copy.Length == length && PageDifference.Find(
                copy,
                database.RawFile,
                database.File.Header.PageSize,
                done => progress?.Report(comparing with { Completed = done }),
                cancellation).Count == 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes the copy and its folder. If that fails, the journal removes them when the command ends.</summary>
    public void Delete()
    {
        try
        {
            MomentaryHold.Outlast(() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }
}
