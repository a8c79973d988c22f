using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Verification;

/// <summary>The result of <c>PRAGMA foreign_key_check</c> for each table with a foreign key; it does not depend on enforcement.</summary>
/// <param name="Violations">Number of rows without a parent, by table.</param>
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
