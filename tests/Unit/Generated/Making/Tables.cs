using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates tables, without their foreign keys and rows.</summary>
internal sealed class Tables(Dice dice, Names names, Values values, TenantColumns tenantColumns)
{
    private static readonly string[] Types =
    [
        "INTEGER",
        "INT",
        "TEXT",
        "VARCHAR(20)",
        "REAL",
        "NUMERIC",
        "DECIMAL(10,2)",
        "BLOB",
        "BOOLEAN",
        "DATE",
        "",
        "\"my type\"",
        "FLOATING POINT",
    ];

    private static readonly string[] StrictTypes = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];

    private static readonly string[] SkippedNames = ["_migrations", "schema_migrations", "Tenants", "__EFMigrationsHistory"];

    public RandomTable Make()
    {
        bool isSkipped = dice.Chance(4);
        string name = isSkipped ? names.Object(dice.Pick(SkippedNames)) : names.Object();
        isSkipped &= SkippedNames.Contains(name);
        bool isStrict = dice.Chance(15);
        bool withoutRowId = dice.Chance(15);
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase) { "tenant_id", "shop no" };
        Columns columns = new(dice, names, values, name, isStrict ? StrictTypes : Types, isStrict);
        List<RandomColumn> made = [];
        for (int n = dice.Between(2, 6); n > 0; n--)
        {
            made.Add(columns.Ordinary(names.Column(taken)));
        }

        Keys keys = new(dice, names, columns);
        Keyed keyed = keys.Give(made, withoutRowId);
        made = keyed.Columns;
        for (int n = dice.Chance(20) ? dice.Between(1, 2) : 0; n > 0; n--)
        {
            made.Insert(dice.Between(1, made.Count), columns.Generated(names.Column(taken), made));
        }

        List<string> constraints = [.. keyed.Constraints, .. columns.TableChecks(made)];
        RandomTable table = new(name, names.Write(name), made, constraints, Options(withoutRowId, isStrict), [])
        {
            Keys = keyed.Keys,
            RowIdColumn = keyed.RowIdColumn,
            HasRowId = !withoutRowId,
            IsSkipped = isSkipped,
        };
        return isSkipped ? table : tenantColumns.MayAdd(table, isStrict);
    }

    private string Options(bool withoutRowId, bool isStrict)
    {
        List<string> options = [];
        if (withoutRowId)
        {
            options.Add(dice.Pick("WITHOUT ROWID", "without rowid", "WITHOUT /* no */ ROWID"));
        }

        if (isStrict)
        {
            options.Insert(dice.Between(0, options.Count), dice.Pick("STRICT", "strict"));
        }

        return (options.Count > 0 ? " " : "") + string.Join(", ", options) + dice.Maybe(10, " -- the end");
    }
}
