using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PosTenancy.Tests.Faults.Tracing;

/// <summary>Reads a log of <c>strace -f -y -xx</c>.</summary>
internal static partial class TraceLog
{
    /// <summary>Prefix of the victim's lines that name its stage.</summary>
    private const string StageMark = "stage ";

    /// <summary>Every call of a log, in the order in which they began.</summary>
    public static IReadOnlyList<SystemCall> Read(string path)
    {
        List<SystemCall> calls = [];
        Dictionary<(int Thread, string Name), int> numbers = [];
        Dictionary<int, (int Index, string Begin)> unfinished = [];
        string stage = "Start";
        foreach (string line in File.ReadLines(path))
        {
            Match begun = Begun().Match(line);
            if (begun.Success)
            {
                int thread = int.Parse(begun.Groups["thread"].ValueSpan, CultureInfo.InvariantCulture);
                string name = begun.Groups["name"].Value;
                int number = numbers[(thread, name)] = numbers.GetValueOrDefault((thread, name)) + 1;
                string rest = begun.Groups["rest"].Value;
                bool isWhole = !rest.EndsWith("<unfinished ...>", StringComparison.Ordinal);
                if (!isWhole)
                {
                    rest = rest[..^"<unfinished ...>".Length];
                    unfinished[thread] = (calls.Count, rest);
                }

                SystemCall call = Parse(thread, name, number, rest, stage);
                calls.Add(call);
                if (name == "write" && call.Arguments is [_, ['"', ..] text, ..] &&
                    Encoding.UTF8.GetString(Bytes(text.TrimEnd('.'))) is var said && said.StartsWith(StageMark, StringComparison.Ordinal))
                {
                    stage = said[StageMark.Length..].Trim();
                }
            }
            else if (Resumed().Match(line) is { Success: true } resumed &&
                unfinished.Remove(
                    int.Parse(resumed.Groups["thread"].ValueSpan, CultureInfo.InvariantCulture),
                    out (int Index, string Begin) half))
            {
                SystemCall call = calls[half.Index];
                calls[half.Index] = Parse(call.Thread, call.Name, call.Number, half.Begin + resumed.Groups["rest"].Value, call.Stage);
            }
        }

        return calls;
    }

    /// <summary>The bytes of a string in the log, which must be complete.</summary>
    public static byte[] Bytes(string quoted) =>
        Convert.FromHexString(quoted.Replace("\\x", "", StringComparison.Ordinal).AsSpan().Trim('"'));

    private static SystemCall Parse(int thread, string name, int number, string rest, string stage)
    {
        // In hexadecimal no string contains a bracket or a comma.
        Match result = Result().Match(rest);
        int end = result.Success ? result.Index : rest.Length;
        string[] arguments = [.. rest[..end].Split(", ").Select(a => a.Trim())];
        long? value =
            result.Success &&
            long.TryParse(result.Groups["value"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n)
                ? n
                : null;
        return new SystemCall(
            thread,
            name,
            number,
            arguments,
            [.. arguments.Select(a => PathOf(name, a)).OfType<string>()],
            value,
            stage,
            rest.Contains("(INJECTED)", StringComparison.Ordinal));
    }

    private static string? PathOf(string name, string argument)
    {
        if (argument.StartsWith('"'))
        {
            return name is "write" or "pwrite64" ? null : Encoding.UTF8.GetString(Bytes(argument));
        }

        // The folder that a relative path starts from is not itself changed.
        Match descriptor = Descriptor().Match(argument);
        return descriptor.Success ? Encoding.UTF8.GetString(Bytes(descriptor.Groups["path"].Value)) : null;
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(?<name>\w+)\((?<rest>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Begun();

    [GeneratedRegex(@"^(?<thread>\d+) +<\.\.\. \w+ resumed>(?<rest>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Resumed();

    [GeneratedRegex(@"\) += (?<value>-?\d+|\?)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Result();

    [GeneratedRegex(@"^\d+<(?<path>(\\x[0-9a-f]{2})+)>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Descriptor();
}
