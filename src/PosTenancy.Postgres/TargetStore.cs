using System.Globalization;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Tenants;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Proof;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>A store in PostgreSQL: its rows there, and what the copy recorded of it.</summary>
/// <param name="Server">PostgreSQL, in one state.</param>
/// <param name="Source">Where it is.</param>
/// <param name="Record">What the copy recorded.</param>
/// <param name="Plan">Its tables.</param>
/// <param name="Layout">The same in the store.</param>
/// <param name="Folder">The folder of the export.</param>
internal sealed record TargetStore(
    TargetServer Server, Destination Source, StoreRecord Record, TargetPlan Plan, TenantLayout Layout, string Folder)
{
    /// <summary>Where the key map of the tenant's import is looked for; <see langword="null"/> if it was never imported.</summary>
    public string? KeyMapPath { get; private init; }

    /// <summary>Finds a tenant.</summary>
    /// <exception cref="PosTenancyException">
    /// It was never copied, cannot be given back, or its tables are not those of the store any more.
    /// </exception>
    public static TargetStore Find(
        TargetServer server, Destination source, TargetExportOptions options, string folder, CancellationToken cancellation)
    {
        CopyRecords copies = new(server);
        CopyLayout layout = copies.LayoutOf(options.Schema, options.TenantId) ??
            throw Errors.TargetTenantNotFound(source.Name, options.TenantId, options.Schema);
        server.UseCitus(layout);
        StoreRecord record = new StoreRecords(server).Find(options.Schema, options.TenantId) is { Obstacle: var obstacle } found
            ? obstacle.Length == 0 ? found : throw Errors.ExportRefused(source.Name, $"when it was copied, {obstacle.TrimEnd('.')}")
            : throw Errors.StoreNotRecorded(source.Name, options.TenantId);
        using DatabaseConnection skeleton = record.OpenSkeleton(source.Name, cancellation);
        TenantLayout tables = TenantLayout.Read(skeleton, record.ColumnName, record.ReferenceTables);
        HistoryEntry? import = options.AsSingleTenant
            ? TenantKeyMap.LastImport(TenantHistory.Read(skeleton, source.Name, historyTable: null), options.TenantId)
            : null;
        TargetOptions target = new(
            layout, options.Schema, DateTimeColumns.Text, new Dictionary<string, ValueConversion>(StringComparer.Ordinal), server.Version);
        return new TargetStore(
            server, source, record, ExportPlanning.Plan(tables, options.TenantId, target, server, source), tables, folder)
        {
            KeyMapPath = import is null ? null : Path.Combine(folder, Path.GetFileName(import.Name!)),
        };
    }

    /// <summary>The rows of the tenant table by table; tables without are left out.</summary>
    public IReadOnlyList<TenantTable> Count()
    {
        TableDdl ddl = new(Plan, Plan.Options.HasTenantKeys ? null : Record.TenantId);
        TargetRows.ActAs(Server, Record.TenantId);
        return
        [
            .. Plan.TenantTables
                .Select(t => new TenantTable(
                    t.Name,
                    (long)Server.Scalar(
                        $"SELECT count(*) FROM {ddl.Name(t)} WHERE {Identifier.Quote(ddl.TenantColumn(t))} = $1", Record.TenantId)!,
                    Bytes: null))
                .Where(t => t.Rows > 0),
        ];
    }

    /// <summary>The rows in a database that has the tables of the store.</summary>
    public CopySlice Slice(DatabaseConnection file) => new(file, Layout, [Record.TenantId], IsWhole: true);

    /// <summary>How many rows the last copy wrote, to tell how far the work is.</summary>
    public long RowsAtCopy(CopyPart part) =>
        new CopyRecords(Server).Find(part.Schema, part.Table.Name, part.Tenants[0])?.Rows ?? 0;

    /// <summary>The highest number that PostgreSQL assigned in a table; <see langword="null"/> if it assigned none.</summary>
    public long? LastNumber(CopyPart part)
    {
        TargetColumn? column = part.Table.Columns.FirstOrDefault(c => part.Table.Source.IsRowId(part.Table.Source.FindColumn(c.Name)!));
        return column is null ? null : (long?)Server.Scalar(string.Format(
            CultureInfo.InvariantCulture,
            "SELECT last_value FROM pg_sequences WHERE " +
                "(quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass = pg_get_serial_sequence({0}, {1})::regclass",
            Identifier.Literal(part.Name),
            Identifier.Literal(column.Name)));
    }
}
