using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Tests.Statements;

/// <summary>Parameters of a statement: those of SQLite stay, those of other drivers become one.</summary>
public sealed class ParameterTests
{
    [Theory]
    [InlineData("?")]
    [InlineData("?1")]
    [InlineData(":name")]
    [InlineData("@name")]
    [InlineData("$1")]
    [InlineData("$name")]
    public void Parameters_of_SQLite_stay(string parameter)
    {
        SourceStatement found = SourceCase.Read("a.js", $"q('SELECT a FROM t WHERE b = {parameter}')").ShouldHaveSingleItem();
        found.Sql.ShouldBe($"SELECT a FROM t WHERE b = {parameter}");
        found.Conversions.ShouldBeEmpty();
    }

    public static TheoryData<string, string, string, string> Conversions { get; } = new()
    {
        { "a.py", "q('⟦SELECT a FROM t WHERE b = %s AND c LIKE \"5%%\"', x)", "SELECT a FROM t WHERE b = ? AND c LIKE \"5%\"",
            "%s -> ?|%% -> %" },
        { "a.py", "q('⟦SELECT a FROM t WHERE b = %(b)s', x)", "SELECT a FROM t WHERE b = :b", "%(b)s -> :b" },
        { "a.py", "q('⟦SELECT a % s FROM t WHERE b IN (%s, %s)')", "SELECT a % s FROM t WHERE b IN (?, ?)", "%s -> ?" },
        { "a.py", "q('⟦SELECT a %s FROM t')", "SELECT a %s FROM t", "" },
        { "a.js", "q('⟦SELECT a FROM t WHERE b = %s')", "SELECT a FROM t WHERE b = %s", "" },
        { "a.php", "<?php q('⟦SELECT a FROM t WHERE b = %s');", "SELECT a FROM t WHERE b = %s", "" },
        { "A.java", "@Select(\"⟦SELECT a FROM t WHERE b = #{b.c}\")", "SELECT a FROM t WHERE b = ?", "#{…} -> ?" },
        { "a.cs", """db.T.FromSqlRaw("⟦SELECT a FROM t WHERE b = {0} AND c = {1}", x, y);""", "SELECT a FROM t WHERE b = ?1 AND c = ?2",
            "{0} -> ?1|{1} -> ?2" },
        { "a.cs", """db.T.FromSql($"⟦SELECT a FROM t WHERE b = {x}");""", "SELECT a FROM t WHERE b = ?", "{…} -> ?" },
        { "a.ts", "await sql`⟦SELECT a FROM t WHERE b = ${x}`", "SELECT a FROM t WHERE b = ?", "{…} -> ?" },
        { "a.ts", "await prisma.$queryRaw`⟦SELECT a FROM t WHERE b = ${x}`", "SELECT a FROM t WHERE b = ?", "{…} -> ?" },
        { "a.cs", """q("⟦SELECT a FROM t WHERE b IN @ids");""", "SELECT a FROM t WHERE b IN (@ids)", "IN @ids -> IN (@ids)" },
        { "a.py", "q('⟦SELECT a FROM t WHERE b IN (' + ','.join('?' * len(x)) + ')')", "SELECT a FROM t WHERE b IN (?)",
            "a list of parameters -> ?" },
        { "a.py", "p = ', '.join(['?'] * n)\nq(f'⟦SELECT a FROM t WHERE b IN ({p})')", "SELECT a FROM t WHERE b IN (?)",
            "a list of parameters -> ?" },
        { "a.js", "q(`⟦SELECT a FROM t WHERE b IN (${x.map(() => '?').join(',')})`)", "SELECT a FROM t WHERE b IN (?)",
            "a list of parameters -> ?" },
        { "a.go", "q(\"⟦SELECT a FROM t WHERE b IN (?\" + strings.Repeat(\",?\", n-1) + \")\")", "SELECT a FROM t WHERE b IN (?,?)",
            "a list of parameters -> ?" },
        { "a.rs", """let p = vec!["?"; n].join(","); q(&format!("⟦SELECT a FROM t WHERE b IN ({})", p))""",
            "SELECT a FROM t WHERE b IN (?)", "a list of parameters -> ?" },
        { "a.php", "<?php q('⟦INSERT INTO t (a, b, c) VALUES (' . implode(',', array_fill(0, 3, '?')) . ')');",
            "INSERT INTO t (a, b, c) VALUES (?, ?, ?)", "a list of parameters -> ?" },
        { "a.js", "q(`⟦INSERT INTO t (a) VALUES ${x.map(() => '(?, ?)').join(',')}`)", "INSERT INTO t (a) VALUES (?, ?)", "" },
        { "a.go", "q(fmt.Sprintf(\"⟦SELECT a FROM t WHERE b = $%d LIMIT %d\", i, n))", "SELECT a FROM t WHERE b = ? LIMIT ?",
            "${i} -> ?|{n} -> ?" },
        { "a.go", "q(fmt.Sprintf(\"⟦SELECT a FROM t WHERE b > datetime('now', '-%d days')\", n))",
            "SELECT a FROM t WHERE b > datetime('now', '-1 days')", "{n} -> 1" },
        { "a.rs", """q(&format!("⟦SELECT a FROM t WHERE b = ?{}", n + 1))""", "SELECT a FROM t WHERE b = ?", "?{n + 1} -> ?" },
        { "a.cs", """q($"⟦SELECT a FROM t WHERE b = @p{i} AND c = @{name}");""", "SELECT a FROM t WHERE b = @p_ AND c = @_",
            "@{i} -> @_|@{name} -> @_" },
        { "a.go", "q(\"⟦SELECT a FROM t WHERE b IN (\" + placeholders(len(x)) + \")\")", "SELECT a FROM t WHERE b IN (?)",
            "{placeholders(len(x))} -> ?" },
    };

    [Theory]
    [MemberData(nameof(Conversions))]
    public void Parameters_of_other_drivers_become_those_of_SQLite(string file, string source, string sql, string conversions)
    {
        SourceCase.Check(file, source, "Fixed: " + sql);
        SourceCase.Read(file, source.Replace("⟦", "")).ShouldHaveSingleItem().Conversions.ShouldBe(
            conversions.Split('|', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The value after a question mark may be a text that goes on with the statement.</summary>
    [Theory]
    [InlineData("a.py", "q(f'⟦SELECT a FROM t WHERE b = ?{filter}')", "Dynamic: SELECT a FROM t WHERE b = ?{filter}")]
    [InlineData("a.py", "q(f'⟦SELECT a FROM t WHERE b = :b{filter}')", "Dynamic: SELECT a FROM t WHERE b = :b{filter}")]
    [InlineData("a.py", "p = ids_as_text()\nq(f'⟦SELECT a FROM t WHERE b IN ({p})')", "Dynamic: SELECT a FROM t WHERE b IN ({p})")]
    [InlineData("a.py", "placeholders = f(x)\nq(f'⟦SELECT a FROM t WHERE b IN ({placeholders})')",
        "Dynamic: SELECT a FROM t WHERE b IN ({placeholders})")]
    [InlineData("a.js", "q(`⟦SELECT a FROM t WHERE b IN (${x.map(v => '?' + v).join(',')})`)",
        "Dynamic: SELECT a FROM t WHERE b IN ({x.map(v => '?' + v).join(',')})")]
    [InlineData("a.cs", "q(\"⟦SELECT /**select**/ FROM t /**where**/\");", "Dynamic: SELECT {select} FROM t {where}")]
    public void What_may_be_more_than_a_parameter_is_not_fixed(string file, string source, string expected) =>
        SourceCase.Check(file, source, expected);
}
