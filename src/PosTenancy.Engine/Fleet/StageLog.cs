using System.Text;
using System.Text.Json;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Journal;

namespace PosTenancy.Engine.Fleet;

/// <summary>
/// A log of a rollout for other programs: one JSON object a line, for each stage of a store and for its end, as
/// docs/fleet-log.schema.json describes. It holds no value of a database. Several stores and several processes may append to it at the same
/// time.
/// </summary>
public sealed class StageLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();

    /// <summary>Opens a log, and creates it if it does not exist.</summary>
    /// <param name="path">Path of the file; its folder must exist.</param>
    /// <exception cref="PosTenancyException">It cannot be written to.</exception>
    public StageLog(string path)
    {
        Path = FilePath.Full(path);
        Append([]);
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>Writes the stages of an upgrade and its end.</summary>
    /// <exception cref="PosTenancyException">It cannot be written to.</exception>
    public void Write(FleetResult result)
    {
        StringBuilder text = new();
        DateTimeOffset time = result.Upgrade?.StartedAt ?? result.StartedAt ?? DateTimeOffset.Now;
        foreach (StageDuration stage in result.Upgrade?.Stages ?? [])
        {
            time += stage.Duration;
            Add(new Line(time.UtcDateTime, result.Path, result.ComputerName, result.TenantId, "Stage")
            {
                Stage = stage.Stage,
                Seconds = stage.Duration.TotalSeconds,
            });
        }

        Add(new Line(((result.StartedAt ?? DateTimeOffset.Now) + result.Duration).UtcDateTime, result.Path, result.ComputerName,
            result.TenantId, "End")
        {
            Status = result.Status,
            Seconds = result.Duration.TotalSeconds,
            ErrorId = result.Error?.ErrorId,
            Message = result.Error?.Message,
            BackupPath = result.BackupPath,
        });
        Append(Encoding.UTF8.GetBytes(text.ToString()));

        void Add(Line line) => text.Append(JsonSerializer.Serialize(line, JournalLines.Json)).Append('\n');
    }

    /// <summary>Appends whole lines while no other process does.</summary>
    private void Append(byte[] bytes)
    {
        lock (_gate)
        {
            DateTime until = DateTime.UtcNow + Patience;
            while (true)
            {
                try
                {
                    using FileStream stream = new(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
                    _ = stream.Seek(0, SeekOrigin.End);
                    stream.Write(bytes, 0, bytes.Length);
                    return;
                }
                catch (IOException exception)
                    when (exception is not (DirectoryNotFoundException or PathTooLongException) && DateTime.UtcNow < until &&
                        File.Exists(Path))
                {
                    Thread.Sleep(20);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    throw Errors.InvalidLogPath(Path, exception.Message);
                }
            }
        }
    }

    private sealed record Line(DateTime Time, string Path, string? ComputerName, string TenantId, string Event)
    {
        public Stage? Stage { get; init; }

        public FleetStatus? Status { get; init; }

        public double Seconds { get; init; }

        public string? ErrorId { get; init; }

        public string? Message { get; init; }

        public string? BackupPath { get; init; }
    }
}
