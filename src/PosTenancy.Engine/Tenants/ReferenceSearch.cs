using System.Globalization;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Looks for columns whose name and whose values both point at a key that will change, and that neither a foreign key nor a declaration
/// covers: their rows would lose what they name.
/// </summary>
/// <param name="source">The rows.</param>
/// <param name="layout">The tables.</param>
/// <param name="domains">The keys and what is known to reference them.</param>
/// <param name="declarations">What was declared.</param>
internal sealed class ReferenceSearch(TenantSlice source, TenantLayout layout, KeyDomains domains, KeyDeclarations declarations)
{
    /// <summary>Rows that are looked at in each table.</summary>
    private const int Sample = 2000;

    /// <summary>The share of values that must be keys: a few may have lost their row.</summary>
    private const double Enough = 0.9;

    private static readonly string[] IdWords = ["id", "ids", "ref", "key", "uuid", "guid", "fk"];
    private static readonly string[] TypeWords = ["type", "kind", "table", "entity", "model"];

    /// <summary>Requires that nothing looks like an undeclared reference to a key that changes.</summary>
    /// <param name="rules">The keys that change.</param>
    /// <exception cref="PosTenancyException">Columns do.</exception>
    public void Require(IReadOnlyDictionary<KeyDomain, KeyRule> rules)
    {
        KeyColumn[] keys = [.. rules.Keys.SelectMany(d => d.Keys)];
        List<(string Text, string Example)> found = keys.Length == 0 ? [] : [.. layout.Tables.SelectMany(t => Find(t, keys))];
        if (found.Count > 0)
        {
            throw Errors.ReferenceNotDeclared(
                source.Connection.Path,
                ShortList.Join([.. found.Select(f => f.Text)], 10),
                $"@{{ {string.Join("; ", found.Take(3).Select(f => f.Example))} }}");
        }
    }

    private IEnumerable<(string Text, string Example)> Find(TableSchema table, KeyColumn[] keys)
    {
        IReadOnlyList<ColumnSchema> columns = layout.Columns(table);
        foreach (ColumnSchema column in columns)
        {
            KeyColumn from = new(table, column);
            if (domains.Find(from) is not null || IsDeclared(from))
            {
                continue;
            }

            string[] words = Words(column.Name);
            bool isId = words.Length > 1 && IdWords.Contains(words[words.Length - 1], StringComparer.Ordinal);
            string[] stem = isId ? [.. words.Take(words.Length - 1)] : words;
            if (isId && TypeColumn(columns, stem) is { } type)
            {
                foreach ((string Text, string Example) pair in Pairs(from, type, keys))
                {
                    yield return pair;
                }

                continue;
            }

            bool isParent = stem.Length == 1 && stem[0] == "parent";
            KeyColumn[] named = [.. keys.Where(k => k != from && (Names(stem, k.Table) || (isParent && k.Table == table)))];
            if (named.FirstOrDefault(k => PointsAt(from, k, isId)) is { } key)
            {
                yield return ($"{from.Name} to {key.Name}", $"'{from.Name}' = '{key.Table.Name}'");
            }

            foreach ((string name, KeyColumn to) in InJson(from, keys))
            {
                yield return (
                    $"'{name}' in the JSON of {from.Name} to {to.Name}",
                    $"'{from.Name}' = @{{ '$.{name}' = '{to.Table.Name}' }}");
            }
        }
    }

    private bool IsDeclared(KeyColumn column) => declarations.All.Any(d =>
        NamePattern.Matches(d.Table, column.Table.Name) && Identifier.Comparer.Equals(d.Column, column.Column.Name));

    private static ColumnSchema? TypeColumn(IReadOnlyList<ColumnSchema> columns, string[] stem) => columns.FirstOrDefault(c =>
        Words(c.Name) is { } words && words.Length == stem.Length + 1 &&
        words.Take(stem.Length).SequenceEqual(stem, StringComparer.Ordinal) &&
        TypeWords.Contains(words[words.Length - 1], StringComparer.Ordinal));

    /// <summary>A pair of a type and an id: each word of the type that names a table, with values that are its keys.</summary>
    private IEnumerable<(string Text, string Example)> Pairs(KeyColumn from, ColumnSchema type, KeyColumn[] keys)
    {
        string kind = Identifier.Quote(type.Name);
        List<string> entries = [];
        foreach (string word in source.Connection.Query(
            $"SELECT DISTINCT t.{kind} FROM {from.From} AS t WHERE {source.Condition("t")} AND typeof(t.{kind}) = 'text' LIMIT 100",
            static row => row.GetString(0),
            source.Parameter).ToList())
        {
            if (keys.FirstOrDefault(k => Names(Words(word), k.Table) && Share(from, k, $" AND t.{kind} = ?2", word) >= Enough) is { } key)
            {
                entries.Add($"{PowerShellText.Quote(word)} = '{key.Table.Name}'");
            }
        }

        if (entries.Count > 0)
        {
            yield return (
                $"{from.Name} by {type.Name}",
                $"'{from.Name}' = @{{ Type = '{type.Name}'; {string.Join("; ", entries)} }}");
        }
    }

