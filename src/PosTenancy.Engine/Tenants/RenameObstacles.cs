using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>What in a schema stands in the way of another name for a tenant, found without writing.</summary>
/// <param name="connection">The database.</param>
/// <param name="places">Where it has the name.</param>
/// <param name="tenantId">The tenant.</param>
/// <param name="newName">The other name.</param>
internal sealed class RenameObstacles(DatabaseConnection connection, NamePlaces places, string tenantId, string newName)
{
    private readonly TenantLayout _layout = places.Layout;

    /// <summary>Computed columns that depend on the name, and change with it.</summary>
    public List<string> Computed { get; } = [];

    /// <summary>Requires that nothing stands in the way.</summary>
    /// <exception cref="PosTenancyException">Something does.</exception>
    public void RequireNone()
    {
        foreach (TableSchema table in _layout.Shared)
        {
            RequireNotComputed(table);
        }

        foreach (TableSchema table in _layout.Tables)
        {
            RequireHolds(table);
            RequireDefinition(table, _layout.ColumnName);
        }

        if (places.Listed is { } listed)
        {
            RequireDefinition(listed.Table, listed.Column);
        }

        RequireReferences();
    }

    /// <summary>A tenant column that is computed cannot be updated.</summary>
    private void RequireNotComputed(TableSchema table)
    {
        if (table.FindColumn(_layout.ColumnName) is
            { Visibility: ColumnVisibility.StoredGenerated or ColumnVisibility.VirtualGenerated } column)
        {
            TableDefinition? definition = TableDefinitionReader.Read(NamePlaces.Statement(_layout.Schema, table.Name));
            bool isNamed = definition?.FindColumn(column.Name) is not { } text || HasLiteral(table, definition.Sql, text.Span);
            if (isNamed || new TenantSlice(connection, _layout.ColumnName, tenantId).Count(table.Name) > 0)
            {
                throw Refused($"the column {table.Name}.{column.Name} is computed", "Change what it is computed from.");
            }
        }
    }

    /// <summary>A column of another type would convert the name to another value, or refuse it.</summary>
    private void RequireHolds(TableSchema table)
    {
        ColumnSchema column = table.FindColumn(_layout.ColumnName)!;
        TenantKey stored = TenantRows.DefaultOf(
            connection, table, column with { DefaultSql = Identifier.Literal(newName) });
        bool isRefused = table.IsStrict && stored.StorageClass == "text" &&
            column.Type.ToUpperInvariant() is not ("TEXT" or "ANY");
        if (table.IsRowId(column) || stored.Text != newName || isRefused)
        {
            throw Refused(
                $"the column {table.Name}.{column.Name} of type {column.Type} does not hold the name '{newName}'",
                "Choose another -NewName.");
        }
    }

    /// <summary>CHECK constraints and computed columns that decide by the name of the tenant.</summary>
    private void RequireDefinition(TableSchema table, string columnName)
    {
        string statement = NamePlaces.Statement(_layout.Schema, table.Name);
        TableDefinition? definition = TableDefinitionReader.Read(statement);
        if (definition?.Columns.Select(c => c.Name).SequenceEqual(table.Columns.Select(c => c.Name), Identifier.Comparer) != true)
        {
            throw Refused($"the text of CREATE TABLE {table.Name} cannot be parsed", "");
        }

        foreach (ConstraintDefinition constraint in definition.AllConstraints.Where(c => c.Kind == ConstraintKind.Check))
        {
            RequireCheck(table, columnName, definition, constraint);
        }

        foreach (ColumnDefinition column in definition.Columns)
        {
            bool isComputed = table.FindColumn(column.Name)!.Visibility != ColumnVisibility.Ordinary;
            if (isComputed && Names(definition.Sql, column.Span, columnName))
            {
                string name = $"{table.Name}.{column.Name}";
                if (HasLiteral(table, definition.Sql, column.Span))
                {
                    throw Refused(
                        $"the computed column {name} decides by the name of the tenant",
                        "Change its expression so that it knows both names.");
                }

                Computed.Add($"The column {name} is computed from {columnName}: its values change with the name.");
            }
        }
    }

