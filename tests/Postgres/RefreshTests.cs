using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>The same command again: one tenant is brought up to date, others stay, and nothing of head office is overwritten.</summary>
public sealed class RefreshTests : TargetTest
{
    private const string Schema =
        """
        CREATE TABLE rates (id INTEGER PRIMARY KEY, percent REAL);
        INSERT INTO rates VALUES (1, 19.0);
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, tenant_id TEXT NOT NULL);
        CREATE TABLE sales (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers ON DELETE CASCADE, rate INTEGER REFERENCES rates,
            tenant_id TEXT NOT NULL);
        """;

    [Theory]
    [InlineData(CopyLayout.Plain)]
    [InlineData(CopyLayout.Partitioned)]
    [InlineData(CopyLayout.Schema)]
    public void Tenant_is_replaced_and_others_stay(CopyLayout layout)
    {
        Sqlite(Schema + "INSERT INTO customers VALUES (1, 'Ada', 'north'), (2, 'Bo', 'south'); " +
            "INSERT INTO sales VALUES (1, 1, 1, 'north'), (2, 2, 1, 'south');");
        _ = Copy(Options(layout));
        Sqlite("UPDATE customers SET name = name || '!'; INSERT INTO sales VALUES (3, 1, 1, 'north')");
        Copy(Options(layout, "north")).Rows.ShouldBe(3);
        string customers = layout == CopyLayout.Schema
            ? "(SELECT * FROM north.customers UNION ALL SELECT * FROM south.customers) AS c"
            : "customers";
        Psql($"SELECT name FROM {customers} ORDER BY id").ShouldBe("Ada!\nBo");
        TenantCopy.Plan(Database, Options(layout, "north")).ShouldAllBe(t => t.Action == CopyTableAction.Current);
        TenantCopy.Plan(Database, Options(layout, "south")).ShouldContain(t => t.Action == CopyTableAction.Replace);
        TargetComparison.Run(Database, Options(layout, "north")).IsEqual.ShouldBeTrue();
        TargetComparison.Run(Database, Options(layout, "south")).Differences.ShouldHaveSingleItem().Table.ShouldBe("customers");
    }

    [Fact]
    public void Another_store_adds_its_tenant_and_shares_the_shared_rows()
    {
        Sqlite(Schema + "INSERT INTO customers VALUES (1, 'Ada', 'north'); INSERT INTO sales VALUES (1, 1, 1, 'north');");
        _ = Copy();
        string south = Path.Combine(Folder, "south.db");
        Shell.Sql(south, Schema + "INSERT INTO customers VALUES (1, 'Bo', 'south');");
        TenantCopy.Run(south, Options())[0].Error.ShouldBeNull();
        Psql("SELECT tenant_id, name FROM customers ORDER BY 1").ShouldBe("north|Ada\nsouth|Bo");
        Shell.Sql(south, "UPDATE rates SET percent = 20");
        TenantCopy.Run(south, Options())[0].Error!.Message.ShouldContain("its rows of rates, which all tenants share, are not those");
        Psql("INSERT INTO customers (name, tenant_id) VALUES ('Cy', 'south') RETURNING id").ShouldBe("2");
    }

    [Theory]
    [InlineData("DELETE FROM sales", "of tenant 'north' in \"public\".\"sales\" are not those that the last copy wrote (1, now 0)")]
    [InlineData("INSERT INTO sales VALUES (9, NULL, NULL, 'north')", "(1, now 2)")]
    [InlineData("UPDATE rates SET percent = 7", "\"public\".\"rates\" are not those that the last copy wrote (1, now 1)")]
    public void Change_at_head_office_is_not_overwritten(string change, string expected)
    {
        Sqlite(Schema + "INSERT INTO customers VALUES (1, 'Ada', 'north'); INSERT INTO sales VALUES (1, 1, 1, 'north');");
        _ = Copy();
        _ = Psql(change);
        Sqlite("UPDATE customers SET name = 'changed'");
        Failure error = Refused();
        error.ErrorId.ShouldBe(ErrorIds.TargetChanged);
        error.Message.ShouldContain(expected);
        Psql("SELECT name FROM customers").ShouldBe("Ada");
    }

    [Fact]
    public void Rows_that_no_copy_wrote_are_not_replaced()
    {
        Sqlite(Schema + "INSERT INTO customers VALUES (1, 'Ada', 'north'), (2, 'Bo', 'south');");
        _ = Copy(Options(tenant: "north"));
        _ = Psql("INSERT INTO customers (id, name, tenant_id) VALUES (5, 'Cy', 'south')");
        Refused(Options(tenant: "south")).Message.ShouldContain("\"public\".\"customers\" has 1 rows of tenant 'south' that no copy wrote");
    }

    [Fact]
    public void Table_that_no_copy_created_or_that_is_in_another_layout_is_refused()
    {
        Sqlite(Schema + "INSERT INTO customers VALUES (1, 'Ada', 'north');");
        _ = Psql("CREATE TABLE sales (x int)");
        Refused().Message.ShouldContain("PostgreSQL has a table \"public\".\"sales\" that no copy created");
        _ = Psql("DROP TABLE sales");
        _ = Copy();
        Refused(Options(CopyLayout.Partitioned)).Message.ShouldContain("in the layout Plain");
        Sqlite("ALTER TABLE sales ADD COLUMN note TEXT");
        Refused().Message.ShouldContain("the table \"public\".\"sales\" in PostgreSQL lacks the column note");
    }

    [Fact]
    public void Value_that_the_existing_column_does_not_hold_is_refused()
    {
        Sqlite("CREATE TABLE v (n INTEGER, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 'a');");
        _ = Copy();
        Sqlite("UPDATE v SET n = 1.5");
        Refused().Message.ShouldContain("PostgreSQL has the column as bigint, which does not hold all values; they need double precision");
    }

    [Fact]
    public async Task Head_office_waits_while_its_rows_are_replaced()
    {
        Sqlite("CREATE TABLE v (id INTEGER PRIMARY KEY, n TEXT, tenant_id TEXT NOT NULL); INSERT INTO v VALUES (1, 'x', 'a');");
        _ = Copy();
        Sqlite("UPDATE v SET n = 'y'");
        Task<string>? write = null;
        TenantCopyResult result = TenantCopy.Run(Database, Options(), new At("Copying rows", () =>
        {
            Psql("SELECT count(*) FROM v").ShouldBe("1");
            write = Task.Run(() => Psql("UPDATE v SET n = n || '!' RETURNING n"));
            Thread.Sleep(300);
            write.IsCompleted.ShouldBeFalse();
        }))[0];
        result.Status.ShouldBe(TenantChangeStatus.Succeeded);
        (await write!).ShouldBe("y!");
    }

    [Fact]
    public void Foreign_key_that_head_office_added_does_not_fail_the_proof()
    {
        Sqlite(Schema + "INSERT INTO customers VALUES (1, 'Ada', 'north');");
        _ = Copy();
        _ = Psql("ALTER TABLE customers ADD best integer REFERENCES rates; ALTER TABLE customers DROP best");
        _ = Psql("ALTER TABLE sales ADD CONSTRAINT more FOREIGN KEY (tenant_id, id) REFERENCES customers (tenant_id, id)");
        Sqlite("UPDATE customers SET name = 'Bo'");
        Copy().Status.ShouldBe(TenantChangeStatus.Succeeded);
    }
}
