using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates full-text indexes, with the text in a table and triggers that synchronize both, or with their own text.</summary>
internal sealed class FullText(Dice dice, Names names)
{
    public IEnumerable<SchemaPart> Make(IReadOnlyList<RandomTable> tables, List<string> queries)
    {
        string name = names.Object("fts");
        string fts = SqlWords.Quote(name);
        RandomTable table = dice.PickFrom(tables);

        // FTS5 accepts fewer column names than a table does.
        RandomColumn? text = table.Writable.FirstOrDefault(c =>
            c.Name.All(char.IsAsciiLetter) && !SqlWords.SameName(c.Name, "rowid") && c.Name != table.RowIdColumn);
        queries.Add($"SELECT rowid, * FROM {fts} WHERE {fts} MATCH 'a OR b OR s'");
        if (table.RowIdColumn is not { } id || text is null)
        {
            yield return new SchemaPart(name, $"CREATE VIRTUAL TABLE {fts} USING fts5(tenant_id, body)", IsBeforeRows: true);
            yield return new SchemaPart(name + " rows", $"INSERT INTO {fts} VALUES ('a b', 'c'), ('s', 'a')", IsBeforeRows: true);
            yield break;
        }

        string source = SqlWords.Quote(table.Name);
        string key = SqlWords.Quote(id);
        string body = SqlWords.Quote(text.Name);
        yield return new SchemaPart(
            name,
            $"CREATE VIRTUAL TABLE {fts} USING fts5({body}, content={SqlWords.Text(table.Name)}, content_rowid={SqlWords.Text(id)})",
            IsBeforeRows: true);
        string insert = $"INSERT INTO {fts}(rowid, {body}) VALUES (new.{key}, new.{body});";
        string delete = $"INSERT INTO {fts}({fts}, rowid, {body}) VALUES ('delete', old.{key}, old.{body});";
        foreach ((string when, string what) in new[] { ("INSERT", insert), ("DELETE", delete), ("UPDATE", delete + " " + insert) })
        {
            string trigger = names.Object("fts_" + when);
            yield return new SchemaPart(
                trigger,
                $"CREATE TRIGGER {SqlWords.Quote(trigger)} AFTER {when} ON {source} BEGIN {what} END",
                IsBeforeRows: true);
        }
    }
}
