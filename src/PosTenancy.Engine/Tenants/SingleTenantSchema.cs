using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The schema without the tenant column: the inverse of what a migration does, for a database that was migrated with any options, and for
/// one that had the column from the beginning. What is not about the tenant stays as it is written.
/// </summary>
/// <param name="layout">The tables.</param>
internal sealed class SingleTenantSchema(TenantLayout layout)
{
    /// <summary>The statement of a table or an index of a tenant's table without the column.</summary>
    /// <returns><see langword="null"/> for an index on the tenant alone.</returns>
    /// <exception cref="PosTenancyException">Something else depends on the column.</exception>
    public string? Without(SchemaObject o, TableSchema table) => o.Type == "table" ? Table(o.Sql!, table) : Index(o);

    private string Table(string text, TableSchema table)
    {
        TableDefinition? definition = TableDefinitionReader.Read(text);
        if (definition?.Columns.Select(c => c.Name).SequenceEqual(table.Columns.Select(c => c.Name), Identifier.Comparer) != true)
        {
            throw Refused($"the text of CREATE TABLE {table.Name} cannot be parsed");
        }

        TextEdits edits = new(text);
        int place = definition.Columns.ToList().FindIndex(c => IsTenant(c.Name));
        RemoveItem(edits, [.. definition.Columns.Select(c => c.Span)], place);
        foreach (ColumnDefinition column in definition.Columns.Where(c => !IsTenant(c.Name)))
        {
            RequireUnrelated(definition.Sql, column.Span, $"the column {table.Name}.{column.Name}");
        }

        int end = definition.Columns[definition.Columns.Count - 1].Span.End;
        foreach (ConstraintDefinition constraint in definition.Constraints)
        {
            int name = constraint.Names.ToList().FindIndex(IsTenant);
            if (name >= 0 && constraint.Names.Count == 1)
            {
                edits.Replace(new TextSpan(end, constraint.Span.End), "");
            }
            else if (name >= 0)
            {
                RemoveItem(edits, Items(definition.Sql, constraint.ListStart), name);
                if (constraint.Reference is { ListStart: >= 0 } reference)
                {
                    RemoveItem(edits, Items(definition.Sql, reference.ListStart), name);
                }
            }
            else
            {
                RequireUnrelated(definition.Sql, constraint.Span, $"a constraint of {table.Name}");
            }

            end = constraint.Span.End;
        }

        return edits.Apply();
    }

    private string? Index(SchemaObject o)
    {
        IndexDefinition definition = IndexDefinition.Read(o.Sql!);
        SqlText sql = new(o.Sql!);
        List<TextSpan> items = Items(sql, definition.ListStart);
        int[] tenant = [.. Enumerable.Range(0, items.Count).Where(i => IsTenantTerm(sql, items[i]))];
        if (tenant.Length == items.Count)
        {
            return null;
        }

        TextEdits edits = new(o.Sql!);
        if (tenant.Length > 0)
        {
            RemoveItem(edits, items, tenant[0]);
        }

        foreach (TextSpan item in items.Where((_, i) => !tenant.Contains(i)))
        {
            RequireUnrelated(sql, item, $"the index {o.Name}");
        }

        RequireUnrelated(sql, new TextSpan(items[items.Count - 1].End, o.Sql!.Length), $"the index {o.Name}");
        return edits.Apply();
    }

    /// <summary>The parts of a list in parentheses.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="start">Position inside the parentheses, before the first part.</param>
    private static List<TextSpan> Items(SqlText sql, int start)
    {
        int i = sql.Places.First(p => sql.Tokens[p].Start >= start);
        int depth = sql.Tokens[i - 1].Depth + 1;
        int first = i;
        List<TextSpan> items = [];
        for (; ; i++)
        {
            bool isEnd = sql.Is(i, ')') && sql.Tokens[i].Depth == depth - 1;
            if (isEnd || (sql.Is(i, ',') && sql.Tokens[i].Depth == depth))
            {
                items.Add(new TextSpan(sql.Tokens[first].Start, sql.Tokens[i - 1].End));
                first = i + 1;
            }

            if (isEnd)
            {
                return items;
            }
        }
    }

    private static void RemoveItem(TextEdits edits, List<TextSpan> items, int place) => edits.Replace(
        place > 0 ? new TextSpan(items[place - 1].End, items[place].End) : new TextSpan(items[0].Start, items[1].Start),
        "");

    private bool IsTenantTerm(SqlText sql, TextSpan span)
    {
        int[] tokens = [.. sql.Places.Where(p => sql.Tokens[p].Start >= span.Start && sql.Tokens[p].End <= span.End)];
        return IsTenant(sql.Name(tokens[0])) &&
            (tokens.Length == 1 || sql.Is(tokens[1], "COLLATE") || sql.Is(tokens[1], "ASC") || sql.Is(tokens[1], "DESC"));
    }

    private void RequireUnrelated(SqlText sql, TextSpan span, string what)
    {
        if (sql.Places.Any(p =>
            sql.Tokens[p].Start >= span.Start && sql.Tokens[p].End <= span.End &&
            sql.Tokens[p].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName && IsTenant(sql.Name(p))))
        {
            throw Refused($"{what} uses the column {layout.ColumnName}, and would have no meaning without it");
        }
    }

    private bool IsTenant(string name) => Identifier.Comparer.Equals(name, layout.ColumnName);

    private PosTenancyException Refused(string why) => Errors.ExportRefused(layout.Schema.Path, why);
}
