using System.Text.RegularExpressions;

namespace PosTenancy.Tests.Statements;

/// <summary>Takes the tenant out of a statement of the corpus, as a developer forgets it.</summary>
internal static partial class TenantFilter
{
    /// <summary>The statement without its conditions on the tenant; of an INSERT without any, without the column and its value.</summary>
    public static string Remove(string sql)
    {
        string without = Condition().Replace(sql, "1 = 1");
        return without == sql ? RemoveColumn(sql) : without;
    }

    /// <summary>Takes a column out of <c>INSERT INTO t (a, tenant_id) VALUES (?, ?)</c>.</summary>
    private static string RemoveColumn(string sql) => Insert().Replace(sql, insert =>
    {
        string[] columns = insert.Groups["columns"].Value.Split(',');
        int tenant = Array.FindIndex(columns, c => c.Trim() == "tenant_id");
        string[] values = insert.Groups["values"].Value.Split(',');
        return $"{insert.Groups["head"].Value}({Without(columns)}){insert.Groups["middle"].Value}({Without(values)})";

        string Without(string[] items) => string.Join(",", items.Where((_, i) => i != tenant));
    });

    [GeneratedRegex(
        @"(\w+\.)?tenant_id\s*=\s*(\?\d*|[:@$]\w+|(\w+\.)?tenant_id)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Condition();

    [GeneratedRegex(
        @"(?<head>INTO \w+ )\((?<columns>[^)]*)\)(?<middle>\s+VALUES\s+)\((?<values>[^)]*)\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Insert();
}
