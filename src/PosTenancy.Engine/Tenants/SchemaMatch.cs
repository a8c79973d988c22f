using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Whether the rows of one database fit into another: the same tables with the same columns, keys, references and CHECKs, apart from the
/// tenant column. The order of columns is no difference, because rows are moved by the names of their columns.
/// </summary>
internal static class SchemaMatch
{
    private const int MaxHistoryRows = 100_000;

    /// <summary>Requires that the rows of one database fit into another.</summary>
    /// <param name="source">The schema of the source.</param>
    /// <param name="live">Full path of the database, for the error.</param>
    /// <param name="layout">The tables of the database.</param>
    /// <param name="further">Other differences, which are named first.</param>
    /// <returns>Whether the source has the tenant column.</returns>
    /// <exception cref="PosTenancyException">They do not fit.</exception>
    public static bool Require(DatabaseSchema source, string live, TenantLayout layout, IEnumerable<string> further)
    {
        bool hasTenants = layout.Tables.Any(t => source.FindTable(t.Name)?.FindColumn(layout.ColumnName) is not null);
        List<string> differences =
        [
            .. further,
            .. Differences(source, layout, layout.Matched, layout.ColumnName),
            .. layout.Tables
                .Where(t => hasTenants && source.FindTable(t.Name) is { } table && table.FindColumn(layout.ColumnName) is null)
                .Select(t => $"{t.Name} has no column {layout.ColumnName} in the source"),
        ];
        return differences.Count == 0
            ? hasTenants
            : throw Errors.SchemaMismatch(source.Path, live, ShortList.Join(differences, 10, separator: "; ", last: "; and "));
    }

    /// <summary>Names what differs between the tables of a source and those of the target.</summary>
    /// <param name="source">The schema of the source.</param>
    /// <param name="target">The layout of the target.</param>
    /// <param name="tables">The tables of the target to look for.</param>
    /// <param name="sourceColumnName">The tenant column of the source, if it has one.</param>
    public static IEnumerable<string> Differences(
        DatabaseSchema source, TenantLayout target, IEnumerable<TableSchema> tables, string sourceColumnName)
    {
        HashSet<string> seen = new(Identifier.Comparer);
        foreach (TableSchema there in tables)
        {
            _ = seen.Add(there.Name);
            if (source.FindTable(there.Name) is not { Kind: TableKind.Table } here)
            {
                yield return $"the source has no table {there.Name}";
                continue;
            }

            Dictionary<string, string> now = Facts(there, target.Schema, target.ColumnName);
            Dictionary<string, string> then = Facts(here, source, sourceColumnName);
            foreach (string fact in now.Keys.Union(then.Keys, StringComparer.Ordinal))
            {
                string? ours = now.TryGetValue(fact, out string? value) ? value : null;
                string? theirs = then.TryGetValue(fact, out value) ? value : null;
                if (ours != theirs)
                {
                    yield return $"{there.Name}: {fact} is {theirs ?? "missing"} in the source, and {ours ?? "missing"} in the database";
                }
            }
        }

        foreach (TableSchema here in source.Tables)
        {
            if (here.Kind == TableKind.Table && !seen.Contains(here.Name) && !TenantLayout.IsKept(here))
            {
                yield return $"the database has no table {here.Name}";
            }
        }
    }

    /// <summary>
    /// How the versions of the application's schema differ. The time at which a migration was applied, and how long it took, is not part of
    /// a version; a migration that brought the tenant column is only in a database that has it.
    /// </summary>
    public static IEnumerable<string> VersionDifferences(DatabaseConnection source, DatabaseConnection target, TenantLayout layout)
    {
        foreach (string pragma in new[] { "application_id", "user_version" })
        {
            (long here, long there) = (source.Scalar($"PRAGMA main.{pragma}"), target.Scalar($"PRAGMA main.{pragma}"));
            if (here != there)
            {
                yield return pragma == "user_version"
                    ? $"the source is at version {here} of its schema (user_version), the database at {there}"
                    : $"the source is of another application: its application_id is {here}, that of the database {there}";
            }
        }

        foreach (TableSchema table in layout.Histories)
        {
            if (SchemaReader.FindTable(source, table.Name) is not { Kind: TableKind.Table } other)
            {
                yield return $"the source has no history {table.Name}";
                continue;
            }

            string[] columns =
            [
                .. table.Columns
                    .Where(c => c.Visibility == ColumnVisibility.Ordinary && other.FindColumn(c.Name) is not null)
                    .Where(c => HistoryRoles.Find(c) is not (HistoryRole.Time or HistoryRole.Elapsed or HistoryRole.Batch))
                    .Select(c => c.Name),
            ];
            HashSet<string> here = Rows(source, table.Name, columns);
            HashSet<string> there = Rows(target, table.Name, columns);
            List<string> newer = [.. here.Except(there, StringComparer.Ordinal)];
            List<string> older = [.. there.Except(here, StringComparer.Ordinal).Where(row => !IsOfTenants(row, layout.ColumnName))];
            if (newer.Count > 0)
            {
                yield return $"{table.Name}: the database does not have {ShortList.Join(newer, 3)}";
            }

            if (older.Count > 0)
            {
                yield return $"{table.Name}: the source does not have {ShortList.Join(older, 3)}";
            }
        }
    }

