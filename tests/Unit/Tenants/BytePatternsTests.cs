using System.Text;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Tests.Tenants;

/// <summary>Many byte strings searched for in one pass.</summary>
public sealed class BytePatternsTests
{
    [Fact]
    public void Every_occurrence_is_found_and_hardly_anything_else()
    {
        Random random = new(1);
        BytePatterns patterns = new(1 << 16);
        List<byte[]> all = [];
        for (int i = 0; i < 2000; i++)
        {
            byte[] pattern = new byte[random.Next(BytePatterns.MinLength, BytePatterns.MaxLength + 1)];
            random.NextBytes(pattern);
            all.Add(pattern);
            patterns.Add(pattern);
        }

        byte[] bytes = new byte[200_000];
        random.NextBytes(bytes);
        for (int i = 0; i < all.Count; i += 2)
        {
            all[i].CopyTo(bytes, i * 90);
        }

        HashSet<string> found = [];
        patterns.Find(bytes, b => found.Add(Convert.ToHexString(b)));

        HashSet<string> expected = [.. all.Where((_, i) => i % 2 == 0).Select(Convert.ToHexString)];
        expected.Except(found).ShouldBeEmpty();
        found.Except(expected).Count().ShouldBeLessThan(10);
    }

    [Theory]
    [InlineData("12345")]
    [InlineData("111111")]
    [InlineData("      ")]
    [InlineData("121212121212")]
    public void Value_that_may_be_anywhere_by_chance_is_not_searched_for(string value) =>
        Divide(Encoding.UTF8.GetBytes(value)).ShouldBeEmpty();

    [Fact]
    public void Every_overflow_page_of_a_long_value_has_a_whole_piece()
    {
        byte[] value = new byte[5000];
        new Random(2).NextBytes(value);
        List<byte[]> pieces = Divide(value);
        pieces.ShouldAllBe(p => p.Length == BytePatterns.MaxLength);

        // The content of the smallest overflow page, from any place of the value.
        for (int start = 0; start + 508 <= value.Length; start++)
        {
            byte[] page = value[start..(start + 508)];
            pieces.Exists(p => page.AsSpan().IndexOf(p) >= 0).ShouldBeTrue();
        }
    }

    private static List<byte[]> Divide(byte[] value)
    {
        List<byte[]> pieces = [];
        BytePatterns.Divide(value, p => pieces.Add(p.ToArray()));
        return pieces;
    }
}
