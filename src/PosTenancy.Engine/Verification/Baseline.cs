using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Verification;

/// <summary>Measurements from before the migration, for the checks to compare with.</summary>
/// <param name="BackupPath">The backup equal to the measured database, as proved by its hash.</param>
/// <param name="Schema">Tables and row counts.</param>
/// <param name="ForeignKeys">Violations that already existed; read from the backup only where there are any now.</param>
/// <param name="Compilation">Views and statements that already failed to compile, and triggers and views that already used the tenant
/// column.</param>
internal sealed record Baseline(
    string BackupPath, DatabaseSchema Schema, Lazy<ForeignKeyReading> ForeignKeys, SchemaCompilation Compilation)
{
    /// <summary>Name of the measurement in progress reports.</summary>
    public const string Activity = "Compiling views and statements before the migration";

    /// <summary>Measures a database before its migration: the live one under its lock, or its backup.</summary>
    public static Baseline Read(string backupPath, DatabaseConnection connection, string columnName) =>
        Read(backupPath, connection, SchemaReader.Read(connection), columnName);

    /// <summary>Same, with a schema that was already read.</summary>
    public static Baseline Read(string backupPath, DatabaseConnection connection, DatabaseSchema schema, string columnName) =>
        new(
            backupPath,
            schema,
            new Lazy<ForeignKeyReading>(() => ReadForeignKeys(backupPath, schema), LazyThreadSafetyMode.PublicationOnly),
            SchemaCompilation.Compile(connection, schema, columnName));

    private static ForeignKeyReading ReadForeignKeys(string backupPath, DatabaseSchema schema)
    {
        using DatabaseConnection backup = DatabaseConnection.OpenImmutable(backupPath, CancellationToken.None);
        return ForeignKeyReading.Read(backup, schema);
    }
}
