using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PosTenancy.Engine.Journal;

/// <summary>The text of a journal: one JSON object a line, each about one run, written one after the other and never changed.</summary>
internal static class JournalLines
{
    private const string FormatName = "PosTenancy.Journal";
    private const int CurrentVersion = 1;

    /// <summary>How every file of PosTenancy that has one JSON object a line is written.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly string Beginning = $"{{\"format\":\"{FormatName}\",\"version\":";

    public static byte[] Begin(RunRecord run) => Bytes(new Line
    {
        Format = FormatName,
        Version = CurrentVersion,
        Run = run.Token,
        Command = run.Command,
        StartedAt = run.StartedAt,
        Destination = run.Destination,
        Options = run.Options,
        ChangesRows = run.ChangesRows ? true : null,
    });

    public static byte[] Stage(string token, Stage stage, string? backupPath, string? sha256, string? keptPath) =>
        Bytes(new Line { Run = token, Stage = stage, Backup = backupPath, Sha256 = sha256, Kept = keptPath });

    public static byte[] Files(string token, IReadOnlyList<string> files) => Bytes(new Line { Run = token, Files = files });

    public static byte[] Cancelled(string token) => Bytes(new Line { Run = token, Cancelled = true });

    public static byte[] End(string token) => Bytes(new Line { Run = token, Ended = true });

    /// <summary>The runs in the order in which they began.</summary>
    /// <param name="path">The journal, for the error.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="length">How many of them are whole lines: a crash, or a disk that was full, can leave the last one torn.</param>
    /// <exception cref="PosTenancyException">It is not a journal of PosTenancy, or was written by a newer release.</exception>
    public static IReadOnlyList<RunRecord> Read(string path, byte[] content, out int length)
    {
        List<RunRecord> runs = [];
        length = 0;
        while (Array.IndexOf(content, (byte)'\n', length) is >= 0 and int end)
        {
            Line line = Parse(path, Encoding.UTF8.GetString(content, length, end - length));
            int known = runs.FindIndex(r => r.Token == line.Run);
            if (known < 0)
            {
                runs.Add(new RunRecord(line.Command!, line.Run, line.StartedAt!.Value, line.Destination, line.Options)
                {
                    ChangesRows = line.ChangesRows ?? false,
                });
            }
            else
            {
                runs[known] = runs[known].At(line.Stage, line.Backup, line.Sha256, line.Kept) with
                {
                    HasEnded = line.Ended ?? runs[known].HasEnded,
                    IsCancelled = line.Cancelled ?? runs[known].IsCancelled,
                    Files = line.Files ?? runs[known].Files,
                };
            }

            length = end + 1;
        }

        string rest = Encoding.UTF8.GetString(content, length, content.Length - length).TrimEnd('\0');
        return
            runs.Count > 0 || rest.StartsWith(Beginning, StringComparison.Ordinal) || Beginning.StartsWith(rest, StringComparison.Ordinal)
            ? runs
            : throw Errors.JournalInvalid(path, "it was not written by PosTenancy");

        Line Parse(string file, string text)
        {
            Line? line;
            try
            {
                line = JsonSerializer.Deserialize<Line>(text, Json);
            }
            catch (JsonException exception)
            {
                throw Errors.JournalInvalid(file, "it was not written by PosTenancy", exception);
            }

            if (line is { Format: FormatName, Version: not CurrentVersion })
            {
                throw Errors.JournalInvalid(file, $"its version is {line.Version}, and this release only knows version {CurrentVersion}");
            }

            bool begins =
                line is { Format: FormatName, Run: { Length: TokenLength }, Command: not null, StartedAt: not null } &&
                line.Run.All(char.IsLetterOrDigit);
            return begins != runs.Exists(r => r.Token == line?.Run)
                ? line!
                : throw Errors.JournalInvalid(file, "its lines do not match");
        }
    }

    /// <summary>
    /// Characters of <see cref="RunRecord.Token"/>: 64 bits, which cannot collide by chance, in a name that stays short.
    /// </summary>
    public const int TokenLength = 16;

    private static byte[] Bytes(Line line) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Json) + "\n");

    private sealed record Line
    {
        public string? Format { get; init; }

        public int? Version { get; init; }

        public string Run { get; init; } = "";

        public string? Command { get; init; }

        public DateTimeOffset? StartedAt { get; init; }

        public string? Destination { get; init; }

        public RecordedOptions? Options { get; init; }

        public bool? ChangesRows { get; init; }

        public IReadOnlyList<string>? Files { get; init; }

        public Stage? Stage { get; init; }

        public string? Backup { get; init; }

        public string? Sha256 { get; init; }

        public string? Kept { get; init; }

        public bool? Cancelled { get; init; }

        public bool? Ended { get; init; }
    }
}
