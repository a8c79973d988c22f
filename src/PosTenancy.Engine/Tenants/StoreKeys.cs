using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>How the keys of a store, which an export as a single tenant has, become those of the database again.</summary>
internal static class StoreKeys
{
    /// <summary>
    /// A rule of the tenant's import that leads forward. A key map does not list which texts got the ending: those that the tenant's rows
    /// have with it, those that another tenant has, and those that a newer row had without it when the tenant was exported. Either form of
    /// any other text leads back to the same one.
    /// </summary>
    /// <param name="domain">The key, and what references it.</param>
    /// <param name="rule">The rule of the key map, with the new keys of the export.</param>
    /// <param name="export">The rows with the keys of the store.</param>
    /// <param name="here">The rows of the tenant in the database.</param>
    public static KeyRule Forward(KeyDomain domain, KeyRule rule, TenantSlice export, TenantSlice here)
    {
        if (rule.Texts.IsEmpty)
        {
            return rule;
        }

        TextKeys moved = new();
        Statement[] searches = [.. domain.Keys.SelectMany(k => Searches(k, here))];
        try
        {
            foreach (KeyColumn column in domain.Columns)
            {
                using Statement select = export.Connection.Prepare(
                    $"{export.Select(column.Table.Name, [column.Column.Name])} AND typeof(t.{column.Quoted}) = 'text'", export.Parameter);
                while (select.Step())
                {
                    ReadOnlySpan<byte> value = select.Row.GetUtf8(0);
                    if (!moved.Contains(value) && (rule.New.Find(value) is not null || IsMoved(searches, value, rule.Ending)))
                    {
                        moved.Add(value);
                    }
                }
            }
        }
        finally
        {
            foreach (Statement search in searches)
            {
                search.Dispose();
            }
        }

        return rule with { Texts = moved };
    }

    /// <summary>Finds a key of the tenant with the ending, and one of another tenant without.</summary>
    private static Statement[] Searches(KeyColumn key, TenantSlice here)
    {
        string tenant = $"t.{Text.Identifier.Quote(here.ColumnName!)}";
        string from = $"SELECT 1 FROM {key.From} AS t WHERE t.{key.Quoted} =";
        return KeyDomains.KeyOf(key.Table, key.Column, here.ColumnName!) is { IsKey: true, IsGlobal: false }
            ? [here.Connection.Prepare($"{from} ?1 || ?2 AND {tenant} = ?3", "", "", here.TenantId)]
            :
            [
                here.Connection.Prepare($"{from} ?1 || ?2 AND {tenant} = ?3", "", "", here.TenantId),
                here.Connection.Prepare($"{from} ?1 AND ?2 IS NOT NULL AND {tenant} IS NOT ?3", "", "", here.TenantId),
            ];
    }

    private static bool IsMoved(Statement[] searches, ReadOnlySpan<byte> value, byte[] ending)
    {
        foreach (Statement search in searches)
        {
            search.Restart();
            search.BindText(1, value);
            search.BindText(2, ending);
            if (search.Step())
            {
                search.Restart();
                return true;
            }
        }

        return false;
    }
}
