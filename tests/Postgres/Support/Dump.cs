using System.Text;

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>
/// Every row of every table as sorted text, by each system's own program and in the same form; real numbers and blobs as their bytes.
/// </summary>
internal static class Dump
{
    public static string InSqlite(Func<string, string> sql) => Of(
        sql,
        Lines(sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '[_]*' ORDER BY 1")),
        table => Lines(sql($"SELECT name FROM pragma_table_info('{table}') ORDER BY 1")),
        table => [table],
        column => $"CASE typeof({column}) WHEN 'real' THEN hex(ieee754_to_blob({column})) " +
            $"WHEN 'blob' THEN hex({column}) ELSE {column} END");

    /// <summary>The rows of the tables that these schemas have, together.</summary>
    public static string AtTarget(Func<string, string, string> sql, params string[] schemas) => Of(
        s => sql(s, "postgres"),
        Lines(sql(
            $"SELECT relname FROM pg_class WHERE relnamespace = '\"{schemas[0]}\"'::regnamespace AND relkind IN ('r', 'p') " +
            "AND NOT relispartition ORDER BY relname COLLATE \"C\"",
            "postgres")),
        table => Lines(sql(
            $"SELECT attname FROM pg_attribute WHERE attrelid = '\"{schemas[0]}\".{table}'::regclass AND attnum > 0 ORDER BY 1",
            "postgres")),
        table => schemas.Select(s => $"\"{s}\".{table}"),
        column => $"CASE pg_typeof({column})::text WHEN 'double precision' THEN upper(encode(float8send({column}::text::float8), 'hex')) " +
            $"WHEN 'bytea' THEN upper(encode({column}::text::bytea, 'hex')) ELSE {column}::text END");

    private static string Of(
        Func<string, string> sql,
        string[] tables,
        Func<string, string[]> columns,
        Func<string, IEnumerable<string>> names,
        Func<string, string> value)
    {
        StringBuilder dump = new();
        foreach (string table in tables)
        {
            string list = string.Join(" || '~' || ", columns(table).Select(c => $"coalesce({value(c)}, '<NULL>')"));
            string all = string.Join(" UNION ALL ", names(table).Select(n => $"SELECT {list} FROM {n}"));
            _ = dump.Append(table).Append('\n').AppendJoin('\n', Lines(sql(all)).Order(StringComparer.Ordinal)).Append('\n');
        }

        return dump.ToString();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
