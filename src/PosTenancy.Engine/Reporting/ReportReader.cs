using System.Text.Json;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Reporting;

/// <summary>
/// Reads a JSON report, so that it can be rendered in another format. The file is untrusted: its content is used only after it matches the
/// schema.
/// </summary>
internal static class ReportReader
{
    /// <summary>In bytes; the report of a store with a thousand tables has a few megabytes.</summary>
    private const int MaxLength = 64 << 20;

    private const int MaxDepth = 32;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a report.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="PosTenancyException">The file cannot be read, or is not a report.</exception>
    public static UpgradeResult Read(string path)
    {
        ReadOnlyMemory<byte> bytes = FileErrors.Guard(path, () => ReadBytes(path));
        if (bytes.Span.StartsWith(ByteOrderMark))
        {
            bytes = bytes.Slice(ByteOrderMark.Length);
        }

        return Parse(path, bytes) with { ImportedFrom = path };
    }

    /// <summary>Reads the text of a report.</summary>
    /// <param name="path">Where it is from, for errors.</param>
    /// <param name="bytes">UTF-8 without a byte order mark.</param>
    /// <exception cref="PosTenancyException">It is not a report.</exception>
    public static UpgradeResult Parse(string path, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
            RequireSchema(path, document.RootElement);
            UpgradeResult result = document.RootElement.Deserialize<UpgradeResult>(JsonReport.Options)!;

            // Impossible figures may overflow a sum: detect that here instead of in the middle of a report.
            _ = UpgradeDocument.From(result);
            return result;
        }
        catch (JsonException exception)
        {
            throw Errors.ReportInvalid(
                path,
                $"it is not the JSON of a report ({VisibleText.Escape(exception.Message).TrimEnd('.')})",
                exception);
        }
        catch (Exception exception)
            when (exception
                    is PosTenancyException
                        {
                            ErrorId: ErrorIds.InvalidTenantId
                                or ErrorIds.InvalidColumnName
                                or ErrorIds.InvalidTenantFor
                                or ErrorIds.ScriptAndUniqueScope
                                or ErrorIds.ScriptAndIndexStrategy
                        }
                        or ArgumentException
                        or ArithmeticException
                        or FormatException
                        or InvalidOperationException)
        {
            throw Errors.ReportInvalid(
                path,
                $"its values cannot be those of an upgrade ({VisibleText.Escape(exception.Message).TrimEnd('.')})",
                exception);
        }
    }

    private static void RequireSchema(string path, JsonElement report)
    {
        if (report.ValueKind != JsonValueKind.Object || !report.TryGetProperty("schema", out JsonElement schema) ||
            schema.ValueKind != JsonValueKind.String || !schema.ValueEquals(JsonReport.Schema))
        {
            throw Errors.ReportInvalid(path, $"it does not name its schema as {JsonReport.Schema}");
        }

        if (report.TryGetProperty("version", out JsonElement version) && version.ValueKind == JsonValueKind.Number &&
            version.TryGetInt64(out long number) && number > JsonReport.Version)
        {
            throw Errors.ReportTooNew(path, version.GetRawText(), JsonReport.Version);
        }

        if (JsonSchema.OfReports.FindProblem(report) is { } problem)
        {
            throw Errors.ReportInvalid(path, problem);
        }
    }

    /// <summary>Reads without asking for the length: a file may grow, and a device has none.</summary>
    private static ReadOnlyMemory<byte> ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw Errors.PathIsFolder(path, "the report");
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using MemoryStream content = new();
            byte[] buffer = new byte[81920];
            for (int read = file.Read(buffer, 0, buffer.Length); read > 0; read = file.Read(buffer, 0, buffer.Length))
            {
                content.Write(buffer, 0, read);
                if (content.Length > MaxLength)
                {
                    throw Errors.ReportInvalid(path, $"it is larger than {Figures.Bytes(MaxLength)}");
                }
            }

            return content.ToArray();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Errors.FileNotFound(path);
        }
    }
}
