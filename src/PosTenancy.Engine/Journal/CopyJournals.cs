using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Journal;

/// <summary>The journals of copies that isolation tests write to, beside a database on which other commands may run.</summary>
internal static class CopyJournals
{
    private const string CopyEnding = ".isolation";
    private const string Command = "isolation test";

    /// <summary>Begins the journal of a copy; the copies of tests that were interrupted are removed.</summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="folder">Full path of the folder that the copy goes to.</param>
    /// <param name="progress">Receives a notice of what was removed.</param>
    public static RunJournal Begin(string live, string folder, IProgress<StageProgress>? progress)
    {
        Remove(live, folder, progress);
        while (true)
        {
            string name = FreeName.Find(NameFor(live, folder), "-", n => File.Exists(JournalFile.PathFor(n)));
            RunJournal journal = new(live, name, Command, file: null, progress);
            try
            {
                journal.Begin();
                journal.Enter(Stage.Isolation);
                return journal;
            }
            catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.DatabaseInUse)
            {
                // Another test took the name first.
            }
            catch
            {
                journal.Close();
                throw;
            }
        }
    }

    /// <summary>Removes the copies of tests that were interrupted, and reports it.</summary>
    public static void Remove(string live, string folder, IProgress<StageProgress>? progress)
    {
        string name = NameFor(live, folder);
        foreach (string path in Journals(folder).Where(p => p.StartsWith(name, PathComparison.Kind)))
        {
            try
            {
                string copy = path.Substring(0, path.Length - JournalFile.Ending.Length);
                using RunJournal journal = new(live, copy, Command, JournalFile.Open(live, copy), progress);

                // The database of another shop may have the name of a copy.
                if (journal.Earlier.AreAll(Command))
                {
                    journal.Earlier.CleanUp(progress);
                    journal.Close();
                }
            }
            catch (PosTenancyException)
            {
                // A test is running with it, or it is not PosTenancy's. No copy is a reason to refuse the command.
            }
        }
    }

    private static string NameFor(string live, string folder) => Path.Combine(folder, Path.GetFileName(live)) + CopyEnding;

    private static string[] Journals(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*" + CopyEnding + "*" + JournalFile.Ending);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The command itself reports what is wrong with the folder.
            return [];
        }
    }
}
