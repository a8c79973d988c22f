using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Journal;

/// <summary>
/// The file of a journal. It is held open without sharing, so that only one of two commands gets it; the system releases it even if the
/// process is killed.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>What the name of a journal has after that of its database.</summary>
    public const string Ending = ".postenancy-journal";

    /// <summary>No journal of PosTenancy comes near this many bytes.</summary>
    private const int MaxLength = 1 << 24;

    private readonly FileStream _stream;

    private JournalFile(string path, FileStream stream, IReadOnlyList<RunRecord> runs)
    {
        Path = path;
        _stream = stream;
        Runs = runs;
    }

    /// <summary>Full path of the journal.</summary>
    public string Path { get; }

    /// <summary>The runs that it contained when it was opened, in the order in which they began.</summary>
    public IReadOnlyList<RunRecord> Runs { get; }

    /// <summary>The journal of a database, or of a copy of one.</summary>
    /// <param name="name">Full path of the database or copy.</param>
    public static string PathFor(string name) => name + Ending;

    /// <summary>Opens a journal; <see langword="null"/> if there is none. Changes nothing but a last line that was torn.</summary>
    /// <param name="live">The database, for errors.</param>
    /// <param name="name">What the journal's name begins with.</param>
    /// <exception cref="PosTenancyException">Another command holds it, or it is not a journal.</exception>
    public static JournalFile? Open(string live, string name)
    {
        string path = PathFor(name);
        if (!File.Exists(path))
        {
            return null;
        }

        FileStream stream = FileErrors.Guard(live, () => Hold(live, path, FileMode.Open));
        try
        {
            return FileErrors.Guard(live, () =>
            {
                IReadOnlyList<RunRecord> runs = JournalLines.Read(path, Content(path, stream), out int whole);
                if (whole < stream.Length)
                {
                    stream.SetLength(whole);
                }

                stream.Position = whole;
                return new JournalFile(path, stream, runs);
            });
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Creates a journal with the permissions of its database.</summary>
    /// <param name="live">Full path of the database, which may be missing.</param>
    /// <param name="name">What the journal's name begins with.</param>
    /// <exception cref="PosTenancyException">Another command has just created it.</exception>
    public static JournalFile Create(string live, string name)
    {
        string path = PathFor(name);
        JournalFile file = new(path, Hold(live, path, FileMode.CreateNew), []);
        try
        {
            if (File.Exists(live))
            {
                DurableFile.CopyPermissions(live, path);
            }

            return file;
        }
        catch
        {
            // It has no line yet.
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>The runs of a journal that no command holds, without changing anything.</summary>
    /// <exception cref="IOException">A command holds it.</exception>
    public static IReadOnlyList<RunRecord> Read(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        return JournalLines.Read(path, Content(path, stream), out _);
    }

    /// <summary>Whether a command is at work on a database.</summary>
    /// <param name="name">Full path of the database.</param>
    public static bool IsHeld(string name)
    {
        string path = PathFor(name);
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return false;
        }
        catch (IOException exception)
        {
            return exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Appends a line and makes it durable.</summary>
    public void Append(byte[] line) => DurableFile.AppendLine(_stream, line);

    /// <summary>
    /// Removes the journal while it is still held, so that no other command begins with one that is about to go. Windows does not remove a
    /// file that is open.
    /// </summary>
    public void Remove()
    {
        if (!Unix.IsAvailable)
        {
            Dispose();
        }

        MomentaryHold.Outlast(() => File.Delete(Path));
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static byte[] Content(string path, FileStream stream)
    {
        if (stream.Length > MaxLength)
        {
            throw Errors.JournalInvalid(path, "it is too large to be one");
        }

        byte[] content = new byte[stream.Length];
        stream.Position = 0;
        _ = FileBlocks.Fill(stream, content, 0, content.Length);
        return content;
    }

    private static FileStream Hold(string live, string path, FileMode mode)
    {
        if (mode == FileMode.Open && new FileInfo(path).Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            throw Errors.JournalInvalid(path, "it is a link to another file");
        }

        FileStream stream;
        try
        {
            stream = mode == FileMode.CreateNew
                ? DurableFile.Create(path, length: 0, FileShare.None)
                : new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException exception)
            when (exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
        {
            throw Errors.CommandAtWork(live, OpenFileProcesses.FindOthers(path).Phrase, exception);
        }

        // The previous holder may have removed the file after it was opened here and before it was locked.
        if (Unix.Stat($"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}") is { Identity: var held } &&
            Unix.Stat(path)?.Identity.IsSameFile(held) != true)
        {
            stream.Dispose();
            throw Errors.CommandAtWork(live, processes: null, inner: null);
        }

        return stream;
    }
}
