using System.Globalization;

namespace PosTenancy.Engine.Text;

/// <summary>A time as used in the names of backups, replaced files and reports, which therefore sort by time.</summary>
internal static class FileStamp
{
    /// <summary>Formats a time to the second, without converting it to UTC.</summary>
    public static string Format(DateTimeOffset time) => time.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
}
