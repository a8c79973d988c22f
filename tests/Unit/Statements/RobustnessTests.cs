using System.Diagnostics;
using System.Text;
using PosTenancy.Engine.Statements.Source;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>No file, whatever its bytes, is an error or takes more than linear time.</summary>
public sealed class RobustnessTests : TestFolder
{
    private const int Seeds = 300;

    /// <summary>Pieces of all languages. SELECT stands for the statements that are found, and is nowhere escaped.</summary>
    private static readonly string[] Pieces =
    [
        "\"", "'", "`", "\"\"\"", "'''", "r#\"", "\"#", "r\"", "f'", "b\"", "@\"", "$\"", "$$\"\"\"", "%q(", "%w[", "<<~A\n", "<<-'A'\n",
            "\nA\n",
        "<<<A\n", "<<<'A'\n", "(", ")", "[", "]", "{", "}", "{{", "}}", "${", "#{", "{$", "\\", "\\n", "\\u{41}", "\\x4", "\\\n", "\n",
            "\r\n", "\r",
        "\t", "  ", "    ", "/*", "*/", "//", "#", "--", "/", "=begin\n", "=end\n", "__END__", "<?php ", "?>", "<a>", "</a>", "<a b={",
            "/>", "'a",
        "'a'", "?'", "$'", "SELECT a FROM t", "SELECT a FROM t WHERE b = ", "DELETE FROM t", " AND c", ";", ",", ".", "+", " + ", " . ",
            "+=", ".=",
        "<<", "=", ":=", ":", "::", "=>", "->", "?", "|a|", "%", "%s", "{}", "{0}", "&", "&mut ", "*", "x", "y", "sql", "x.append(",
            "x.push(",
        "x.push_str(", "format!(", "concat!(", "write!(x, ", "String::from(", "QueryBuilder::new(", "fmt.Sprintf(", "sprintf(", ".format(",
            ".join(",
        "new StringBuilder(", "if ", "if (", "else ", "match x {", "for x in ", "fn f(x) {", "def f(x):\n", "function f(x) {",
            "func f(x int) {",
        "const x = ", "let x = ", "var x = ", "val x = ", "x = ", "x += ", "return ", "class A {", "#[cfg(test)] ", "mod tests ",
            "append(x, ",
        "[]string{", "vec![", "\0", "é", "\uD800", "\uFFFD", "\uE000", "\uFEFF", "😀", "-- postenancy: all tenants, because x\n", "null",
            "1", "0x1",
    ];

    /// <summary>Pieces that are complete, so that enough is found.</summary>
    private static readonly string[] Whole =
    [
        "\nq(\"SELECT a FROM t\");\n", "\nx = \"SELECT a FROM t\";\n", "\nx += \" AND c\";\n",
            "\nq(\"DELETE FROM t \" + \"WHERE \" + y);\n", ";\n",
        "\n\n", "\nq(x);\n", "\"", "'", "*/\n", "}\n", ")\n", "\"\"\"\n", "`\n",
    ];

