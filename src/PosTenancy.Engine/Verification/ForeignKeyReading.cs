using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>What <c>PRAGMA foreign_key_check</c> says of each table that has a foreign key; enforcement plays no part in it.</summary>
/// <param name="Violations">Rows whose parent is missing, by table.</param>
/// <param name="Errors">Why a table could not be checked, by table ("foreign key mismatch", an unknown collation).</param>
internal sealed record ForeignKeyReading(IReadOnlyDictionary<string, long> Violations, IReadOnlyDictionary<string, string> Errors)
{
    public static ForeignKeyReading Read(DatabaseConnection connection, DatabaseSchema schema)
    {
        Dictionary<string, long> violations = new(Identifier.Comparer);
        Dictionary<string, string> errors = new(Identifier.Comparer);
        foreach (TableSchema table in schema.Tables.Where(t => t.ForeignKeys.Count > 0))
        {
            try
            {
                violations[table.Name] = connection.Scalar("SELECT count(*) FROM pragma_foreign_key_check(?1, 'main')", table.Name);
            }
            catch (PosTenancyException exception) when (exception.ErrorId == ErrorIds.SqliteError)
            {
                errors[table.Name] = exception.Cause;
            }
        }

        return new ForeignKeyReading(violations, errors);
    }
}
