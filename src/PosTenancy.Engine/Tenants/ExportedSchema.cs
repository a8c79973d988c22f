using PosTenancy.Engine.Guards;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>The schema of an export: every object in the order of the database, as it is there or without the tenant column.</summary>
/// <param name="Layout">The tables of the database.</param>
/// <param name="Objects">The objects, with their statements in the export.</param>
/// <param name="IsSingleTenant">Whether the tenant column is left out.</param>
internal sealed record ExportedSchema(TenantLayout Layout, IReadOnlyList<SchemaObject> Objects, bool IsSingleTenant)
{
    /// <summary>Derives the schema.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="asSingleTenant">Whether to leave out the tenant column, and PosTenancy's own history.</param>
    /// <exception cref="PosTenancyException">The tables cannot be exported.</exception>
    public static ExportedSchema Read(DatabaseConnection connection, TenantLayout layout, bool asSingleTenant)
    {
        RequireContent(connection, layout);
        SingleTenantSchema single = new(layout);
        HashSet<string> others = new(
            layout.Schema.Tables.Where(t => t.Kind is TableKind.Shadow or TableKind.System).Select(t => t.Name), Identifier.Comparer);
        if (asSingleTenant)
        {
            _ = others.Add(HistoryPlan.OwnTable);
        }

        List<SchemaObject> objects = [];
        foreach (SchemaObject o in layout.Schema.Objects.Where(o => o.Sql is not null && !others.Contains(o.Table)))
        {
            if (asSingleTenant && SchemaGuard.IsPart(o))
            {
                continue;
            }

            string? sql = asSingleTenant && o.Type is "table" or "index" &&
                layout.Tables.FirstOrDefault(t => Identifier.Comparer.Equals(t.Name, o.Table)) is { } table
                    ? single.Without(o, table)
                    : o.Sql;
            if (sql is not null)
            {
                objects.Add(o with { Sql = sql });
            }
        }

        return new ExportedSchema(layout, objects, asSingleTenant);
    }

    /// <summary>Creates the objects in an empty database.</summary>
    public void Create(DatabaseConnection target)
    {
        List<SchemaObject> waiting = [.. Objects];
        while (waiting.Count > 0)
        {
            // In a schema that was edited by hand, a trigger may come before its table.
            List<SchemaObject> failed = [.. waiting.Where(o => target.TryExecute(o.Sql!) != SQLitePCL.raw.SQLITE_OK)];
            if (failed.Count == waiting.Count)
            {
                target.Execute(failed[0].Sql!);
            }

            waiting = failed;
        }
    }

    /// <summary>Proves that the objects are those of the database, or the same without the tenant.</summary>
    /// <param name="source">The database.</param>
    /// <param name="target">The database in which they were created.</param>
    /// <exception cref="PosTenancyException">They differ, or do not compile.</exception>
    public void RequireSame(DatabaseConnection source, DatabaseConnection target)
    {
        DatabaseSchema created = SchemaReader.Read(target, countRows: false);
        if (IsSingleTenant)
        {
            RequireSameTables(created);
            RequireCompiles(source, target, created);
        }
        else
        {
            RequireSameTexts(created);
        }
    }

    /// <summary>Rows of a virtual table that no other table has cannot be divided among tenants.</summary>
    private static void RequireContent(DatabaseConnection connection, TenantLayout layout)
    {
        if (VirtualTables.WithOwnRows(connection, layout.Schema).FirstOrDefault() is { } table)
        {
            throw Errors.ExportRefused(
                connection.Path, $"the virtual table {table} has rows of its own, which belong to no tenant and are in no other table");
        }
    }

    private void RequireSameTables(DatabaseSchema created)
    {
        string[] differences = [.. SchemaMatch.Differences(created, Layout, Layout.Matched, Layout.ColumnName)];
        if (differences.Length > 0)
        {
            throw Errors.ExportRefused(
                Layout.Schema.Path,
                $"without {Layout.ColumnName} its tables would differ: {ShortList.Join(differences, 10, separator: "; ")}");
        }
    }

    private void RequireSameTexts(DatabaseSchema created)
    {
        string[] texts = [.. Objects.Select(Text)];
        string[] now = [.. created.Objects.Select(Text)];
        if (texts.Except(now, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw Errors.ExportRefused(Layout.Schema.Path, $"SQLite does not create the same again from '{missing}'");
        }

        static string Text(SchemaObject o) => $"{o.Type} {o.Name}: {o.Sql}";
    }

    /// <summary>A view or trigger that reads the tenant column has no meaning in a store without it.</summary>
    private void RequireCompiles(DatabaseConnection source, DatabaseConnection target, DatabaseSchema created)
    {
        SchemaCompilation before = SchemaCompilation.Compile(source, Layout.Schema, Layout.ColumnName);
        SchemaCompilation after = SchemaCompilation.Compile(target, created, Layout.ColumnName);
        string[] broken =
        [
            .. after.Errors.Where(e => !before.Errors.ContainsKey(e.Key)).Select(e => $"{e.Key} ({e.Value})"),
        ];
        if (broken.Length > 0)
        {
            throw Errors.ExportRefused(
                Layout.Schema.Path, $"these do not compile without {Layout.ColumnName}: {ShortList.Join(broken, 10, separator: "; ")}");
        }
    }
}
