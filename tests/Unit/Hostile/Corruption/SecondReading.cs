using PosTenancy.Engine.Files;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Hostile.Corruption;

/// <summary>The content of a file according to the sqlite3 shell, another build of SQLite.</summary>
/// <param name="Damage">The findings of its integrity_check, or why it failed; <see langword="null"/> for none.</param>
/// <param name="Rows">Rows of every table; <see langword="null"/> if they cannot be read.</param>
internal sealed record SecondReading(string? Damage, string? Rows)
{
    private const string Checked = "-- checked --";

    /// <summary>Reads a copy, because the shell may write.</summary>
    public static SecondReading Read(byte[] bytes, byte[]? log, byte[]? journal, string folder)
    {
        string copy = Path.Combine(Directory.CreateDirectory(folder).FullName, "copy.db");
        File.WriteAllBytes(copy, bytes);
        File.WriteAllBytes(copy + "-wal", log ?? []);
        File.WriteAllBytes(copy + "-journal", journal ?? []);
        if (log is null)
        {
            File.Delete(copy + "-wal");
        }

        // Sequential queries in one run; the rows get a separate run if the check itself fails. 3.40.1 reports "NULL value in …" for a
        // WITHOUT
        // ROWID table whose key is not its first columns.
        const string Check =
            "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok' AND integrity_check NOT LIKE 'NULL value in %';";
        string rows = string.Concat(
            SampleFile.Tables.Select(t =>
                $"SELECT '{t.Key}', {string.Join(" || ',' || ", t.Value.Split(", ").Select(c => $"quote({c})"))} FROM {t.Key} NOT " +
                "INDEXED ORDER BY 1, 2;"
            ));
        (int code, string output, string error) = Shell.Run(
            "sqlite3",
            null,
            "-batch",
            "-bail",
            copy,
            $"{Check} SELECT '{Checked}'; {rows}");
        string[] parts = output.Split(Checked + "\n");
        bool isChecked = parts.Length == 2;
        string damage = isChecked && parts[0].Length == 0 ? "" : parts[0] + error;
        if (!isChecked)
        {
            (code, output, error) = Shell.Run("sqlite3", null, "-batch", "-bail", copy, rows);
        }

        MomentaryHold.Outlast(() => Directory.Delete(folder, recursive: true));
        return new SecondReading(
            damage.Length == 0 ? null : damage, code == 0 && error.Length == 0 ? (isChecked ? parts[1] : output) : null);
    }
}
