using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A database whose tenant columns have the DEFAULT 'south'.</summary>
public abstract class CompletionFolder : TestFolder
{
    protected const string Column = "tenant_id VARCHAR(255) NOT NULL DEFAULT 'south'";

    protected string Sql(string sql) => Shell.Sql(Database, sql);

    protected CompletionResult Complete(TenantCompletionOptions? options = null, Action<StageProgress>? onReport = null) =>
        new TenantCompletion(Database, options ?? new TenantCompletionOptions())
            .Run(onReport is null ? null : new Observer(onReport), TestContext.Current.CancellationToken);

    /// <summary>Completes, and requires that it succeeds with every check passed and that no row reads otherwise than before.</summary>
    protected CompletionResult CompleteGood(TenantCompletionOptions? options = null)
    {
        string rows = ReadAll();
        CompletionResult result = Complete(options);
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
        result.Checks.ShouldNotBeEmpty();
        ReadAll().ShouldBe(rows);

        // SQLite reads NULL from a row that does not store the column, and its own check says so.
        Sql("PRAGMA integrity_check").ShouldBe("ok");
        return result;
    }

    /// <summary>Completes, and requires that it is refused and that nothing was written.</summary>
    protected CompletionResult CompleteRefused(string errorId, TenantCompletionOptions? options = null)
    {
        string before = Snapshot();
        CompletionResult result = Complete(options);
        result.Status.ShouldBe(TenantChangeStatus.Refused, result.Error?.Message);
        result.Error!.ErrorId.ShouldBe(errorId, result.Error.Message);
        Should.Throw<PosTenancyException>(() => Preview(options)).ErrorId.ShouldBe(errorId);
        Snapshot().ShouldBe(before);
        return result;
    }

    protected IReadOnlyList<string> Preview(TenantCompletionOptions? options = null) =>
        new TenantCompletion(Database, options ?? new TenantCompletionOptions()).Preview(TestContext.Current.CancellationToken);

    protected UpgradeResult Migrate(MigrationOptions? options = null)
    {
        UpgradeResult result = GuardedUpgrade.Run(Database, new UpgradeOptions(options ?? new MigrationOptions("south")));
        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
        return result;
    }

    /// <summary>What the sqlite3 shell says of an INSERT that names no tenant; empty if it was accepted.</summary>
    protected string Insert(string sql)
    {
        (int code, _, string error) = Shell.Run("sqlite3", sql, "-batch", "-bail", Database);
        return code == 0 ? "" : error;
    }

    /// <summary>Every row of every table, apart from PosTenancy's history.</summary>
    protected string ReadAll()
    {
        string[] tables = Sql(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_s%' " +
            "AND name <> '_postenancy_history' ORDER BY name").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(
            '\n',
            tables.SelectMany(t => Sql($".mode quote\nSELECT * FROM \"{t}\";").Split('\n').Order(StringComparer.Ordinal).Prepend($"{t}:")));
    }

    /// <summary>The statement of a table.</summary>
    protected string Statement(string table) => Sql($"SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '{table}'");
}
