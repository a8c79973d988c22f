using System.Text;

namespace PosTenancy.Tests.Postgres.Support;

/// <summary>Every row of every table as sorted text, by each system's own program and in the same form.</summary>
internal static class Dump
{
    public static string InSqlite(Func<string, string> sql) => Of(
        sql,
        Lines(sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '[_]*' ORDER BY 1")),
        table => Lines(sql($"SELECT name FROM pragma_table_info('{table}') ORDER BY 1")),
        table => table,
        column => $"CASE typeof({column}) WHEN 'real' THEN printf('%.6f', {column}) WHEN 'blob' THEN hex({column}) ELSE {column} END");

    public static string AtTarget(Func<string, string, string> sql, string schema) => Of(
        s => sql(s, "postgres"),
        Lines(sql(
            $"SELECT relname FROM pg_class WHERE relnamespace = '\"{schema}\"'::regnamespace AND relkind IN ('r', 'p') " +
            "AND NOT relispartition ORDER BY relname COLLATE \"C\"",
            "postgres")),
        table => Lines(sql(
            $"SELECT attname FROM pg_attribute WHERE attrelid = '\"{schema}\".{table}'::regclass AND attnum > 0 ORDER BY 1", "postgres")),
        table => $"\"{schema}\".{table}",
        column => $"CASE pg_typeof({column})::text WHEN 'double precision' THEN to_char({column}::text::numeric, 'FM9999999990.000000') " +
            $"WHEN 'bytea' THEN upper(encode({column}::text::bytea, 'hex')) ELSE {column}::text END");

    private static string Of(
        Func<string, string> sql, string[] tables, Func<string, string[]> columns, Func<string, string> name, Func<string, string> value)
    {
        StringBuilder dump = new();
        foreach (string table in tables)
        {
            string list = string.Join(" || '~' || ", columns(table).Select(c => $"coalesce({value(c)}, '<NULL>')"));
            IEnumerable<string> rows = Lines(sql($"SELECT {list} FROM {name(table)}")).Order(StringComparer.Ordinal);
            _ = dump.Append(table).Append('\n').AppendJoin('\n', rows).Append('\n');
        }

        return dump.ToString();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
