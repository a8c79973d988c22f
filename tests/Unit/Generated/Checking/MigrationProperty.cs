using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>The outcome of migrating a generated database, and the reason for a refusal.</summary>
internal readonly record struct Verdict(Ending Ending, string Reason = "");

/// <summary>The outcome of a migration.</summary>
internal enum Ending
{
    /// <summary>SQLite rejects the schema.</summary>
    NoDatabase,

    /// <summary>The database was migrated and fully compared.</summary>
    Migrated,

    /// <summary>There was nothing to do.</summary>
    AlreadyMigrated,

    /// <summary>The migration was refused or rolled back for an expected reason, and not a byte changed.</summary>
    Refused,
}

/// <summary>The properties that hold for every migration of any database.</summary>
internal sealed class MigrationProperty
{
    private readonly RandomDatabase _database;
    private readonly MigrationOptions _options;
    private readonly string _live;
    private readonly Copies _copies;

    private MigrationProperty(RandomDatabase database, UniqueScope uniqueScope, IndexStrategy indexStrategy, string folder)
    {
        _database = database;
        _options = new MigrationOptions(database.Tenant.Id, database.Tenant.Column)
        {
            UniqueScope = uniqueScope,
            IndexStrategy = indexStrategy,
            ExcludeTable = [.. database.Tenant.Excluded.Select(Literally)],
        };
        _copies = new Copies(Directory.CreateDirectory(Path.Combine(folder, "copies")).FullName);
        _live = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "store")).FullName, "pos.db");
    }

    /// <summary>Whether this database gets a closer inspection; stable when it is shrunk or replayed.</summary>
    private bool IsOneIn(int n) => _database.Seed % n == 0;

    /// <summary>
    /// Whether rows of another tenant existed before; a trigger that writes by position creates some in an existing tenant column.
    /// </summary>
    private bool _hasOtherTenants;

    private bool KeysStay => _options.UniqueScope == UniqueScope.Database;

    /// <summary>Creates the database in a new folder, migrates it, and compares.</summary>
    /// <exception cref="Difference">A property does not hold.</exception>
    public static Verdict Check(RandomDatabase database, UniqueScope uniqueScope, IndexStrategy indexStrategy, string folder) =>
        new MigrationProperty(database, uniqueScope, indexStrategy, folder).Run();

    private Verdict Run()
    {
        if (!Building.Build(_database, _live))
        {
            return new Verdict(Ending.NoDatabase);
        }

        string original = _copies.Make(_live);
        Scope scope;
        using (RawDatabase file = new(_copies.Make(_live)))
        {
            scope = Scope.Read(file, _options.ColumnName, KeysStay, _options.IndexStrategy == IndexStrategy.Separate);
            _hasOtherTenants = scope
                .Columns.Where(t => t.Value.Any(scope.IsTenant))
                .Any(t => file.Texts(OtherTenants(t.Key)) is [var rows] && rows != "0");
        }

        Picture before = Picture.Take(_copies, _live, _database, scope);
        string files = Files();
        MigrationPlan plan = TenantPlan.Read(_live, _options);
        Difference.Unless(Files() == files, "the plan changed a file");

        (bool isDone, string? refusal) = Migrate();
        if (refusal is not null)
        {
            Picture.Compare(before, Picture.Take(_copies, _live, _database, scope));
            return new Verdict(Ending.Refused, Explain(refusal));
        }

        if (!isDone)
        {
            Difference.Unless(Files() == files, "nothing was to be done, and a file changed");
            Difference.Unless(!plan.Changes.Any(), "the plan has changes, and nothing was done");
            return new Verdict(Ending.AlreadyMigrated);
        }

        string migrated = _copies.Make(_live);
        Picture.Compare(before, Picture.Take(_copies, _live, _database, scope));
        PlanHappened.Check(_copies, original, migrated, plan, scope);
        Replay.Compare(_copies, original, migrated, _database, scope);
        if (!KeysStay)
        {
            TenantKeys.Check(_copies, original, migrated, _database, scope, [.. plan.TenantTables.Select(t => t.Table)]);
        }

        if (IsOneIn(50))
        {
            SecondWitness.Compare(original, migrated, scope);
        }

        if (IsOneIn(4))
        {
            RequireSecondTimeDoesNothing();
        }

        return new Verdict(Ending.Migrated);
    }

    /// <summary>Migrates the database, every tenth time with the whole guard.</summary>
    private (bool IsDone, string? Refusal) Migrate()
    {
        string files = Files();
        byte[] bytes = File.ReadAllBytes(_live);
        try
        {
            MigrationResult? result;
            Failure? error;
            if (IsOneIn(10))
            {
                UpgradeResult upgrade = GuardedUpgrade.Run(_live, new UpgradeOptions(_options));
                (result, error) = (upgrade.Migration, upgrade.Error);
            }
            else
            {
                result = TenantMigration.Migrate(_live, _options);
                error = result.Error;
            }

            RequireKnown(error?.ErrorId);
            if (error is not null)
            {
                // A leftover log is checkpointed before the backup is made, and then the file is the backup.
                Difference.Unless(
                    _database.File.LeavesLog || bytes.AsSpan().SequenceEqual(File.ReadAllBytes(_live)),
                    $"the file changed: {error.Message}");
                RequireNoDebris(files);
                return (false, error.Message);
            }

            if (result!.Status == MigrationStatus.Migrated)
            {
                Difference.Unless(result.Checks.All(c => c.Status != CheckStatus.Failed), "migrated, and a check failed");
                Difference.Unless(
                    _database.File.LeavesLog || bytes.AsSpan().SequenceEqual(File.ReadAllBytes(result.BackupPath!)),
                    "the backup is not what the file was");
                Difference.Unless(
                    result is { NullTenantIds: 0 } &&
                        result.RowsBefore == result.RowsAfter &&
                        result.TablesUpdated == result.Tables.Count(t => t.Action != TableAction.None),
                    $"counted wrongly: {result}");
                RequireNoDebris(files);
            }

            return (result.Status == MigrationStatus.Migrated, null);
        }
        catch (PosTenancyException exception)
        {
            RequireKnown(exception.ErrorId);
            Difference.Unless(Files() == files, $"refused, and a file changed: {exception.Message}");
            return (false, $"{exception.ErrorId} {exception.Message}");
        }
    }

    /// <summary>Rejects error ids that are failures of SQLite or of PosTenancy instead of refusals.</summary>
    private static void RequireKnown(string? errorId) =>
        Difference.Unless(
            errorId
                is null
                    or ErrorIds.PlanBlocked
                    or ErrorIds.NothingToMigrate
                    or ErrorIds.MigrationRolledBack
                    or ErrorIds.RehearsalFailed,
            $"ended with {errorId}");

    /// <summary>
    /// Refusing everything loses nothing but is useless: a refusal must refer to a feature that the database has.
    /// </summary>
    private string Explain(string refusal)
    {
        List<string> reasons = [.. _database.MayBeRefused];
        if (_database.Tables.Count > 0 && _database.Tables.All(t => t.IsSkipped || _database.Tenant.Excluded.Contains(t.Name)))
        {
            reasons.Add("no table to migrate");
        }

        if (_hasOtherTenants)
        {
            reasons.AddRange(["TenantDistribution: expected only rows of", "has rows of the tenant"]);
        }

        if (!KeysStay)
        {
            // Limitations listed in keys-per-tenant.md.
            reasons.AddRange([
                "SET NULL or SET DEFAULT",
                "would be unique per tenant",
                "hide all three names of the rowid",
                "ON CONFLICT clause does not match",
            ]);
        }

        if (_options.UniqueScope == UniqueScope.TenantAndPrimaryKey &&
            _database.Tables.Any(t => !t.HasRowId && t.CreateSql.Contains("COLLATE", StringComparison.OrdinalIgnoreCase)))
        {
            // Alone, a PRIMARY KEY of type INTEGER ignores its collation; prefixed with the tenant it would use it.
            reasons.Add("would not read the changed text of its CREATE TABLE as intended");
        }

        return reasons.Find(reason => refusal.Contains(reason, StringComparison.Ordinal))
            ?? throw new Difference($"refused, and nothing in the database is a reason: {refusal}");
    }

    private string OtherTenants(string table) =>
        $"SELECT count(*) FROM {SqlWords.Quote(table)} AS t WHERE t.{SqlWords.Quote(_options.ColumnName)} COLLATE BINARY IS NOT " +
        $"{SqlWords.Text(_options.TenantId)} OR typeof(t.{SqlWords.Quote(_options.ColumnName)}) <> 'text'";

    /// <summary>Escapes a name as a wildcard that matches only itself: [bracket] would also exclude a table b.</summary>
    private static string Literally(string name) => name.Replace("[", "[[]", StringComparison.Ordinal);

    private void RequireSecondTimeDoesNothing()
    {
        string files = Files();
        MigrationPlan again = TenantPlan.Read(_live, _options);
        Difference.Unless(
            !again.Changes.Any() && !again.Blocked.Any(),
            $"a second plan has changes: {string.Join("; ", again.Tables.Select(t => $"{t.Table} {t.Action} {t.Reason}"))}");
        MigrationStatus status = TenantMigration.Migrate(_live, _options).Status;
        Difference.Unless(status == MigrationStatus.AlreadyMigrated, $"a second migration: {status}");
        Difference.Unless(Files() == files, "a second migration changed a file");
    }

    private void RequireNoDebris(string filesBefore)
    {
        string[] names =
        [
            .. Directory.GetFileSystemEntries(Path.GetDirectoryName(_live)!)
                .Select(p => Path.GetFileName(p))
                .Where(n => n != "pos.db-shm" && !filesBefore.Split('\n').Any(f => f.StartsWith(n + " ", StringComparison.Ordinal))),
        ];
        Difference.Unless(
            names is [] or [_, _] && names.All(n => n.StartsWith("pos.db.backup-", StringComparison.Ordinal)),
            $"left behind: {string.Join(", ", names)}");
    }

    /// <summary>
    /// Every file with its bytes. An empty leftover log contains nothing, and the next connection to close the database deletes it together
    /// with
    /// its index.
    /// </summary>
    private string Files() =>
        string.Join(
            '\n',
            Directory
                .GetFiles(Path.GetDirectoryName(_live)!)
                .Order(StringComparer.Ordinal)
                .Where(p =>
                    !p.EndsWith("-shm", StringComparison.Ordinal) &&
                    !(p.EndsWith("-wal", StringComparison.Ordinal) && new FileInfo(p).Length == 0))
                .Select(p =>
                    $"{Path.GetFileName(p)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(p)))}"));
}