    /// <summary>
    /// Whether most values are keys. Small integers are keys of many tables: for them the name has to say that they are ids.
    /// </summary>
    private bool PointsAt(KeyColumn from, KeyColumn key, bool isId) =>
        Share(from, key, isId ? "" : $" AND typeof(t.{from.Quoted}) = 'text'", null) >= Enough;

    /// <summary>The share of the values in a sample that are keys; 0 if there is none.</summary>
    private double Share(KeyColumn from, KeyColumn key, string condition, string? word) => source.Connection.Query(
        $"""
        SELECT count(*), total(EXISTS (SELECT 1 FROM {key.From} AS p WHERE {source.Condition("p")} AND p.{key.Quoted} = s.value))
        FROM (SELECT DISTINCT value FROM (SELECT t.{from.Quoted} AS value FROM {from.From} AS t
            WHERE {source.Condition("t")} AND t.{from.Quoted} IS NOT NULL AND t.{from.Quoted} <> ''{condition} LIMIT {Sample})) AS s
        """,
        static row => row.GetInt64(0) == 0 ? 0 : row.GetDouble(1) / row.GetInt64(0),
        word is null ? [source.Parameter] : [source.Parameter, word]).First();

    /// <summary>Names in JSON texts that say that they are ids, with values that are keys.</summary>
    private IEnumerable<(string Name, KeyColumn Key)> InJson(KeyColumn from, KeyColumn[] keys)
    {
        string json = $"SELECT t.{from.Quoted} AS json FROM {from.From} AS t WHERE {source.Condition("t")} " +
            $"AND typeof(t.{from.Quoted}) = 'text' AND substr(t.{from.Quoted}, 1, 1) IN ('{{', '[') AND json_valid(t.{from.Quoted}) " +
            $"LIMIT {(Sample / 10).ToString(CultureInfo.InvariantCulture)}";
        List<string> names =
        [
            .. source.Connection.Query(
                $"SELECT DISTINCT j.key FROM ({json}) AS t, json_tree(t.json) AS j " +
                "WHERE typeof(j.key) = 'text' AND j.atom IS NOT NULL LIMIT 1000",
                static row => row.GetString(0),
                source.Parameter),
        ];
        foreach (string name in names)
        {
            string[] words = Words(name);
            if (words.Length < 2 || !IdWords.Contains(words[words.Length - 1], StringComparer.Ordinal))
            {
                continue;
            }

            string[] stem = [.. words.Take(words.Length - 1)];
            foreach (KeyColumn key in keys.Where(k => Names(stem, k.Table)))
            {
                double share = source.Connection.Query(
                    $"""
                    SELECT count(*), total(EXISTS (
                        SELECT 1 FROM {key.From} AS p WHERE {source.Condition("p")} AND p.{key.Quoted} = s.value))
                    FROM (SELECT DISTINCT j.atom AS value FROM ({json}) AS t, json_tree(t.json) AS j
                        WHERE j.key = ?2 AND j.atom IS NOT NULL) AS s
                    """,
                    static row => row.GetInt64(0) == 0 ? 0 : row.GetDouble(1) / row.GetInt64(0),
                    source.Parameter,
                    name).First();
                if (share >= Enough)
                {
                    yield return (name, key);
                    break;
                }
            }
        }
    }

    /// <summary>Whether words are the name of a table, in the singular or plural, or the end of one of the two is the other.</summary>
    private static bool Names(string[] words, TableSchema table)
    {
        string[] name = Words(table.Name);
        int length = Math.Min(words.Length, name.Length);
        if (length == 0)
        {
            return false;
        }

        string[] mine = [.. words.Skip(words.Length - length)];
        string[] theirs = [.. name.Skip(name.Length - length)];
        return mine.Take(length - 1).SequenceEqual(theirs.Take(length - 1), StringComparer.Ordinal) &&
            Singular(mine[length - 1]) == Singular(theirs[length - 1]);
    }

    private static string Singular(string word) =>
        word.EndsWith("ies", StringComparison.Ordinal) ? $"{word.Substring(0, word.Length - 3)}y"
        : word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal) ||
            word.EndsWith("ches", StringComparison.Ordinal) || word.EndsWith("shes", StringComparison.Ordinal)
            ? word.Substring(0, word.Length - 2)
        : word.EndsWith("s", StringComparison.Ordinal) && !word.EndsWith("ss", StringComparison.Ordinal)
            ? word.Substring(0, word.Length - 1)
        : word;

    /// <summary>The words of a name: work_order_id, workOrderId and WorkOrderID are the same three.</summary>
    private static string[] Words(string name)
    {
        List<string> words = [];
        int start = 0;
        for (int i = 1; i <= name.Length; i++)
        {
            bool ends = i == name.Length || !char.IsLetterOrDigit(name[i]) ||
                (char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))));
            if (ends)
            {
                string word = new([.. name.Substring(start, i - start).Where(char.IsLetterOrDigit)]);
                if (word.Length > 0)
                {
                    words.Add(word.ToLowerInvariant());
                }

                start = i;
            }
        }

        return [.. words];
    }
}
