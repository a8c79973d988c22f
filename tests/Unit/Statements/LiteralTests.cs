using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Tests.Statements;

/// <summary>The literals of each language: where they begin and end, and what their escapes stand for.</summary>
public sealed class LiteralTests
{
    public static TheoryData<string, string, string> Literals { get; } = new()
    {
        // Rust
        { "a.rs", """let x = "⟦SELECT a FROM t";""", "Fixed: SELECT a FROM t" },
        { "a.rs", """let x = r"⟦SELECT '\d' FROM t";""", @"Fixed: SELECT '\d' FROM t" },
        { "a.rs", """let x = r#"⟦SELECT "a" FROM t"#;""", "Fixed: SELECT \"a\" FROM t" },
        { "a.rs", """let x = r##"⟦SELECT '"#' FROM t"##;""", "Fixed: SELECT '\"#' FROM t" },
        { "a.rs", "let x = \"⟦SELECT a \\\n    FROM t\";", "Fixed: SELECT a FROM t" },
        { "a.rs", """let x = "⟦SELECT '\u{e9}\x41\\' FROM \"t\"";""", "Fixed: SELECT 'éA\\' FROM \"t\"" },
        { "a.rs", """let x = b"⟦SELECT a FROM t";""", "Fixed: SELECT a FROM t" },
        { "a.rs", """fn f<'a>(x: &'a str) -> char { g("⟦SELECT a FROM t"); '"' }""", "Fixed: SELECT a FROM t" },
        { "a.rs", """/* "SELECT x FROM y /* " */ " */ let x = "⟦SELECT a FROM t"; // "SELECT b FROM t" """, "Fixed: SELECT a FROM t" },
        { "a.rs", """let c = '\''; let d = '\u{1F600}'; let r#type = "⟦SELECT a FROM t";""", "Fixed: SELECT a FROM t" },
        { "a.rs", "sqlx::query_as!(User, \"\n  ⟦SELECT a\r\n  FROM t\")", "Fixed: SELECT a FROM t" },
        { "a.rs", """sqlx::query!("⟦SELECT a FROM t " + "WHERE b = ?", b)""", "Fixed: SELECT a FROM t WHERE b = ?" },

        // C#
        { "a.cs", """var x = "⟦SELECT a FROM t";""", "Fixed: SELECT a FROM t" },
        { "a.cs", """var x = @"⟦SELECT ""a"" FROM C\t";""", @"Fixed: SELECT ""a"" FROM C\t" },
        { "a.cs", """var x = "⟦SELECT '\u00e9\x41\t\U0001F600' FROM t";""", "Fixed: SELECT 'éA 😀' FROM t" },
        { "a.cs", "var x = \"\"\"\n    ⟦SELECT \"a\"\n      FROM t\n    \"\"\";", "Fixed: SELECT \"a\" FROM t" },
        { "a.cs", "var x = \"\"\"\"⟦SELECT '\"\"\"' FROM t\"\"\"\";", "Fixed: SELECT '\"\"\"' FROM t" },
        { "a.cs", """var x = $"⟦SELECT '{{a}}' FROM t";""", "Fixed: SELECT '{a}' FROM t" },
        { "a.cs", "var x = $$\"\"\"⟦SELECT '{a}' FROM {{t}}\"\"\";", "Dynamic: SELECT '{a}' FROM {t}" },
        { "a.cs", "#region Don't\n#if \"\n#endif\nvar x = \"⟦SELECT a FROM t\"; // it's", "Fixed: SELECT a FROM t" },
        { "a.cs", """var c = '"'; var d = '\''; var x = "⟦SELECT a FROM t"u8;""", "Fixed: SELECT a FROM t" },
        { "a.cs", """var x = $@"⟦SELECT ""{c}"" FROM t";""", "Dynamic: SELECT \"{c}\" FROM t" },

        // JavaScript and TypeScript
        { "a.ts", """const x = '⟦SELECT a FROM t';""", "Fixed: SELECT a FROM t" },
        { "a.js", "const x = `\n  ⟦SELECT a\n  FROM t`", "Fixed: SELECT a FROM t" },
        { "a.js", "const x = \"⟦SELECT '\\x41\\u00e9\\u{1F600}\\q' FROM t\"", "Fixed: SELECT 'Aé😀q' FROM t" },
        { "a.js", "const x = '⟦SELECT a \\\n FROM t'", "Fixed: SELECT a FROM t" },
        { "a.js", """const r = /['"`]/g, s = a / b; const x = '⟦SELECT a FROM t' // it's""", "Fixed: SELECT a FROM t" },
        { "a.js", """if (/[/'"]/.test(s)) { q("⟦SELECT a FROM t") }""", "Fixed: SELECT a FROM t" },
        { "a.tsx", """const v = <p title='x'>Don't `quote` {q("⟦SELECT a FROM t")} it's</p>; const y = 1;""", "Fixed: SELECT a FROM t" },
        { "a.tsx", """const f = <T,>(x: T) => x; const g = <T extends X>(x: T) => q('⟦SELECT a FROM t')""", "Fixed: SELECT a FROM t" },
        { "a.jsx", """const v = <><B c={`${"`"}`}/>it's</>; q('⟦SELECT a FROM t')""", "Fixed: SELECT a FROM t" },

        // Python
        { "a.py", "x = '⟦SELECT a FROM t'", "Fixed: SELECT a FROM t" },
        { "a.py", "x = \"\"\"\n    ⟦SELECT a -- it's\n    FROM t\"\"\"  # it's", "Fixed: SELECT a -- it's FROM t" },
        { "a.py", "x = '''⟦SELECT 'a''b' FROM t'''", "Fixed: SELECT 'a''b' FROM t" },
        { "a.py", @"x = r'⟦SELECT ""\'\d"" FROM t'", @"Fixed: SELECT ""\'\d"" FROM t" },
        { "a.py", @"x = '⟦SELECT ""\x41\u00e9\U0001F600\101\d"" FROM t'", "Fixed: SELECT \"Aé😀A\\d\" FROM t" },
        { "a.py", "x = ('⟦SELECT a '\n     \"FROM t \"\n     # it's\n     r'WHERE b')", "Fixed: SELECT a FROM t WHERE b" },
        { "a.py", "x = '⟦SELECT a ' \\\n    'FROM t'", "Fixed: SELECT a FROM t" },
        { "a.py", "x = Rb'⟦SELECT a FROM t'", "Fixed: SELECT a FROM t" },
        { "a.py", "x = f'⟦SELECT {{a}} FROM t'", "Fixed: SELECT {a} FROM t" },
        { "a.py", "x = f'⟦SELECT {a!r:>{w}} FROM t'; y = 'it'", "Dynamic: SELECT {a} FROM t" },
        { "a.py", "x = {'a': '⟦SELECT a '\n  'FROM t'}", "Fixed: SELECT a FROM t" },

        // Go
        { "a.go", "x := \"⟦SELECT a FROM t\"", "Fixed: SELECT a FROM t" },
        { "a.go", "x := `\n\t⟦SELECT '\\n' FROM t`", @"Fixed: SELECT '\n' FROM t" },
        { "a.go", """x := "⟦SELECT '\xc3\xa9\u00e9\101\U0001F600' FROM t" """, "Fixed: SELECT 'ééA😀' FROM t" },
        { "a.go", "r := '\"'; s := '`'; x := \"⟦SELECT a FROM t\" // it's", "Fixed: SELECT a FROM t" },

        // Java and Kotlin
        { "A.java", """String x = "⟦SELECT a FROM t";""", "Fixed: SELECT a FROM t" },
        { "A.java", "String x = \"\"\"\n    ⟦SELECT \"a\" \\\n    FROM t\n    \"\"\";", "Fixed: SELECT \"a\" FROM t" },
        { "A.java", """String x = "⟦SELECT '\u00e9\101\s\"' FROM t"; char c = '"';""", "Fixed: SELECT 'éA \"' FROM t" },
        { "a.kt", "val x = \"⟦SELECT '\\u00e9\\$a' FROM t\"", "Fixed: SELECT 'é$a' FROM t" },
        { "a.kt", "val x = \"\"\"\n  ⟦SELECT \"a\\n\"\n  FROM t\n\"\"\".trimIndent()", "Fixed: SELECT \"a\\n\" FROM t" },
        { "a.kt", "val x = \"\"\"\n  |⟦SELECT a\n  |FROM t\n\"\"\".trimMargin()", "Fixed: SELECT a FROM t" },
        { "a.kt", "/* /* \" */ \" */ val c = '\"'; val x = \"⟦SELECT a FROM t\"", "Fixed: SELECT a FROM t" },
        { "a.kt", "val x = $$\"\"\"⟦SELECT '$a' FROM $$b\"\"\"", "Dynamic: SELECT '$a' FROM {b}" },

        // PHP
        { "a.php", "<p>it's</p><?php $x = '⟦SELECT a FROM t'; ?> it's <?= f(\"x\") ?>", "Fixed: SELECT a FROM t" },
        { "a.php", @"<?php $x = '⟦SELECT ""\'\\\n"" FROM t';", @"Fixed: SELECT ""'\\n"" FROM t" },
        { "a.php", @"<?php $x = ""⟦SELECT '\x41\u{e9}\101\$a' FROM t"";", "Fixed: SELECT 'AéA$a' FROM t" },
        { "a.php", "<?php $x = <<<SQL\n  ⟦SELECT a\n  FROM t\n  SQL;", "Fixed: SELECT a FROM t" },
        { "a.php", "<?php $x = <<<'SQL'\n⟦SELECT '$a'\nFROM t\nSQL;\n$y = 'it';", "Fixed: SELECT '$a' FROM t" },
        { "a.php", "<?php // it's ?> it's <?php\n# it's\n#[A('x')]\n/* it's */ $x = '⟦SELECT a FROM t';", "Fixed: SELECT a FROM t" },
        { "a.php", "<?php $x = \"⟦SELECT {$a['b']} FROM $t->c WHERE $d[e] = ${f}\";",
            "Dynamic: SELECT {$a['b']} FROM {$t->c} WHERE {$d[e]} = {f}" },

        // Ruby
        { "a.rb", "x = '⟦SELECT a FROM t'", "Fixed: SELECT a FROM t" },
        { "a.rb", "x = \"⟦SELECT '\\x41\\u00e9\\u{1F600}\\101\\q' FROM t\"", "Fixed: SELECT 'Aé😀Aq' FROM t" },
        { "a.rb", "x = %q(⟦SELECT (a) FROM t)", "Fixed: SELECT (a) FROM t" },
        { "a.rb", "x = %Q{⟦SELECT a FROM t}; y = 10 % 3", "Fixed: SELECT a FROM t" },
        { "a.rb", "x = %(⟦SELECT a FROM t)", "Fixed: SELECT a FROM t" },
        { "a.rb", "run(<<~SQL, 1)\n  ⟦SELECT a\n    FROM t\nSQL\ny = 'it'", "Fixed: SELECT a FROM t" },
        { "a.rb", "run <<-'SQL'.squish\n  ⟦SELECT '#{a}' FROM t\n  SQL", "Fixed: SELECT '#{a}' FROM t" },
        { "a.rb", "x = 'a' \"b\"; y = '⟦SELECT a ' 'FROM t'", "Fixed: SELECT a FROM t" },
        { "a.rb", "c = ?'; r = /['\"]/; d = $'; w = %w(it's); x = '⟦SELECT a FROM t' # it's", "Fixed: SELECT a FROM t" },
        { "a.rb", "=begin\nit's\n=end\nx = '⟦SELECT a FROM t'\n__END__\nit's 'SELECT b FROM t'", "Fixed: SELECT a FROM t" },
        { "a.rb", "a << B\nx = '⟦SELECT a FROM t'", "Fixed: SELECT a FROM t" },
    };

