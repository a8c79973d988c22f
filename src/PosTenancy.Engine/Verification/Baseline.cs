using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>What was measured before the migration, for the checks to compare with.</summary>
/// <param name="Schema">Tables and row counts.</param>
/// <param name="ForeignKeys">Violations that were there already.</param>
/// <param name="CompileErrors">Views and statements that did not compile already, and SQLite's message.</param>
internal sealed record Baseline(DatabaseSchema Schema, ForeignKeyReading ForeignKeys, IReadOnlyDictionary<string, string> CompileErrors)
{
    /// <summary>Measures a database that was not migrated yet: the live one under its lock, or its backup.</summary>
    public static Baseline Read(DatabaseConnection connection)
    {
        DatabaseSchema schema = SchemaReader.Read(connection);
        return Read(connection, schema);
    }

    /// <summary>The same, where the schema was read already.</summary>
    public static Baseline Read(DatabaseConnection connection, DatabaseSchema schema) =>
        new(schema, ForeignKeyReading.Read(connection, schema), SchemaCompilation.Errors(connection, schema));
}
