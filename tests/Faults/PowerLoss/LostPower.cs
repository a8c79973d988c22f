using PosTenancy.Tests.Faults.Tracing;

namespace PosTenancy.Tests.Faults.PowerLoss;

/// <summary>A power loss at one moment, and the unsynced data that survives it.</summary>
/// <param name="Moment">Number of recorded calls completed before it.</param>
/// <param name="Next">The first call not reached; <see langword="null"/> after the last one.</param>
/// <param name="KeepsNames">Whether created, changed and removed names survive although their folder was not synced.</param>
/// <param name="Kept">How much unsynced content survives.</param>
internal sealed record LostPower(int Moment, SystemCall? Next, bool KeepsNames, Kept Kept)
{
    /// <summary>A name that is the same in every run.</summary>
    public string Name => $"{Moment}/{(KeepsNames ? "names" : "no-names")}/{Kept}";

    public string Stage => Next?.Stage ?? "End";

    /// <summary>
    /// Every moment of a run with each variant that leaves a distinct folder. The last moment, after the command reported success, has all
    /// variants.
    /// </summary>
    public static IReadOnlyList<LostPower> All(Disk disk, IReadOnlyList<SystemCall> calls)
    {
        List<LostPower> all = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int moment = 0; moment <= calls.Count; moment++)
        {
            SystemCall? next = moment < calls.Count ? calls[moment] : null;
            foreach (bool names in new[] { false, true })
            {
                foreach (Kept kept in Enum.GetValues<Kept>())
                {
                    if (seen.Add(Digest(disk.After(names, kept))) || next is null)
                    {
                        all.Add(new LostPower(moment, next, names, kept));
                    }
                }
            }

            if (next is not null)
            {
                disk.Apply(next);
            }
        }

        return all;
    }

    private static string Digest(IReadOnlyList<DiskEntry> entries) => string.Join('\n', entries.Select(e => $"{e.Path} {e.Digest}"));
}