    [Theory]
    [MemberData(nameof(Literals))]
    public void Literal_is_read_as_its_language_reads_it(string file, string source, string expected) =>
        SourceCase.Check(file, source, expected);

    [Fact]
    public void Escapes_and_line_breaks_are_decoded_exactly()
    {
        SourceCase.Read("a.py",
            "x = 'SELECT \\'a\\tb\\' \\\n,\\n1 FROM t'").ShouldHaveSingleItem().Sql.ShouldBe("SELECT 'a\tb' ,\n1 FROM t");
        SourceCase.Read("a.cs", "var x = @\"SELECT a\r\nFROM t\";").ShouldHaveSingleItem().Sql.ShouldBe("SELECT a\r\nFROM t");
        SourceCase.Read("a.ts", "x = `SELECT a\r\nFROM t`").ShouldHaveSingleItem().Sql.ShouldBe("SELECT a\nFROM t");
        SourceCase.Read("a.rs", "let x = \"SELECT a \\\r\n   FROM t\";").ShouldHaveSingleItem().Sql.ShouldBe("SELECT a FROM t");
        SourceCase.Read("A.java",
            "x = \"\"\"\n    SELECT a   \n      FROM t\n    \"\"\";").ShouldHaveSingleItem().Sql.ShouldBe("SELECT a\n  FROM t");
        SourceCase.Read("a.cs",
            "var x = \"\"\"\n    SELECT a\n      FROM t\n    \"\"\";").ShouldHaveSingleItem().Sql.ShouldBe("SELECT a\n  FROM t");
        SourceCase.Read("a.rb", "x = <<~SQL\n  SELECT a\n    FROM t\nSQL").ShouldHaveSingleItem().Sql.ShouldBe("SELECT a\n  FROM t");
        SourceCase.Read("a.php", "<?php x(<<<S\n  SELECT a\n    FROM t\n  S);").ShouldHaveSingleItem().Sql.ShouldBe("SELECT a\n  FROM t");
        SourceCase.Read("a.kt",
            "val x = \"\"\"\n  SELECT a\n    FROM t\n\"\"\".trimIndent()").ShouldHaveSingleItem().Sql.ShouldBe("SELECT a\n  FROM t");
    }

    [Fact]
    public void Place_of_a_statement_after_escapes_and_pieces_is_that_of_its_first_word()
    {
        SourceStatement[] found = [.. SourceCase.Read("a.py", "run('\\n\\t\\u0020SELECT a FROM t; ' +\n  'DELETE FROM t')")];
        found.Select(s => (s.Line, s.Column, s.Sql)).ShouldBe([(1, 16, "SELECT a FROM t"), (2, 4, "DELETE FROM t")]);
    }

    /// <summary>Four quotes: three end the literal, and the first belongs to it.</summary>
    [Fact]
    public void Quote_before_the_end_of_a_raw_literal_of_Kotlin_belongs_to_it() =>
        SourceCase.Read("a.kt",
            "val x = \"\"\"SELECT \"a\" FROM \"t\"\"\"\"").ShouldHaveSingleItem().Sql.ShouldBe("SELECT \"a\" FROM \"t\"");
}
