using System.Globalization;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The ids of the two tenants of a trial.</summary>
/// <param name="First">A tenant of the database.</param>
/// <param name="Second">The made-up tenant.</param>
internal sealed record TrialTenants(object First, object Second)
{
    public object? this[TrialOwner owner] => owner switch
    {
        TrialOwner.First => First,
        TrialOwner.Second => Second,
        _ => null,
    };

    /// <summary>Chooses them.</summary>
    /// <param name="connection">The live database.</param>
    /// <param name="schema">Its tables.</param>
    /// <param name="tenantId">The tenant to act as; <see langword="null"/> for the one that a row gets by default, or any that has
    /// rows.</param>
    public static TrialTenants Choose(DatabaseConnection connection, TrialSchema schema, string? tenantId)
    {
        // A number, where the column makes one of what it is given.
        bool isNumber = schema.Tables.Where(t => t.Kind == TrialTableKind.Tenant).All(t =>
            ColumnAffinities.FromDeclaredType(t.Tenant!.Type) is ColumnAffinity.Integer or ColumnAffinity.Numeric);
        object? given = isNumber && long.TryParse(tenantId, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long id)
            ? id
            : tenantId;
        object first = given ?? Values(connection, schema).FirstOrDefault() ?? (isNumber ? 1_000_001L : "postenancy-own");
        return new TrialTenants(
            first,
            first is long number ? Apart(number) : FreeName.Find("postenancy-other", "-", name => name.Equals(first)));
    }

    /// <summary>A number that SQLite does not choose for a new row, as it would the next one.</summary>
    private static long Apart(long number) => number < long.MaxValue / 2 ? number + 1_000_003 : number - 1_000_003;

    /// <summary>The owner of a row by its tenant column.</summary>
    public TrialOwner OwnerOf(object? tenant) =>
        First.Equals(tenant) ? TrialOwner.First
        : Second.Equals(tenant) ? TrialOwner.Second
        : TrialOwner.None;

    private static IEnumerable<object> Values(DatabaseConnection connection, TrialSchema schema)
    {
        TrialTable[] tables = [.. schema.Tables.Where(t => t.Kind == TrialTableKind.Tenant)];
        IEnumerable<string> questions = tables
            .Where(t => t.Tenant!.DefaultSql is not null)
            .Select(t => $"SELECT {t.Tenant!.DefaultSql}")
            .Distinct(StringComparer.Ordinal)
            .Concat(tables.Select(t => $"SELECT t.{Identifier.Quote(t.Tenant!.Name)} FROM {t.Quoted} AS t LIMIT 1"));
        foreach (string sql in questions)
        {
            object? value = null;
            if (Statement.TryPrepare(connection, sql, [], out Statement statement) is null && statement.TryStep() == raw.SQLITE_ROW)
            {
                value = statement.Row.GetValue(0);
            }

            statement.Dispose();
            if (value is string or long)
            {
                yield return value;
            }
        }
    }
}
