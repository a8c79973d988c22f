using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>What an application could run before, it can run now: views, and each table's INSERT, UPDATE and DELETE with their triggers.</summary>
internal sealed class SchemaObjectsCompile : IntegrityCheck
{
    private static readonly string[] MissingInThisProgram = ["no such function", "no such collation", "no such module", "unsafe use of"];

    public override string Name => nameof(SchemaObjectsCompile);

    public override string Title => "Views and triggers";

    public override string Expected(CheckContext context) => context.Baseline?.Compilation.Errors is { Count: > 0 } errors
        ? $"{errors.Count} statements that do not compile, as before"
        : "every view, INSERT, UPDATE and DELETE compiles";

    public override CheckFinding Measure(CheckContext context)
    {
        SchemaCompilation now = SchemaCompilation.Compile(context.Connection, context.Schema, context.Expectation.ColumnName);
        List<string> expanded = NewReaders(context, now);
        string actual = $"{now.Errors.Count} of {now.Statements} statements do not compile" +
            (expanded.Count == 0 ? "" : $", and {expanded.Count} triggers or views have a * that grew");

        // What only the application can compile (its own functions and collations) is not broken, and not checked either.
        List<string> broken =
        [
            .. now.Errors
                .Where(e => context.Baseline is { } before ? !before.Compilation.Errors.ContainsKey(e.Key) : !IsMissingInThisProgram(e.Value))
                .Select(e => $"{e.Key}: {e.Value}"),
        ];
        broken.AddRange(expanded.Where(now.Inserters.Contains).Select(name =>
            $"trigger {name}: its * has one more column now, and what it inserts may land in the wrong one; name the columns in it before the migration"));
        if (context.Baseline is { } baseline)
        {
            broken.AddRange(WordsThatBecomeTheColumn.Find(baseline.Schema, context.Tables.Select(t => t.Name), expanded, context.Expectation.ColumnName));
        }

        if (broken.Count > 0)
        {
            return new CheckFinding(CheckStatus.Failed, actual, List(broken));
        }

        List<string> notes =
        [
            .. now.Errors.Select(e => $"{e.Key}: {e.Value}{(IsMissingInThisProgram(e.Value) ? " (only the application itself can compile it)" : " (as before the migration)")}"),
            .. expanded.Select(name => $"{name}: its * shows the tenant column now"),
        ];
        return notes.Count == 0
            ? new CheckFinding(CheckStatus.Passed, actual)
            : new CheckFinding(now.Errors.Values.Any(IsMissingInThisProgram) ? CheckStatus.NotChecked : CheckStatus.Warning, actual, List(notes));
    }

    /// <summary>
    /// Triggers and views that read the tenant column now and did not before, though nobody changed them: a <c>*</c> grew. It still compiles,
    /// so nothing else would tell that an INSERT by position has moved.
    /// </summary>
    private static List<string> NewReaders(CheckContext context, SchemaCompilation now)
    {
        if (context.Baseline is not { } before)
        {
            return [];
        }

        HashSet<SchemaObject> unchanged = [.. before.Schema.Objects.Where(o => o.Type is "view" or "trigger")];
        return
        [
            .. context.Schema.Objects
                .Where(unchanged.Contains)
                .Select(o => o.Name)
                .Where(name => now.ColumnReaders.Contains(name, Identifier.Comparer) && !before.Compilation.ColumnReaders.Contains(name, Identifier.Comparer)),
        ];
    }

    private static bool IsMissingInThisProgram(string message) =>
        MissingInThisProgram.Any(start => message.StartsWith(start, StringComparison.Ordinal));
}
