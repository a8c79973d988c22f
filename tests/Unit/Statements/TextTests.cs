using PosTenancy.Engine.Statements.Source;

namespace PosTenancy.Tests.Statements;

/// <summary>Texts that an application puts together: what is fixed, what is not, and what is only appended.</summary>
public sealed class TextTests
{
    public static TheoryData<string, string, string> Texts { get; } = new()
    {
        // Concatenation
        { "a.js", "q('⟦SELECT a ' +\n  \"FROM t \" + `WHERE b`)", "Fixed: SELECT a FROM t WHERE b" },
        { "A.java", "q(\"⟦SELECT a \" +\n  \"FROM t\");", "Fixed: SELECT a FROM t" },
        { "a.php", "<?php q('⟦SELECT a '\n . \"FROM t\");", "Fixed: SELECT a FROM t" },
        { "a.rb", "q('⟦SELECT a ' +\n  'FROM t')", "Fixed: SELECT a FROM t" },
        { "a.go", "q(\"⟦SELECT a \" +\n\t`FROM t`)", "Fixed: SELECT a FROM t" },
        { "a.kt", "q(\"⟦SELECT a \" +\n  \"FROM t\")", "Fixed: SELECT a FROM t" },
        { "a.rs", """q(concat!("⟦SELECT a ", "FROM t"))""", "Fixed: SELECT a FROM t" },
        { "a.cs", """q(string.Concat("⟦SELECT a ", "FROM t"));""", "Fixed: SELECT a FROM t" },
        { "a.js", "q(['⟦SELECT a', 'FROM t'].join(' '))", "Fixed: SELECT a FROM t" },
        { "a.py", "q(' '.join(['⟦SELECT a', 'FROM t']))", "Fixed: SELECT a FROM t" },
        { "a.go", "q(strings.Join([]string{\"⟦SELECT a\", \"FROM t\"}, \" \"))", "Fixed: SELECT a FROM t" },
        { "A.java", "q(String.join(\" \", \"⟦SELECT a\", \"FROM t\"));", "Fixed: SELECT a FROM t" },
        { "a.php", "<?php q(implode(' ', ['⟦SELECT a', 'FROM t']));", "Fixed: SELECT a FROM t" },
        { "a.js", "q('⟦SELECT a FROM ' + table)", "Dynamic: SELECT a FROM {table}" },
        { "a.js", "q(head + '⟦SELECT a FROM t')", "Dynamic: {head}SELECT a FROM t" },

        // Constants
        { "a.rs", """const T: &str = "t"; fn f() { q(&format!("⟦SELECT a FROM {}", T)) }""", "Fixed: SELECT a FROM t" },
        { "a.rs", """fn f() { q(&format!("⟦SELECT a FROM {T}")) } const T: &str = "t";""", "Fixed: SELECT a FROM t" },
        { "a.rs", """static N: i64 = 1_000; fn f() { q(&format!("⟦SELECT a FROM t LIMIT {N}")) }""",
            "Fixed: SELECT a FROM t LIMIT 1000" },
        { "a.cs", """class C { const string T = "t"; void F() { q($"⟦SELECT a FROM {T}"); } }""", "Fixed: SELECT a FROM t" },
        { "a.cs", """class C { void F() => q("⟦SELECT a FROM " + C.T); const string T = "t"; }""", "Fixed: SELECT a FROM t" },
        { "a.ts", "export const T = 't'\nconst f = () => q(`⟦SELECT a FROM ${T}`)", "Fixed: SELECT a FROM t" },
        { "a.py", "T = 't'\ndef f():\n    q(f'⟦SELECT a FROM {T}')", "Fixed: SELECT a FROM t" },
        { "a.py", "class C:\n    T = 't'\n    def f(self):\n        q('⟦SELECT a FROM ' + self.T)", "Fixed: SELECT a FROM t" },
        { "a.go", "const (\n\tT = \"t\"\n\tU string = \"u\"\n)\nfunc f() { q(\"⟦SELECT a FROM \" + T + U) }", "Fixed: SELECT a FROM tu" },
        { "A.java", "class A { static final String T = \"t\"; void f() { q(\"⟦SELECT a FROM \" + T); } }", "Fixed: SELECT a FROM t" },
        { "a.kt", "const val T = \"t\"\nfun f() = q(\"⟦SELECT a FROM $T\")", "Fixed: SELECT a FROM t" },
        { "a.php", "<?php class C { const T = 't'; function f() { q('⟦SELECT a FROM ' . self::T); } }", "Fixed: SELECT a FROM t" },
        { "a.rb", "T = 't'.freeze\ndef f\n  q(\"⟦SELECT a FROM #{T}\")\nend", "Fixed: SELECT a FROM t" },
        { "a.py", "Q = '⟦SELECT a FROM t'\ndef f():\n    db.execute(Q)", "Fixed: SELECT a FROM t" },
        { "a.py", "B = '⟦SELECT a FROM t'\ndef f():\n    db.execute(B + ' WHERE b')", "Fixed: SELECT a FROM t WHERE b" },
        { "a.py", "Q = '⟦SELECT a FROM t'\ndef f():\n    log('running ' + Q)", "Fixed: SELECT a FROM t" },

        // A name of the file that stands for something else here
        { "a.py", "t = 'x'\ndef f(t):\n    q(f'⟦SELECT a FROM {t}')", "Dynamic: SELECT a FROM {t}" },
        { "a.js", "const t = 'x'; function f(r) { const t = r.t; q(`⟦SELECT a FROM ${t}`) }", "Dynamic: SELECT a FROM {t}" },
        { "a.js", "const t = 'x'; const f = t => q(`⟦SELECT a FROM ${t}`)", "Dynamic: SELECT a FROM {t}" },
        { "a.py", "t = 'x'\nfor t in ts:\n    q(f'⟦SELECT a FROM {t}')", "Dynamic: SELECT a FROM {t}" },

        // Formats
        { "a.rs", """q(format!("⟦SELECT {} FROM {t} WHERE {{}} = {0:?}", a))""", "Dynamic: SELECT {a} FROM {t} WHERE {} = {a}" },
        { "a.cs", """q(string.Format("⟦SELECT {0} FROM {1:x}", a, "t"));""", "Dynamic: SELECT {a} FROM t" },
        { "a.py", "q('⟦SELECT {} FROM {t} WHERE {1}'.format(a, b, t='t'))", "Dynamic: SELECT {a} FROM t WHERE {b}" },
        { "a.py", "q('⟦SELECT %s FROM %s WHERE x = 5 %% 2' % (a, 't'))", "Dynamic: SELECT {a} FROM t WHERE x = 5 % 2" },
        { "a.py", "q('⟦SELECT %(a)s FROM %(b)s' % {'a': 'x', 'b': b})", "Dynamic: SELECT x FROM {b}" },
        { "a.go", "q(fmt.Sprintf(\"⟦SELECT %s FROM %[1]s WHERE %-5v = 100%%\", a, b))", "Dynamic: SELECT {a} FROM {a} WHERE {b} = 100%" },
        { "A.java", "q(String.format(\"⟦SELECT %s FROM %2$s\", a, \"t\"));", "Dynamic: SELECT {a} FROM t" },
        { "A.java", "q(\"⟦SELECT %s FROM t\".formatted(a));", "Dynamic: SELECT {a} FROM t" },
        { "a.kt", "q(\"⟦SELECT %s FROM t\".format(a))", "Dynamic: SELECT {a} FROM t" },
        { "a.php", "<?php q(sprintf('⟦SELECT %s FROM %s', $a, 't'));", "Dynamic: SELECT {$a} FROM t" },
        { "a.rb", "q('⟦SELECT %s FROM %{b}' % [a])", "Dynamic: SELECT {a} FROM {b}" },
        { "a.rb", "q(format('⟦SELECT %s FROM t', a))", "Dynamic: SELECT {a} FROM t" },
        { "a.rs", """q("⟦SELECT a FROM {t}".replace("{t}", t))""", "Dynamic: SELECT a FROM {t}{.replace()}" },

        // Conditional expressions
        { "a.js", "q('⟦⟦SELECT a FROM t' + (x ? ' WHERE b' : ''))", "Fixed: SELECT a FROM t WHERE b ;; Fixed: SELECT a FROM t" },
        { "a.py", "q('⟦SELECT a FROM t' if x else '⟦SELECT b FROM t')", "Fixed: SELECT a FROM t ;; Fixed: SELECT b FROM t" },
        { "a.kt", "val s = if (x) \"⟦SELECT a FROM t\" else \"⟦SELECT b FROM t\"\nq(s)",
            "Fixed: SELECT a FROM t ;; Fixed: SELECT b FROM t" },
        { "a.rs", """let s = if x { "⟦SELECT a FROM t" } else { "⟦SELECT b FROM t" }; q(s)""",
            "Fixed: SELECT a FROM t ;; Fixed: SELECT b FROM t" },
        { "a.rs", """let s = match x { A => "⟦SELECT a FROM t", _ => "⟦SELECT b FROM t" }; q(&format!("{s} WHERE c"))""",
            "Fixed: SELECT a FROM t WHERE c ;; Fixed: SELECT b FROM t WHERE c" },
        { "a.cs", """var s = x switch { 1 => "⟦SELECT a FROM t", _ => y }; q(s + " WHERE c");""",
            "Fixed: SELECT a FROM t WHERE c" },

        // Blocks that make a text
        { "a.kt", "q(buildString {\n  append(\"⟦SELECT a\")\n  appendLine(\" FROM t\").append(\"WHERE b\")\n})",
            "Fixed: SELECT a FROM t WHERE b" },
        { "a.kt", "val s = buildString {\n  val n = f(1)\n  append(\"⟦SELECT a FROM t WHERE b\")\n  if (x) append(\" AND c\")\n}\nq(s)",
            "Appended: SELECT a FROM t WHERE b" },
        { "a.kt", "q(buildString { append(\"⟦SELECT a FROM t\"); if (x) { append(\" WHERE b\") } })",
            "Dynamic: SELECT a FROM t WHERE b" },
        { "a.kt", "q(buildString {\n  append(\"⟦SELECT a FROM t\")\n  for (x in xs) append(x)\n})",
            "Dynamic: SELECT a FROM t{for (x in xs) append(x)}" },
        { "a.rb", "s = +'⟦SELECT a'\ns << ' FROM t'\nq(s)", "Fixed: SELECT a FROM t" },

        // Appending that always happens
        { "a.py", "s = '⟦SELECT a FROM t '\ns += 'WHERE b'\nq(s)", "Fixed: SELECT a FROM t WHERE b" },
        { "a.py", "s = '⟦SELECT a FROM t '\ns = s + 'WHERE b'\nq(s)", "Fixed: SELECT a FROM t WHERE b" },
        { "a.php", "<?php $s = '⟦SELECT a FROM t '; $s .= 'WHERE b'; q($s);", "Fixed: SELECT a FROM t WHERE b" },
        { "a.rb", "s = '⟦SELECT a FROM t '\ns << 'WHERE b'\nq(s)", "Fixed: SELECT a FROM t WHERE b" },
        { "a.rs", """let mut s = String::from("⟦SELECT a FROM t "); s.push_str("WHERE b"); q(&s)""", "Fixed: SELECT a FROM t WHERE b" },
        { "a.rs", """let mut s = String::new(); s += "⟦SELECT a FROM t "; write!(s, "WHERE {}", B); q(&s); const B: &str = "b";""",
            "Fixed: SELECT a FROM t WHERE b" },
        { "a.cs", """var s = new StringBuilder("⟦SELECT a "); s.AppendLine("FROM t").Append("WHERE b"); q(s.ToString());""",
            "Fixed: SELECT a FROM t WHERE b" },
        { "A.java", "StringBuilder s = new StringBuilder(); s.append(\"⟦SELECT a \").append(\"FROM t\"); q(s.toString());",
            "Fixed: SELECT a FROM t" },
        { "a.go", "func f() {\n\tvar s strings.Builder\n\ts.WriteString(\"⟦SELECT a \")\n\ts.WriteString(\"FROM t\")\n\tq(s.String())\n}",
            "Fixed: SELECT a FROM t" },
        { "a.go", "func f() {\n\tvar s strings.Builder\n\tfmt.Fprintf(&s, \"⟦SELECT %s FROM t\", a)\n\tq(s.String())\n}",
            "Dynamic: SELECT {a} FROM t" },
        { "a.rs", """let mut b = QueryBuilder::new("⟦SELECT a FROM t WHERE b = "); b.push_bind(1).push(" AND c"); b.build()""",
            "Fixed: SELECT a FROM t WHERE b = ? AND c" },

        // Appending that happens in some cases
        { "a.rs", """
            let mut b = QueryBuilder::<Sqlite>::new("⟦SELECT a FROM t WHERE b"); if x { b.push(" AND c = ").push_bind(x); } b.build()
            """,
            "Appended: SELECT a FROM t WHERE b" },
        { "a.py", "s = '⟦SELECT a FROM t WHERE b'\nif x:\n    s += ' AND c'\nq(s)", "Appended: SELECT a FROM t WHERE b" },
        { "a.py", "s = '⟦SELECT a FROM t WHERE b'\nif x:\n    s += ' AND c'\ns += ' ORDER BY d'\nq(s)",
            "Appended: SELECT a FROM t WHERE b ORDER BY d" },
        { "a.cs", "var s = \"⟦SELECT a FROM t WHERE b\"; if (x) s += \" AND c\"; q(s);", "Appended: SELECT a FROM t WHERE b" },
        { "a.cs", "var s = \"⟦SELECT a FROM t WHERE b\"; if (x)\n  s += \" OR c\"; q(s);", "Dynamic: SELECT a FROM t WHERE b OR c" },
        { "a.js", "let s = '⟦SELECT a FROM t WHERE b'\nif (x)\n  s += ' AND c'\nq(s)", "Appended: SELECT a FROM t WHERE b" },
        { "a.js", "let s = '⟦SELECT a FROM t WHERE b'; x && (s += ' AND c'); q(s)", "Appended: SELECT a FROM t WHERE b" },
        { "a.rb", "s = '⟦SELECT a FROM t WHERE b'\ns << ' AND c' if x\nq(s)", "Appended: SELECT a FROM t WHERE b" },
        { "a.php", "<?php $s = '⟦SELECT a FROM t WHERE b'; if ($x): $s .= ' AND c'; endif; q($s);", "Appended: SELECT a FROM t WHERE b" },
        { "a.go", "func f() {\n\ts := \"⟦SELECT a FROM t WHERE b\"\n\tif x {\n\t\ts += \" AND c\"\n\t}\n\ts += \" LIMIT 1\"\n\tq(s)\n}",
            "Appended: SELECT a FROM t WHERE b LIMIT 1" },
        { "a.kt", "var s = \"⟦SELECT a FROM t WHERE b\"\nwhen (x) {\n  1 -> s += \" AND c\"\n}\nq(s)",
            "Appended: SELECT a FROM t WHERE b" },
        { "a.py", "s = '⟦SELECT a FROM t WHERE b'\nif x:\n    s += ' AND c) OR (d'\nq(s)",
            "Dynamic: SELECT a FROM t WHERE b AND c) OR (d" },
        { "a.py", "s = '⟦SELECT a FROM t WHERE b'\nif x:\n    s += ' AND c OR d'\nq(s)", "Dynamic: SELECT a FROM t WHERE b AND c OR d" },
        { "a.py", "s = '⟦SELECT a FROM t WHERE b'\nif x:\n    s += f' AND {c}'\nq(s)", "Dynamic: SELECT a FROM t WHERE b AND {c}" },
        { "a.py", "s = '⟦SELECT a FROM t WHERE b'\nif x:\n    s += ' AND c -- '\ns += ' AND d'\nq(s)",
            "Dynamic: SELECT a FROM t WHERE b AND c" },
        { "a.py", "s = '⟦SELECT a FROM t'\nif x:\n    s += ' WHERE b'\nq(s)", "Dynamic: SELECT a FROM t WHERE b" },

        // Lists of conditions
        { "a.js", "const w = ['b = ?']; if (x) w.push('c = ?'); q(`⟦SELECT a FROM t WHERE ${w.join(' AND ')}`)",
            "Appended: SELECT a FROM t WHERE b = ?" },
        { "a.py", "w = ['b = ?']\nif x:\n    w.append('c = ?')\nq('⟦SELECT a FROM t WHERE ' + ' AND '.join(w))",
            "Appended: SELECT a FROM t WHERE b = ?" },
        { "a.go",
            "func f() {\n\tw, args := []string{\"b = ?\"}, []any{}\n\tif x {\n\t\tw, args = append(w, \"c\"), append(args, x)\n\t}\n" +
            "\tq(\"⟦SELECT a FROM t WHERE \" + strings.Join(w, \" AND \"))\n}", "Appended: SELECT a FROM t WHERE b = ?" },
        { "a.php", "<?php $w = ['b = ?']; if ($x) { $w[] = 'c = ?'; } q('⟦SELECT a FROM t WHERE ' . implode(' AND ', $w));",
            "Appended: SELECT a FROM t WHERE b = ?" },
        { "a.rs", """let mut w = vec!["b = ?"]; if x { w.push("c = ?"); } q(&format!("⟦SELECT a FROM t WHERE {}", w.join(" AND ")))""",
            "Appended: SELECT a FROM t WHERE b = ?" },
        { "a.rb", "w = ['b = ?']\nw << 'c = ?' if x\nq(\"⟦SELECT a FROM t WHERE #{w.join(' AND ')}\")",
            "Appended: SELECT a FROM t WHERE b = ?" },
        { "a.js", "const w = ['b = ?']; if (x) w.push('c = ? OR d'); q(`⟦SELECT a FROM t WHERE ${w.join(' AND ')}`)",
            "Dynamic: SELECT a FROM t WHERE b = ? AND c = ? OR d" },
        { "a.js", "const w = []; if (x) w.push('c = ?'); q(`⟦SELECT a FROM t WHERE ${w.join(' AND ')}`)",
            "Dynamic: SELECT a FROM t WHERE {w.join(' AND ')}" },
        { "a.py", "for s in ['⟦SELECT a FROM t', '⟦DELETE FROM t']:\n    q(s)", "Fixed: SELECT a FROM t ;; Fixed: DELETE FROM t" },
        { "a.py", "s = ['⟦SELECT a FROM t']\ns.append('⟦DELETE FROM t')\nrun(s)", "Fixed: SELECT a FROM t ;; Fixed: DELETE FROM t" },

        // What is used before more is appended
        { "a.py", "s = '⟦⟦SELECT a FROM t'\nif x:\n    return q(s)\ns += ' WHERE b'\nq(s)",
            "Fixed: SELECT a FROM t ;; Fixed: SELECT a FROM t WHERE b" },
        { "a.py", "if x:\n    s = '⟦SELECT a FROM t'\nelse:\n    s = '⟦SELECT b FROM t'\ns += ' WHERE c'\nq(s)",
            "Fixed: SELECT a FROM t WHERE c ;; Fixed: SELECT b FROM t WHERE c" },
        { "a.py", "s = '⟦SELECT a FROM t'\ns = f(x)\ns += ' WHERE c'\nq(s)", "Fixed: SELECT a FROM t" },

        // What others may append to
        { "a.rs", """let mut s = String::from("⟦SELECT a FROM t"); filter(&mut s); q(&s)""", "Dynamic: SELECT a FROM t{&mut s}" },
        { "A.java", "StringBuilder s = new StringBuilder(\"⟦SELECT a FROM t\"); filter(s); q(s.toString());",
            "Dynamic: SELECT a FROM t{s}" },
        { "a.go", "func f() {\n\ts := \"⟦SELECT a FROM t\"\n\tfilter(&s)\n\tq(s)\n}", "Dynamic: SELECT a FROM t{&s}" },
        { "a.cs", """void F(StringBuilder s) { s.Append("⟦SELECT a FROM t"); }""", "Dynamic: SELECT a FROM t{…}" },

        // Injections
        { "a.py", "q(f\"⟦SELECT a FROM t WHERE b LIKE '%{b}%'\")", "Dynamic!: SELECT a FROM t WHERE b LIKE '%{b}%'" },
        { "A.java", "q(\"⟦SELECT a FROM t WHERE b = '\" + b + \"' AND c\");", "Dynamic!: SELECT a FROM t WHERE b = '{b}' AND c" },
        {
            "A.java",
            "q(\"⟦SELECT a FROM t WHERE b = '\" + Kind.OUT_BOX + \"'\");",
            "Dynamic: SELECT a FROM t WHERE b = '{Kind.OUT_BOX}'"
        },
        { "a.php", "<?php q(\"⟦SELECT a FROM t WHERE b = \\\"$b\\\"\");", "Dynamic!: SELECT a FROM t WHERE b = \"{$b}\"" },
        { "a.js", "q(`⟦SELECT \"${a}\" FROM t`)", "Dynamic: SELECT \"{a}\" FROM t" },
        { "a.py", "B = 'x'\nq(f\"⟦SELECT a FROM t WHERE b = '{B}'\")", "Fixed: SELECT a FROM t WHERE b = 'x'" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_is_put_together_as_the_application_does(string file, string source, string expected) =>
        SourceCase.Check(file, source, expected.Split(" ;; "));

    [Fact]
    public void Base_and_fragments_of_an_appended_statement_make_the_complete_one()
    {
        SourceStatement found = SourceCase
            .Read("a.py",
                "s = 'SELECT a FROM t WHERE b'\nif x:\n    s += ' AND c = ?'\nif y:\n    s += ' AND d LIKE ?'\nq(s + ' ORDER BY e')")
            .ShouldHaveSingleItem();
        found.Sql.ShouldBe("SELECT a FROM t WHERE b ORDER BY e");
        found.Fragments.ShouldBe(["AND c = ?", "AND d LIKE ?"]);
        found.WithFragments.ShouldBe("SELECT a FROM t WHERE b AND c = ? AND d LIKE ? ORDER BY e");
        found.Form.ShouldBe(SourceForm.Dynamic);
        found.Why.ShouldBe("\"AND c = ?\" is part of it in some cases only; \"AND d LIKE ?\" is part of it in some cases only");
    }

    [Fact]
    public void Dynamic_statement_says_what_is_not_fixed()
    {
        SourceStatement found = SourceCase.Read("a.js", "q(`SELECT a FROM ${table} WHERE b = ${user.id}`)").ShouldHaveSingleItem();
        found.Why.ShouldBe("{table} is put in when the application runs; {user.id} is put in when the application runs");
        found.Fragments.ShouldBeEmpty();
        found.WithFragments.ShouldBeNull();
    }

    /// <summary>Constants that double each time would need more memory than any machine has.</summary>
    [Fact]
    public void Constants_that_grow_without_limit_are_not_put_together()
    {
        string source = "c0 = 'SELECT a FROM t WHERE b IN (1, 2, 3) '\n" +
            string.Concat(Enumerable.Range(1, 60).Select(i => $"c{i} = c{i - 1} + c{i - 1}\n")) + "q(c60)";
        SourceCase.Read("a.py", source).ShouldAllBe(s => s.Sql.Length < 1_100_000);
        SourceCase.Read("a.py", source).ShouldContain(s => s.Form == SourceForm.Dynamic && s.Why!.Contains("too long"));
    }
}
