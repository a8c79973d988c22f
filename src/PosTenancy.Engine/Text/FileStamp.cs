using System.Globalization;

namespace PosTenancy.Engine.Text;

/// <summary>A time as the names of backups, replaced files and reports have it: they sort by it.</summary>
internal static class FileStamp
{
    /// <summary>To the second, by the clock of the place.</summary>
    public static string Format(DateTimeOffset time) => time.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
}
