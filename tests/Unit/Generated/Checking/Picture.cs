using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>
/// Everything that an application can see of a database and that a migration must preserve, in lines under headings. Columns and views are
/// those from before the migration: later pictures use the names of the first.
/// </summary>
internal sealed class Picture
{
    private readonly SortedDictionary<string, IReadOnlyList<string>> _sections = new(StringComparer.Ordinal);

    private Picture(RawDatabase file, RandomDatabase database, Scope scope)
    {
        foreach (string pragma in (string[])["page_size", "encoding", "auto_vacuum", "user_version", "application_id", "journal_mode"])
        {
            _sections[pragma] = file.Rows("PRAGMA " + pragma);
        }

        _sections["integrity"] = file.Integrity();
        foreach (string table in scope.Columns.Keys)
        {
            _sections["rows of " + table] = file.Rows(Select(table, scope));
            _sections["columns of " + table] = file.Rows(
                $"SELECT name, type, \"notnull\", dflt_value, {(scope.KeysStay ? "pk" : "pk > 0")}, hidden FROM " +
                $"pragma_table_xinfo({SqlWords.Text(table)}) WHERE name IN " +
                $"({string.Join(", ", scope.Columns[table].Where(c => !scope.IsTenant(c)).Select(SqlWords.Text))})"
            );
            if (scope.KeysStay)
            {
                _sections["broken keys of " + table] = file.Rows(
                    $"SELECT \"table\", rowid, parent, fkid FROM pragma_foreign_key_check({SqlWords.Text(table)})");
                _sections["foreign keys of " + table] = file.Rows($"SELECT * FROM pragma_foreign_key_list({SqlWords.Text(table)})");
            }
        }

        foreach ((string view, IReadOnlyList<string> columns) in scope.Views)
        {
            _sections["view " + view] =
                columns.Count == 0
                    ? file.Rows($"SELECT * FROM {SqlWords.Quote(view)}")
                    : file.Rows($"SELECT {string.Join(", ", columns.Select(SqlWords.Quote))} FROM {SqlWords.Quote(view)}");
        }

        foreach (string query in database.Queries)
        {
            _sections["query " + query] = file.Rows(query);
        }

        string kept = string.Join(", ", scope.Kept.Select(SqlWords.Text));
        _sections["views, triggers and indexes"] = file.Rows($"SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name IN ({kept})");
        _sections["indexes"] = file.Rows(
            "SELECT l.name, i.name, i.\"unique\", i.origin, i.partial, x.seqno, x.name, x.\"desc\", x.coll FROM pragma_table_list AS l " +
            $"JOIN pragma_index_list(l.name) AS i JOIN pragma_index_xinfo(i.name) AS x WHERE x.key AND i.name IN ({kept})"
        );
        _sections["order of the triggers of each table"] = file.Texts(
            $"SELECT tbl_name || ' ' || name FROM sqlite_schema WHERE type = 'trigger' AND name IN ({kept}) ORDER BY tbl_name, rowid");
    }

    /// <summary>Reads a copy of a file, so that the file is not changed.</summary>
    public static Picture Take(Copies copies, string path, RandomDatabase database, Scope scope)
    {
        using RawDatabase file = new(copies.Make(path));
        return new Picture(file, database, scope);
    }

    public static void Compare(Picture before, Picture after)
    {
        foreach ((string section, IReadOnlyList<string> lines) in before._sections)
        {
            // A * that had too few columns to compile may have enough now; no application can have used it.
            bool hadNoAnswer = lines is [var line] && line.StartsWith("does not compile", StringComparison.Ordinal);
            if (!hadNoAnswer || !section.StartsWith("view ", StringComparison.Ordinal))
            {
                Difference.Unless(section, lines, after._sections[section]);
            }
        }
    }

    /// <summary>Selects every old column of a table, and the rowid if it has one.</summary>
    public static string Select(string table, Scope scope) =>
        $"SELECT {string.Join(", ", Columns(table, scope))} FROM {SqlWords.Quote(table)}";

    private static IEnumerable<string> Columns(string table, Scope scope) =>
        scope.RowIds[table]
            .Concat(scope.Columns[table].Where(c => !scope.IsTenant(c)))
            .Select(SqlWords.Quote)
            .DefaultIfEmpty("count(*)");
}
