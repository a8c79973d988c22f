using PosTenancy.Engine.Backup;
using PosTenancy.Engine.History;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>What is exported of a database: one tenant, and what it needs of all others' tables.</summary>
/// <param name="Source">The rows of the tenant in the database.</param>
/// <param name="Schema">The schema of the export.</param>
/// <param name="Rules">The keys that change on their way out.</param>
/// <param name="Tables">The tables of the tenant.</param>
internal sealed record ExportedSlice(
    TenantSlice Source, ExportedSchema Schema, IReadOnlyDictionary<KeyDomain, KeyRule> Rules, IReadOnlyList<MovedTable> Tables)
{
    /// <summary>What there is to say that stops nothing.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The rows of the tenant, table by table; tables without are left out.</summary>
    public IReadOnlyList<TenantTable> Rows { get; private init; } = [];

    /// <summary>Reads what there is to export.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="options">What to export.</param>
    /// <exception cref="PosTenancyException">The tenant does not exist, or cannot be exported.</exception>
    public static ExportedSlice Read(DatabaseConnection connection, TenantExportOptions options)
    {
        TenantLayout layout = TenantLayout.Read(connection, options.ColumnName, options.ReferenceTable);
        TenantSlice source = new(connection, options.ColumnName, options.TenantId);
        IReadOnlyList<HistoryEntry> history = TenantHistory.Read(connection, connection.Path, historyTable: null);
        source.RequireTenant(layout, history);
        ExportedSchema schema = ExportedSchema.Read(connection, layout, options.AsSingleTenant);
        HistoryEntry? import = options.AsSingleTenant ? TenantKeyMap.LastImport(history, options.TenantId) : null;
        KeyMapFile? map = import is null ? null : TenantKeyMap.Read(connection.Path, import, options.KeyMapPath);
        KeyDomains domains = KeyDomains.Find(layout, KeyDeclarations.From(map?.Declarations ?? []));
        Dictionary<KeyDomain, KeyRule> rules = map is null ? [] : NewKeys.AddTo(source, ImportedRows.RulesOf(domains, map));
        ExportedSlice slice = new(
            source,
            schema,
            rules,
            [
                .. layout.Tables.Select(t => MovedTable.From(t, layout, domains, rules) with
                {
                    // The rowids of a store that was imported are not known any more.
                    RowId = map is null ? TableStatements.RowIdName(t) : null,
                }),
            ])
        {
            Rows =
            [
                .. layout.Tables.Select(t => new TenantTable(t.Name, source.Count(t.Name), Bytes: null)).Where(t => t.Rows > 0),
            ],
        };
        slice.WarnOfCrossing();
        return slice;
    }

    /// <summary>Bytes that the export may have, an upper estimate from the share of its rows.</summary>
    /// <param name="length">Bytes of the database.</param>
    public long EstimateLength(long length)
    {
        double all = Schema.Layout.Tables.Sum(t =>
            (double)Source.Connection.Scalar($"SELECT count(*) FROM main.{Identifier.Quote(t.Name)}"));
        double share = Math.Min(1, 2 * (Rows.Sum(t => t.Rows) + 1) / (all + 1));
        return (long)(length * share) + (SpaceNeeds.SmallFiles * (Schema.Objects.Count + 1));
    }

    /// <summary>A row of another tenant does not come along, and what names it will name nothing.</summary>
    private void WarnOfCrossing()
    {
        SliceReferences references = new(Schema.Layout);
        foreach ((TableSchema child, ForeignKeySchema reference, TableSchema parent) in references.All)
        {
            long rows = references.CountCrossing(Source, child, reference, parent);
            if (rows > 0)
            {
                Warnings.Add(
                    $"{rows} {(rows == 1 ? "row" : "rows")} of {child.Name} {(rows == 1 ? "references" : "reference")} rows of " +
                    $"{parent.Name} that belong to another tenant and are not in the export.");
            }
        }
    }
}
