using System.Diagnostics;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>One source of an import: what it holds, and how its rows are moved.</summary>
internal sealed class ImportSource : IDisposable
{
    private readonly TenantSource _spec;
    private readonly string _database;
    private readonly LiveDatabase _file;
    private readonly Stopwatch _watch = new();
    private bool _isReading;

    private ImportSource(TenantSource spec, string database, LiveDatabase file)
    {
        _spec = spec;
        _database = database;
        _file = file;
        Path = file.Connection.Path;
        TenantId = spec.TenantId;
    }

    /// <summary>Full path of the source.</summary>
    public string Path { get; }

    /// <summary>The tenant that its rows will belong to.</summary>
    public string TenantId { get; }

    /// <summary>Its rows.</summary>
    public TenantSlice Rows { get; private set; } = null!;

    /// <summary>How the rows of each table are moved.</summary>
    public IReadOnlyList<MovedTable> Tables { get; private set; } = [];

    /// <summary>Its keys and what references them.</summary>
    public KeyDomains Domains { get; private set; } = null!;

    /// <summary>The keys that change.</summary>
    public IReadOnlyDictionary<KeyDomain, KeyRule> Rules { get; private set; } = new Dictionary<KeyDomain, KeyRule>();

    /// <summary>The rules as its key map has them.</summary>
    public IReadOnlyList<KeyMapFile.StoredRule> StoredRules { get; private set; } = [];

    /// <summary>The digests of its rows, table by table; none before they were copied.</summary>
    public IReadOnlyList<KeyMapFile.StoredDigest> Digests { get; private set; } = [];

    /// <summary>The rows of shared tables.</summary>
    public SharedRows? Shared { get; private set; }

    /// <summary>What there is to say that stops nothing.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Full path of its key map.</summary>
    public string KeyMapPath { get; set; } = "";

    /// <summary>The bytes of its key map.</summary>
    public byte[] KeyMap { get; set; } = [];

    /// <summary>Why it is not imported; <see langword="null"/> while it is.</summary>
    public Failure? Refusal { get; private set; }

    /// <summary>Whether the same rows are in the database already.</summary>
    public bool IsThere { get; set; }

    /// <summary>Whether there is anything to import.</summary>
    public bool IsActive => Refusal is null && !IsThere;

