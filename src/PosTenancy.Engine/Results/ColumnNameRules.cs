using PosTenancy.Engine.Text;

namespace PosTenancy;

/// <summary>What the tenant column may be called.</summary>
internal static class ColumnNameRules
{
    // With one of these names "WHERE rowid = …" of the application would mean the tenant.
    public static string Require(string columnName)
    {
        if (columnName.Trim().Length == 0)
        {
            throw Errors.InvalidColumnName("is empty");
        }

        if (columnName.Any(char.IsControl))
        {
            throw Errors.InvalidColumnName("contains a control character");
        }

        return Identifier.RowIdNames.Contains(columnName, Identifier.Comparer)
            ? throw Errors.InvalidColumnName($"'{columnName}' would hide SQLite's rowid")
            : columnName;
    }
}
