using PosTenancy.Postgres;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Rows whose reference names no row, which the user chose to keep.</summary>
public sealed class DanglingReferenceTests : TargetTest
{
    private const string Unvalidated = "The foreign key (tenant_id, p) to p is not validated in PostgreSQL";

    private const string Schema =
        """
        CREATE TABLE p (id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL);
        CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p, clean INTEGER REFERENCES p, tenant_id TEXT NOT NULL);
        INSERT INTO p VALUES (1, 'a'), (2, 'b');
        INSERT INTO c VALUES (1, 1, 1, 'a'), (2, 2, 1, 'a'), (3, 99, 1, 'a'), (4, 2, 2, 'b');
        """;

    private const string Keys = "SELECT conname, convalidated FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 ORDER BY 1";

    [Fact]
    public void Key_is_not_valid_and_holds_for_new_rows()
    {
        Sqlite(Schema);
        TenantCopyResult result = Keep();
        result.Warnings.ShouldContain(
            "c: The foreign key (p) to p is NOT VALID: 2 rows reference no row of the same tenant there (first: rowid 2). PostgreSQL checks " +
            "new rows alone.");
        result.Checks.Single(c => c.Status != CheckStatus.Passed).Detail.ShouldBe("some rows do not meet c_p_fkey, and are kept");
        Psql(Keys).ShouldBe("c_clean_fkey|t\nc_p_fkey|f");
        Psql("SELECT id, p FROM c ORDER BY id").ShouldBe("1|1\n2|2\n3|99\n4|2");
        PsqlError("INSERT INTO c (p, tenant_id) VALUES (77, 'a')").ShouldContain("c_p_fkey");
    }

    [Fact]
    public void Later_copies_keep_the_rows_and_say_what_is_not_validated()
    {
        Sqlite(Schema);
        _ = Keep();
        Keep().Status.ShouldBe(TenantChangeStatus.AlreadyImported);
        Sqlite("INSERT INTO c VALUES (5, 98, 1, 'a')");
        Keep(tenant: "a").Rows.ShouldBe(5);
        Psql(Keys).ShouldBe("c_clean_fkey|t\nc_p_fkey|f");
        Sqlite("UPDATE c SET clean = NULL WHERE id = 1");
        Refused(Options()).Message.ShouldContain("3 rows reference no row of the same tenant there (first: rowid 2)");

        Sqlite("UPDATE c SET p = 1 WHERE tenant_id = 'a'");
        TenantCopyResult clean = Copy();
        clean.Warnings.ShouldContain(w => w.Contains(Unvalidated));
        Copy().Warnings.ShouldContain(w => w.Contains(Unvalidated));
        Psql(Keys).ShouldBe("c_clean_fkey|t\nc_p_fkey|f");
        _ = Psql("ALTER TABLE c VALIDATE CONSTRAINT c_p_fkey");
        Copy().Warnings.ShouldNotContain(w => w.Contains(Unvalidated));
    }

    [Fact]
    public void Key_that_was_validated_is_not_any_more_once_rows_dangle()
    {
        Sqlite(Schema + "DELETE FROM c WHERE id IN (2, 3)");
        _ = Copy();
        Sqlite("INSERT INTO c VALUES (3, 99, 1, 'a')");
        Refused().ErrorId.ShouldBe(ErrorIds.CopyRefused);
        Psql(Keys).ShouldBe("c_clean_fkey|t\nc_p_fkey|t");
        _ = Keep();
        Psql(Keys).ShouldBe("c_clean_fkey|t\nc_p_fkey|f");
    }

    [Fact]
    public void Key_of_partitions_is_left_out_and_the_others_are_not()
    {
        Sqlite(Schema);
        Keep(CopyLayout.Partitioned).Warnings.ShouldContain(w => w.Contains(
            "The foreign key (p) to p is not created: 2 rows reference no row of the same tenant there (first: rowid 2), and PostgreSQL " +
            "cannot have it for new rows alone in this layout"));
        Psql(Keys).ShouldBe("c_clean_fkey|t");
        Sqlite("INSERT INTO c VALUES (5, 98, 1, 'a')");
        Keep(CopyLayout.Partitioned).Rows.ShouldBe(5);
        Sqlite("UPDATE c SET p = 1 WHERE tenant_id = 'a'");
        Copy(Options(CopyLayout.Partitioned)).Warnings.ShouldContain(w => w.Contains(Unvalidated));
    }

    [Fact]
    public void Schemas_and_tables_that_reference_each_other_keep_them_too()
    {
        Sqlite(Schema + "CREATE TABLE d (id INTEGER PRIMARY KEY, e INTEGER REFERENCES e, tenant_id TEXT NOT NULL); " +
            "CREATE TABLE e (id INTEGER PRIMARY KEY, d INTEGER REFERENCES d, tenant_id TEXT NOT NULL); " +
            "INSERT INTO d VALUES (1, 1, 'a'), (2, 50, 'a'), (3, 3, 'b'); INSERT INTO e VALUES (1, 2, 'a'), (3, 3, 'b');");
        Keep().Error.ShouldBeNull();
        Sqlite("UPDATE d SET e = 3 WHERE id = 3; INSERT INTO d VALUES (4, 3, 'b');");

        // Only a dangles, whose rows stay: the key cannot be validated for b.
        Keep(tenant: "b").Error.ShouldBeNull();
        Psql("SELECT conname, convalidated FROM pg_constraint WHERE conname LIKE 'd%fkey'").ShouldBe("d_e_fkey|f");
        Keep(CopyLayout.Schema, schema: "shared").Error.ShouldBeNull();
        Psql("SELECT convalidated FROM pg_constraint WHERE conname = 'd_e_fkey' AND connamespace = 'a'::regnamespace").ShouldBe("f");
    }

    [Fact]
    public void Plan_says_what_would_be_done()
    {
        Sqlite(Schema);
        CopyTablePlan plan = TenantCopy.Plan(Database, Options() with { DanglingReference = DanglingReferences.Keep })
            .Single(t => t.Table == "c");
        plan.Action.ShouldBe(CopyTableAction.Create);
        plan.Warnings.ShouldContain(w => w.Contains("is NOT VALID: 2 rows"));
        plan.Sql.ShouldContain(s => s.EndsWith(" NOT VALID"));
        TenantCopy.Plan(Database, Options()).Single(t => t.Table == "c").Action.ShouldBe(CopyTableAction.Blocked);
    }

    private TenantCopyResult Keep(CopyLayout layout = CopyLayout.Plain, string tenant = "*", string schema = "public")
    {
        TenantCopyResult result = TenantCopy.Run(
            Database, Options(layout, tenant) with { DanglingReference = DanglingReferences.Keep, Schema = schema })[0];
        result.Error.ShouldBeNull();
        return result;
    }
}