    /// <summary>What was proved of it.</summary>
    public IReadOnlyList<CheckResult> Checks { get; set; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration => _watch.Elapsed;

    /// <summary>The declarations about its keys.</summary>
    public KeyDeclarations Declarations => _spec.Keys ?? KeyDeclarations.None;

    /// <summary>The tables and how many rows of each are moved.</summary>
    public IReadOnlyList<ImportedTable> Imported { get; private set; } = [];

    /// <summary>Opens a source for one reading of all its rows.</summary>
    /// <param name="spec">The source.</param>
    /// <param name="database">Full path of the database.</param>
    /// <param name="lockTimeout">How long to wait for others that are writing to the source.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">It cannot be read, is the database itself, or is an export that was changed.</exception>
    public static ImportSource Open(
        TenantSource spec,
        string database,
        TimeSpan lockTimeout,
        IProgress<StageProgress>? progress,
        CancellationToken cancellation)
    {
        string path = FilePath.Full(spec.Path);
        if (string.Equals(path, database, PathComparison.Kind) || FileIdentity.IsSameFile(path, database))
        {
            throw Errors.SourceInvalid(path, "is the database that it would be imported into", "Name another file with -SourcePath.");
        }

        DatabaseFile file = DatabaseFile.Inspect(path);

        // A manifest that no reader verifies proves nothing.
        StageProgress verifying = new(Stage.Plan, "Verifying the export", path, 0, file.Length) { Part = StagePart.Schema };
        ExportManifest.Find(path)?.Verify(path, verifying, progress, cancellation);

        LiveDatabase? live = null;
        LockWait.Until(
            lockTimeout,
            waited =>
            {
                LiveDatabase opened = LiveDatabase.Open(file, cancellation);
                try
                {
                    // The first read determines the state that everything after it reads.
                    opened.Connection.Execute("BEGIN");
                    _ = opened.Connection.Scalar("SELECT count(*) FROM main.sqlite_schema");
                    live = opened;
                    return null;
                }
                catch (PosTenancyException exception) when (exception.ErrorId is ErrorIds.DatabaseLocked or ErrorIds.DatabaseInUse)
                {
                    opened.Dispose();
                    return exception;
                }
                catch
                {
                    opened.Dispose();
                    throw;
                }
            },
            waiting: null,
            cancellation);
        return new ImportSource(spec, database, live!) { _isReading = true };
    }

    /// <summary>Refuses the source; the others go on.</summary>
    public void Refuse(PosTenancyException exception) => Refusal = Failure.From(exception);

    /// <summary>Measures the time of some work.</summary>
    public void Timed(Action work)
    {
        _watch.Start();
        try
        {
            work();
        }
        finally
        {
            _watch.Stop();
        }
    }

    /// <summary>Requires that the rows fit into the database, before anything is read of them.</summary>
    /// <param name="target">The database.</param>
    /// <param name="layout">Its tables.</param>
    /// <exception cref="PosTenancyException">They do not.</exception>
    public void Match(DatabaseConnection target, TenantLayout layout)
    {
        DatabaseConnection connection = _file.Connection;
        DatabaseSchema schema = SchemaReader.Read(connection, countRows: false);
        bool hasTenants = SchemaMatch.Require(
            schema, _database, layout, SchemaMatch.VersionDifferences(connection, target, layout));
        Rows = new TenantSlice(connection, hasTenants ? layout.ColumnName : null, hasTenants ? FindTenant(schema, layout) : TenantId);
        RequireModules(schema, layout);
    }

    /// <summary>Decides which keys change, and compares the rows of shared tables.</summary>
    /// <param name="target">The database.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="action">What to do with shared rows that differ.</param>
    /// <param name="others">What the tenants that are there reference without having it.</param>
    /// <exception cref="PosTenancyException">Keys collide that must not change, or something has to be decided.</exception>
    public void Plan(DatabaseConnection target, TenantLayout layout, SharedRowsAction action, DanglingReferences others)
    {
        Domains = KeyDomains.Find(layout, Declarations);
        KeyPlanner planner = new(Rows, target, _database, layout, Domains, others);
        Rules = planner.Plan();
        new ReferenceSearch(Rows, layout, Domains, Declarations).Require(Rules);
        Shared = SharedRows.Compare(Rows.Connection, target, _database, layout, action);
        Tables = [.. layout.Tables.Select(t => MovedTable.From(t, layout, Domains, Rules))];
        Dictionary<KeyColumn, long> mapped = Rules
            .SelectMany(r => r.Key.Keys.Select(k => (Key: k, Count: planner.CountMapped(k, r.Value))))
            .ToDictionary(m => m.Key, m => m.Count);
        StoredRules = [.. Rules.Select(r => KeyMapFile.StoredRule.From(r.Value, r.Key.Keys.Sum(k => mapped[k])))];
        Imported =
        [
            .. Tables.Select(t => new ImportedTable(t.Table.Name, Rows.Count(t.Table.Name), KeysOf(t.Table), RuleOf(t.Table))),
        ];

        long KeysOf(TableSchema table) => Rules.Keys
            .Select(d => d.Keys.FirstOrDefault(k => k.Table == table))
            .OfType<KeyColumn>()
            .Sum(k => mapped[k]);

        string RuleOf(TableSchema table) => string.Join(
            ", ",
            Rules.Where(r => r.Key.Keys.Any(k => k.Table == table)).Select(r => r.Value.Text));
    }

    /// <summary>Copies the rows into the database.</summary>
    /// <param name="target">The slice that they become.</param>
    /// <param name="progress">Receives the table and the number of rows that are done.</param>
    /// <exception cref="PosTenancyException">A row does not fit.</exception>
    public void Copy(TenantSlice target, Action<string, long> progress)
    {
        long done = 0;
        List<KeyMapFile.StoredDigest> digests = [];
        foreach (MovedTable table in Tables)
        {
            long before = done;
            using SeenRows? seen = Digests.Count == 0 ? new SeenRows() : null;
            done += table.Copy(Rows, target, isBack: false, rows => progress(table.Table.Name, before + rows), seen);
            if (seen is not null)
            {
                digests.Add(seen.Digest(table));
            }
        }

        Digests = digests.Count > 0 ? digests : Digests;

        Shared!.Add(Rows.Connection, target.Connection);
        foreach (MovedTable table in Tables)
        {
            KeepSequence(target.Connection, table);
        }
    }

    /// <summary>The digest of rows that are not to be copied, because their tenant exists.</summary>
    public string ReadDigest(TenantLayout layout) => new KeyMapFile
    {
        Tables =
        [
            .. layout.Tables.Select(t =>
            {
                string[] columns = [.. layout.Columns(t).Select(c => c.Name)];
                RowDigest all = SliceDigest.Read(Rows, new MovedTable(t, columns, new ValueMap?[columns.Length]), isBack: false).All;
                return KeyMapFile.StoredDigest.From(t.Name, all, all);
            }),
        ],
    }.SourceDigest;

    /// <summary>Requires that what was read is what is there.</summary>
    /// <exception cref="PosTenancyException">The source was changed meanwhile.</exception>
    public void RequireUnchanged() => _file.RequireUnchanged();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isReading)
        {
            _ = _file.Connection.TryExecute("COMMIT");
        }

