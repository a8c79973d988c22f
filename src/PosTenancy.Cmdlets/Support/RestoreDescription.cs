using System.Globalization;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Commands;

/// <summary>Says in one sentence what a restore would bring back and take away, for -WhatIf and -Confirm.</summary>
internal static class RestoreDescription
{
    public static string Describe(RestorePreview preview, DateTimeOffset now) =>
        $"Replace it with the backup '{preview.BackupPath}' of {Time(preview.CreatedAt)} ({Age(now - preview.CreatedAt)}), " +
        $"and keep the replaced file beside it. {Changes(preview)}";

    private static string Changes(RestorePreview preview) => preview switch
    {
        { LastWrittenAt: null } => "There is no database to replace",
        { IsChanged: null } => $"The database cannot be read; it was last written on {Time(preview.LastWrittenAt.Value)}",
        { IsChanged: false } => "The database has not changed since that backup",
        _ => $"The database has changed since that backup{Count(preview.Transactions)}, the last time on " +
            $"{Time(preview.LastWrittenAt.Value)}: those changes will be in the replaced file only",
    };

    private static string Count(long? transactions) => transactions switch
    {
        null or 0 => "",
        1 => " by 1 transaction",
        _ => $" by {transactions.Value.ToString("N0", CultureInfo.InvariantCulture)} transactions",
    };

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{(int)age.TotalDays} days ago",
        { TotalHours: >= 2 } => $"{(int)age.TotalHours} hours ago",
        { TotalMinutes: >= 2 } => $"{(int)age.TotalMinutes} minutes ago",
        { Ticks: < 0 } => "in the future according to the clock of this machine",
        _ => "just now",
    };
}
