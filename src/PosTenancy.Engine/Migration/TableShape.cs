using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Migration;

/// <summary>What a table is, apart from the tenant: a text that is the same for two tables that differ in their tenant only.</summary>
internal static class TableShape
{
    public static string Read(DatabaseSchema schema, string name, string columnName)
    {
        TableSchema table = schema.FindTable(name)!;
        bool IsTenant(string? column) => column is not null && Identifier.Comparer.Equals(column, columnName);
        return string.Join(
            "\n",
            new[] { $"{table.IsWithoutRowId} {table.IsStrict} {table.HasRowIdKey}" }
                .Concat(
                    table
                        .Columns.Where(c => !IsTenant(c.Name))
                        .Select(c => $"column {c.Name}|{c.Type}|{c.IsNotNull}|{c.DefaultSql}|{c.PrimaryKeyPosition > 0}|{c.Visibility}"))
                .Concat(
                    Distinct(
                        table
                            .Indexes.Where(i => i.Keys.Any(k => !IsTenant(k.Column)))
                            .Select(i => $"index {i.IsUnique}|{i.IsPartial}|{string.Join(", ", Keys(i))}")))
                .Concat(
                    Distinct(
                        table.ForeignKeys.Select(f =>
                            $"foreign key {f.Parent}|{f.OnUpdate}|{f.OnDelete}|{string.Join(", ", Columns(f))}"))));

        IEnumerable<string> Keys(IndexSchema index) =>
            index.Keys.Where(k => !IsTenant(k.Column)).Select(k => $"{k.Column} {k.IsDescending} {k.Collation}");

        IEnumerable<string> Columns(ForeignKeySchema key) =>
            key.Columns.Where(c => !IsTenant(c.Child)).Select(c => $"{c.Child} {c.Parent}");
    }

    private static IEnumerable<string> Distinct(IEnumerable<string> lines) =>
        lines.Distinct(StringComparer.Ordinal).OrderBy(l => l, StringComparer.Ordinal);
}
