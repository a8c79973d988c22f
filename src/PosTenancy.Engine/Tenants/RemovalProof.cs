using System.Diagnostics;
using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The proof of a removal, from its record in the history, the backup and the database alone.</summary>
/// <param name="live">The database, for the results.</param>
/// <param name="database">The committed file.</param>
/// <param name="backup">The file before.</param>
/// <param name="record">What the history says of the removal.</param>
/// <param name="layout">The tables.</param>
/// <param name="run">Stage, progress and cancellation.</param>
internal sealed class RemovalProof(
    string live, ExclusiveDatabase database, RecordedBackup backup, HistoryEntry record, TenantLayout layout, RunContext run)
{
    private readonly bool _isErased = record.Kind == nameof(HistoryKind.Erase);

    /// <summary>Runs every check.</summary>
    public IReadOnlyList<CheckResult> Check()
    {
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, run.Cancellation);

        // What was written to the file, and not what the connection that wrote it remembers.
        using DatabaseConnection after = DatabaseConnection.OpenImmutable(database.File.Path, run.Cancellation);
        if (FindTenant(before) is not { } tenantId)
        {
            return
            [
                Measure("TenantGone", "Tenant is gone", "the tenant of the record in the backup", () =>
                    ["the backup has no tenant that the record could be about"]),
            ];
        }

        TenantSlice slice = new(before, layout.ColumnName, tenantId);
        TenantRegistry? registry = FindRegistry(before, layout, tenantId);
        FileChange change = new()
        {
            Before = [tenantId],
            Growth = FileChange.Sum(layout.Tables.Select(t => (t.Name, -slice.Count(t.Name)))),
            ChangesHistory = _isErased,
            Registry = registry is null ? null : (registry.Table, registry.Column),
            Recomputed = new HashSet<string>(_isErased ? HeldValues.SampleTables : [], Identifier.Comparer),
            IsRewritten = _isErased,
        };
        List<CheckResult> checks =
        [
            CheckGone(after, tenantId),
            .. new ChangedFile(live, database, backup, layout, change, run).Check(),
        ];
        if (_isErased)
        {
            checks.Add(Measure("HistoryKept", "History of the database", "every entry of the backup, and this removal", () =>
                CompareHistory(before, after, tenantId)));
            checks.Add(Measure("FileSettingsUnchanged", "Settings of the file", "those of the backup", () =>
                CompareSettings(before, after)));
            IReadOnlyList<string> names = TenantNames.Read(TenantHistory.Read(before, live, historyTable: null), tenantId);
            checks.Add(Search(new TenantValues(slice, layout, registry, names)));
        }

        return checks;
    }

    /// <summary>Whether the tenant has rows in any table, or an entry in the application's list.</summary>
    private CheckResult CheckGone(DatabaseConnection after, string tenantId)
    {
        Stopwatch watch = Stopwatch.StartNew();
        run.Report("Searching for rows of the tenant", StagePart.FileChecks);
        TenantSlice slice = new(after, layout.ColumnName, tenantId);
        List<string> problems =
        [
            .. from table in layout.Tables
               let rows = slice.Count(table.Name)
               where rows > 0
               select $"{table.Name}: {rows} rows",
        ];
        if (FindRegistry(after, layout, tenantId) is { } registry)
        {
            problems.Add($"{registry.Table.Name} still lists it");
        }

        return new CheckResult(
            live,
            "TenantGone",
            "Tenant is gone",
            "no row of it in any table",
            $"{layout.Tables.Count} tables searched",
            problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            ShortList.Join(problems, most: 10, separator: "; "),
            watch.Elapsed);
    }

    /// <summary>The application's list of tenants, if it has an entry for the tenant.</summary>
    public static TenantRegistry? FindRegistry(DatabaseConnection connection, TenantLayout layout, string tenantId) =>
        TenantRegistry.Read(connection, layout.Schema, layout.ColumnName, [tenantId]) is { } registry &&
        registry.Tenants.Contains(tenantId)
            ? registry
            : null;

    /// <summary>The tenant of the record; one that was erased is found by its pseudonym among those of the backup.</summary>
    private string? FindTenant(DatabaseConnection before)
    {
        if (!_isErased)
        {
            return record.TenantId;
        }

        return TenantSlice.Tenants(before, layout)
            .Concat(TenantRegistry.Read(before, layout.Schema, layout.ColumnName, [])?.Tenants ?? Enumerable.Empty<string>())
            .Concat(TenantHistory.Read(before, live, historyTable: null).Select(e => e.TenantId).OfType<string>())
            .FirstOrDefault(t => ErasedName.From(t) == record.TenantId);
    }

    private IEnumerable<string> CompareHistory(DatabaseConnection before, DatabaseConnection after, string tenantId)
    {
        IReadOnlyList<HistoryEntry> earlier = TenantHistory.Read(before, live, historyTable: null);
        HistoryEntry[] expected =
        [
            .. earlier.Select(e => e.TenantId != tenantId ? e : e with
            {
                TenantId = record.TenantId,
                Name = e is { Kind: nameof(HistoryKind.Rename), Name: { } former } ? ErasedName.From(former) : e.Name,
            }),
            record,
        ];
        return TenantHistory.Read(after, live, historyTable: null).SequenceEqual(expected)
            ? []
            : ["it has other entries than the backup"];
    }

    private IEnumerable<string> CompareSettings(DatabaseConnection before, DatabaseConnection after)
    {
        foreach (string setting in new[] { "page_size", "encoding", "auto_vacuum", "application_id", "user_version" })
        {
            string was = Read(before, setting);
            string now = Read(after, setting);
            if (was != now)
            {
                yield return $"{setting} was {was} and is {now}";
            }
        }

        using FileStream bytes = FileBlocks.Open(backup.Path);
        bool wasLog = DatabaseFile.Read(backup.Path, bytes).Header.IsWal;
        if (database.File.Header.IsWal != wasLog)
        {
            yield return $"the file {(wasLog ? "had" : "had no")} write-ahead log";
        }

        static string Read(DatabaseConnection connection, string setting) =>
            connection.Query($"PRAGMA main.{setting}", static row => row.GetString(0)).First();
    }

    private CheckResult Search(TenantValues values)
    {
        Stopwatch watch = Stopwatch.StartNew();
        (CheckStatus status, string actual, string detail) = new ErasedBytes(database, values, run).Check();
        return new CheckResult(
            live,
            "ErasedBytes",
            "Bytes of the tenant",
            "no value that was the tenant's alone in the bytes of the file",
            actual,
            status,
            detail,
            watch.Elapsed);
    }

    private CheckResult Measure(string name, string title, string expected, Func<IEnumerable<string>> measure)
    {
        Stopwatch watch = Stopwatch.StartNew();
        List<string> problems = [.. measure()];
        return new CheckResult(
            live,
            name,
            title,
            expected,
            problems.Count == 0 ? "as expected" : "other",
            problems.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            ShortList.Join(problems, most: 10, separator: "; "),
            watch.Elapsed);
    }
}
