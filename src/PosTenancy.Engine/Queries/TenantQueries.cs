using PosTenancy.Engine.Backup;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Queries;

/// <summary>Measures queries on a migrated database and on its backup; changes neither.</summary>
public static class TenantQueries
{
    /// <summary>Runs each query on both in turn, compares times, rows and plans, and explains any slowdown.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="backupPath">Path of the backup made before the migration.</param>
    /// <param name="options">Options of the measurement.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PosTenancyException">A file cannot be read, the database was not migrated, the backup is invalid, or a statement is
    /// not a query.</exception>
    public static IReadOnlyList<QueryMeasurement> Measure(
        string path,
        string backupPath,
        MeasurementOptions? options = null,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new MeasurementOptions();
        RecordedBackup backup = RecordedBackup.Open(backupPath, FilePath.Full(path), Stage.Measurement, progress, cancellation);
        progress?.Report(
            new StageProgress(Stage.Measurement, "Reading both schemas and counting rows", path, 0, 0) { Part = StagePart.Schema });
        using LiveDatabase live = LiveDatabase.Open(path, cancellation);
        using DatabaseConnection before = DatabaseConnection.OpenImmutable(backup.Path, cancellation);
        DatabaseSchema old = SchemaReader.Read(before);
        (DatabaseSchema now, List<TableSchema> tables, string tenantId, bool isOnly, HashSet<string> statistics) = live.Read(connection =>
            ReadLive(connection, options));
        QueryComparison comparison = new(live, before, old, now, tenantId, new Slowdown(old, now, options.ColumnName, statistics), options)
        {
            // Until the store sells again, both must return the same rows.
            MustAgree = isOnly && tables.TrueForAll(t => old.FindTable(t.Name)?.Rows == t.Rows),
        };

        List<QueryPair> queries = [.. Pairs(before, old, tables, options)];
        queries.ForEach(comparison.RequireQuery);
        List<QueryMeasurement> results = [];
        foreach (QueryPair query in queries)
        {
            progress?.Report(
                new StageProgress(Stage.Measurement, query.Name, query.Table, results.Count, queries.Count) { Part = StagePart.Statements }
            );
            results.Add(comparison.Measure(query, cancellation));
        }

        if (options.Readers > 1)
        {
            progress?.Report(
                new StageProgress(Stage.Measurement, $"Reading with {options.Readers} connections", Item: null, 0, 0)
                {
                    Part = StagePart.Readers,
                });
            results = comparison.ReadTogether(queries, results, cancellation);
        }

        live.RequireUnchanged();
        return results.ToArray();
    }

    private static IEnumerable<QueryPair> Pairs(
        DatabaseConnection before,
        DatabaseSchema old,
        List<TableSchema> tables,
        MeasurementOptions options)
    {
        if (options.Queries is { } file)
        {
            return file.Pairs(options.ColumnName);
        }

        HashSet<string> tenantTables = new(tables.Select(t => t.Name), Identifier.Comparer);
        DerivedQueries derived = new(before, old, tenantTables, options.ColumnName);
        return old
            .Tables.Where(t =>
                t.Kind == TableKind.Table && options.IncludeTable?.Invoke(t.Name) != false && tenantTables.Contains(t.Name))
            .SelectMany(derived.For);
    }

    /// <summary>Reads the schema, and the tenants' tables whose rows can be counted.</summary>
    private static (DatabaseSchema Schema, List<TableSchema> Tables, string TenantId, bool IsOnly, HashSet<string> Statistics) ReadLive(
        DatabaseConnection connection,
        MeasurementOptions options)
    {
        DatabaseSchema schema = SchemaReader.Read(connection);
        List<(TableSchema Table, ColumnSchema Column)> tables =
        [
            .. TenantTables
                .Migrated(schema, SharedTables.AddTo(new(TenantId: null, options.ColumnName, []), connection))
                .Where(t => t.Table.Unreadable is null),
        ];
        if (tables.Count == 0)
        {
            throw Errors.NotMigrated(schema.Path, options.ColumnName);
        }

        List<string> tenants =
        [
            .. tables.SelectMany(t => DistributionReader.Read(connection, schema.Path, t.Table, t.Column))
                .Select(share => share.TenantId)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal),
        ];
        bool isOnly = tenants.Count <= 1;
        if (options.TenantId is null ? !isOnly : !tenants.Contains(options.TenantId, StringComparer.Ordinal) && tenants.Count > 0)
        {
            throw Errors.TenantNotFound(
                schema.Path,
                options.TenantId,
                ShortList.Join(tenants, most: 5));
        }

        IEnumerable<string> statistics = schema.FindTable("sqlite_stat1") is null
            ? []
            : connection.Query("SELECT DISTINCT idx FROM main.sqlite_stat1 WHERE idx IS NOT NULL", static row => row.GetString(0));
        return (
            schema,
            [.. tables.Select(t => t.Table)],
            options.TenantId ?? tenants.FirstOrDefault() ?? "",
            isOnly,
            new HashSet<string>(statistics, Identifier.Comparer));
    }
}
