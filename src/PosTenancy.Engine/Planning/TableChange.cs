using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Planning;

/// <summary>The changes that a table needs, apart from its tenant index. Everything else stays as written.</summary>
/// <param name="Table">The current table.</param>
/// <param name="Definition">The parts of its CREATE statement; <see langword="null"/> if they could not be read.</param>
/// <param name="AddsColumn">Whether it has no tenant column yet.</param>
/// <param name="FixesColumn">Whether its tenant column is unsuitable: it allows NULL or has another default or type.</param>
/// <param name="Keys">Constraints of its definition that are prefixed with the tenant column.</param>
/// <param name="Indexes">Indexes from CREATE INDEX that are prefixed with the tenant column.</param>
/// <param name="References">Foreign keys that are prefixed with the tenant column, because the key they reference is.</param>
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
    /// Whether the table must be rebuilt: of these changes ALTER TABLE can only add a column (sqlite.org/lang_altertable.html, 7).
    /// </summary>
    public bool NeedsRebuild => FixesColumn || AddsWithoutDefault || Keys.Count > 0 || References.Count > 0;

    /// <summary>Whether the column is added NOT NULL and without a default, which ALTER TABLE cannot do to a table with rows.</summary>
    public bool AddsWithoutDefault { get; init; }

    /// <summary>The index on the tenant alone that becomes redundant and is dropped; <see langword="null"/> if none is.</summary>
    public IndexSchema? Redundant { get; init; }

    /// <summary>The non-unique indexes that are prefixed with the tenant column.</summary>
    public IEnumerable<IndexSchema> Extended => Indexes.Where(i => !i.IsUnique);

    /// <summary>The columns of each key that becomes unique per tenant.</summary>
    public IEnumerable<IReadOnlyList<string?>> KeyColumns =>
        Keys.Select(k => (IReadOnlyList<string?>)k.Names)
            .Concat(Indexes.Where(i => i.IsUnique).Select(i => (IReadOnlyList<string?>)[.. i.Columns]));

    /// <summary>The CREATE TABLE statement after the change.</summary>
    /// <param name="options">Column and tenant.</param>
    /// <param name="name">New name of the table, or <see langword="null"/> to keep the one in the statement.</param>
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
                $"{Title(key, text)}{(key.Kind == ConstraintKind.Unique ? "UNIQUE" : "PRIMARY KEY")} " +
                $"({first}{Identifier.Quote(key.Column!)}{(isDescending ? " DESC" : "")}) {conflict}"
            );
        }

        foreach (ConstraintDefinition reference in References)
        {
            added.AddRange(AddTenant(reference, text, tenant, edits));
        }

        // Before the existing constraints: SQLite's message names the first key that a row violates.
        int columnsEnd = definition.Columns[definition.Columns.Count - 1].Span.End;
        foreach (string constraint in added)
        {
            edits.Insert(columnsEnd, ", " + constraint.TrimEnd());
        }

        return edits.Apply();
    }

    /// <summary>
    /// Column-level keys that must become table constraints. A key prefixed with the tenant must, since at a column it can name only that
    /// column. Those after it must follow: the order of the keys decides which one SQLite checks first, and thus the effect of its ON
    /// CONFLICT.
    /// </summary>
    private IEnumerable<ConstraintDefinition> KeysThatMove() =>
        Definition!
            .Columns.SelectMany(c =>
                c.Constraints.Where(k =>
                    k.Kind == ConstraintKind.Unique || (k.Kind == ConstraintKind.PrimaryKey && (Keys.Contains(k) || MayMove(c)))))
            .SkipWhile(k => !Keys.Contains(k));

    /// <summary>
    /// INTEGER PRIMARY KEY has no index, and with DESC it has one only at its column (sqlite.org/lang_createtable.html, 5).
    /// </summary>
    private bool MayMove(ColumnDefinition keyed) =>
        !Table.HasRowIdKey && !string.Equals(keyed.Type.In(Definition!.Sql.Text), "INTEGER", StringComparison.OrdinalIgnoreCase);

    /// <summary>Prefixes both sides of a foreign key with the tenant; returns what becomes a table constraint for it.</summary>
    private static IEnumerable<string> AddTenant(ConstraintDefinition key, string text, string tenant, TextEdits edits)
    {
        ReferenceDefinition reference = key.Reference!;
        if (key.Column is not null)
        {
            edits.Remove(key.Span);
            string parent =
                reference.Columns.Count == 0 ? "" : $" ({tenant}, {string.Join(", ", reference.Columns.Select(Identifier.Quote))})";
            yield return $"{Title(key, text)}FOREIGN KEY ({tenant}, {Identifier.Quote(key.Column)}) REFERENCES " +
                $"{reference.ParentText.In(text)}{parent} {reference.Actions.In(text)}";
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
    /// Removes "table." from every CHECK: during the copy the table has another name, and such a constraint would not compile. A CHECK can
    /// reference no other table, so its meaning does not change.
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
