using System.Diagnostics;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Sqlite;

/// <summary>How a statement is run: its values, its end, and how long it waits for a writer.</summary>
[Trait("Windows", "Short")]
public sealed class StatementTests : TestFolder
{
    private static readonly object?[] Values = [null, 0L, -5L, 0.0, 2.5, "", "ä🛒'\"", Array.Empty<byte>(), new byte[] { 0, 255 }];

    [Theory]
    [InlineData("UTF-8")]
    [InlineData("UTF-16")]
    public void A_value_keeps_its_storage_class_on_the_way_into_a_database_and_out_of_it(string encoding)
    {
        using DatabaseConnection connection = DatabaseConnection.OpenEmpty(Database, CancellationToken.None);
        connection.Execute($"PRAGMA encoding = '{encoding}'");
        connection.Execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
        foreach (object? value in Values)
        {
            connection.Change("INSERT INTO t(v) VALUES(?1)", value).ShouldBe(1);
        }

        connection.Query("SELECT v FROM t ORDER BY id", static row => row.GetValue(0)).ShouldBe(Values);
        connection.Query("SELECT typeof(v) FROM t ORDER BY id", static row => row.GetString(0)).ShouldBe(
            ["null", "integer", "integer", "real", "real", "text", "text", "blob", "blob"]);
        foreach (SqlValue read in connection.Query("SELECT v FROM t ORDER BY id", SqlValue.ReadAll).SelectMany(row => row).ToList())
        {
            connection.Scalar("SELECT count(*) FROM t WHERE v IS ?1 AND typeof(v) = typeof(?1)", read).ShouldBe(1, read.Text);
        }
    }

    [Fact]
    public void Null_is_neither_a_number_nor_a_text()
    {
        using DatabaseConnection connection = DatabaseConnection.OpenEmpty(Database, CancellationToken.None);
        Should.Throw<InvalidOperationException>(() => connection.Scalar("SELECT NULL"));
        Should.Throw<InvalidOperationException>(() => connection.Query("SELECT NULL", static row => row.GetDouble(0)).First());
        Should.Throw<InvalidOperationException>(() => connection.Query("SELECT NULL", static row => row.GetString(0)).First());
        connection.Query("SELECT NULL", static row => row.GetStringOrNull(0)).First().ShouldBeNull();
        connection.Scalar("SELECT 1 WHERE 0").ShouldBe(0);
    }

    [Fact]
    public void A_second_statement_in_the_text_is_refused_and_so_is_the_first()
    {
        const string Text = "DELETE FROM t; DROP TABLE t";
        using DatabaseConnection connection = DatabaseConnection.OpenEmpty(Database, CancellationToken.None);
        connection.Execute("CREATE TABLE t AS SELECT 1 AS x; -- one statement ; ;");

        Should.Throw<PosTenancyException>(() => connection.Execute(Text)).Message.ShouldContain("\"DROP TABLE t\"");
        Should.Throw<PosTenancyException>(() => connection.Change(Text));
        Should.Throw<PosTenancyException>(() => connection.Scalar(Text));
        Should.Throw<PosTenancyException>(() => connection.Query(Text, static row => row.GetValue(0)).ToList());
        Should.Throw<PosTenancyException>(() => connection.Prepare(Text));
        connection.TryChange(Text).Error.ShouldNotBeNull().ShouldContain("DROP TABLE t");
        connection.Compiler.Error(Text).ShouldNotBeNull().ShouldContain("DROP TABLE t");
        connection.Compiler.ColumnNames("SELECT x FROM t; " + Text).ShouldBeEmpty();

        connection.Scalar("SELECT count(*) FROM t").ShouldBe(1);
    }

    [Fact]
    public void A_cancelled_connection_runs_no_statement()
    {
        using CancellationTokenSource cancel = new();
        using DatabaseConnection connection = DatabaseConnection.OpenEmpty(Database, cancel.Token);
        cancel.Cancel();
        Should.Throw<OperationCanceledException>(() => connection.Execute("CREATE TABLE t(x)"));
        connection.IgnoreCancellation();
        connection.Execute("CREATE TABLE t(x)");
    }

    [Fact]
    public void A_reader_waits_for_a_writer_that_is_committing()
    {
        CreateSampleStore();
        using OtherProcess writer = new(Database, "BEGIN EXCLUSIVE; DELETE FROM users;");
        using Timer commit = new(_ => writer.Run("COMMIT;"), null, 3000, Timeout.Infinite);
        TenantPlan.Read(Database, new MigrationOptions(Tenant)).Tables.Single(t => t.Table == "users").Rows.ShouldBe(0);
    }

    [Fact]
    public void A_reader_gives_up_a_writer_that_does_not_finish()
    {
        CreateSampleStore();
        using OtherProcess writer = new(Database, "BEGIN EXCLUSIVE;");
        Stopwatch waited = Stopwatch.StartNew();
        Should.Throw<PosTenancyException>(() => TenantPlan.Read(Database, new MigrationOptions(Tenant)))
            .ErrorId.ShouldBe(ErrorIds.DatabaseLocked);
        waited.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_connection_that_wants_the_database_for_itself_does_not_wait()
    {
        CreateSampleStore();
        using OtherProcess writer = new(Database, "BEGIN EXCLUSIVE;");
        Stopwatch waited = Stopwatch.StartNew();
        Should.Throw<PosTenancyException>(() => DatabaseConnection.OpenExclusive(Database, CancellationToken.None))
            .ErrorId.ShouldBe(ErrorIds.DatabaseLocked);
        waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
    }
}
