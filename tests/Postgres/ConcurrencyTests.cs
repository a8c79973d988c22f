using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Copies to one database at the same time: side by side where that is safe, one after the other where it is not.</summary>
public class ConcurrencyTests : TargetTest
{
    private const string Schema =
        """
        CREATE TABLE rates (id INTEGER PRIMARY KEY, percent REAL);
        INSERT INTO rates VALUES (1, 19.0);
        CREATE TABLE sales (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT, rate INTEGER REFERENCES rates, tenant_id TEXT NOT NULL);
        """;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(400);

    public ConcurrencyTests()
    {
    }

    private protected ConcurrencyTests(PostgresNode node, string target)
        : base(node, target)
    {
    }

    /// <summary>The layout that is tried.</summary>
    protected virtual CopyLayout Layout => CopyLayout.Plain;

    [Fact]
    public async Task New_tenants_come_to_existing_tables_side_by_side()
    {
        (string north, string south) = (Store("north", "(7, 'a', 1, 'north')"), Store("south", "(3, 'b', 1, 'south')"));
        TenantCopy.Run(Store("first", "(1, 'x', 1, 'first')"), Options(Layout))[0].Error.ShouldBeNull();
        TenantCopyResult? inside = null;
        TenantCopyResult outside = await Task.Run(() => TenantCopy.Run(north, Options(Layout), new At("Copying rows", () =>
            inside = TenantCopy.Run(south, Options(Layout))[0]))[0]).WaitAsync(TimeSpan.FromSeconds(60));
        outside.Error.ShouldBeNull();
        inside.ShouldNotBeNull().Status.ShouldBe(TenantChangeStatus.Succeeded);
        Psql("SELECT tenant_id, id, note FROM sales ORDER BY 1").ShouldBe("first|1|x\nnorth|7|a\nsouth|3|b");
        Psql("INSERT INTO sales (note, tenant_id) VALUES ('new', 'south') RETURNING id").ShouldBe("8");
    }

    [Fact]
    public async Task Copy_that_creates_the_tables_is_waited_for_and_the_next_one_is_planned_with_its_tables()
    {
        // The second store alone would have a column of type text here.
        string north = Store("north", "(1, 4, 1, 'north')", "note INTEGER");
        string south = Store("south", "(1, 'b', 1, 'south')", "note INTEGER");
        string east = Store("east", "(1, NULL, 1, 'east')", "note TEXT");
        Task<TenantCopyResult>? second = null;
        Task<TenantCopyResult>? third = null;
        TenantCopy.Run(north, Options(Layout), new At("Copying rows", () =>
        {
            second = Task.Run(() => TenantCopy.Run(south, Options(Layout))[0]);
            third = Task.Run(() => TenantCopy.Run(east, Options(Layout))[0]);
            Thread.Sleep(Moment);
            second.IsCompleted.ShouldBeFalse();
            third.IsCompleted.ShouldBeFalse();
        }))[0].Error.ShouldBeNull();
        (await second!).Error.ShouldNotBeNull().Message.ShouldContain("column note");
        (await third!).Error.ShouldBeNull();
        Psql("SELECT tenant_id, note FROM sales ORDER BY 1").ShouldBe("east|\nnorth|4");
    }

    [Fact]
    public async Task Same_tenant_is_copied_once()
    {
        string north = Store("north", "(7, 'a', 1, 'north')");
        TenantCopy.Run(Store("first", "(1, 'x', 1, 'first')"), Options(Layout))[0].Error.ShouldBeNull();
        string same = Store("again", "(7, 'a', 1, 'north')");
        Task<TenantCopyResult>? again = null;
        TenantCopy.Run(north, Options(Layout), new At("Copying rows", () =>
        {
            again = Task.Run(() => TenantCopy.Run(same, Options(Layout))[0]);
            Thread.Sleep(Moment);
            again.IsCompleted.ShouldBeFalse();
        }))[0].Status.ShouldBe(TenantChangeStatus.Succeeded);
        (await again!).Status.ShouldBe(TenantChangeStatus.AlreadyImported);
    }

    [Fact]
    public async Task Many_stores_at_once_are_all_there()
    {
        string[] tenants = [.. Enumerable.Range(1, 6).Select(i => $"s{i}")];
        TenantCopyResult[] results = await Task.WhenAll(tenants.Select(t =>
        {
            string store = Store(t, $"(1, '{t}', 1, '{t}'), (2, '{t}', 1, '{t}')");
            return Task.Run(() => TenantCopy.Run(store, Options(Layout))[0]);
        }));
        results.Select(r => r.Error?.Message).ShouldAllBe(m => m == null);
        Psql("SELECT tenant_id, count(*) FROM sales GROUP BY 1 ORDER BY 1").ShouldBe(string.Join("\n", tenants.Select(t => $"{t}|2")));
        Psql("SELECT count(*) FROM rates").ShouldBe("1");
    }

    private string Store(string name, string sales, string note = "note TEXT")
    {
        string path = Path.Combine(Folder, name + ".db");
        Shell.Sql(path, Schema.Replace("note TEXT", note) + $"INSERT INTO sales VALUES {sales};");
        return path;
    }
}
