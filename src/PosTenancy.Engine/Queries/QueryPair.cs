using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Queries;

/// <summary>The same question before and after the migration.</summary>
/// <param name="Table">The table that it was derived from; <see langword="null"/> for a query of the user's.</param>
/// <param name="Name">What it asks.</param>
/// <param name="Before">Without the tenant.</param>
/// <param name="After">With the tenant, as the parameter :tenant_id.</param>
/// <param name="Values">The values of ?1, ?2 …</param>
internal sealed record QueryPair(string? Table, string Name, string Before, string After, IReadOnlyList<SqlValue> Values)
{
    /// <summary>The file that it is from; <see langword="null"/> for one that was derived.</summary>
    public string? File { get; init; }

    /// <summary>Its line in the file.</summary>
    public int Line { get; init; }

    /// <summary>Why it cannot be measured; <see langword="null"/> if it can.</summary>
    public string? WhyNot { get; init; }

    /// <summary>Whether the query names the tenant at all.</summary>
    public bool HasTenant => Before != After;

    /// <summary>Compiles one of the two, with its values.</summary>
    public PreparedQuery Prepare(DatabaseConnection connection, bool isAfter, string tenantId)
    {
        PreparedQuery query = connection.Prepare(isAfter ? After : Before);
        BindTo(query, tenantId);
        return query;
    }

    /// <summary>SQLite's plan for one of the two.</summary>
    public QueryPlan Plan(DatabaseConnection connection, bool isAfter, string tenantId, IReadOnlyCollection<string> indexes)
    {
        using PreparedQuery query = connection.Prepare("EXPLAIN QUERY PLAN " + (isAfter ? After : Before));
        BindTo(query, tenantId);
        return new QueryPlan([.. query.Rows().Select(row => row[3].Text!)], indexes);
    }

    private void BindTo(PreparedQuery query, string tenantId)
    {
        for (int i = 0; i < Values.Count; i++)
        {
            query.Bind(Parameter(i), Values[i]);
        }

        foreach (string parameter in QueryFile.TenantParameters)
        {
            query.Bind(parameter, SqlValue.FromText(tenantId));
        }
    }

    /// <summary>The name of the parameter at a place, from 0.</summary>
    public static string Parameter(int index) => "?" + (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
