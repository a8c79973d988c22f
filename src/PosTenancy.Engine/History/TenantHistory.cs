using PosTenancy.Engine.Files;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Scripts;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.History;

/// <summary>Reads the migration history of a database and changes nothing.</summary>
public static class TenantHistory
{
    /// <summary>Reads the history, oldest first. A database that was never migrated has none, which is not an error.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="historyTable">The project's own table, all of whose rows are returned; <see langword="null"/> for PosTenancy's.</param>
    /// <param name="scriptPath">A script to compare with the one applied under its name; <see langword="null"/> for none.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">The database or the script cannot be read, or the table does not exist.</exception>
    public static HistoryReading Read(
        string path,
        string? historyTable = null,
        string? scriptPath = null,
        CancellationToken cancellation = default)
    {
        IReadOnlyList<HistoryEntry> entries = DatabaseReader.Read(path, reader => Read(reader, reader.Path, historyTable), cancellation);
        if (scriptPath is null)
        {
            return new HistoryReading(entries, Warning: null);
        }

        string script = FilePath.Full(scriptPath);
        if (!File.Exists(script))
        {
            throw Errors.FileNotFound(script);
        }

        string name = Path.GetFileName(script);
        string checksum = FileErrors.Guard(script, () => Checksum.Compute(File.ReadAllBytes(script)));
        return new HistoryReading(
            [.. entries.Select(e => e with { ScriptState = ScriptHistory.State(e, name, checksum) })],
            ScriptHistory.Warning(entries, name, checksum));
    }

    /// <summary>Reads the history on an open connection, for a migration that needs to know what was applied before.</summary>
    internal static IReadOnlyList<HistoryEntry> Read(DatabaseConnection connection, string path, string? historyTable)
    {
        string? foreign = HistoryPlan.ForeignTable(historyTable);
        if (SchemaReader.FindTable(connection, foreign ?? HistoryPlan.OwnTable) is not { Kind: TableKind.Table } table)
        {
            return foreign is null ? [] : throw Errors.HistoryTableUnusable(path, foreign, "there is no such table");
        }

        List<ColumnSchema> columns = [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary)];
        int Own(string name) => foreign is null ? columns.FindIndex(c => Identifier.Comparer.Equals(c.Name, name)) : -1;
        int Find(string own, HistoryRole role) => foreign is null ? Own(own) : columns.FindIndex(c => HistoryRoles.Find(c) == role);

        int order = Find(OwnHistory.Id, HistoryRole.Version);
        int time = Find(OwnHistory.AppliedAt, HistoryRole.Time);
        int name = Find(OwnHistory.Name, HistoryRole.Name);
        int checksum = Find(OwnHistory.Checksum, HistoryRole.Checksum);
        int product = Find(OwnHistory.ProductVersion, HistoryRole.Product);
        return
        [
            .. connection.Query(
                $"SELECT {string.Join(", ", columns.Select(c => Identifier.Quote(c.Name)))} FROM main.{Identifier.Quote(table.Name)}" +
                (order < 0 ? "" : $" ORDER BY {Identifier.Quote(columns[order].Name)}"),
                row =>
                {
                    object? Value(int i) => i < 0 ? null : row.GetValue(i);
                    string? Text(int i) => Value(i) switch
                    {
                        null => null,
                        byte[] bytes => FileDigest.ToHex(bytes),
                        { } value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
                    };
                    return new HistoryEntry(
                        path,
                        HistoryTime.Parse(Value(time)),
                        Text(Own(OwnHistory.Kind)),
                        Text(name),
                        Text(Own(OwnHistory.TenantId)),
                        Text(Own(OwnHistory.ColumnName)),
                        Value(Own(OwnHistory.Tables)) as long?,
                        Value(Own(OwnHistory.Statements)) as long?,
                        Text(checksum),
                        Text(product),
                        Text(Own(OwnHistory.SqliteVersion)),
                        Text(Own(OwnHistory.BackupSha256)),
                        ScriptState: null);
                }),
        ];
    }
}

/// <summary>The migration history of a database.</summary>
/// <param name="Entries">The migrations, oldest first.</param>
/// <param name="Warning">A warning about the given script; <see langword="null"/> if there is none.</param>
public sealed record HistoryReading(IReadOnlyList<HistoryEntry> Entries, string? Warning);
