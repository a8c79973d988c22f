using System.Globalization;
using PosTenancy.Tests.Faults.Tracing;

namespace PosTenancy.Tests.Faults.PowerLoss;

/// <summary>Models the disk's state of a folder from the calls that changed it.</summary>
internal sealed class Disk
{
    private readonly string _path;
    private readonly DiskFolder _root = new();

    /// <summary>Starts from the current content of a folder, all of it synced.</summary>
    public Disk(string path)
    {
        _path = path;
        Load(path, _root);
    }

    /// <summary>The folder after a power loss.</summary>
    public IReadOnlyList<DiskEntry> After(bool keepsNames, Kept kept) => [.. _root.After(keepsNames, kept)];

    /// <summary>Applies the change of a call.</summary>
    /// <exception cref="NotSupportedException">The call changes a file in a way that the model does not support.</exception>
    public void Apply(SystemCall call)
    {
        if (!call.IsDone || call.Arguments[0].EndsWith("(deleted)", StringComparison.Ordinal))
        {
            return;
        }

        switch (call.Name)
        {
            case "openat" or "open" or "creat":
                Open(call);
                break;
            case "pwrite64":
                File(call.Path).Write(Number(call.Arguments[3]), TraceLog.Bytes(call.Arguments[1]));
                break;
            case "ftruncate":
                File(call.Path).Truncate(Number(call.Arguments[1]));
                break;
            case "fsync" or "fdatasync":
                Sync(Entry(call.Path));
                break;
            case "rename" or "renameat" or "renameat2":
                Names(call.Paths[1])[Path.GetFileName(call.Paths[1])] = Entry(call.Paths[0]);
                Names(call.Paths[0]).Remove(Path.GetFileName(call.Paths[0]));
                break;
            case "link" or "linkat":
                Names(call.Paths[1]).Add(Path.GetFileName(call.Paths[1]), Entry(call.Paths[0]));
                break;
            case "unlink" or "unlinkat" or "rmdir":
                Names(call.Path).Remove(Path.GetFileName(call.Path));
                break;
            case "mkdir" or "mkdirat":
                Names(call.Path).Add(Path.GetFileName(call.Path), new DiskFolder());
                break;
            case "fallocate" when call.Arguments[1] == "FALLOC_FL_KEEP_SIZE":
            case "chmod" or "fchmod" or "fchmodat" or "chown" or "fchown" or "fchownat" or "utimensat":
                break;
            default:
                throw new NotSupportedException($"The model of the disk does not know {call}.");
        }
    }

    private static void Load(string path, DiskFolder folder)
    {
        foreach (string file in Directory.EnumerateFiles(path))
        {
            folder.Now.Add(Path.GetFileName(file), new DiskFile(System.IO.File.ReadAllBytes(file)));
        }

        foreach (string below in Directory.EnumerateDirectories(path))
        {
            DiskFolder entry = new();
            Load(below, entry);
            folder.Now.Add(Path.GetFileName(below), entry);
        }

        folder.Sync();
    }

    private static void Sync(object entry)
    {
        if (entry is DiskFile file)
        {
            file.Sync();
        }
        else
        {
            ((DiskFolder)entry).Sync();
        }
    }

    private static long Number(string argument) => long.Parse(argument, CultureInfo.InvariantCulture);

    private void Open(SystemCall call)
    {
        Dictionary<string, object> names = Names(call.Path);
        string name = Path.GetFileName(call.Path);
        if (!names.TryGetValue(name, out object? entry))
        {
            names.Add(name, new DiskFile([]));
        }
        else if (call.Arguments.Any(a => a.Contains("O_TRUNC", StringComparison.Ordinal)))
        {
            ((DiskFile)entry).Truncate(0);
        }
    }

    private DiskFile File(string path) => (DiskFile)Entry(path);

    private object Entry(string path) => path == _path ? _root : Names(path)[Path.GetFileName(path)];

    private Dictionary<string, object> Names(string path) => ((DiskFolder)Entry(Path.GetDirectoryName(path)!)).Now;
}
