using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Fleet;

/// <summary>The stores of a rollout together: each database and each tenant once.</summary>
public static class FleetStores
{
    /// <summary>Refuses rows of which two are for the same database, by whatever name, or for the same tenant.</summary>
    /// <exception cref="PosTenancyException">There is no row, or two rows cannot both be meant.</exception>
    public static void Require(IReadOnlyList<FleetStore> stores)
    {
        if (stores.Count == 0)
        {
            throw Errors.FleetInvalid("has no rows");
        }

        RequireDistinct(stores, s => s.TenantId, StringComparer.Ordinal, store => $"the tenant '{store.TenantId}'");
        RequireDistinct(
            [.. stores.Where(s => s.ComputerName is null)], s => s.Path, PathComparison.Comparer, store => $"the database '{store}'");
        RequireDistinct(
            [.. stores.Where(s => s.ComputerName is null && FileIdentity.Read(s.Path) is not null)],
            s => FileIdentity.Read(s.Path)!.Value is var file ? (file.Volume, file.File) : default,
            EqualityComparer<(ulong, ulong)>.Default,
            store => $"the file '{store}' under two names");

        // What another machine takes for the same file is not known here: a name that differs in case only is taken for a mistake.
        RequireDistinct(
            [.. stores.Where(s => s.ComputerName is not null)],
            s => $"{s.ComputerName}\n{s.Path.Replace('\\', '/')}",
            StringComparer.OrdinalIgnoreCase,
            store => $"the database '{store}'");
    }

    /// <summary>The error of a rollout that cannot begin.</summary>
    /// <param name="what">What is wrong, as the end of a sentence.</param>
    public static PosTenancyException Invalid(string what) => Errors.FleetInvalid(what);

    /// <summary>The error of a rollout that was stopped.</summary>
    public static PosTenancyException RolloutStopped(Rollout rollout) => Errors.RolloutStopped(rollout.Stopped!, rollout.NotBegun);

    /// <summary>The failure of a store whose machine cannot be reached.</summary>
    /// <param name="store">The store.</param>
    /// <param name="why">What PowerShell says.</param>
    public static Failure RemotingFailure(FleetStore store, string why) =>
        Failure.From(Errors.RemotingFailed(store.Path, store.ComputerName!, why));

    /// <summary>The error of one row.</summary>
    /// <param name="row">Its number, from 1.</param>
    /// <param name="what">What is wrong with it, as the end of a sentence.</param>
    public static PosTenancyException InvalidRow(int row, string what) => Errors.FleetInvalid($"cannot begin: row {row} {what}");

    /// <summary>SHA-256 of the stores with their options: a state is only good for the same ones.</summary>
    public static string Fingerprint(IReadOnlyList<FleetStore> stores, bool isRehearsal) => Checksum.Compute(
        string.Join("\n", stores.Select(s => $"{s.ComputerName}\0{s.Path}\0{s.TenantId}\0{s.Options}")) + $"\n{isRehearsal}");

    private static void RequireDistinct<T>(
        IReadOnlyList<FleetStore> stores, Func<FleetStore, T> key, IEqualityComparer<T> comparer, Func<FleetStore, string> name)
    {
        if (stores.GroupBy(key, comparer).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Errors.FleetInvalid($"names {name(twice.First())} in {twice.Count()} rows");
        }
    }
}
