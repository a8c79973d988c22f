using PosTenancy.Postgres;
using PosTenancy.Postgres.Proof;
using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>Lies at the target are found, each down to its row, and none is overwritten.</summary>
[Collection(CitusCluster.Name)]
public sealed class ProofTests : TargetTest
{
    [Theory]
    [InlineData("UPDATE v SET amount = 0.30000000000000004 WHERE id = 2", "Value v (2) amount: 0.3 instead of 0.30000000000000004")]
    [InlineData("UPDATE v SET note = NULL WHERE id = 1", "Value v (1) note:  instead of NULL")]
    [InlineData("UPDATE v SET note = note || ' ' WHERE id = 3", "Value v (3) note: x instead of x ")]
    [InlineData("DELETE FROM v WHERE id = 2", "Extra v (2): 2, 0.3, y, a")]
    [InlineData("INSERT INTO v VALUES (9, '-0', NULL, 'a')", "Missing v (9): 9, -0, NULL, a")]
    [InlineData("UPDATE w SET n = n + 1 WHERE ctid = (SELECT min(ctid) FROM w)", "Extra w: 7, a")]
    public void Lie_is_found_with_its_row_and_not_overwritten(string lie, string expected)
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, amount REAL, note TEXT, tenant_id TEXT DEFAULT 'a');
            INSERT INTO v VALUES (1, 0.1, '', 'a'), (2, 0.3, 'y', 'a'), (3, 0.5, 'x', 'a');
            CREATE TABLE w (n INTEGER, tenant_id TEXT DEFAULT 'a');
            INSERT INTO w VALUES (7, 'a'), (7, 'a');
            """);
        _ = Copy();
        TargetComparison.Run(Database, Options()).IsEqual.ShouldBeTrue();
        _ = Psql(lie);
        TargetComparison.Run(Database, Options()).Differences.Select(d => d.ToString()).ShouldContain(expected);
        Failure error = Refused();
        error.ErrorId.ShouldBe(ErrorIds.TargetChanged);
    }

    [Fact]
    public void Date_that_SQLite_does_not_have_is_shown_as_a_difference()
    {
        Sqlite(
            "CREATE TABLE v (id INTEGER PRIMARY KEY, day DATE, at DATETIME, tenant_id TEXT DEFAULT 'a'); " +
            "INSERT INTO v VALUES (1, '2026-01-31', '2026-01-31 23:59:59', 'a');");
        _ = Copy(Options() with { DateTime = DateTimeColumns.Timestamp });
        _ = Psql("UPDATE v SET day = 'infinity', at = '-infinity'");
        TargetComparison.Run(Database, Options()).Differences.Select(d => d.ToString()).ShouldBe(
        [
            "Value v (1) day: 2026-01-31 instead of a date outside the years 1 to 9999",
            "Value v (1) at: 2026-01-31 23:59:59 instead of a date outside the years 1 to 9999",
        ]);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void Four_lies_are_found_with_their_rows_in_each_layout(CopyLayout layout, bool isCluster)
    {
        Use(isCluster);
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, amount REAL, note TEXT, tenant_id TEXT DEFAULT 'a');
            INSERT INTO v VALUES (1, 0.1, '', 'a'), (2, 0.3, 'y', 'a'), (3, 0.5, 'x', 'b'), (4, 0.7, 'z', 'b');
            """);
        _ = Copy(Options(layout));
        TargetComparison.Run(Database, Options(layout)).IsEqual.ShouldBeTrue();
        string Table(string tenant) => layout == CopyLayout.Schema ? $"{tenant}.v" : "v";
        _ = Psql($"UPDATE {Table("a")} SET note = NULL WHERE id = 1");
        _ = Psql($"UPDATE {Table("a")} SET amount = 0.30000000000000004 WHERE id = 2");
        _ = Psql($"UPDATE {Table("b")} SET note = note || ' ' WHERE id = 3");
        _ = Psql($"DELETE FROM {Table("b")} WHERE id = 4");
        TargetComparison.Run(Database, Options(layout)).Differences.Select(d => $"{d.TenantId}: {d}").ShouldBe(
        [
            "a: Value v (1) note:  instead of NULL",
            "a: Value v (2) amount: 0.3 instead of 0.30000000000000004",
            "b: Value v (3) note: x instead of x ",
            "b: Extra v (4): 4, 0.7, z, b",
        ]);
        Refused(Options(layout, "b")).ErrorId.ShouldBe(ErrorIds.TargetChanged);
    }

    [Fact]
    public void Lie_during_the_copy_is_found_before_COMMIT()
    {
        Sqlite("CREATE TABLE v (id INTEGER PRIMARY KEY, n TEXT, tenant_id TEXT); INSERT INTO v VALUES (1, 'x', 'a'), (2, 'y', 'a');");
        _ = Psql(
            """
            CREATE FUNCTION lie() RETURNS event_trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.v') AND
                    tg_tag = 'CREATE TABLE' THEN
                    CREATE FUNCTION public.cheat() RETURNS trigger LANGUAGE plpgsql
                        AS 'BEGIN NEW.n := NEW.n || '' ''; RETURN NEW; END';
                    CREATE TRIGGER cheat BEFORE INSERT ON public.v FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION public.cheat();
                END IF;
            END $$;
            CREATE EVENT TRIGGER lie ON ddl_command_end EXECUTE FUNCTION lie();
            """);
        TenantCopyResult result = TenantCopy.Run(Database, Options())[0];
        result.Status.ShouldBe(TenantChangeStatus.RolledBack);
        result.Error!.ErrorId.ShouldBe(ErrorIds.CopyNotProved);
        result.Error.Message.ShouldContain("Value v (2) n: y instead of y ");
        Psql("SELECT to_regclass('public.v')").ShouldBe("");
    }

    [Fact]
    public void Digest_hashes_each_row_once_and_may_run_in_parallel()
    {
        Sqlite("CREATE TABLE v (id INTEGER PRIMARY KEY, tenant_id TEXT); INSERT INTO v VALUES (1, 'a');");
        _ = Copy();
        string sql = TargetDigest.Sql(["id", "tenant_id"], "v", "tenant_id").Replace("$1", "'{a}'", StringComparison.Ordinal);
        string plan = Psql($"SET force_parallel_mode = on; EXPLAIN (VERBOSE, COSTS OFF) {sql}");
        plan.ShouldContain("Gather");
        plan.ShouldContain("ProjectSet");
        plan.Split('\n').Count(l => l.Contains("Scan on", StringComparison.Ordinal)).ShouldBe(1);
    }
}
