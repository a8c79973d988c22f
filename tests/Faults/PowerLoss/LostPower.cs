using PosTenancy.Tests.Faults.Tracing;

namespace PosTenancy.Tests.Faults.PowerLoss;

/// <summary>A moment at which the power may go, and what the disk then makes of what was not synced.</summary>
/// <param name="Moment">How many of the recorded calls were done.</param>
/// <param name="Next">The call that was not reached; <see langword="null"/> after the last one.</param>
/// <param name="KeepsNames">Whether new, changed and removed names are on the disk although their folder was not synced.</param>
/// <param name="Kept">What is on the disk of the bytes that were not synced.</param>
internal sealed record LostPower(int Moment, SystemCall? Next, bool KeepsNames, Kept Kept)
{
    /// <summary>A name that is the same in every run.</summary>
    public string Name => $"{Moment}/{(KeepsNames ? "names" : "no-names")}/{Kept}";

    public string Stage => Next?.Stage ?? "End";

    /// <summary>
    /// Every moment of a run with every variant that leaves a folder that no other leaves. The last moment, at which the command has
    /// said that it is done, has all of them.
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
