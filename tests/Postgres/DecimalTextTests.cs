using System.Globalization;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Tests.Postgres;

/// <summary>The text of a number is the same from the builds for PowerShell 7 and for Windows PowerShell.</summary>
public sealed class DecimalTextTests
{
    /// <summary>Numbers that are hard to write or to read back, among them those that .NET Framework's "R" gets wrong.</summary>
    internal static readonly double[] Hard =
    [
        0, 1, 2.5, 100, 0.1, 0.1 + 0.2, 1.0 / 3, 5e-324, 1e-323, 2.2250738585072014e-308, 2.225073858507201e-308, double.MaxValue, 1e21,
        1e22, 1e23, 9007199254740993, 123456789012345680, 1e15, 1e14, 999999999999999, 1e16, 0.0001, 0.00001, 0.84551240822557006,
        0.6822871999174, 4.35, 5e-5, 8.41e21, 2.0000000000000002, 4503599627370496.5, 1.7976931348623157e308, 9.5e-322, 6.02214076e23,
        2e-44, 4.1045368012983762E-289, 299792.458, 19.99, -0.0001, -1e300, -273.15,
    ];

    [Fact]
    public void Hard_numbers_are_as_dotnet_writes_them()
    {
        foreach (double number in Hard)
        {
            DecimalText.Shortest(number).ShouldBe(DecimalText.Write(number));
            double.Parse(DecimalText.Shortest(number), CultureInfo.InvariantCulture).ShouldBe(number);
        }

        Hard.Select(DecimalText.Shortest).Where(t => t.Length < 8).ShouldBe(
            ["0", "1", "2.5", "100", "0.1", "5E-324", "1E-323", "1E+21", "1E+22", "1E+23", "0.0001", "1E-05", "4.35", "5E-05", "2",
            "2E-44", "19.99", "-0.0001", "-1E+300", "-273.15"]);
    }

    [Fact]
    public void Power_of_two_is_read_back_as_itself()
    {
        foreach (double number in Enumerable.Range(-1074, 2098).Select(e => Math.ScaleB(1, e)))
        {
            string text = DecimalText.Write(number);
            if (double.Parse(text, CultureInfo.InvariantCulture) != number)
            {
                Assert.Fail($"{text} is not 2 to the power of {Math.Log2(number)}");
            }
        }

        DecimalText.Write(Math.ScaleB(1, -958)).ShouldBe("4.1045368012983762E-289");
    }

    [Fact]
    public void Random_numbers_are_as_dotnet_writes_them()
    {
        Random random = new(20);
        IEnumerable<double> numbers =
        [
            .. Enumerable.Range(0, 60_000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))),
            .. Enumerable.Range(0, 60_000).Select(i => random.Next(-10_000_000, 10_000_000) / Math.Pow(10, i % 20)),
            .. Enumerable.Range(0, 60_000).Select(i => Math.Floor(random.NextDouble() * Math.Pow(10, i % 25))),
        ];
        foreach (double number in numbers)
        {
            string text = number.ToString("R", CultureInfo.InvariantCulture);
            if (DecimalText.Shortest(number) != text && Math.Log2(Math.Abs(number)) % 1 != 0)
            {
                DecimalText.Shortest(number).ShouldBe(text);
            }
        }
    }
}
