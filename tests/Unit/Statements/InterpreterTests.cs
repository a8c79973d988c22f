using System.Text;
using System.Text.Json;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Statements;

/// <summary>Random literals are decoded as the interpreter of their language decodes them.</summary>
public sealed class InterpreterTests : TestFolder
{
    private const int Count = 400;

    [Fact]
    public void Literals_of_Python_are_what_Python_reads()
    {
        string? python = Shell.Find(Environment.GetEnvironmentVariable("PATH"), "python3", "python3.exe");
        Assert.SkipWhen(python is null, "Python is not installed.");
        string[] pieces =
        [
            "a", " ", "é", "😀", "\\n", "\\t", "\\\\", "\\x41", "\\101", "\\7", "\\u00e9", "\\U0001F600", "\\q", "\\d",
            "\\a", "{{", "}}",
                "%%", "\\\n", "#",
        ];
        string[] quotes = ["'", "\"", "'''", "\"\"\""];
        string[] prefixes = ["", "u", "r", "f", "rf"];
        Random random = new(1);
        string[] literals = [.. Enumerable.Range(0, Count).Select(_ =>
        {
            string quote = quotes[random.Next(quotes.Length)];
            string prefix = prefixes[random.Next(prefixes.Length)];
            return $"{prefix}{quote}SELECT {Random(random, pieces)} FROM t{quote}";
        })];
        Compare("a.py", literals, python, "import json, sys\nprint(json.dumps([\n", ",\n", "\n]))\n");
    }

    [Fact]
    public void Literals_of_JavaScript_are_what_Node_reads()
    {
        string? node = Shell.Find(Environment.GetEnvironmentVariable("PATH"), "node", "node.exe");
        Assert.SkipWhen(node is null, "Node.js is not installed.");
        string[] pieces =
        [
            "a", " ", "é", "😀", "\\n", "\\t", "\\\\", "\\x41", "\\u00e9", "\\u{1F600}", "\\q", "\\v", "\\0 ", "\\\n", "$", "{a}",
                "\\`a\\`", "\\'a\\'", "\\\"a\\\"", "//",
        ];
        string[] quotes = ["'", "\"", "`"];
        Random random = new(1);
        string[] literals = [.. Enumerable.Range(0, Count).Select(_ =>
        {
            string quote = quotes[random.Next(quotes.Length)];
            return $"{quote}SELECT {Random(random, pieces).Replace("${", "$ {")} FROM t{quote}";
        })];
        Compare("a.js", literals, node, "console.log(JSON.stringify([\n", ",\n", "\n]))\n");
    }

    private static string Random(Random random, string[] pieces)
    {
        StringBuilder text = new();
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            text.Append(pieces[random.Next(pieces.Length)]);
        }

        return text.ToString();
    }

    private void Compare(string file, string[] literals, string program, string before, string between, string after)
    {
        string script = Path.Combine(Folder, file);
        File.WriteAllText(script, before + string.Join(between, literals) + after,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        (int code, string output, string error) = Shell.Run(program, input: null, file == "a.py" ? ["-W", "ignore", script] : [script]);
        code.ShouldBe(0, error);
        string[] expected = JsonSerializer.Deserialize<string[]>(output)!;
        for (int i = 0; i < literals.Length; i++)
        {
            // Without quotes or comments in it, a statement is its literal.
            SourceCase.Read(file, $"q({literals[i]})").ShouldHaveSingleItem(literals[i]).Sql.ShouldBe(expected[i], literals[i]);
        }
    }
}
