using PosTenancy.Engine.Tenants;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>Records beside the rows of a copy what the stores are apart from them, in the same transaction.</summary>
internal sealed class StoreRecording(CopySlice slice, TargetPlan plan, TargetServer server, TenantCopyOptions options)
{
    /// <summary>Records every tenant.</summary>
    /// <param name="warnings">Receives why the tenants cannot be given back as files.</param>
    /// <returns>Whether anything is new.</returns>
    public bool Write(List<string> warnings)
    {
        StoreRecord all = new(options.Schema, "")
        {
            ColumnName = slice.Layout.ColumnName,
            ReferenceTables = [.. options.ReferenceTable],
            Conversions = StoreRecord.Format(plan.Tables.SelectMany(t => t.Columns).Select(c => c.Conversion)),
            Source = slice.Connection.Path,
            HasLog = slice.HasLog,
        };
        StoreRecords records = new(server);
        bool isNew = false;
        foreach (StoreRecord store in Skeletons(all, warnings))
        {
            isNew |= records.Write(store);
        }

        return isNew;
    }

    private List<StoreRecord> Skeletons(StoreRecord all, List<string> warnings)
    {
        try
        {
            ExportSkeleton skeleton = new(slice.Connection, slice.Layout);
            return
            [
                .. slice.TenantIds.Select(t => all with { TenantId = t, Skeleton = StoreRecord.Compress(skeleton.Create(t)) }),
            ];
        }
        catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.ExportRefused)
        {
            // Its rows can still be copied.
            warnings.Add($"Export-PosTenant cannot give the tenant back from PostgreSQL: {exception.What}");
            return [.. slice.TenantIds.Select(t => all with { TenantId = t, Obstacle = exception.What })];
        }
    }
}
