using PosTenancy.Engine.Files;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>
/// Tries a plan on two empty databases in memory, one with the schema as it is and one with it as it would be: what compiled before and
/// does not after blocks the plan before anything was written. The rehearsal and the checks before COMMIT ask the same again of the real
/// rows.
/// </summary>
internal sealed class SchemaPreview
{
    /// <summary>
    /// SQLite scans the whole schema for each object that it creates, so the time grows with the square of their number: 2,000
    /// about a second. Above that the rehearsal is asked alone, except for a plan that changes the text of a table.
    /// </summary>
    private const int MaxObjects = 2000;

    private readonly DatabaseSchema _schema;
    private readonly MigrationPlan _plan;
    private readonly SchemaOnlyCopy _before;
    private readonly SchemaOnlyCopy _after;
    private readonly HashSet<string> _changed;

    private SchemaPreview(DatabaseSchema schema, MigrationPlan plan, SchemaOnlyCopy before, SchemaOnlyCopy after)
    {
        _schema = schema;
        _plan = plan;
        _before = before;
        _after = after;
        _changed = new HashSet<string>(plan.Changes.Select(t => t.Table), Identifier.Comparer);
    }

    /// <summary>The plan, with the tables blocked that cannot be changed without breaking something.</summary>
    public static MigrationPlan Judge(DatabaseSchema schema, MigrationPlan plan, CancellationToken cancellation)
    {
        List<TablePlan> changed = [.. plan.Changes.Where(t => t.After.Count > 0)];
        if (changed.Count == 0 || (schema.Objects.Count > MaxObjects && !changed.Exists(t => t.IsRebuilt)))
        {
            return plan;
        }

        using DatabaseConnection before = DatabaseConnection.OpenEmpty(schema.Path, cancellation);
        using DatabaseConnection after = DatabaseConnection.OpenEmpty(schema.Path, cancellation);
        (SchemaOnlyCopy now, SchemaOnlyCopy then) = SideBySide.Run(
            () => SchemaOnlyCopy.Make(before, schema, [], plan.Options.ColumnName),
            () => SchemaOnlyCopy.Make(after, schema, changed, plan.Options.ColumnName));
        SchemaPreview preview = new(schema, plan, now, then);
        CompilationChange change = preview.Change(c => c.Compilation);
        ILookup<string, string> problems = change.Broken
            .Concat(plan.Blocked.Any() ? [] : preview.Change(c => c.Enforced).Broken)
            .SelectMany(b => preview.At(b.Statement, $"{b.Statement} would break ({b.Reason})"))
            .Concat(preview.Misshapen(changed))
            .ToLookup(p => p.Table, p => p.Text, Identifier.Comparer);
        ILookup<string, string> warnings = change.Joined
            .SelectMany(name => preview.At(name, $"The NATURAL JOIN of {name} will also compare {plan.Options.ColumnName}."))
            .Concat(change.Expanded.SelectMany(preview.Growing))
            .ToLookup(p => p.Table, p => p.Text, Identifier.Comparer);
        return plan with
        {
            Tables = plan
                .Tables.Select(t =>
                    problems.Contains(t.Table)
                        ? Blocked(t, problems[t.Table].Distinct(StringComparer.Ordinal))
                        : Warned(t, warnings[t.Table]))
                .ToArray(),
        };
    }

    private CompilationChange Change(Func<SchemaOnlyCopy, SchemaCompilation> compilation) => CompilationChange.Between(
        _before.Schema, compilation(_before), _after.Schema, compilation(_after), _plan.Options.ColumnName);

    private static TablePlan Warned(TablePlan table, IEnumerable<string> warnings) => warnings.Any()
        ? table with { Warnings = table.Warnings.Concat(warnings.Distinct(StringComparer.Ordinal)).ToArray() }
        : table;

    private static TablePlan Blocked(TablePlan table, IEnumerable<string> problems) => table with
    {
        Action = TableAction.Blocked,
        Reason = $"cannot be changed: {string.Join("; ", problems)}",
        Sql = [],
        After = [],
    };

    /// <summary>A text about a statement, at each changed table that has to do with it.</summary>
    private IEnumerable<(string Table, string Text)> At(string statement, string text)
    {
        List<string> tables = [.. _before.Compilation.Tables[statement].Concat(Owners(statement)).Where(_changed.Contains)];
        return (tables.Count > 0 ? tables : _changed.Take(1)).Select(table => (table, text));
    }

    /// <summary>A view or trigger whose <c>*</c> grows, at its tables.</summary>
    private IEnumerable<(string Table, string Text)> Growing(string name)
    {
        string statement = _schema.Objects.Any(o => o.Type == "view" && o.Name == name)
            ? SchemaCompilation.View(name)
            : SchemaCompilation.Trigger(name);
        return At(statement, $"The * of {statement} will include {_plan.Options.ColumnName}.");
    }

    /// <summary>The table that a statement writes to, or that an object of the schema belongs to.</summary>
    private IEnumerable<string> Owners(string statement) => _schema.Objects
        .Where(o => statement == $"{o.Type} {o.Name}" || (o.Type == "table" && statement.EndsWith(" " + o.Name, StringComparison.Ordinal)))
        .Select(o => o.Table);

    /// <summary>
    /// Tables whose text was changed and that SQLite reads as something else than was meant: apart from the tenant, columns, keys and
    /// foreign keys must be what they were.
    /// </summary>
    private IEnumerable<(string Table, string Text)> Misshapen(List<TablePlan> changed)
    {
        foreach (TablePlan plan in changed.Where(t => !_before.Errors.ContainsKey(t.Table)))
        {
            if (_after.Errors.TryGetValue(plan.Table, out string? error))
            {
                yield return (plan.Table, error);
            }
            else if (!TableShape
                    .Read(_before.Schema, plan.Table, _plan.Options.ColumnName)
                    .Equals(TableShape.Read(_after.Schema, plan.Table, _plan.Options.ColumnName)))
            {
                yield return (plan.Table, "SQLite would not read the changed text of its CREATE TABLE as intended");
            }
        }
    }
}
