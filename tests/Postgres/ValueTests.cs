using PosTenancy.Tests.Postgres.Support;

namespace PosTenancy.Tests.Postgres;

/// <summary>What a column becomes is decided by the storage class of every value; what has no type is refused with its row.</summary>
public sealed class ValueTests : TargetTest
{
    [Fact]
    public void Each_column_gets_the_narrowest_type_that_holds_all_of_it()
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, whole INTEGER, ratio REAL, money DECIMAL(10, 2), cents DECIMAL(10, 2), flag BOOLEAN,
                note VARCHAR(3), picture BLOB, untyped, due DATETIME, tenant_id TEXT NOT NULL);
            INSERT INTO v VALUES (1, 9223372036854775807, 0.1, 9.99, 5, 2, 'longer than three', x'00ff', NULL, '2026-01-31 10:00:00', 'a');
            INSERT INTO v VALUES (2, -9223372036854775808, 9e999, 10, 7, 0, '', x'', NULL, NULL, 'a');
            INSERT INTO v VALUES (3, NULL, -9e999, NULL, NULL, NULL, NULL, NULL, NULL, 'tomorrow', 'a');
            """);
        TenantCopyResult result = Copy();
        result.Conversions.Select(c => $"{c.Column} {c.TargetType} {c.Kind} {c.Rule}").ShouldBe(
        [
            "id bigint Unchanged integers",
            "whole bigint Unchanged integers",
            "ratio double precision Unchanged real numbers",
            "money double precision Converted IntegersAsDouble",
            "cents double precision Converted IntegersAsDouble",
            "flag bigint Unchanged integers",
            "note text Unchanged texts",
            "picture bytea Unchanged blobs",
            "untyped text Unchanged no values: the declared type",
            "due text Unchanged texts",
            "tenant_id text Unchanged texts",
        ]);
        Psql("SELECT whole, ratio, money, note, encode(picture, 'hex'), due FROM v ORDER BY id").ShouldBe(
            "9223372036854775807|0.1|9.99|longer than three|00ff|2026-01-31 10:00:00\n" +
            "-9223372036854775808|Infinity|10|||\n" +
            "|-Infinity||||tomorrow");
    }

    [Theory]
    [InlineData("n INTEGER", "1), (2), ('three'", "v: column n: rowid 3 has a text beside values of other classes")]
    [InlineData("n REAL", "1.5), ('x'", "v: column n: rowid 2 has a text beside values of other classes")]
    [InlineData("n DECIMAL", "1.5), (9007199254740993", "v: column n: rowid 2 has an integer beyond 2^53")]
    [InlineData("n TEXT", "'a'), ('b' || char(0) || 'c'", "v: column n: the text in rowid 2 contains a NUL")]
    [InlineData("n TEXT", "'a'), (CAST(x'C328' AS TEXT)", "v: column n: the text in rowid 2 is not valid UTF-8")]
    [InlineData("n TEXT", "'a'), (x'00'", "v: column n: rowid 2 has a blob beside values of other classes")]
    public void Value_without_a_type_is_refused_with_its_row(string column, string values, string expected)
    {
        Sqlite($"CREATE TABLE v ({column}, tenant_id TEXT DEFAULT 'a'); INSERT INTO v (n) VALUES ({values});");
        Failure error = Refused();
        error.ErrorId.ShouldBe(ErrorIds.CopyRefused);
        error.Message.ShouldContain(expected);
        Psql("SELECT to_regclass('public.v')").ShouldBe("");
    }

    [Fact]
    public void Chosen_conversion_carries_what_has_no_type()
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, n INTEGER, t TEXT, tenant_id TEXT DEFAULT 'a');
            INSERT INTO v (n, t) VALUES (1, 'a' || char(0)), ('two', CAST(x'C328' AS TEXT)), (0.1, x'07');
            """);
        Copy(Options() with
        {
            Conversion = new Dictionary<string, ValueConversion> { ["V.N"] = ValueConversion.Text, ["v.t"] = ValueConversion.Bytea },
        }).Conversions.Where(c => c.Kind == ColumnConversionKind.Converted).Select(c => $"{c.Column} {c.Rule}")
            .ShouldBe(["n ChosenText", "t ChosenBytea"]);
        Psql("SELECT n, encode(t, 'hex') FROM v ORDER BY id").ShouldBe("1|6100\ntwo|c328\n0.1|07");
    }

    [Fact]
    public void Dates_become_types_only_on_request_and_only_if_they_come_back_as_they_were()
    {
        Sqlite(
            """
            CREATE TABLE v (id INTEGER PRIMARY KEY, day TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP, mixed TEXT, tenant_id TEXT DEFAULT 'a');
            INSERT INTO v VALUES (1, '2024-02-29', '2026-01-31 23:59:59', '2026-01-31 23:59:59', 'a');
            INSERT INTO v VALUES (2, '1969-12-31', '1999-12-31 00:00:00', '2026-01-31T23:59:59', 'a');
            INSERT INTO v VALUES (3, NULL, '0001-01-01 00:00:00', '2026-02-30', 'a');
            """);
        Copy(Options() with { DateTime = DateTimeColumns.Timestamp }).Conversions.Select(c => c.TargetType).ShouldBe(
            ["bigint", "date", "timestamp(0) without time zone", "text", "text"]);
        Psql("SELECT day, at FROM v ORDER BY id").ShouldBe(
            "2024-02-29|2026-01-31 23:59:59\n1969-12-31|1999-12-31 00:00:00\n|0001-01-01 00:00:00");
    }

    [Fact]
    public void Names_that_PostgreSQL_would_cut_are_refused()
    {
        string name = new('é', 32);
        Sqlite($"CREATE TABLE v (\"{name}\" TEXT, tenant_id TEXT); INSERT INTO v VALUES ('x', 'a');");
        Refused().Message.ShouldContain($"the name '{name}' has more than 63 bytes");
    }

    [Fact]
    public void Text_of_a_UTF_16_database_is_the_same_text()
    {
        Sqlite("PRAGMA encoding = 'UTF-16le'; CREATE TABLE v (n TEXT, tenant_id TEXT); INSERT INTO v VALUES ('Gé€😀', 'ä');");
        _ = Copy();
        Psql("SELECT n, tenant_id FROM v").ShouldBe("Gé€😀|ä");
    }
}
