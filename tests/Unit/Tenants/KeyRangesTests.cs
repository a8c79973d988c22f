using PosTenancy.Engine.Tenants;

namespace PosTenancy.Tests.Tenants;

/// <summary>Integers as ranges: the same answers as a set, as long as they are few, and never fewer keys than were added.</summary>
public sealed class KeyRangesTests
{
    [Fact]
    public void Ranges_answer_as_a_set_does()
    {
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            KeyRanges ranges = new();
            HashSet<long> set = [];
            for (int i = 0; i < 60; i++)
            {
                long first = random.Next(-50, 50);
                long last = first + random.Next(4);
                ranges.Add(first, last);
                for (long key = first; key <= last; key++)
                {
                    set.Add(key);
                }
            }

            for (long key = -60; key < 60; key++)
            {
                ranges.Contains(key).ShouldBe(set.Contains(key), $"round {round}, key {key}");
            }

            ranges.Ranges.Zip(ranges.Ranges.Skip(1)).ShouldAllBe(p => p.First.Last + 1 < p.Second.First);
            (ranges.First, ranges.Last).ShouldBe((set.Min(), set.Max()));
        }
    }

    [Fact]
    public void Ends_of_the_number_line_are_keys_like_others()
    {
        KeyRanges ranges = KeyRanges.From([long.MaxValue, long.MinValue, long.MaxValue - 1, 0]);
        ranges.Ranges.ShouldBe([(long.MinValue, long.MinValue), (0, 0), (long.MaxValue - 1, long.MaxValue)]);
        ranges.Contains(long.MaxValue).ShouldBeTrue();
        ranges.Contains(1).ShouldBeFalse();
    }

    [Fact]
    public void Many_scattered_keys_take_a_fixed_number_of_ranges_and_none_is_lost()
    {
        Random random = new(3);
        long[] keys = [.. Enumerable.Range(0, 300_000).Select(_ => random.NextInt64())];
        KeyRanges ranges = KeyRanges.From(keys);
        ranges.Ranges.Count.ShouldBeLessThanOrEqualTo(1 << 16);
        keys.ShouldAllBe(k => ranges.Contains(k));
    }
}
