using System.Runtime.CompilerServices;

namespace PosTenancy.Tests.Architecture;

/// <summary>What other programs read of results: Format-List and Export-Csv, and ConvertTo-Json below its depth, use ToString.</summary>
public sealed class ResultTests
{
    private static readonly Type[] NeverWritten = [typeof(StageProgress), typeof(IsolationReading), typeof(TenantExpectation)];

    public static TheoryData<Type> Records { get; } =
    [
        .. typeof(UpgradeResult).Assembly.GetExportedTypes()
            .Where(t => t.Namespace == "PosTenancy" && t.GetMethod("<Clone>$") is not null && !NeverWritten.Contains(t)),
    ];

    [Theory]
    [MemberData(nameof(Records))]
    public void Record_has_a_text_of_its_own(Type record) =>
        record.GetMethod(nameof(ToString), [])!.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false).ShouldBeFalse(
            "the compiler's text is a dump of every property");

    /// <summary>ConvertTo-Json writes the number of an enum, except of one whose numbers JavaScript cannot hold: then its name.</summary>
    [Theory]
    [MemberData(nameof(Records))]
    public void Record_has_enums_that_become_names_in_JSON(Type record) =>
        record.GetProperties()
            .Select(p => Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType)
            .Where(t => t.IsEnum)
            .ShouldAllBe(t => Enum.GetUnderlyingType(t) == typeof(long));
}
