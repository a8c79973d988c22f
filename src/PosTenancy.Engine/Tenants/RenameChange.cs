using PosTenancy.Engine.Backup;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Another name for a tenant. Rows first: one that is older than the tenant column does not store its value, which is the DEFAULT, and
/// would change its tenant with the DEFAULT alone. An UPDATE stores it.
/// </summary>
/// <param name="live">Full path of the database.</param>
/// <param name="options">Which tenant, and how.</param>
internal sealed class RenameChange(string live, TenantRenameOptions options) : SliceChange(live, options)
{
    private NamePlaces? _places;
    private long _fileLength;
    private long _allRows;
    private RenamedRows? _rows;

    /// <inheritdoc/>
    public override string Command => "rename";

    /// <summary>Whether there is anything to do.</summary>
    public bool IsNeeded { get; private set; } = true;

    /// <summary>The tables whose DEFAULT names the tenant.</summary>
    public IReadOnlyList<string> Defaults => [.. (_places?.Defaults ?? []).Select(d => d.Table.Name)];

    /// <summary>The column of the application's list of tenants; <see langword="null"/> if the tenant is not listed.</summary>
    public string? Registry => _places?.Listed is { } listed ? $"{listed.Table.Name}.{listed.Column}" : null;

    /// <summary>Where else the name is.</summary>
    public IReadOnlyList<TenantMention> Mentions { get; private set; } = [];

    /// <summary>What there is to say beside the mentions.</summary>
    public List<string> Notes { get; } = [];

    /// <inheritdoc/>
    protected override string TenantId => options.TenantId;

    /// <inheritdoc/>
    /// <remarks>
    /// Rewriting a row in place splits its page at most, and pages that SQLite splits stay more than half full.
    /// </remarks>
    public override long EstimateGrowth() => (long)(_fileLength * ((double)(Tables.Sum(t => t.RowsBefore) + 1) / (_allRows + 1)) / 2);

    /// <inheritdoc/>
    public override IReadOnlyList<CheckResult> CheckRows(DatabaseConnection connection, RunContext run) => _rows!.Check(connection, run);

    /// <inheritdoc/>
    protected override bool Plan(DatabaseConnection connection, IReadOnlyList<HistoryEntry> history, RunContext run)
    {
        _fileLength = connection.Scalar("PRAGMA main.page_count") * Layout.Schema.PageSize;
        NamePlaces places = NamePlaces.Find(connection, Layout, TenantId);
        CountedNames counted = CountedNames.Read(connection, Layout, TenantId, options.NewName);
        Tables = counted.Tables;
        _allRows = counted.AllRows;
        if (IsRenamed(places, history) is { } when)
        {
            IsNeeded = false;
            Note($"The tenant '{TenantId}' was renamed to '{options.NewName}' on {when}.");
            return false;
        }

        RequireTenant(connection, places, history);
        RequireFree(connection, places, counted, history);
        if (counted.Alike is { } alike)
        {
            throw Errors.RenameRefused(
                Live, TenantId, $"{alike}, which a comparison takes for the same or shows as the same", "Give these rows one name first.");
        }

        RenameObstacles obstacles = new(connection, places, TenantId, options.NewName);
        obstacles.RequireNone();
        _places = places;
        NameSearch search = new(connection, places, TenantId);
        Mentions = search.Run(table => run.Report($"Searching {table} for the name", StagePart.Schema));
        Warnings.AddRange(Mentions.Select(Text));
        obstacles.Computed.Concat(search.Unsearched).ToList().ForEach(Note);
        return true;
    }