        _file.Dispose();
    }

    /// <summary>The tenant of the source whose rows are meant.</summary>
    private string FindTenant(DatabaseSchema schema, TenantLayout layout)
    {
        SortedDictionary<string, long> tenants = new(StringComparer.Ordinal);
        foreach (TableSchema table in layout.Tables.Select(t => schema.FindTable(t.Name)!))
        {
            foreach (TenantDistribution share in DistributionReader.Read(
                _file.Connection, Path, table, table.FindColumn(layout.ColumnName)!))
            {
                if (share.TenantId is not { } tenant)
                {
                    throw Errors.SourceInvalid(
                        Path,
                        $"has {share.Rows} rows in {table.Name} that belong to no tenant",
                        "Give them their tenant first with Invoke-PosTenantUpgrade.");
                }

                tenants[tenant] = (tenants.TryGetValue(tenant, out long rows) ? rows : 0) + share.Rows;
            }
        }

        string wanted = _spec.SourceTenantId ?? (tenants.Count == 1 ? tenants.Keys.First() : TenantId);
        return tenants.ContainsKey(wanted) || (tenants.Count == 0 && _spec.SourceTenantId is null)
            ? wanted
            : throw Errors.SourceInvalid(
                Path,
                $"has no rows of tenant '{wanted}'; its tenants are {ShortList.Join([.. tenants.Keys.Select(t => $"'{t}'")], 10)}",
                "Name one of them with -SourceTenantId.");
    }

    /// <summary>
    /// A virtual table that reads its content from another table is rebuilt from it. What has content of its own would be lost in silence.
    /// </summary>
    private void RequireModules(DatabaseSchema source, TenantLayout layout)
    {
        if (VirtualTables.WithOwnRows(_file.Connection, source).FirstOrDefault() is { } own)
        {
            throw Errors.SchemaMismatch(
                Path,
                _database,
                $"the virtual table {own} has rows of its own, which belong to no tenant and cannot be rebuilt from another table");
        }

        foreach (TableSchema table in layout.Virtual.Where(t => source.FindTable(t.Name) is null))
        {
            throw Errors.SchemaMismatch(Path, _database, $"the source has no virtual table {table.Name}");
        }
    }

    /// <summary>The highest number ever assigned, possibly to a deleted row, is not assigned again.</summary>
    private void KeepSequence(DatabaseConnection target, MovedTable table)
    {
        if (Sequence(Rows.Connection) is not { } there)
        {
            return;
        }

        KeyRule? rule = Rules
            .Where(r => r.Key.Keys.Any(k => k.Table == table.Table && table.Table.IsRowId(k.Column)))
            .Select(r => r.Value)
            .FirstOrDefault();
        long wanted = rule is { Distance: > 0, Integers.IsEmpty: false } && there <= long.MaxValue - rule.Distance
            ? Math.Max(there + rule.Distance, there)
            : there;
        if (Sequence(target) is not { } here)
        {
            target.Execute("INSERT INTO main.sqlite_sequence (name, seq) VALUES (?1, ?2)", table.Table.Name, wanted);
        }
        else if (here < wanted)
        {
            target.Execute("UPDATE main.sqlite_sequence SET seq = ?2 WHERE name = ?1", table.Table.Name, wanted);
        }

        long? Sequence(DatabaseConnection connection) =>
            connection.Scalar("SELECT count(*) FROM main.sqlite_schema WHERE name = 'sqlite_sequence'") == 0
                ? null
                : connection
                    .Query("SELECT seq FROM main.sqlite_sequence WHERE name = ?1", static row => row.GetValue(0), table.Table.Name)
                    .FirstOrDefault() as long?;
    }
}
