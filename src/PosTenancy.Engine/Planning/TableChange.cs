using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>What has to become different about a table, apart from its tenant index. Everything else stays as it is written.</summary>
/// <param name="Table">The table as it is.</param>
/// <param name="Definition">The parts of its CREATE statement; <see langword="null"/> if they could not be found.</param>
/// <param name="AddsColumn">Whether it has no tenant column yet.</param>
/// <param name="FixesColumn">Whether it has one that does not hold what it should: NULL allowed, another default or type.</param>
/// <param name="Keys">The constraints of its definition that get the tenant in front.</param>
/// <param name="Indexes">Its indexes, made by CREATE INDEX, that get the tenant in front.</param>
/// <param name="References">Its foreign keys that get the tenant in front, because the key that they point at does.</param>
internal sealed record TableChange(
    TableSchema Table,
    TableDefinition? Definition,
    bool AddsColumn,
    bool FixesColumn,
    IReadOnlyList<ConstraintDefinition> Keys,
    IReadOnlyList<IndexSchema> Indexes,
    IReadOnlyList<ConstraintDefinition> References)
{
    /// <summary>
    /// Whether the table must be made anew: ALTER TABLE can add a column and nothing else of these (sqlite.org/lang_altertable.html, 7).
    /// </summary>
    public bool NeedsRebuild => FixesColumn || Keys.Count > 0 || References.Count > 0;

    /// <summary>The index on the tenant alone that goes, because another one does its work; <see langword="null"/> if none goes.</summary>
    public IndexSchema? Redundant { get; init; }

    /// <summary>The indexes that are no keys and get the tenant in front.</summary>
    public IEnumerable<IndexSchema> Extended => Indexes.Where(i => !i.IsUnique);

    /// <summary>The keys of the table that become unique per tenant, as their columns.</summary>
    public IEnumerable<IReadOnlyList<string?>> KeyColumns =>
        Keys.Select(k => (IReadOnlyList<string?>)k.Names)
            .Concat(Indexes.Where(i => i.IsUnique).Select(i => (IReadOnlyList<string?>)[.. i.Columns]));

    /// <summary>The CREATE TABLE statement afterwards.</summary>
    /// <param name="options">Column and tenant.</param>
    /// <param name="name">The name to give it, or <see langword="null"/> to leave the one that is written.</param>
    public string CreateTableSql(MigrationOptions options, string? name)
    {
        TableDefinition definition = Definition!;
        string text = definition.Sql.Text;
        string tenant = Identifier.Quote(options.ColumnName);
        TextEdits edits = new(text);
        if (name is not null)
        {
            edits.Replace(definition.Name, Identifier.Quote(name));
            RemoveQualifiers(edits);
        }

        if (AddsColumn)
        {
            edits.Insert(definition.Columns[definition.Columns.Count - 1].Span.End, $", {tenant} {TenantColumn.Sql(Table, options)}");
        }
        else if (FixesColumn)
        {
            TenantColumn.Fix(definition.FindColumn(options.ColumnName)!, Table, options, text, edits);
        }

        foreach (ConstraintDefinition key in Keys.Where(k => k.Column is null))
        {
            edits.Insert(key.ListStart, tenant + ", ");
        }

        List<string> added = [];
        foreach (ConstraintDefinition key in KeysThatMove())
        {
            edits.Remove(key.Span);
            string rest = key.Rest.In(text);
            bool isDescending = rest.StartsWith("DESC", StringComparison.OrdinalIgnoreCase);
            string conflict =
                isDescending || rest.StartsWith("ASC", StringComparison.OrdinalIgnoreCase) ? rest.Substring(isDescending ? 4 : 3) : rest;
            string first = Keys.Contains(key) ? tenant + ", " : "";
            added.Add(
                $"{Title(key, text)}{(key.Kind == ConstraintKind.Unique ? "UNIQUE" : "PRIMARY KEY")} ({first}{Identifier.Quote(key.Column!)}{(isDescending ? " DESC" : "")}) {conflict}"
            );
        }

        foreach (ConstraintDefinition reference in References)
        {
            added.AddRange(AddTenant(reference, text, tenant, edits));
        }

        // In front of the constraints that were written there: SQLite names the first key that a row breaks.
        int columnsEnd = definition.Columns[definition.Columns.Count - 1].Span.End;
        foreach (string constraint in added)
        {
            edits.Insert(columnsEnd, ", " + constraint.TrimEnd());
        }

        return edits.Apply();
    }

    /// <summary>
    /// The keys at columns that have to be written behind the columns. One that gets the tenant must, since at a column it can only name
    /// that column. Those after it must follow: which key SQLite looks at first, and so what its ON CONFLICT does, goes by their order.
    /// </summary>
    private IEnumerable<ConstraintDefinition> KeysThatMove() =>
        Definition!
            .Columns.SelectMany(c =>
                c.Constraints.Where(k =>
                    k.Kind == ConstraintKind.Unique || (k.Kind == ConstraintKind.PrimaryKey && (Keys.Contains(k) || MayMove(c)))))
            .SkipWhile(k => !Keys.Contains(k));

    /// <summary>INTEGER PRIMARY KEY is no index, and with DESC is one only at its column (sqlite.org/lang_createtable.html, 5).</summary>
    private bool MayMove(ColumnDefinition keyed) =>
        !Table.HasRowIdKey && !string.Equals(keyed.Type.In(Definition!.Sql.Text), "INTEGER", StringComparison.OrdinalIgnoreCase);

    /// <summary>A foreign key with the tenant in front on both sides; what must be written behind the columns for it.</summary>
    private static IEnumerable<string> AddTenant(ConstraintDefinition key, string text, string tenant, TextEdits edits)
    {
        ReferenceDefinition reference = key.Reference!;
        if (key.Column is not null)
        {
            edits.Remove(key.Span);
            string parent =
                reference.Columns.Count == 0 ? "" : $" ({tenant}, {string.Join(", ", reference.Columns.Select(Identifier.Quote))})";
            yield return $"{Title(key, text)}FOREIGN KEY ({tenant}, {Identifier.Quote(key.Column)}) REFERENCES {reference.ParentText.In(text)}{parent} {reference.Actions.In(text)}";
            yield break;
        }

        edits.Insert(key.ListStart, tenant + ", ");
        if (reference.ListStart >= 0)
        {
            edits.Insert(reference.ListStart, tenant + ", ");
        }
    }

    private static string Title(ConstraintDefinition constraint, string text) =>
        constraint.Title.End > constraint.Title.Start ? constraint.Title.In(text) + " " : "";

    /// <summary>
    /// Takes "table." out of every CHECK: while the rows are copied the table has another name, and such a constraint would not compile. A
    /// CHECK can name no other table, so what it means stays the same.
    /// </summary>
    private void RemoveQualifiers(TextEdits edits)
    {
        SqlText sql = Definition!.Sql;
        foreach (ConstraintDefinition check in Definition.AllConstraints.Where(c => c.Kind == ConstraintKind.Check))
        {
            for (int i = 0; i + 2 < sql.Tokens.Count; i++)
            {
                if (sql.Tokens[i].Start > check.Span.Start &&
                    sql.Tokens[i].End < check.Span.End &&
                    sql.Tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName &&
                    sql.Is(i + 1, '.') &&
                    Identifier.Comparer.Equals(sql.Name(i), Table.Name))
                {
                    edits.Replace(new TextSpan(sql.Tokens[i].Start, sql.Tokens[i + 1].End), "");
                }
            }
        }
    }
}