    /// <inheritdoc/>
    protected override void Change(DatabaseConnection connection, RecordedBackup backup, RunContext run)
    {
        NamePlaces places = _places!;

        // The same bytes have the same rows: those that were read in the rehearsal are those of the live file.
        _rows ??= RenamedRows.Read(connection, places, TenantId, options.NewName, run);
        long done = 0;
        long all = Math.Max(1, Tables.Sum(t => t.RowsBefore));
        foreach (ChangedTable table in Tables)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            StageProgress renaming = new(run.Stage, $"Renaming {TenantId}", table.Table, done, all) { Part = StagePart.Statements };
            run.Progress?.Report(renaming);
            Update(connection, table.Table, Layout.ColumnName);
            done += table.RowsBefore;
        }

        if (places.Listed is { } listed)
        {
            Update(connection, listed.Table.Name, listed.Column);
        }

        connection.Execute(
            $"UPDATE main.{HistoryPlan.OwnTable} SET {OwnHistory.TenantId} = ?2 " +
            $"WHERE {OwnHistory.TenantId} = ?1 AND {OwnHistory.ColumnName} = ?3 COLLATE NOCASE",
            TenantId,
            options.NewName,
            Layout.ColumnName);

        // With the DEFAULT as it was, a row that does not store its tenant still has the old name.
        _rows.CountLeft(connection);
        TableTexts.Replace(connection, places.Statements(options.NewName));
    }

    /// <inheritdoc/>
    protected override OwnRecord Record(RecordedBackup backup) => new(
        HistoryKind.Rename,
        TenantId,
        Checksum.Compute($"{TenantId}\n{options.NewName}"),
        options.NewName,
        Layout.ColumnName,
        StartedAt,
        backup.Manifest.Sha256)
    {
        Tables = Tables.Count,
    };

    /// <summary>OR ABORT: the ON CONFLICT clause of a key must not drop or replace a row.</summary>
    private void Update(DatabaseConnection connection, string table, string column)
    {
        string name = Identifier.Quote(column);
        connection.Execute(
            $"UPDATE OR ABORT main.{Identifier.Quote(table)} SET {name} = ?2 WHERE {name} = ?1", TenantId, options.NewName);
    }

    /// <summary>When the tenant got this very name, if it did and the old name is gone: then the command was run again.</summary>
    private string? IsRenamed(NamePlaces places, IReadOnlyList<HistoryEntry> history) =>
        Tables.Count > 0 || places.IsRegistered || places.Defaults.Count > 0 || history.Any(h => h.TenantId == TenantId)
            ? null
            : history.LastOrDefault(h =>
                h.Kind == nameof(HistoryKind.Rename) && h.Name == TenantId && h.TenantId == options.NewName)?.AppliedAt is { } time
                ? HistoryTime.Text(time)
                : null;

    private void RequireTenant(DatabaseConnection connection, NamePlaces places, IReadOnlyList<HistoryEntry> history)
    {
        if (!places.IsRegistered && places.Defaults.Count == 0)
        {
            new TenantSlice(connection, Layout.ColumnName, TenantId).RequireTenant(Layout, history);
        }
    }

    private void RequireFree(
        DatabaseConnection connection, NamePlaces places, CountedNames counted, IReadOnlyList<HistoryEntry> history)
    {
        string? where = counted.Taken
            ?? (places.Registry?.Tenants.Contains(options.NewName) == true ? $"{places.Registry.Table.Name} lists it"
            : history.FirstOrDefault(h => h.TenantId == options.NewName) is { } entry ? $"the history names it ({entry.Kind})"
            : NamePlaces.DefaultsOf(connection, Layout, options.NewName).FirstOrDefault() is { } named
                ? $"the DEFAULT of {named.Table.Name}.{Layout.ColumnName} names it"
            : null);
        if (where is not null)
        {
            throw Errors.NewNameTaken(Live, options.NewName, where);
        }
    }

    private void Note(string note)
    {
        Notes.Add(note);
        Warnings.Add(note);
    }

    private string Text(TenantMention mention) => mention.Kind == TenantMentionKind.Rows
        ? $"The old name '{TenantId}' is in {mention}, and was left there."
        : $"The old name '{TenantId}' is in {mention}, which was left as it is.";
}
