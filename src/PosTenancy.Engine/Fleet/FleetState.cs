using System.Text;
using System.Text.Json;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Reporting;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Fleet;

/// <summary>
/// What a rollout has done, in a file from which the same command goes on after a power cut: one JSON object a line, appended and synced,
/// never changed. Each line begins with a hash of itself and all lines before it, so that only the last one can be torn without being
/// noticed as damage. The file is held without sharing.
/// </summary>
public sealed class FleetState : IDisposable
{
    private const string FormatName = "PosTenancy.Fleet";
    private const int CurrentVersion = 1;

    /// <summary>Hexadecimal digits of a hash: 64 bits are enough against damage.</summary>
    private const int HashLength = 16;

    private readonly FileStream _stream;
    private readonly Dictionary<int, (long Position, int Length)> _done = [];
    private readonly HashSet<int> _begun = [];
    private string _hash = "";

    private FleetState(string path, FileStream stream)
    {
        Path = path;
        _stream = stream;
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>Creates the file, or goes on with it.</summary>
    /// <param name="path">Path of the file; its folder must exist.</param>
    /// <param name="fingerprint">The <see cref="FleetStores.Fingerprint"/> of the stores.</param>
    /// <exception cref="PosTenancyException">Another rollout uses it, it is damaged, or it is that of other stores or options.</exception>
    public static FleetState Open(string path, string fingerprint)
    {
        string full = FilePath.Full(path);
        return FileErrors.Guard(full, () =>
        {
            if (Directory.Exists(full))
            {
                throw Errors.FleetStateInvalid(full, "it is a folder");
            }

            FileStream stream = Hold(full);
            try
            {
                FleetState state = new(full, stream);
                if (!state.Read(fingerprint))
                {
                    Line first = new() { Format = FormatName, Version = CurrentVersion, Rows = fingerprint };
                    state.Append(first with { StartedAt = DateTimeOffset.Now });
                    DurableFile.SyncFolderOf(full);
                }

                return state;
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        });
    }

    /// <summary>Whether an earlier run has done the store, so that nothing is left to do.</summary>
    public bool IsDone(int store) => _done.ContainsKey(store);

    /// <summary>Whether an earlier run was interrupted while the store was at work.</summary>
    public bool WasInterrupted(int store) => _begun.Contains(store);

    /// <summary>Records that a store begins.</summary>
    /// <exception cref="PosTenancyException">The file cannot be written.</exception>
    public void Begin(int store) => FileErrors.Guard(Path, () => Append(new Line { Store = store, StartedAt = DateTimeOffset.Now }));

    /// <summary>Records how a store ended.</summary>
    /// <exception cref="PosTenancyException">The file cannot be written.</exception>
    public void End(int store, FleetResult result) => FileErrors.Guard(Path, () => Append(new Line
    {
        Store = store,
        Status = result.Status,
        StartedAt = result.StartedAt,
        Seconds = result.Duration.TotalSeconds,
        Error = result.Error,
        ReportPath = result.ReportPath,
        Upgrade = result.Upgrade is { } upgrade ? UpgradeReport.Render(upgrade, ReportFormat.Json) : null,
    }));

    /// <summary>Loads the result of a store that is done.</summary>
    /// <exception cref="PosTenancyException">The file cannot be read, or the result in it.</exception>
    public FleetResult Load(int store, FleetStore row) => FileErrors.Guard(Path, () =>
    {
        (long position, int length) = _done[store];
        byte[] bytes = new byte[length];
        _stream.Position = position;
        _ = FileBlocks.Fill(_stream, bytes, 0, length);
        _stream.Position = _stream.Length;
        Line line = Parse(Encoding.UTF8.GetString(bytes))!;
        UpgradeResult? upgrade = line.Upgrade is { } json ? UpgradeReport.Parse(Path, json) : null;
        return new FleetResult(
            upgrade?.Path ?? row.Path,
            row.ComputerName,
            row.TenantId,
            line.Status!.Value,
            line.StartedAt,
            TimeSpan.FromSeconds(line.Seconds ?? 0))
        {
            Upgrade = upgrade,
            Error = line.Error,
            ReportPath = line.ReportPath,
            DoneBefore = true,
        };
    });

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static FileStream Hold(string path)
    {
        try
        {
            return File.Exists(path)
                ? new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1)
                : DurableFile.Create(path, length: 0, FileShare.None);
        }
        catch (IOException exception)
            when (exception is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
        {
            throw Errors.FleetStateInUse(path, OpenFileProcesses.FindOthers(path).Phrase, exception);
        }
    }

    /// <summary>Reads every line; a last one without its end was torn, and is removed.</summary>
    /// <returns>Whether there was a line.</returns>
    private bool Read(string fingerprint)
    {
        bool isFirst = true;
        long whole = 0;
        foreach ((string text, long position, int length) in Lines())
        {
            bool isLine = text.Length > HashLength && text[HashLength] == ' ';
            string hash = isLine ? text.Substring(0, HashLength) : "";
            string json = isLine ? text.Substring(HashLength + 1) : "";
            if (hash != Chain(json) || Parse(json) is not { } line || isFirst != (line.Format == FormatName))
            {
                throw Errors.FleetStateInvalid(Path, isFirst ? "it is not the state of a rollout" : "it was changed or is damaged");
            }

            if (isFirst)
            {
                Require(line, fingerprint);
            }
            else
            {
                Record(line, (position + HashLength + 1, length - HashLength - 1));
            }

            _hash = hash;
            isFirst = false;
            whole = position + length + 1;
        }

        if (isFirst && _stream.Length > 0 && !IsTornBeginning())
        {
            throw Errors.FleetStateInvalid(Path, "it is not the state of a rollout");
        }

        _stream.SetLength(whole);
        _stream.Position = whole;
        return !isFirst;
    }

    private void Require(Line line, string fingerprint)
    {
        if (line.Version != CurrentVersion)
        {
            throw Errors.FleetStateInvalid(Path, $"its version is {line.Version}, and this release only knows version {CurrentVersion}");
        }

        if (line.Rows != fingerprint)
        {
            throw Errors.FleetStateInvalid(Path, "it is that of other rows or options");
        }
    }

    private void Record(Line line, (long Position, int Length) place)
    {
        if (line.Store is not { } store)
        {
            throw Errors.FleetStateInvalid(Path, "it was changed or is damaged");
        }

        if (line.Status is not { } status)
        {
            _ = _begun.Add(store);
        }
        else
        {
            _ = _begun.Remove(store);
            if (status is FleetStatus.Succeeded or FleetStatus.AlreadyMigrated or FleetStatus.Rehearsed)
            {
                _done[store] = place;
            }
        }
    }

    /// <summary>A crash can tear the first line too. It begins with a hash, and then with the name of the format.</summary>
    private bool IsTornBeginning()
    {
        byte[] bytes = new byte[(int)Math.Min(_stream.Length, 4096)];
        _stream.Position = 0;
        _ = FileBlocks.Fill(_stream, bytes, 0, bytes.Length);
        string text = Encoding.UTF8.GetString(bytes).TrimEnd('\0');
        string name = $" {{\"format\":\"{FormatName}\"";
        string rest = text.Length > HashLength ? text.Substring(HashLength) : "";
        return text.Take(HashLength).All(Uri.IsHexDigit) &&
            (rest.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(rest, StringComparison.Ordinal));
    }

    private IEnumerable<(string Text, long Position, int Length)> Lines()
    {
        byte[] block = new byte[FileBlocks.Size];
        List<byte> line = [];
        long start = 0;
        _stream.Position = 0;
        for (int count = _stream.Read(block, 0, block.Length); count > 0; count = _stream.Read(block, 0, block.Length))
        {
            int from = 0;
            while (Array.IndexOf(block, (byte)'\n', from, count - from) is >= 0 and int end)
            {
                line.AddRange(new ArraySegment<byte>(block, from, end - from));
                byte[] bytes = [.. line];
                yield return (Encoding.UTF8.GetString(bytes), start, bytes.Length);
                start += bytes.Length + 1;
                line.Clear();
                from = end + 1;
            }

            line.AddRange(new ArraySegment<byte>(block, from, count - from));
        }
    }

    private void Append(Line line)
    {
        string json = JsonSerializer.Serialize(line, JournalLines.Json);
        string hash = Chain(json);
        DurableFile.AppendLine(_stream, Encoding.UTF8.GetBytes($"{hash} {json}\n"));
        _hash = hash;
    }

    private string Chain(string json) => Checksum.Compute(_hash + json).Substring(0, HashLength);

    private static Line? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(json, JournalLines.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line
    {
        public string? Format { get; init; }

        public int? Version { get; init; }

        public string? Rows { get; init; }

        public int? Store { get; init; }

        public FleetStatus? Status { get; init; }

        public DateTimeOffset? StartedAt { get; init; }

        public double? Seconds { get; init; }

        public Failure? Error { get; init; }

        public string? ReportPath { get; init; }

        public string? Upgrade { get; init; }
    }
}
