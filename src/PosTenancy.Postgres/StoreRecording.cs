using PosTenancy.Engine.Tenants;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>Records beside the rows of a copy what the stores are apart from them, in the same transaction.</summary>
internal sealed class StoreRecording(CopySlice slice, TargetPlan plan, TargetServer server, TenantCopyOptions options)
{
    /// <summary>Why the tenants cannot be given back as files; empty if they can.</summary>
    public string Obstacle { get; private set; } = "";

    /// <summary>Records every tenant.</summary>
    /// <returns>Whether anything is new.</returns>
    public bool Write()
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
        records.Open();
        bool isNew = false;
        foreach (StoreRecord store in Skeletons(all))
        {
            isNew |= records.Write(store);
        }

        return isNew;
    }

    private List<StoreRecord> Skeletons(StoreRecord all)
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
            Obstacle = exception.What;
            return [.. slice.TenantIds.Select(t => all with { TenantId = t, Obstacle = exception.What })];
        }
    }
}
