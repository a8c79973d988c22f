using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.History;

/// <summary>The tables that all tenants of a database share, as its history records them.</summary>
internal static class SharedTables
{
    /// <summary>The names of the newest record, which names all of them; none if the history has no such record.</summary>
    public static ISet<string> Read(DatabaseConnection connection)
    {
        string sql =
            $"SELECT h.{OwnHistory.Name} FROM main.{HistoryPlan.OwnTable} AS h WHERE h.{OwnHistory.Kind} = '{HistoryKind.Share}' " +
            $"ORDER BY h.{OwnHistory.Id} DESC LIMIT 1";
        bool isThere = connection
            .Query(
                $"SELECT l.type FROM pragma_table_list('{HistoryPlan.OwnTable}') AS l WHERE l.schema = 'main'",
                static row => row.GetString(0))
            .Any(type => type == "table");
        string? names = isThere && connection.Compiler.Error(sql) is null
            ? connection.Query(sql, static row => row.GetStringOrNull(0)).FirstOrDefault()
            : null;
        return new HashSet<string>(names is null ? [] : Names(names), Identifier.Comparer);
    }

    /// <summary>What is expected of a database, with the tables that it records as shared.</summary>
    public static TenantExpectation AddTo(TenantExpectation expectation, DatabaseConnection connection) => Read(connection) is
        { Count: > 0 } names
        ? expectation with { ReferenceTable = [.. expectation.ReferenceTable, .. names.Select(NamePattern.Escape)] }
        : expectation;

    /// <summary>The text that records these names.</summary>
    public static string Text(IEnumerable<string> names) => string.Join(", ", names.Select(n => IsPlain(n) ? n : Identifier.Quote(n)));

    private static IEnumerable<string> Names(string text)
    {
        SqlText sql = new(text);
        return sql.Places.Where(i => sql.Tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName).Select(i => sql.Name(i));
    }

    private static bool IsPlain(string name) =>
        name.Length > 0 && name[0] is not (>= '0' and <= '9') &&
        name.All(c => c is '_' or (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'));
}
