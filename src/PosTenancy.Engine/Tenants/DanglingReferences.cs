using PosTenancy.Engine.Sqlite;
using SQLitePCL;

namespace PosTenancy.Engine.Tenants;

/// <summary>A value that names a row which is not there.</summary>
/// <param name="Integer">The value, if it is an integer.</param>
/// <param name="Text">The value in UTF-8, if it is a text.</param>
internal sealed record LostValue(long? Integer, byte[]? Text);

/// <summary>
/// What the tenants of a database reference without having it, and must go on to miss. Read once for a whole run.
/// </summary>
/// <param name="target">The database.</param>
/// <param name="columnName">The tenant column; only needed if rows of a tenant go.</param>
/// <param name="replaced">The tenant whose rows go; <see langword="null"/> for none.</param>
internal sealed class DanglingReferences(DatabaseConnection target, string columnName = "", string? replaced = null)
{
    private readonly Dictionary<string, List<LostValue>> _values = new(StringComparer.Ordinal);

    /// <summary>The values of a domain.</summary>
    public IReadOnlyList<LostValue> Of(KeyDomain domain)
    {
        string name = Name(domain);
        if (!_values.TryGetValue(name, out List<LostValue>? values))
        {
            values =
            [
                .. domain.References.Where(r => !domain.Keys.Contains(r)).SelectMany(reference => Values(
                    target,
                    $"SELECT DISTINCT t.{reference.Quoted} FROM {reference.From} AS t WHERE t.{reference.Quoted} IS NOT NULL" +
                    TenantSlice.ConditionForOthers("t", columnName, replaced) +
                    string.Join(
                        "",
                        domain.Keys.Select(k =>
                            $" AND NOT EXISTS (SELECT 1 FROM {k.From} AS p WHERE p.{k.Quoted} = t.{reference.Quoted})")))),
            ];
            _values.Add(name, values);
        }

        return values;
    }

    /// <summary>Adds those of a source that is brought in.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="values">The values in the source.</param>
    /// <param name="rule">How they change on their way; <see langword="null"/> if they stay.</param>
    public void Add(KeyDomain domain, IReadOnlyList<LostValue> values, KeyRule? rule)
    {
        if (values.Count > 0 && _values.TryGetValue(Name(domain), out List<LostValue>? known))
        {
            known.AddRange(values.Select(v => rule is null ? v : v.Integer is { } integer
                ? v with { Integer = rule.Map(integer) }
                : v with { Text = v.Text is null ? null : rule.Map(v.Text) ?? v.Text }));
        }
    }

    /// <summary>The integers and texts that a query gives.</summary>
    public static IEnumerable<LostValue> Values(DatabaseConnection connection, string sql, params IReadOnlyList<object?> values) =>
        connection.Query(
            sql,
            static row => row.Type(0) switch
            {
                raw.SQLITE_INTEGER => new LostValue(row.GetInt64(0), null),
                raw.SQLITE_TEXT => new LostValue(null, row.GetUtf8(0).ToArray()),
                _ => new LostValue(null, null),
            },
            values);

    /// <summary>Sources can declare different references: then their domains differ, and each is read.</summary>
    private static string Name(KeyDomain domain) => string.Join("\n", domain.Columns.Select(c => c.Name));
}