    private static bool IsOfTenants(string row, string columnName) =>
        row.IndexOf("postenancy", StringComparison.OrdinalIgnoreCase) >= 0 ||
        row.IndexOf(columnName, StringComparison.OrdinalIgnoreCase) >= 0;

    private static HashSet<string> Rows(DatabaseConnection connection, string table, string[] columns)
    {
        string list = columns.Length == 0 ? "count(*)" : string.Join(" || ', ' || ", columns.Select(c => $"quote({Identifier.Quote(c)})"));
        return
        [
            .. connection.Query(
                $"SELECT {list} FROM main.{Identifier.Quote(table)} LIMIT {MaxHistoryRows}", static row => row.GetStringOrNull(0) ?? ""),
        ];
    }

    /// <summary>What is compared of a table, by names that a person understands.</summary>
    private static Dictionary<string, string> Facts(TableSchema table, DatabaseSchema schema, string tenantColumn)
    {
        Dictionary<string, string> facts = new(StringComparer.Ordinal)
        {
            ["its form"] = string.Join(
                ", ",
                new[] { table.IsWithoutRowId ? "WITHOUT ROWID" : "", table.IsStrict ? "STRICT" : "" }
                    .Where(f => f.Length > 0)
                    .DefaultIfEmpty("ordinary")),
        };
        foreach (ColumnSchema column in table.Columns.Where(c => !IsTenant(c.Name)))
        {
            facts[$"column {column.Name.ToLowerInvariant()}"] = string.Join(
                " ",
                new[]
                {
                    column.Type.ToUpperInvariant(),
                    column.IsNotNull ? "NOT NULL" : "",
                    column.DefaultSql is { } value ? $"DEFAULT {value}" : "",
                    Identifier.Comparer.Equals(column.Collation, "BINARY") ? "" : $"COLLATE {column.Collation.ToUpperInvariant()}",
                    column.Visibility == ColumnVisibility.Ordinary ? "" : "generated",
                }.Where(f => f.Length > 0).DefaultIfEmpty("of no type"));
        }

        facts["PRIMARY KEY"] = $"({Columns(table.PrimaryKey)}){(table.HasRowIdKey ? " as rowid" : "")}";
        foreach (IndexSchema key in table.Indexes.Where(i => i.IsUnique && i.Origin != "pk" && i.Columns.Any(c => !IsTenant(c))))
        {
            facts[$"UNIQUE ({Columns(key.Columns)})"] = key.IsPartial ? "partial" : "there";
        }

        foreach (ForeignKeySchema reference in table.ForeignKeys.Where(f => f.Columns.Any(c => !IsTenant(c.Child))))
        {
            string[] parent = [.. (schema.FindTable(reference.Parent)?.PrimaryKey ?? []).Where(c => !IsTenant(c))];
            (string Child, string? Parent)[] pairs = [.. reference.Columns.Where(c => !IsTenant(c.Child))];
            IEnumerable<string?> parents = pairs.Select((p, i) => p.Parent ?? parent.ElementAtOrDefault(i));
            facts[$"FOREIGN KEY ({Columns(pairs.Select(p => p.Child))}) to {reference.Parent.ToLowerInvariant()}"] =
                $"({Columns(parents)}) ON DELETE {reference.OnDelete} ON UPDATE {reference.OnUpdate}";
        }

        if (Definition(table, schema) is { } definition)
        {
            int n = 0;
            foreach (string check in definition.AllConstraints
                .Where(c => c.Kind == ConstraintKind.Check && !IsTenant(c.Column))
                .Select(c => Plain(c, definition.Sql.Text))
                .OrderBy(c => c, StringComparer.Ordinal))
            {
                facts[$"CHECK {++n}"] = check;
            }

            if (definition.Columns.Any(c => c.Constraints.Any(k =>
                k.Kind == ConstraintKind.PrimaryKey &&
                k.Rest.In(definition.Sql.Text).IndexOf("AUTOINCREMENT", StringComparison.OrdinalIgnoreCase) >= 0)))
            {
                facts["AUTOINCREMENT"] = "there";
            }
        }

        return facts;

        bool IsTenant(string? column) => column is not null && Identifier.Comparer.Equals(column, tenantColumn);

        string Columns(IEnumerable<string?> columns) =>
            string.Join(", ", columns.Where(c => !IsTenant(c)).Select(c => c?.ToLowerInvariant() ?? "expression"));
    }

    /// <summary>The parts of a CREATE TABLE statement; <see langword="null"/> if it cannot be parsed.</summary>
    public static TableDefinition? Definition(TableSchema table, DatabaseSchema schema) =>
        schema.Objects.FirstOrDefault(o => o.Type == "table" && Identifier.Comparer.Equals(o.Name, table.Name))?.Sql is { } sql
            ? TableDefinitionReader.Read(sql)
            : null;

    /// <summary>The condition of a CHECK without its name, white space, comments, and the case of words.</summary>
    private static string Plain(ConstraintDefinition check, string table)
    {
        string sql = check.Span.In(table);
        SqlText text = new(sql);
        int first = text.Places.First(i => text.Is(i, "CHECK"));
        return string.Join(" ", text.Places.Skip(first + 1).Select(Token));

        string Token(int index)
        {
            string token = sql.Substring(text.Tokens[index].Start, text.Tokens[index].Length);
            return text.Tokens[index].Kind == SqlTokenKind.Word ? token.ToLowerInvariant() : token;
        }
    }
}
