using System.Reflection;

namespace PosTenancy.Tests.Architecture;

/// <summary>Every error with its own arguments: its statements remain true when another error quotes it.</summary>
public sealed class ErrorTests
{
    /// <summary>Claims that only the outermost error may make, since an inner one may be quoted by an error raised after COMMIT.</summary>
    private static readonly string[] Claims =
        ["not changed", "unchanged", "Nothing was", "nothing was", "changed nothing", "to the original"];

    public static TheoryData<string> All { get; } =
        [.. Factories().Select(f => f.ToString()!)];

    [Theory]
    [MemberData(nameof(All))]
    public void Error_claims_nothing_of_the_file_in_the_part_that_others_quote(string factory)
    {
        PosTenancyException error = Make(factory);
        error.What.ShouldNotBeNullOrWhiteSpace();
        error.Message.ShouldStartWith(error.What);
        Claims.ShouldAllBe(claim => !error.What.Contains(claim, StringComparison.Ordinal), error.Message);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Error_after_COMMIT_that_quotes_another_one_does_not_claim_that_nothing_was_written(string factory)
    {
        PosTenancyException quoted = Make(factory);
        Exception inner = new InvalidOperationException("inner");
        PosTenancyException[] afterCommit =
        [
            Errors.MigrationRestored("pos.db", quoted.What, "pos.db.backup", replacedPath: null),
            Errors.RollbackFailed("pos.db", quoted.What, "pos.db.backup", inner),
            Errors.RestoreFailed("pos.db", quoted.What, inner),
        ];
        foreach (PosTenancyException error in afterCommit)
        {
            Claims.ShouldAllBe(claim => !error.Message.Contains(claim, StringComparison.Ordinal), error.Message);
        }
    }

    [Fact]
    public void Every_error_id_has_an_error() =>
        typeof(ErrorIds)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (string)f.GetRawConstantValue()!)
            .Except([ErrorIds.Unexpected, ErrorIds.Cancelled, ErrorIds.ConfirmationRequired], StringComparer.Ordinal)
            .Except(Factories().Select(f => Make(f.ToString()!).ErrorId), StringComparer.Ordinal)
            .ShouldBeEmpty();

    private static IEnumerable<MethodInfo> Factories() => typeof(Errors)
        .GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(m => m.ReturnType == typeof(PosTenancyException));

    private static PosTenancyException Make(string factory)
    {
        MethodInfo method = Factories().Single(f => f.ToString() == factory);
        object[] arguments = [.. method.GetParameters().Select(p => Argument(p.ParameterType))];
        return (PosTenancyException)method.Invoke(null, arguments)!;
    }

    private static object Argument(Type type) =>
        type == typeof(string) ? "some text"
        : type == typeof(Exception) ? new InvalidOperationException("some cause")
        : Activator.CreateInstance(type)!;
}
