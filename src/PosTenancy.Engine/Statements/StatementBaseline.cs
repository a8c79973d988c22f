using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements;

/// <summary>
/// The findings that are known: what it has is not new. It also allows statements to reach all tenants, each for a reason that a person
/// wrote. The format is that of docs/statement-baseline.schema.json.
/// </summary>
public sealed class StatementBaseline
{
    private const string SchemaName = "PosTenancy.StatementBaseline";
    private const int CurrentVersion = 1;
    private const string NewLine = "\n";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        WriteIndented = true,
    };

    private readonly ILookup<(string Sha256, string Table), Entry> _entries;

    private StatementBaseline(string path, IEnumerable<Entry> entries)
    {
        Path = path;
        _entries = entries.ToLookup(e => (e.Sha256, e.Table));
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>How many entries it has.</summary>
    public int Count => _entries.Sum(e => e.Count());

    /// <summary>Reads a baseline.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="PosTenancyException">It does not exist, or is not a baseline that this release knows.</exception>
    public static StatementBaseline Read(string path)
    {
        string full = FilePath.Full(path);
        if (Directory.Exists(full))
        {
            throw Errors.PathIsFolder(full, "the baseline");
        }

        if (!File.Exists(full))
        {
            throw Errors.BaselineNotFound(full);
        }

        return new StatementBaseline(full, Parse(full, FileErrors.Guard(full, () => File.ReadAllBytes(full))));
    }

    /// <summary>Opens the baseline of a test.</summary>
    /// <param name="path">Path of the file; <see langword="null"/> without a baseline.</param>
    /// <param name="update">Whether it will be updated: then the file need not exist yet.</param>
    /// <returns>The baseline; <see langword="null"/> without one.</returns>
    /// <exception cref="PosTenancyException">It does not exist, cannot be one, or none is named to be updated.</exception>
    public static StatementBaseline? Open(string? path, bool update)
    {
        if (path is null)
        {
            return update ? throw Errors.BaselineNotNamed() : null;
        }

        string full = FilePath.Full(path);
        return !update || File.Exists(full) || Directory.Exists(full) ? Read(full)
            : Directory.Exists(System.IO.Path.GetDirectoryName(full)) ? new StatementBaseline(full, [])
            : throw Errors.BaselineNotWritable(full, "its folder does not exist");
    }

    /// <summary>Replaces the file in one step by one that has the findings of some results, and nothing else.</summary>
    /// <param name="results">
    /// The results of <see cref="Apply"/>. A reason stays as long as the statement is a finding in the same table. A finding never becomes
    /// an allowance here: that needs a reason.
    /// </param>
    /// <returns>The baseline as it is now.</returns>
    /// <exception cref="PosTenancyException">It cannot be written.</exception>
    public StatementBaseline Update(IEnumerable<StatementResult> results)
    {
        StatementBaseline updated = new(Path, Entries(results));
        Document document = new(SchemaName, CurrentVersion, updated.Sorted());
        byte[] content = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(document, Json).Replace("\r\n", NewLine) + NewLine);
        string partial = $"{Path}.{Guid.NewGuid():N}.partial";
        try
        {
            if (File.Exists(Path))
            {
                DurableFile.CopyPermissions(Path, Create(partial, content));
            }
            else
            {
                _ = Create(partial, content);
            }

            DurableFile.Publish(partial, Path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.BaselineNotWritable(Path, exception.Message.TrimEnd('.'));
        }
        finally
        {
            MomentaryHold.Outlast(() => File.Delete(partial));
        }

        return updated;
    }

    /// <summary>The result as the baseline makes it: allowed, known, or new.</summary>
    /// <param name="result">A result of a trial.</param>
    public StatementResult Apply(StatementResult result)
    {
        if (!result.IsFinding)
        {
            return result;
        }

        IEnumerable<Entry> entries = _entries[(StatementKey.Compute(result.Sql), result.Table)];
        return entries.FirstOrDefault(e => e.Verdict == StatementVerdict.AllTenants) is { } allowance
            ? AllowedStatement.Apply(result, allowance.Reason!) with { IsInBaseline = true }
            : result with { IsInBaseline = entries.Any(e => e.Verdict == result.Verdict) };
    }

    /// <summary>Writes a file that other accounts may read as any source file: it has nothing of the database.</summary>
    private static string Create(string path, byte[] content)
    {
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(content, 0, content.Length);
        file.Flush(flushToDisk: true);
        return path;
    }

    private IEnumerable<Entry> Entries(IEnumerable<StatementResult> results) =>
        from result in results
        let isAllowedHere = result is { Verdict: StatementVerdict.AllTenants, IsInBaseline: true }
        where result.IsFinding || isAllowedHere
        let sql = StatementKey.Normalize(result.Sql)
        let sha256 = Checksum.Compute(sql)
        group (sql, isAllowedHere) by (sha256, result.Table, result.Verdict) into same
        let known = _entries[(same.Key.sha256, same.Key.Table)].ToList()
        let kept = known.FirstOrDefault(e => e.Verdict == same.Key.Verdict) ?? known.FirstOrDefault(e => e.Reason is not null)
        select new Entry(same.Key.sha256, same.Key.Table, same.Key.Verdict, same.First().sql) { Reason = kept?.Reason };

    private Entry[] Sorted() =>
    [
        .. _entries.SelectMany(e => e)
            .OrderBy(e => e.Sql, StringComparer.Ordinal)
            .ThenBy(e => e.Table, StringComparer.Ordinal)
            .ThenBy(e => e.Verdict),
    ];

    private static IReadOnlyList<Entry> Parse(string path, byte[] bytes)
    {
        Document? document;
        try
        {
            document = JsonSerializer.Deserialize<Document>(WithoutMark(bytes), Json);
        }
        catch (JsonException exception)
        {
            throw Errors.BaselineInvalid(path, exception.Message.TrimEnd('.'), exception);
        }

        if (document is not { Schema: SchemaName, Statements: { } entries })
        {
            throw Errors.BaselineInvalid(path, $"it does not name its schema as {SchemaName}, or has no statements");
        }

        if (document.Version != CurrentVersion)
        {
            throw Errors.BaselineInvalid(path, $"it has version {document.Version}, and this release knows version {CurrentVersion}");
        }

        HashSet<(string, string, StatementVerdict)> seen = [];
        foreach (Entry entry in entries)
        {
            if (Problem(entry) is { } problem)
            {
                throw Errors.BaselineInvalid(path, $"the entry '{entry?.Sql}' {problem}");
            }

            if (!seen.Add((entry.Sha256, entry.Table, entry.Verdict)))
            {
                throw Errors.BaselineInvalid(path, $"the entry '{entry.Sql}' occurs twice for the same table and verdict");
            }
        }

        return entries;
    }

    private static string? Problem(Entry? entry) =>
        entry is not { Sql: not null, Sha256: not null, Table: not null } ? "lacks its text, its table or its SHA-256"
        : StatementKey.Compute(entry.Sql) != entry.Sha256 ? "does not have the SHA-256 of its text"
        : entry.Verdict is StatementVerdict.Isolated or StatementVerdict.SharedTable
            ? $"has the verdict {entry.Verdict}, which is no finding"
        : entry.Verdict == StatementVerdict.AllTenants && string.IsNullOrWhiteSpace(entry.Reason)
            ? "has the verdict AllTenants, and no reason for it"
        : null;

    /// <summary>The bytes without the mark that Windows PowerShell writes before UTF-8.</summary>
    private static ReadOnlySpan<byte> WithoutMark(byte[] bytes) =>
        bytes.Length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? bytes.AsSpan(3) : bytes;

    private sealed record Document(string? Schema, int Version, IReadOnlyList<Entry>? Statements);

    private sealed record Entry(string Sha256, string Table, StatementVerdict Verdict, string Sql)
    {
        public string? Reason { get; init; }
    }
}
