using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres.Planning;

/// <summary>Plans the keys and indexes of a table. Where tenants share a table, the tenant comes first in each.</summary>
internal sealed class KeyPlanner(
    TableSchema table,
    TargetOptions options,
    string? tenantColumn,
    IReadOnlyList<TargetColumn> columns,
    TargetNames names,
    List<string> warnings)
{
    private readonly List<TargetKey> _keys = [];
    private readonly List<TargetIndex> _indexes = [];

    private string? Tenant => options.HasTenantKeys ? tenantColumn : null;

    /// <summary>Adds keys and indexes to the table.</summary>
    public TargetTable AddTo(TargetTable target, IReadOnlyList<SchemaObject> objects, StatementTrial trial)
    {
        string[] primary = [.. table.PrimaryKey];
        if (primary.Length > 0)
        {
            AddKey(primary, table.Indexes.FirstOrDefault(i => i.Origin == "pk"), isPrimary: true, trial);
        }

        foreach (IndexSchema index in table.Indexes.Where(i => i.Origin == "u"))
        {
            AddKey([.. index.Columns.Select(c => c!)], index, isPrimary: false, trial);
        }

        foreach (IndexSchema index in table.Indexes.Where(i => i.Origin == "c"))
        {
            string? sql = objects.First(o => o.Type == "index" && Identifier.Comparer.Equals(o.Name, index.Name)).Sql;
            AddIndex(index.Name, index, IndexDefinition.Read(sql!), trial);
        }

        return target with { Keys = _keys, Indexes = _indexes };
    }

    /// <summary>The term of a column, compared as its collation compares.</summary>
    private static string Term(string column, string collation)
    {
        string name = Identifier.Quote(column);
        return collation.ToUpperInvariant() switch
        {
            // ASCII letters alone, as SQLite's NOCASE; a collation of ICU folds others as well.
            "NOCASE" => $"lower({name})",
            "RTRIM" => $"rtrim({name}, ' ')",
            _ => name,
        };
    }

    private void AddKey(string[] keyColumns, IndexSchema? index, bool isPrimary, StatementTrial trial)
    {
        bool hasCollation = index?.Keys.Any(k => !IsBinary(k.Collation)) == true;
        bool hasNulls = isPrimary && keyColumns.Any(c => !Column(c).IsNotNull);
        if (!hasCollation || isPrimary)
        {
            List<string> all = [.. Lead(keyColumns), .. keyColumns.Select(c => Column(c).Name)];
            if (hasNulls)
            {
                warnings.Add(
                    $"UNIQUE ({string.Join(", ", all)}) instead of the primary key: SQLite allows NULL in it, and there are such rows.");
            }

            string suffix = isPrimary && !hasNulls ? "pkey" : $"{string.Join("_", keyColumns)}_key";
            _keys.Add(new TargetKey(names.Take($"{table.Name}_{suffix}"), isPrimary && !hasNulls, all));
        }

        if (hasCollation)
        {
            AddIndex($"{table.Name}_{string.Join("_", keyColumns)}_unique", index!, definition: null, trial);
        }
    }

    private void AddIndex(string name, IndexSchema index, IndexDefinition? definition, StatementTrial trial)
    {
        List<string> terms = [];
        for (int i = 0; i < index.Keys.Count; i++)
        {
            IndexKey key = index.Keys[i];
            string? term = key.Column is { } column ? Term(Column(column).Name, key.Collation)
                : IsBinary(key.Collation) && Expressions.Translate(definition!.Terms[i], table) is { } expression ? $"({expression})"
                : null;
            if (term is null)
            {
                Leave(index, "PostgreSQL has no equal of its expression");
                return;
            }

            terms.Add(term + (key.IsDescending ? " DESC" : ""));
        }

        string? condition = definition?.Condition is { } text ? Expressions.Translate(text, table) : null;
        if (index.IsPartial && condition is null)
        {
            Leave(index, "PostgreSQL has no equal of its condition");
            return;
        }

        string[] lead = [.. Lead(index.Columns.Select(c => c ?? "")).Select(Identifier.Quote)];
        if (!index.IsUnique && terms.Count == 1 && terms[0] == (Tenant is null ? null : Identifier.Quote(Tenant)) &&
            _keys.Any(k => k.Columns[0] == Tenant))
        {
            return;
        }

        TargetIndex target = new(names.Take(name), index.IsUnique, [.. lead, .. terms], condition);
        bool hasExpression = condition is not null || index.Columns.Any(c => c is null);
        if (hasExpression && trial(columns, TableDdl.Index("{0}", target with { Name = "postenancy_trial_index" })) is { } refusal)
        {
            Leave(index, refusal);
            return;
        }

        _indexes.Add(target);
    }

    private static bool IsBinary(string collation) => collation.Equals("BINARY", StringComparison.OrdinalIgnoreCase);

    private void Leave(IndexSchema index, string why) => warnings.Add(
        $"{(index.IsUnique ? "UNIQUE index" : "Index")} {index.Name} is not created: {why.TrimEnd('.')}." +
        (index.IsUnique ? " PostgreSQL does not forbid these duplicates." : ""));

    private IEnumerable<string> Lead(IEnumerable<string> keyColumns) =>
        Tenant is null || keyColumns.Contains(Tenant, Identifier.Comparer) ? [] : [Tenant];

    private TargetColumn Column(string name) => columns.First(c => Identifier.Comparer.Equals(c.Name, name));
}
