using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>
/// Every statement that compiled before the migration still compiles: views, and each table's INSERT, UPDATE and DELETE with their
/// triggers.
/// </summary>
internal sealed class SchemaObjectsCompile : IntegrityCheck
{
    private static readonly string[] MissingInThisProgram = ["no such function", "no such collation", "no such module", "unsafe use of"];

    public override string Name => nameof(SchemaObjectsCompile);

    public override string Title => "Views and triggers";

    public override string? Risk => "Views and triggers that no longer compile";

    public override string Expected(CheckContext context) => context.Baseline?.Compilation.Errors is { Count: > 0 } errors
        ? $"{errors.Count} statements that do not compile, as before"
        : "0 statements that do not compile";

    public override CheckFinding Measure(CheckContext context)
    {
        SchemaCompilation now = SchemaCompilation.Compile(context.Connection, context.Schema, context.Expectation.ColumnName);
        CompilationChange? change = context.Baseline is { } before
            ? CompilationChange.Between(before.Schema, before.Compilation, context.Schema, now, context.Expectation.ColumnName)
            : null;
        IReadOnlyList<string> expanded = change?.Expanded ?? [];
        string actual = $"{now.Errors.Count} of {now.Statements} statements that do not compile" +
            (expanded.Count == 0 ? "" : $", and {expanded.Count} triggers or views have a * with more columns");

        List<string> gone = [.. Gone(context).Select(o => $"{o.Type} {o.Name}: it is gone")];

        // A statement that only the application can compile (its own functions and collations) is neither broken nor checked.
        List<string> broken =
        [
            .. context.Expectation.OnlyOurStatements ? gone : [],
            .. change?.Broken.Select(b => $"{b.Statement}: {b.Reason}")
                ?? now.Errors.Where(e => !IsMissingInThisProgram(e.Value)).Select(e => $"{e.Key}: {e.Value}"),
        ];
        if (broken.Count > 0)
        {
            return new CheckFinding(CheckStatus.Failed, actual, List(broken));
        }

        List<string> notes =
        [
            .. gone,
            .. now.Errors.Select(e =>
                $"{e.Key}: {e.Value} " +
                (IsMissingInThisProgram(e.Value) ? "(only the application itself can compile it)" : "(as before the migration)")),
            .. expanded.Select(name => $"{name}: its * now includes the tenant column"),
            .. change?.Joined.Select(name => $"{name}: its NATURAL JOIN now compares the tenant column") ?? [],
        ];
        return notes.Count == 0
            ? new CheckFinding(CheckStatus.Passed, actual)
            : new CheckFinding(
                now.Errors.Values.Any(IsMissingInThisProgram) ? CheckStatus.NotChecked : CheckStatus.Warning,
                actual,
                List(notes));
    }

    /// <summary>Indexes, views and triggers that no longer exist; a script may remove one intentionally.</summary>
    private static IEnumerable<SchemaObject> Gone(CheckContext context)
    {
        HashSet<(string, string)> now = [.. context.Schema.Objects.Select(static o => (o.Type, o.Name))];
        return (context.Baseline?.Schema.Objects ?? []).Where(o =>
            o is { Type: not "table", Sql: not null } && !now.Contains((o.Type, o.Name)) && !HasSuccessor(context, o));
    }

    /// <summary>
    /// Whether an index on the tenant alone became redundant: once another index of the table is prefixed with the tenant column, a plan
    /// drops
    /// the first.
    /// </summary>
    private static bool HasSuccessor(CheckContext context, SchemaObject gone)
    {
        string tenant = context.Expectation.ColumnName;
        return gone.Type == "index" &&
            context
                .Baseline!.Schema.Tables.SelectMany(t => t.Indexes)
                .Any(i =>
                    i.Name == gone.Name &&
                    i is { IsUnique: false, IsPartial: false } &&
                    i.Columns.SequenceEqual([tenant], Identifier.Comparer!)) &&
            context.Tables.FirstOrDefault(t => Identifier.Comparer.Equals(t.Name, gone.Table))?.FindIndexLedBy(tenant) is not null;
    }

    private static bool IsMissingInThisProgram(string message) =>
        MissingInThisProgram.Any(start => message.StartsWith(start, StringComparison.Ordinal));
}
