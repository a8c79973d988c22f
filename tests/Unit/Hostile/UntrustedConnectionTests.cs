using PosTenancy.Engine.Sqlite;
using PosTenancy.Tests.Support;
using SQLitePCL;

namespace PosTenancy.Tests.Hostile;

/// <summary>Actions that every connection of the engine refuses to perform for its file.</summary>
public sealed class UntrustedConnectionTests : TestFolder
{
    private static readonly string[] Kinds = ["immutable", "read", "log, alone", "log, shared", "exclusive", "in memory"];

    public static TheoryData<string> Connections => [.. Kinds];

    [Theory]
    [MemberData(nameof(Connections))]
    public void No_connection_trusts_its_schema(string kind)
    {
        using DatabaseConnection connection = Open(kind);

        connection.Scalar("PRAGMA trusted_schema").ShouldBe(0);
        connection.Scalar("PRAGMA cell_size_check").ShouldBe(1);
        _ = connection.TryExecute("PRAGMA writable_schema = ON");
        connection.Scalar("PRAGMA writable_schema").ShouldBe(0);
        connection.Compiler.Error("DELETE FROM sqlite_schema").ShouldBe("table sqlite_master may not be modified");
        _ = connection.TryExecute("PRAGMA journal_mode = OFF");
        connection.Query("PRAGMA journal_mode", static row => row.GetString(0)).ShouldNotContain("off");
        Refusal(connection, "SELECT load_extension('/nowhere/evil')").ShouldBe("not authorized");
        Refusal(connection, "SELECT fts3_tokenizer('evil', x'00')").ShouldContain("fts3tokenize disabled");
        Refusal(connection, $"ATTACH '{Path.Combine(Folder, "new.db")}' AS new").ShouldBe("too many attached databases - max 0");
        File.Exists(Path.Combine(Folder, "new.db")).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public void Every_connection_has_limits_that_no_honest_statement_meets(string kind)
    {
        using DatabaseConnection connection = Open(kind);

        connection.Compiler.Error("SELECT 1" + Repeated(" + 1", 900)).ShouldBeNull();
        connection.Compiler.Error("SELECT 1" + Repeated(" + 1", 1100)).ShouldBe("Expression tree is too large (maximum depth 1000)");

        // A script of 10 MB in one statement is legitimate.
        connection.Compiler.Error($"SELECT length('{new string('x', 10_000_000)}')").ShouldBeNull();
        connection.TryExecute($"SELECT '{new string('x', 64 << 20)}'").ShouldBe(raw.SQLITE_TOOBIG);

        // Real data is larger than any statement.
        connection.Scalar("SELECT length(zeroblob(900000000))").ShouldBe(900_000_000);
    }

    [Fact]
    public void A_table_of_2000_columns_and_a_row_of_many_values_are_within_the_limits()
    {
        using DatabaseConnection connection = Open("in memory");
        connection.Execute(
            $"CREATE TABLE wide({string.Join(", ", Enumerable.Range(1, 2000).Select(i => $"a_rather_long_name_of_a_column_{i} TEXT"))})");
        connection.Execute(
            $"INSERT INTO wide VALUES {string.Join(", ", Enumerable.Repeat($"({string.Join(", ", Enumerable.Repeat("'x'", 2000))})", 100))}"
        );
        connection.Scalar("SELECT count(*) FROM wide").ShouldBe(100);
    }

    private DatabaseConnection Open(string kind)
    {
        Shell.Sql(
            Database,
            kind.StartsWith("log", StringComparison.Ordinal) ? "PRAGMA journal_mode = WAL; CREATE TABLE t(x)" : "CREATE TABLE t(x)");
        return kind switch
        {
            "immutable" => DatabaseConnection.OpenImmutable(Database, CancellationToken.None),
            "read" => DatabaseConnection.OpenReadOnly(Database, CancellationToken.None),
            "log, alone" => DatabaseConnection.OpenWithLog(Database, alone: true, CancellationToken.None),
            "log, shared" => DatabaseConnection.OpenWithLog(Database, alone: false, CancellationToken.None),
            "exclusive" => DatabaseConnection.OpenExclusive(Database, CancellationToken.None),
            _ => DatabaseConnection.OpenEmpty(Database, CancellationToken.None),
        };
    }

    private static string Refusal(DatabaseConnection connection, string sql) =>
        Should.Throw<PosTenancyException>(() => connection.Execute(sql)).Cause;

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
