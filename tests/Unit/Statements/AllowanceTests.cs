using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Tests.Statements;

/// <summary>A comment allows a statement to reach all tenants, if it gives a reason.</summary>
public sealed class AllowanceTests
{
    [Theory]
    [InlineData("a.sql", "-- postenancy: all tenants, because the job is nightly\nDELETE FROM t")]
    [InlineData("a.sql", "DELETE FROM t -- PosTenancy: All tenants because the job is nightly")]
    [InlineData("a.sql", "DELETE /* postenancy: all tenants, because the job is nightly */ FROM t")]
    [InlineData("a.sql", "DELETE FROM t; -- postenancy: all tenants, because the job is nightly\nDELETE FROM u")]
    [InlineData("a.py", "q('''\n  -- postenancy: all tenants, because the job is nightly\n  DELETE FROM t''')")]
    [InlineData("a.py", "# postenancy: all tenants, because the job is nightly\nq('DELETE FROM t')")]
    [InlineData("a.py", "# postenancy: all tenants, because the job is nightly\n# and short\nq(\n  1,\n  'DELETE FROM t')")]
    [InlineData("a.py", "q(\n  # postenancy: all tenants, because the job is nightly\n  'DELETE FROM t')")]
    [InlineData("a.rs",
        "fn f() {\n    // postenancy: all tenants, because the job is nightly\n    let s = \"DELETE FROM t\";\n    x();\n    q(s)\n}")]
    [InlineData("a.cs",
        "/* postenancy: all tenants,\n   because of x\n   postenancy: all tenants, because the job is nightly */\nq(\"DELETE FROM t\");")]
    public void Comment_with_a_reason_allows(string file, string source)
    {
        SourceStatement found = SourceCase.Read(file, source)[0];
        found.Sql.Replace("/* postenancy: all tenants, because the job is nightly */ ", "").ShouldBe("DELETE FROM t");
        found.AllowedReason.ShouldBe("the job is nightly");
        found.MarkerWithoutReason.ShouldBeNull();
    }

    [Theory]
    [InlineData("a.py", "\n# postenancy: all tenants\nq('DELETE FROM t')", 2)]
    [InlineData("a.py", "# postenancy: all tenants, because …\nq('DELETE FROM t')", 1)]
    [InlineData("a.sql", "DELETE FROM t -- postenancy: all tenants, because", 1)]
    public void Comment_without_a_reason_allows_nothing_and_is_said(string file, string source, int line)
    {
        SourceStatement found = SourceCase.Read(file, source).ShouldHaveSingleItem();
        found.AllowedReason.ShouldBeNull();
        found.MarkerWithoutReason.ShouldBe(line);
    }

    [Theory]
    [InlineData("a.py", "# postenancy: all tenants, because x\n\nq('DELETE FROM t')")]
    [InlineData("a.py", "x = '# postenancy: all tenants, because x'\nq('DELETE FROM t')")]
    [InlineData("a.sql", "DELETE FROM u; -- postenancy: all tenants, because x\nDELETE FROM t")]
    [InlineData("a.sql", "DELETE FROM t WHERE a = '-- postenancy: all tenants, because x'")]
    [InlineData("a.py", "# postenancy: some tenants, because x\nq('DELETE FROM t')")]
    public void Comment_elsewhere_allows_nothing(string file, string source)
    {
        SourceStatement found = SourceCase.Read(file, source)[^1];
        found.Sql.ShouldStartWith("DELETE FROM t");
        found.AllowedReason.ShouldBeNull();
        found.MarkerWithoutReason.ShouldBeNull();
    }
}
