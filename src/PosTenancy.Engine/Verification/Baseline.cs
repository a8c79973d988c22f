using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>What was measured before the migration, for the checks to compare with.</summary>
/// <param name="BackupPath">The backup that the database was when it was measured, proved by its hash.</param>
/// <param name="Schema">Tables and row counts.</param>
/// <param name="ForeignKeys">Violations that were there already.</param>
/// <param name="Compilation">Views and statements that did not compile already, and triggers and views that knew the tenant column
/// already.</param>
internal sealed record Baseline(string BackupPath, DatabaseSchema Schema, ForeignKeyReading ForeignKeys, SchemaCompilation Compilation)
{
    /// <summary>What reading it is called in reports.</summary>
    public const string Activity = "Checking foreign keys and views before the migration";

    /// <summary>Measures a database that was not migrated yet: the live one under its lock, or its backup.</summary>
    public static Baseline Read(string backupPath, DatabaseConnection connection, string columnName) =>
        Read(backupPath, connection, SchemaReader.Read(connection), columnName);

    /// <summary>The same, where the schema was read already.</summary>
    public static Baseline Read(string backupPath, DatabaseConnection connection, DatabaseSchema schema, string columnName) =>
        new(backupPath, schema, ForeignKeyReading.Read(connection, schema), SchemaCompilation.Compile(connection, schema, columnName));
}
