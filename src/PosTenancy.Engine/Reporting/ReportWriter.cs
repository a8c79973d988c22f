using System.Text;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Reporting;

/// <summary>Writes the file of a report.</summary>
internal static class ReportWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a report atomically; replaces an existing one.</summary>
    /// <param name="path">Full path of the report.</param>
    /// <param name="report">Text of the report.</param>
    /// <param name="create">Creates a file of a given path and length, with the permissions that the report is to have.</param>
    /// <exception cref="PosTenancyException">The path cannot be written.</exception>
    public static void Write(string path, string report, Func<string, long, FileStream> create)
    {
        byte[] content = Utf8.GetBytes(report);
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (FileStream stream = create(partial, content.Length))
            {
                DurableFile.Write(stream, content, content.Length);
                stream.Flush(flushToDisk: true);
            }

            DurableFile.Publish(partial, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Errors.InvalidReportPath(path, exception.Message.TrimEnd('.'));
        }
        finally
        {
            MomentaryHold.Outlast(() => File.Delete(partial));
        }
    }

    /// <summary>Refuses to overwrite another file: a manifest also ends in .json, and a database may have any name.</summary>
    public static void RequireOther(string path, string? taken, string what)
    {
        if (taken is not null && (string.Equals(path, taken, StringComparison.OrdinalIgnoreCase) || FileIdentity.IsSameFile(path, taken)))
        {
            throw Errors.InvalidReportPath(path, $"it is {what}");
        }
    }
}
