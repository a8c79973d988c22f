using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Queries;

/// <summary>A query in its form before and after the migration.</summary>
/// <param name="Table">Table from which it was derived; <see langword="null"/> for a user's query.</param>
/// <param name="Name">Readable description.</param>
/// <param name="Before">SQL without the tenant.</param>
/// <param name="After">SQL with the tenant, as the parameter :tenant_id.</param>
/// <param name="Values">Values of ?1, ?2 …</param>
internal sealed record QueryPair(string? Table, string Name, string Before, string After, IReadOnlyList<SqlValue> Values)
{
    /// <summary>Path of its file; <see langword="null"/> for a derived query.</summary>
    public string? File { get; init; }

    /// <summary>Line number in the file.</summary>
    public int Line { get; init; }

    /// <summary>Why it cannot be measured; <see langword="null"/> if it can.</summary>
    public string? WhyNot { get; init; }

    /// <summary>Whether the query refers to the tenant at all.</summary>
    public bool HasTenant => Before != After;

    /// <summary>Compiles one of the two forms and binds its values.</summary>
    public Statement Prepare(DatabaseConnection connection, bool isAfter, string tenantId)
    {
        Statement query = connection.Prepare(isAfter ? After : Before);
        BindTo(query, tenantId);
        return query;
    }

    /// <summary>SQLite's plan for one of the two forms.</summary>
    public QueryPlan Plan(DatabaseConnection connection, bool isAfter, string tenantId, IReadOnlyCollection<string> indexes)
    {
        using Statement query = connection.Prepare("EXPLAIN QUERY PLAN " + (isAfter ? After : Before));
        BindTo(query, tenantId);
        List<string> steps = [];
        while (query.Step())
        {
            steps.Add(query.Row.GetString(3));
        }

        return new QueryPlan(steps, indexes);
    }

    private void BindTo(Statement query, string tenantId)
    {
        for (int i = 0; i < Values.Count; i++)
        {
            query.Bind(Parameter(i), Values[i]);
        }

        foreach (string parameter in QueryFile.TenantParameters)
        {
            query.Bind(parameter, tenantId);
        }
    }

    /// <summary>The name of the parameter at an index, from 0.</summary>
    public static string Parameter(int index) => "?" + (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