    public static TheoryData<string> Files { get; } =
        ["a.rs", "a.cs", "a.js", "a.tsx", "a.py", "a.go", "A.java", "a.kt", "a.php", "a.rb", "a.sql", ".sqlx/a.json"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Random_tokens_are_no_error_and_every_place_is_that_of_a_literal(string file)
    {
        int found = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            Random random = new(seed);
            StringBuilder soup = new(file == "a.php" ? "<?php " : "");
            for (int i = random.Next(5, 120); i > 0; i--)
            {
                soup.Append(random.Next(3) == 0 ? Whole[random.Next(Whole.Length)] : Pieces[random.Next(Pieces.Length)]);
            }

            string text = soup.ToString();
            IReadOnlyList<SourceStatement> statements = Should.NotThrow(() => SourceCase.Read(file, text), $"seed {seed}");
            found += statements.Count;
            foreach (SourceStatement statement in statements)
            {
                string there = At(text, statement.Line, statement.Column);
                bool isPlace = there.StartsWith("SELECT", StringComparison.Ordinal) ||
                    there.StartsWith("DELETE", StringComparison.Ordinal) ||
                    there[0] is '(' or '"' or '\'' or '[' or '`' || there.StartsWith(statement.Sql[..1], StringComparison.Ordinal);
                isPlace.ShouldBeTrue($"seed {seed}: '{statement.Sql}' at {statement.Line}:{statement.Column} of\n{text}");
            }
        }

        found.ShouldBeGreaterThan(file.EndsWith(".json", StringComparison.Ordinal) ? -1 : file == "a.sql" ? 3 : 20);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Random_bytes_are_no_error(string file)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            byte[] bytes = new byte[2000];
            new Random(seed).NextBytes(bytes);
            bytes[0] = seed % 3 == 0 ? (byte)0xFF : bytes[0];
            bytes[1] = seed % 3 == 0 ? (byte)0xFE : bytes[1];
            string path = Path.Combine(Folder, Path.GetFileName(file));
            File.WriteAllBytes(path, bytes);
            Should.NotThrow(() => SourceReader.Read(path, new SourceOptions(), new SourceSummary()).ToList(), $"seed {seed}");
        }
    }

    /// <summary>Each, repeated without end, took minutes in a version that read something twice.</summary>
    public static TheoryData<string> Repeated { get; } =
    [
        "\"", "'", "`", "(", "[", "{", "}", "`${", "f'{", "\"#{", "<<A\n", "<<<A\n", "r#", "$", "\"\"\"", "/", "/*", "a=", "a=b\n", "'a'+",
            "<div>",
        "<a", "if(", "a?b:", "x+='a'\n", "x='SELECT a FROM t'+x\n", "x=x+' AND b'\n", "x+=' AND c';q(x);\n", "a.b(", "{{", "\\", "a=>",
            "|a|",
        "format!(\"{}\",", "match a {b=>", "w.push('a');", "SELECT a FROM t;", "CREATE TRIGGER x;", "function f(a){", "def f(a):\n ",
            "  if x:\n", "?",
    ];

    [Theory]
    [MemberData(nameof(Repeated))]
    public void Time_is_linear(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 30_000 / unit.Length));
        foreach (string file in new[] { "a.rs", "a.cs", "a.tsx", "a.py", "a.php", "a.rb" })
        {
            Stopwatch watch = Stopwatch.StartNew();
            SourceCase.Read(file, (file == "a.php" ? "<?php " : "") + text);
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10), file);
        }
    }

    [Fact]
    public void Line_of_a_megabyte_is_read()
    {
        string data = string.Concat(Enumerable.Repeat("'x', ", 200_000));
        SourceCase.Read("a.js", $"const a = [{data}]; q('SELECT a FROM t')").ShouldHaveSingleItem().Column.ShouldBe(data.Length + 18);
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-8", false)]
    public void Encodings_are_told_by_their_mark(string name, bool hasMark)
    {
        Encoding encoding = Encoding.GetEncoding(name);
        string path = Path.Combine(Folder, "a.py");
        File.WriteAllBytes(path, [.. hasMark ? encoding.GetPreamble() : [], .. encoding.GetBytes("é = 'x'\r\nq('SELECT \"ü\" FROM t')")]);
        SourceStatement found = SourceReader.Read(path, new SourceOptions(), new SourceSummary()).ShouldHaveSingleItem();
        (found.Line, found.Column, found.Sql).ShouldBe((2, 4, "SELECT \"ü\" FROM t"));
    }

    [Fact]
    public void Literal_that_does_not_end_hides_nothing_before_it() => SourceCase.Check(
        "a.py",
        "q('⟦SELECT a FROM t')\nq('SELECT b FROM t\nq('⟦SELECT c FROM t')\nq('''SELECT d FROM t",
        "Fixed: SELECT a FROM t",
        "Fixed: SELECT c FROM t");

    private static string At(string text, int line, int column)
    {
        int start = 0;
        for (int i = 1; i < line; i++)
        {
            int end = text.IndexOfAny(['\r', '\n'], start);
            start = end + (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);
        }

        return text[(start + column - 1)..];
    }
}
