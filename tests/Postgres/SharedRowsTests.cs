using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Stores whose shared tables differ: refused, or the rows of the target hold and missing ones are added.</summary>
public class SharedRowsTests : TargetTest
{
    private const string Schema =
        """
        CREATE TABLE rates (id INTEGER PRIMARY KEY, percent REAL, name TEXT);
        CREATE TABLE words (word TEXT);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, rate INTEGER REFERENCES rates, tenant_id TEXT NOT NULL);
        INSERT INTO rates VALUES (1, 19.0, 'full'), (2, 7.0, 'half');
        INSERT INTO words VALUES ('a'), (NULL);
        """;

    public SharedRowsTests()
    {
    }

    private protected SharedRowsTests(PostgresNode node, string target)
        : base(node, target)
    {
    }

    /// <summary>The layout that is tried.</summary>
    protected virtual CopyLayout Layout => CopyLayout.Plain;

    private TenantCopyOptions Keeping => Options(Layout) with { SharedRows = SharedRowsAction.KeepExisting };

    [Fact]
    public void Existing_rows_hold_and_missing_ones_are_added()
    {
        Sqlite(Schema + "INSERT INTO sales VALUES (1, 1, 'north');");
        _ = Copy(Options(Layout));
        string south = Path.Combine(Folder, "south.db");
        Shell.Sql(
            south,
            Schema + "UPDATE rates SET percent = 20 WHERE id = 1; INSERT INTO rates VALUES (3, -0.0, NULL); " +
            "INSERT INTO words VALUES ('b'), ('b'); INSERT INTO sales VALUES (1, 3, 'south');");
        TenantCopy.Run(south, Options(Layout))[0].Error.ShouldNotBeNull().Message.ShouldContain("-SharedRows KeepExisting");
        Psql("SELECT count(*) FROM sales").ShouldBe("1");
        TenantCopy.Plan(south, Options(Layout)).Single(t => t.Table == "rates").Action.ShouldBe(CopyTableAction.Blocked);
        TenantCopy.Plan(south, Keeping).Single(t => t.Table == "rates").Warnings
            .ShouldContain(w => w.Contains("lacked 1", StringComparison.Ordinal));
        TenantCopyResult result = TenantCopy.Run(south, Keeping)[0];
        result.Error.ShouldBeNull();
        result.Status.ShouldBe(TenantChangeStatus.Succeeded);
        result.Checks.ShouldAllBe(c => c.Status == CheckStatus.Passed);
        result.Warnings.ShouldContain(
            "rates, which all tenants share: of 3 rows, PostgreSQL lacked 1, which were added, and has 1 with other values, which hold.");
        result.Warnings.ShouldContain(
            w => w.StartsWith("words, which all tenants share: of 4 rows, PostgreSQL lacked 2", StringComparison.Ordinal));
        Psql("SELECT * FROM rates ORDER BY id").ShouldBe("1|19|full\n2|7|half\n3|0|");
        Psql("SELECT coalesce(word, '-') FROM words ORDER BY 1").ShouldBe("-\na\nb\nb");
        Psql("SELECT tenant_id, rate FROM sales ORDER BY 1").ShouldBe("north|1\nsouth|3");
        Psql("INSERT INTO rates (name) VALUES ('next') RETURNING id").ShouldBe("4");
    }

    [Fact]
    public void Next_copies_know_what_was_added()
    {
        Sqlite(Schema + "INSERT INTO sales VALUES (1, 1, 'north');");
        _ = Copy(Options(Layout));
        _ = Psql("UPDATE rates SET percent = 16 WHERE id = 1");
        Refused(Options(Layout)).ErrorId.ShouldBe(ErrorIds.TargetChanged);
        Copy(Keeping).Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        Sqlite("INSERT INTO sales VALUES (2, 2, 'north')");
        Copy(Keeping).Rows.ShouldBe(2);
        Psql("SELECT percent FROM rates WHERE id = 1").ShouldBe("16");
        Copy(Keeping).Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        TargetComparison.Run(Database, Options()).Differences.ShouldHaveSingleItem().Table.ShouldBe("rates");
    }
}
