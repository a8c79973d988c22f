using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Journal;

/// <summary>The journals of copies that tests write to, while other commands may run on the database itself.</summary>
internal sealed class CopyJournals
{
    private readonly string _ending;
    private readonly string _command;
    private readonly Stage _stage;

    private CopyJournals(string ending, string command, Stage stage)
    {
        _ending = ending;
        _command = command;
        _stage = stage;
    }

    /// <summary>The copies of isolation tests.</summary>
    public static CopyJournals Isolation { get; } = new(".isolation", "isolation test", Stage.Isolation);

    /// <summary>The copies on which upgrades are tested.</summary>
    public static CopyJournals Rehearsal { get; } = new(".rehearsal-test", "test of an upgrade", Stage.Rehearsal);

    /// <summary>The copies of backups that are tested.</summary>
    public static CopyJournals BackupTest { get; } = new(".backup-test", "test of a backup", Stage.Restore);

    /// <summary>The files of tenants that are exported.</summary>
    public static CopyJournals Export { get; } = new(".export", "export", Stage.Export);

    private static CopyJournals[] All { get; } = [Isolation, Rehearsal, BackupTest, Export];

    /// <summary>Begins the journal of a copy; the copies of tests that were interrupted are removed.</summary>
    /// <param name="live">Full path of the database.</param>
    /// <param name="folder">Full path of the folder that the copy goes to.</param>
    /// <param name="progress">Receives a notice of what was removed.</param>
    public RunJournal Begin(string live, string folder, IProgress<StageProgress>? progress)
    {
        RemoveInterrupted(live, folder, progress);
        while (true)
        {
            string name = FreeName.Find(NameFor(live, folder), "-", n => File.Exists(JournalFile.PathFor(n)));
            RunJournal journal = new(live, name, _command, file: null, progress);
            try
            {
                journal.Begin();
                journal.Enter(_stage);
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
        foreach (CopyJournals kind in All)
        {
            kind.RemoveInterrupted(live, folder, progress);
        }
    }

    private void RemoveInterrupted(string live, string folder, IProgress<StageProgress>? progress)
    {
        string name = NameFor(live, folder);
        foreach (string path in Journals(folder).Where(p => p.StartsWith(name, PathComparison.Kind)))
        {
            try
            {
                string copy = path.Substring(0, path.Length - JournalFile.Ending.Length);
                using RunJournal journal = new(live, copy, _command, JournalFile.Open(live, copy), progress);

                // The database of another shop may have the name of a copy.
                if (journal.Earlier.AreAll(_command))
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

    private string NameFor(string live, string folder) => Path.Combine(folder, Path.GetFileName(live)) + _ending;

    private string[] Journals(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*" + _ending + "*" + JournalFile.Ending);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The command itself reports what is wrong with the folder.
            return [];
        }
    }
}