    private void RequireCheck(TableSchema table, string columnName, TableDefinition definition, ConstraintDefinition constraint)
    {
        (string text, TextSpan span) = Condition(definition.Sql, constraint);
        if (!Names(definition.Sql, span, columnName))
        {
            return;
        }

        string name = constraint.Title.End > constraint.Title.Start
            ? constraint.Title.In(definition.Sql.Text)
            : constraint.Span.In(definition.Sql.Text);
        string what = $"{name} of {table.Name}";
        if (HasLiteral(table, definition.Sql, span))
        {
            throw Refused($"{what} names the tenant", "Change the constraint so that it allows both names.");
        }

        // A row that has only the tenant stands for those that are still to come.
        string quoted = Identifier.Quote(columnName);
        string[] others =
            [.. table.Columns.Select(c => c.Name).Where(c => !Identifier.Comparer.Equals(c, columnName)).Select(Identifier.Quote)];
        string alias = Identifier.Quote(table.Name);
        string collation = Identifier.Quote(table.FindColumn(columnName)!.Collation);
        string named = $"CAST(?2 AS TEXT) COLLATE {collation} AS {quoted}";
        string there = string.Join(", ", others.Select(c => $"t.{c}").Append(named));
        string rows = Violated($"{there} FROM main.{alias} AS t WHERE t.{quoted} = ?1");
        string coming = Violated(string.Join(", ", others.Select(c => $"NULL AS {c}").Append(named)));
        using IDisposable _ = connection.Settings.AllowDoubleQuotedStrings();
        if (connection.Compiler.Error(rows) is { } error)
        {
            throw Refused($"{what} cannot be evaluated: {error}", "");
        }

        if (connection.Scalar(rows, tenantId, newName) != 0 ||
            (connection.Scalar(coming, tenantId, newName) != 0 && connection.Scalar(coming, tenantId, tenantId) == 0))
        {
            throw Refused($"{what} does not allow the name '{newName}'", "Choose another -NewName, or change the constraint.");
        }

        string Violated(string select) => $"SELECT EXISTS (SELECT 1 FROM (SELECT {select}) AS {alias} WHERE NOT ({text}))";
    }

    /// <summary>
    /// A reference by the tenant's name stays one only if both of its ends change. One from a column that does not change, or to one, would
    /// lead nowhere.
    /// </summary>
    private void RequireReferences()
    {
        foreach (TableSchema child in _layout.Schema.Tables.Where(t => t.Kind == TableKind.Table))
        {
            foreach (ForeignKeySchema key in child.ForeignKeys)
            {
                if (_layout.Schema.FindTable(key.Parent) is not { } parent || ForeignKeyJoin.On(parent, key) is not { } on)
                {
                    continue;
                }

                string[] primary = [.. parent.PrimaryKey];
                (string Child, string Parent)[] torn =
                [
                    .. key.Columns.Select((c, i) => (c.Child, Parent: c.Parent ?? primary[i]))
                        .Where(p => places.Has(child, p.Child) != places.Has(parent, p.Parent)),
                ];
                if (torn.Length > 0)
                {
                    RequireNoRows(child, parent, key, on, torn[0]);
                }
            }
        }
    }

    private void RequireNoRows(TableSchema child, TableSchema parent, ForeignKeySchema key, string on, (string Child, string Parent) torn)
    {
        string from = $"FROM main.{Identifier.Quote(child.Name)} AS c JOIN main.{Identifier.Quote(parent.Name)} AS p ON {on}";
        string sql = $"SELECT count(*) {from} WHERE p.{Identifier.Quote(torn.Parent)} = ?1";
        long rows = connection.Compiler.Error(sql) is null ? connection.Scalar(sql, tenantId) : 0;
        if (rows == 0)
        {
            return;
        }

        bool isListed = places.Has(child, torn.Child) && key.Columns.Count == 1 && connection.Scalar(
            $"SELECT EXISTS (SELECT 1 FROM main.{Identifier.Quote(parent.Name)} AS p WHERE p.{Identifier.Quote(torn.Parent)} = ?1)",
            newName) != 0;
        if (!isListed)
        {
            throw Refused(
                $"{rows} {(rows == 1 ? "row" : "rows")} of {child.Name} would lose the row of {parent.Name} that the foreign key from " +
                    $"{torn.Child} to {parent.Name}.{torn.Parent} references",
                places.Has(child, torn.Child)
                    ? $"Add '{newName}' to {parent.Name}.{torn.Parent} first."
                    : $"Set {child.Name}.{torn.Child} of these rows to '{newName}' first, with foreign keys off, and run this again.");
        }
    }

    /// <summary>The condition of a CHECK, without its parentheses.</summary>
    private static (string Text, TextSpan Span) Condition(SqlText sql, ConstraintDefinition constraint)
    {
        int open = sql.Places.First(p => sql.Tokens[p].Start >= Math.Max(constraint.Span.Start, constraint.Title.End) && sql.Is(p, '('));
        int close = sql.Places.First(p => p > open && sql.Is(p, ')') && sql.Tokens[p].Depth == sql.Tokens[open].Depth);
        TextSpan span = new(sql.Tokens[open].End, sql.Tokens[close].Start);
        return (span.In(sql.Text), span);
    }

    private static bool Names(SqlText sql, TextSpan span, string column) => Tokens(sql, span).Any(p =>
        sql.Tokens[p].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName && Identifier.Comparer.Equals(sql.Name(p), column));

    /// <summary>Whether the tenant is named as a text. In double quotes it is one if no column has that name.</summary>
    private bool HasLiteral(TableSchema table, SqlText sql, TextSpan span) => Tokens(sql, span).Any(p =>
        sql.Name(p) == tenantId &&
        (sql.Tokens[p].Kind == SqlTokenKind.Literal ||
        (sql.Tokens[p].Kind == SqlTokenKind.QuotedName && table.FindColumn(tenantId) is null)));

    private static IEnumerable<int> Tokens(SqlText sql, TextSpan span) =>
        sql.Places.Where(p => sql.Tokens[p].Start >= span.Start && sql.Tokens[p].End <= span.End);

    private PosTenancyException Refused(string why, string next) => Errors.RenameRefused(connection.Path, tenantId, why, next);
}
