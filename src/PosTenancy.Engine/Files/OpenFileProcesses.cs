using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>
/// Processes that have a file open, according to the operating system. A lock does not reveal them: in rollback-journal mode an idle
/// connection holds none.
/// </summary>
/// <param name="Names">The processes as "name (id)"; empty if there are none.</param>
/// <param name="NotChecked">Why the answer may be incomplete; <see langword="null"/> if every process was inspected.</param>
internal sealed record OpenFileProcesses(IReadOnlyList<string> Names, string? NotChecked)
{
    /// <summary>The processes in one phrase, or <see langword="null"/> if there are none.</summary>
    public string? Phrase => Names.Count == 0 ? null : string.Join(", ", Names);

    /// <summary>Inspects every other process that this account may inspect.</summary>
    /// <param name="path">Full path of the file.</param>
    public static OpenFileProcesses FindOthers(string path)
    {
        using Process self = Process.GetCurrentProcess();
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
        {
            return FindInProc(path, self.Id);
        }

        return RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
            ? RestartManager.Find(path, self.Id)
            : new OpenFileProcesses([], "this operating system does not report which process has a file open");
    }

    /// <summary>
    /// This process, if it has the file open. If it does, the file must not even be opened for inspection: on POSIX, closing a second
    /// descriptor
    /// would drop the locks of the first, and a SQLite library of another module would then write without one.
    /// </summary>
    public static string? FindThis(string path)
    {
        if (Unix.Stat(path) is not { Identity: var file } || !FileErrors.Guard(path, () => HasOpen("/proc/self", file)))
        {
            return null;
        }

        using Process self = Process.GetCurrentProcess();
        return $"{self.ProcessName} ({self.Id}), which is this process";
    }

    /// <summary>
    /// Finds processes through /proc. Between fork and exec a program started by this process briefly has this process's descriptors, so
    /// matches among its children are inspected again.
    /// </summary>
    private static OpenFileProcesses FindInProc(string path, int selfId)
    {
        if (Unix.Stat(path) is not { Identity: var file })
        {
            return new OpenFileProcesses([], "this system does not report which file a descriptor refers to");
        }

        for (int attempt = 1; ; attempt++)
        {
            OpenFileProcesses found = FindInProc(file, selfId, out bool isChild);
            if (!isChild || attempt == 20)
            {
                return found;
            }

            Thread.Sleep(20);
        }
    }

    private static OpenFileProcesses FindInProc(FileIdentity file, int selfId, out bool isChild)
    {
        isChild = false;
        List<string> found = [];
        int unreadable = 0;
        string[] folders;
        try
        {
            folders = Directory.GetDirectories("/proc");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new OpenFileProcesses([], $"the list of processes cannot be read: {exception.Message}");
        }

        foreach (string folder in folders)
        {
            string name = Path.GetFileName(folder);
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id == selfId)
            {
                continue;
            }

            try
            {
                if (HasOpen(folder, file))
                {
                    isChild |= ParentId(folder) == selfId;
                    found.Add($"{ProcessName(folder)} ({id})");
                }
            }
            catch (UnauthorizedAccessException)
            {
                unreadable++;
            }
            catch (IOException)
            {
                // The process ended during the inspection and has nothing open any more.
            }
        }

        return new OpenFileProcesses(found, unreadable == 0 ? null : $"{unreadable} processes of other accounts could not be inspected");
    }

    private static bool HasOpen(string processFolder, FileIdentity file)
    {
        string descriptors = processFolder + "/fd";
        return Unix.ReadLinuxFolder(descriptors).Any(name => Unix.Stat($"{descriptors}/{name}")?.Identity.IsSameFile(file) == true);
    }

    /// <summary>Reads the fourth field of "id (name) state parent …"; the name may contain blanks and brackets.</summary>
    private static int ParentId(string folder)
    {
        string text = File.ReadAllText(folder + "/stat");
        return int.Parse(
            text.Substring(text.LastIndexOf(')') + 1).Split([' '], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
    }

    private static string ProcessName(string folder)
    {
        try
        {
            return File.ReadAllText(folder + "/comm").Trim();
        }
        catch (IOException)
        {
            return "a process that has just ended";
        }
    }
}
