using System.Globalization;
using System.Management.Automation;
using PosTenancy.Engine.Recovery;

namespace PosTenancy.Commands;

/// <summary>Completes the path of a backup, the newest first, from those beside the database or in the named folder.</summary>
public sealed class BackupPathCompleter : NameCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CommandLine line, CancellationToken cancellation) =>
        from backup in BackupList.Read(line.Database, line.Folder)
        where backup.Error is null
        let name = Path.GetFileName(backup.BackupPath)
        where new[] { name, backup.BackupPath, Path.Combine(".", name) }
            .Any(p => p.StartsWith(line.Word, StringComparison.OrdinalIgnoreCase))
        let argument = Path.GetDirectoryName(backup.BackupPath) == line.Location ? name : backup.BackupPath
        let facts = string.Format(
            CultureInfo.InvariantCulture, "{0:yyyy-MM-dd HH:mm:ss}, {1:N0} bytes", backup.CreatedAt, backup.Length)
        select new Suggestion(Quote(argument), name, CompletionResultType.ParameterValue, facts);
}
