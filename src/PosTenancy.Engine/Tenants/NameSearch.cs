using System.Text;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using SQLitePCL;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Searches a database for the name of a tenant where no rename changes it: as a value or a word of a text, such as JSON, and in the
/// definitions of the schema. A word ends where no letter, digit, underscore or hyphen follows, so that a short name is not found in every
/// other word. Each table is read once, row by row.
/// </summary>
/// <param name="connection">The database.</param>
/// <param name="places">Where a rename changes the name.</param>
/// <param name="tenantId">The tenant.</param>
internal sealed class NameSearch(DatabaseConnection connection, NamePlaces places, string tenantId)
{
    /// <summary>SQLite limits the depth of an expression to 1,000: a table with more columns is read more than once.</summary>
    private const int MaxColumns = 200;

    private readonly byte[] _name = Encoding.UTF8.GetBytes(tenantId);
    private readonly DatabaseSchema _schema = places.Layout.Schema;

    /// <summary>Double quotes around one of these do not make it a text.</summary>
    private readonly HashSet<string> _identifiers = new(
        places.Layout.Schema.Tables.SelectMany(t => t.Columns.Select(c => c.Name))
            .Concat(places.Layout.Schema.Objects.Select(o => o.Name)),
        Identifier.Comparer);

    /// <summary>What could not be searched, and why.</summary>
    public List<string> Unsearched { get; } = [];

    /// <summary>Searches everything.</summary>
    /// <param name="reading">Receives the name of each table.</param>
    public IReadOnlyList<TenantMention> Run(Action<string> reading)
    {
        List<TenantMention> found = [];
        foreach (TableSchema table in _schema.Tables.Where(HasText))
        {
            reading(table.Name);
            found.AddRange(InRows(table));
        }

        found.AddRange(_schema.Objects.Where(o => o.Sql is not null).SelectMany(InDefinition));
        return found;
    }

    /// <summary>Whether a table has values of its own. The history of PosTenancy keeps former names on purpose.</summary>
    private bool HasText(TableSchema table) => table.Kind switch
    {
        TableKind.Table => !Identifier.Comparer.Equals(table.Name, HistoryPlan.OwnTable),
        TableKind.Virtual => VirtualTables.ContentOf(_schema, table.Name) is null,
        _ => false,
    };

    private IEnumerable<TenantMention> InRows(TableSchema table)
    {
        string from = $"main.{Identifier.Quote(table.Name)} AS t";
        string[] columns = table.Kind == TableKind.Virtual
            ? [.. connection.Compiler.ColumnNames($"SELECT * FROM {from}")]
            : [.. table.Columns.Where(c => c.Visibility == ColumnVisibility.Ordinary && !places.Has(table, c.Name)).Select(c => c.Name)];
        for (int start = 0; start < columns.Length; start += MaxColumns)
        {
            string[] some = [.. columns.Skip(start).Take(MaxColumns)];
            string[] texts = [.. some.Select(c => $"t.{Identifier.Quote(c)}")];

            // A number is never the name: it would be found in every key.
            string sql = $"SELECT {string.Join(", ", texts)} FROM {from} WHERE " + string.Join(" OR ", texts.Select(t =>
                $"(typeof({t}) = 'text' AND instr({t}, ?1)) OR (typeof({t}) = 'blob' AND instr({t}, ?2))"));
            if (connection.Compiler.Error(sql) is { } error)
            {
                Unsearched.Add($"The table {table.Name} was not searched for the name: {error}.");
                yield break;
            }

            foreach (TenantMention mention in Count(table, some, sql))
            {
                yield return mention;
            }
        }
    }

    private IEnumerable<TenantMention> Count(TableSchema table, string[] columns, string sql)
    {
        long[] rows = new long[columns.Length];
        using (Statement select = connection.Prepare(sql, tenantId, _name))
        {
            while (select.Step())
            {
                Row row = select.Row;
                for (int i = 0; i < columns.Length; i++)
                {
                    rows[i] += row.Type(i) switch
                    {
                        raw.SQLITE_TEXT => HasWord(row.GetUtf8(i)),
                        raw.SQLITE_BLOB => HasWord(row.GetBytes(i)),
                        _ => false,
                    } ? 1 : 0;
                }
            }
        }

        return columns
            .Select((c, i) => new TenantMention(TenantMentionKind.Rows, table.Name, c, rows[i]))
            .Where(m => m.Rows > 0);
    }

    /// <summary>The definitions that have the name as a text; of a table, the columns that have it.</summary>
    private IEnumerable<TenantMention> InDefinition(SchemaObject o)
    {
        if (Identifier.Comparer.Equals(o.Table, HistoryPlan.OwnTable))
        {
            return [];
        }

        SqlText sql = new(o.Sql!);
        TextSpan? changed = places.Defaults.FirstOrDefault(d => o.Type == "table" && Identifier.Comparer.Equals(d.Table.Name, o.Name))
            ?.Value(places.Layout.ColumnName);
        SqlToken[] tokens =
        [
            .. sql.Places
                .Where(p => IsText(sql, p) && HasWord(Encoding.UTF8.GetBytes(sql.Name(p))))
                .Select(p => sql.Tokens[p])
                .Where(t => changed is not { } span || t.Start < span.Start || t.End > span.End),
        ];
        TableDefinition? definition = o.Type == "table" && tokens.Length > 0 ? TableDefinitionReader.Read(o.Sql!) : null;
        TenantMentionKind kind = o.Type switch
        {
            "index" => TenantMentionKind.Index,
            "view" => TenantMentionKind.View,
            "trigger" => TenantMentionKind.Trigger,
            _ => TenantMentionKind.Table,
        };
        return tokens
            .Select(t => definition?.Columns.FirstOrDefault(c => c.Span.Start <= t.Start && t.End <= c.Span.End)?.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(column => new TenantMention(kind, o.Name, column, Rows: 0));
    }

    private bool IsText(SqlText sql, int place) => sql.Tokens[place].Kind switch
    {
        SqlTokenKind.Literal => true,
        SqlTokenKind.QuotedName => sql.Text[sql.Tokens[place].Start] == '"' && !_identifiers.Contains(sql.Name(place)),
        _ => false,
    };

    private bool HasWord(ReadOnlySpan<byte> text)
    {
        for (int start = 0; start <= text.Length - _name.Length; start++)
        {
            int found = text.Slice(start).IndexOf(_name);
            if (found < 0)
            {
                return false;
            }

            start += found;
            if (!EndsInWord(text.Slice(0, start)) && !BeginsWithWord(text.Slice(start + _name.Length)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsInWord(ReadOnlySpan<byte> before)
    {
        int start = before.Length - 1;
        while (start > 0 && before.Length - start < 4 && (before[start] & 0xC0) == 0x80)
        {
            start--;
        }

        return start >= 0 && BeginsWithWord(before.Slice(start));
    }

    private static bool BeginsWithWord(ReadOnlySpan<byte> after)
    {
        if (after.IsEmpty)
        {
            return false;
        }

        string first = Encoding.UTF8.GetString(after.Slice(0, Math.Min(4, after.Length)).ToArray());
        return first[0] is '_' or '-' || char.IsLetterOrDigit(first, 0);
    }
}
