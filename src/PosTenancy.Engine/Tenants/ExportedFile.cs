using PosTenancy.Engine.Files;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>Writes the file of an export, and proves that it holds what the database has.</summary>
/// <param name="slice">What to export.</param>
/// <param name="path">Full path of an empty file.</param>
/// <param name="progress">Receives progress reports.</param>
/// <param name="cancellation">Interrupts the work.</param>
internal sealed class ExportedFile(
    ExportedSlice slice, string path, IProgress<StageProgress>? progress, CancellationToken cancellation)
{
    private readonly DatabaseConnection _source = slice.Source.Connection;
    private readonly TenantLayout _layout = slice.Schema.Layout;
    private readonly string? _columnName = slice.Schema.IsSingleTenant ? null : slice.Schema.Layout.ColumnName;

    /// <summary>Rows of tables that all tenants share.</summary>
    public long RowsShared { get; private set; }

    /// <summary>Whether rows that all tenants share are left out.</summary>
    public bool IsWithoutShared { get; init; }

    /// <summary>The tables of which every row is exported.</summary>
    private IEnumerable<MovedTable> Whole =>
        (IsWithoutShared ? [] : _layout.Shared).Concat(_layout.Histories).Select(Unmapped);

    /// <summary>Writes the file.</summary>
    /// <param name="file">The database.</param>
    public void Write(DatabaseFile file)
    {
        using DatabaseConnection target = DatabaseConnection.OpenExclusive(path, cancellation);
        Fill(target);
        if (file.Header.IsWal)
        {
            target.Execute("PRAGMA journal_mode = WAL");
            target.Settings.CheckpointOnClose(true);
        }
    }

    /// <summary>Writes the schema to an empty database, and then the rows in one transaction.</summary>
    public void Fill(DatabaseConnection target)
    {
        SetUp(target);

        using (target.Settings.KeepSchemaTexts())
        {
            target.Execute("BEGIN IMMEDIATE");
            slice.Schema.Create(target);
            target.Execute("COMMIT");
        }

        // Outside of that scope, in which no trigger is compiled.
        slice.Schema.RequireSame(_source, target);

        // Rows are written as they are: no trigger acts on them, and one that violates a CHECK stays one.
        using (target.Settings.KeepSchemaTexts())
        {
            target.Execute("BEGIN IMMEDIATE");
            Copy(target);
            VirtualTables.Rebuild(target, _layout);
            KeepSequences(target);
            if (_layout.Schema.FindTable("sqlite_stat1") is not null)
            {
                target.Execute("ANALYZE");
            }

            target.Execute("COMMIT");
        }
    }

    /// <summary>Reads the file back, and compares it with the database.</summary>
    /// <returns>The tables of the tenant.</returns>
    /// <exception cref="PosTenancyException">They differ.</exception>
    public IReadOnlyList<ExportedTable> Verify()
    {
        using DatabaseConnection target = DatabaseConnection.OpenImmutable(path, cancellation);
        List<string> problems = [.. IntegrityProblems(target)];
        List<ExportedTable> tables = [];
        TenantSlice written = new(target, _columnName, slice.Source.TenantId);
        int count = slice.Tables.Count + _layout.Shared.Count + _layout.Histories.Count;
        foreach (MovedTable table in slice.Tables)
        {
            Report("Comparing rows with the database", table.Table.Name, tables.Count, count, StagePart.FileChecks);
            RowDigest read = Compare(slice.Source, written, table, problems);
            tables.Add(new ExportedTable(table.Table.Name, read.Rows, read.Sum)
            {
                DatabaseSum = table.IsMapped ? SliceDigest.Read(slice.Source, table, isBack: false).All.Sum : null,
            });
            if (target.Scalar($"SELECT count(*) FROM main.{Identifier.Quote(table.Table.Name)}") != read.Rows)
            {
                problems.Add($"{table.Table.Name} has rows of another tenant");
            }
        }

        foreach (MovedTable table in Whole)
        {
            _ = Compare(new TenantSlice(_source, ColumnName: null, ""), new TenantSlice(target, ColumnName: null, ""), table, problems);
        }

        problems.AddRange(ReferenceProblems(written));
        return problems.Count == 0
            ? tables
            : throw Errors.ExportRefused(_source.Path, $"what was read back differs: {ShortList.Join(problems, 10, separator: "; ")}");
    }

    /// <summary>SHA-256 and length of the file on the disk.</summary>
    public (string Hash, long Length) Hash()
    {
        long length = new FileInfo(path).Length;
        string hash = FileDigest.Compute(
            path,
            _layout.Schema.PageSize,
            done => Report("Reading the export back", path, done, length, StagePart.FileProof),
            cancellation);
        return (hash, length);
    }

    /// <summary>These can only be set before the first table.</summary>
    private void SetUp(DatabaseConnection target)
    {
        target.Execute($"PRAGMA page_size = {_layout.Schema.PageSize}");
        target.Execute($"PRAGMA encoding = '{_source.Query("PRAGMA main.encoding", static row => row.GetString(0)).First()}'");
        foreach (string pragma in new[] { "auto_vacuum", "user_version", "application_id" })
        {
            target.Execute($"PRAGMA main.{pragma} = {_source.Scalar($"PRAGMA main.{pragma}")}");
        }
    }

    private void Copy(DatabaseConnection target)
    {
        TenantSlice written = new(target, _columnName, slice.Source.TenantId);
        long all = Math.Max(1, slice.Rows.Sum(t => t.Rows));
        long done = 0;
        foreach (MovedTable table in slice.Tables)
        {
            Progress(0);
            done += table.Copy(slice.Source, written, isBack: true, Progress);

            void Progress(long rows)
            {
                cancellation.ThrowIfCancellationRequested();
                Report("Writing rows", table.Table.Name, done + rows, all, StagePart.Statements);
            }
        }

        TenantSlice everything = new(_source, ColumnName: null, "");
        foreach (MovedTable table in Whole)
        {
            long rows = table.Copy(everything, new TenantSlice(target, ColumnName: null, ""), isBack: false, static _ => { });
            RowsShared += _layout.Shared.Contains(table.Table) ? rows : 0;
        }

        CopyRegistry(target);
        if (!slice.Schema.IsSingleTenant && _layout.Schema.FindTable(HistoryPlan.OwnTable) is { } history)
        {
            CopySome(
                target,
                history,
                $"WHERE {OwnHistory.Kind} = '{HistoryKind.Share}' OR {OwnHistory.TenantId} = ?1 ORDER BY {OwnHistory.Id}");
        }
    }

    /// <summary>The application's own list of tenants keeps the entry of this one.</summary>
    private void CopyRegistry(DatabaseConnection target)
    {
        if (TenantRegistry.Read(_source, _layout.Schema, _layout.ColumnName, [slice.Source.TenantId]) is { } registry)
        {
            CopySome(target, registry.Table, $"WHERE {Identifier.Quote(registry.Column)} = ?1");
            if (target.Scalar($"SELECT count(*) FROM main.{Identifier.Quote(registry.Table.Name)}") == 0)
            {
                slice.Warnings.Add($"The table {registry.Table.Name} has no entry for the tenant.");
            }
        }
    }

    private void CopySome(DatabaseConnection target, TableSchema table, string condition)
    {
        string[] columns = [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => Identifier.Quote(c.Name))];
        string list = string.Join(", ", columns);
        string name = Identifier.Quote(table.Name);
        string values = string.Join(
            ", ", columns.Select((_, i) => "?" + (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using Statement insert = target.Prepare($"INSERT OR ABORT INTO main.{name} ({list}) VALUES ({values})");
        using Statement select = _source.Prepare($"SELECT {list} FROM main.{name} {condition}", slice.Source.TenantId);
        while (select.Step())
        {
            for (int i = 0; i < columns.Length; i++)
            {
                insert.BindFrom(i + 1, select.Row, i);
            }

            _ = insert.Run();
        }
    }

    /// <summary>
    /// A number that was assigned once is not assigned again, possibly to a deleted row: the counter is that of the database, in the
    /// numbers of the store where they are restored.
    /// </summary>
    private void KeepSequences(DatabaseConnection target)
    {
        if (_layout.Schema.FindTable("sqlite_sequence") is null)
        {
            return;
        }

        foreach ((string name, long seq) in _source
            .Query(
                "SELECT name, seq FROM main.sqlite_sequence WHERE typeof(name) = 'text' AND typeof(seq) = 'integer'",
                static row => (row.GetString(0), row.GetInt64(1)))
            .ToList())
        {
            if (_layout.Schema.FindTable(name) is not { Kind: TableKind.Table } table ||
                slice.Schema.Objects.All(o => o.Name != table.Name))
            {
                continue;
            }

            KeyRule? rule = slice.Rules
                .Where(r => r.Key.Keys.Any(k => k.Table == table && table.IsRowId(k.Column)))
                .Select(r => r.Value)
                .FirstOrDefault();
            long wanted = rule is { Distance: > 0, Integers.IsEmpty: false } ? seq - rule.Distance : seq;
            if (target.Scalar("SELECT count(*) FROM main.sqlite_sequence WHERE name = ?1", name) == 0)
            {
                target.Execute("INSERT INTO main.sqlite_sequence (name, seq) VALUES (?1, ?2)", name, Math.Max(0, wanted));
            }
            else
            {
                target.Execute("UPDATE main.sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1", name, wanted);
            }
        }
    }

    private static RowDigest Compare(TenantSlice source, TenantSlice written, MovedTable table, List<string> problems)
    {
        RowDigest expected = SliceDigest.Read(source, table, isBack: true).All;
        RowDigest read = SliceDigest.Read(written, table, isBack: false).All;
        if (read != expected)
        {
            problems.Add($"{table.Table.Name} has {read.Rows} rows, {expected.Rows} in the database, and their values differ");
        }

        return read;
    }

    private static IEnumerable<string> IntegrityProblems(DatabaseConnection target)
    {
        // A row that violates a CHECK in the database does so in the export.
        using IDisposable ignored = target.Settings.IgnoreChecks();
        return [.. target.Query("PRAGMA main.integrity_check(10)", static row => row.GetString(0)).Where(p => p != "ok")];
    }

    /// <summary>As many rows as in the database may reference nothing.</summary>
    private IEnumerable<string> ReferenceProblems(TenantSlice written)
    {
        SliceReferences references = new(_layout);
        foreach ((TableSchema child, ForeignKeySchema reference, TableSchema parent) in references.All)
        {
            long before = references.CountLost(slice.Source, child, reference, parent);
            long now = references.CountLost(written, child, reference, parent);
            if (now != before)
            {
                yield return $"{now} rows of {child.Name} reference no row of {parent.Name}, {before} in the database";
            }
        }
    }

    private MovedTable Unmapped(TableSchema table)
    {
        string[] columns = [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary).Select(c => c.Name)];
        return new MovedTable(table, columns, new ValueMap?[columns.Length]) { RowId = TableStatements.RowIdName(table) };
    }

    private void Report(string activity, string item, long done, long total, StagePart part) =>
        progress?.Report(new StageProgress(Stage.Export, activity, item, done, total) { Part = part });
}
