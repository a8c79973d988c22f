namespace PosTenancy.Engine.Verification;

/// <summary>What an application could run before, it can run now: views, and each table's INSERT, UPDATE and DELETE with their triggers.</summary>
internal sealed class SchemaObjectsCompile : IntegrityCheck
{
    private static readonly string[] MissingInThisProgram = ["no such function", "no such collation", "no such module", "unsafe use of"];

    public override string Name => nameof(SchemaObjectsCompile);

    public override string Title => "Views and triggers";

    public override string Expected(CheckContext context) => context.Baseline is { CompileErrors.Count: > 0 } baseline
        ? $"{baseline.CompileErrors.Count} statements that do not compile, as before"
        : "every view, INSERT, UPDATE and DELETE compiles";

    public override CheckFinding Measure(CheckContext context)
    {
        IReadOnlyDictionary<string, string> now = SchemaCompilation.Errors(context.Connection, context.Schema);
        string actual = $"{now.Count} of {SchemaCompilation.Count(context.Schema)} statements do not compile";

        // What only the application can compile (its own functions and collations) is not broken, and not checked either.
        List<string> broken =
        [
            .. now
                .Where(e => context.Baseline is { } baseline ? !baseline.CompileErrors.ContainsKey(e.Key) : !IsMissingInThisProgram(e.Value))
                .Select(e => $"{e.Key}: {e.Value}"),
        ];
        if (broken.Count > 0)
        {
            return new CheckFinding(CheckStatus.Failed, actual, List(broken));
        }

        if (now.Count == 0)
        {
            return new CheckFinding(CheckStatus.Passed, actual);
        }

        string detail = List([.. now.Select(e => $"{e.Key}: {e.Value}")]);
        return now.Values.Any(IsMissingInThisProgram)
            ? new CheckFinding(CheckStatus.NotChecked, actual, "only the application itself can compile these: " + detail)
            : new CheckFinding(CheckStatus.Warning, actual, "broken before the migration already: " + detail);
    }

    private static bool IsMissingInThisProgram(string message) =>
        MissingInThisProgram.Any(start => message.StartsWith(start, StringComparison.Ordinal));
}
