using System.Collections;
using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>What a command line names so far.</summary>
internal sealed class CommandLine
{
    private CommandLine(string database, IDictionary bound, string word)
    {
        Database = database;
        Folder = Resolve(bound, "Destination");
        ColumnName = Text(bound, "ColumnName") ?? MigrationOptions.DefaultColumnName;
        Location = Resolve(".", isLiteral: true);
        Word = word.Trim('\'', '"');
    }

    /// <summary>Full path of the database, which may not exist.</summary>
    public string Database { get; }

    /// <summary>Full path of the folder of the backups; <see langword="null"/> if none is named.</summary>
    public string? Folder { get; }

    /// <summary>The tenant column.</summary>
    public string ColumnName { get; }

    /// <summary>The file system location of the prompt.</summary>
    public string? Location { get; }

    /// <summary>The argument to complete, without quotation marks.</summary>
    public string Word { get; }

    /// <summary>Reads the arguments; <see langword="null"/> if they name no database. Needs the thread of the prompt.</summary>
    public static CommandLine? Read(IDictionary bound, string word) =>
        (Resolve(bound, "Path", isLiteral: false) ?? Resolve(bound, "LiteralPath") ?? Resolve(bound, "PSPath")) is { } database
            ? new CommandLine(database, bound, word)
            : null;

    /// <summary>Reads the arguments for names in the file that another parameter names; <see langword="null"/> if it names none.</summary>
    public static CommandLine? ReadFile(IDictionary bound, string parameter, string word) =>
        Resolve(bound, parameter) is { } file ? new CommandLine(file, bound, word) : null;

    private static string? Resolve(IDictionary bound, string parameter, bool isLiteral = true) =>
        Text(bound, parameter) is { Length: > 0 } path ? Resolve(path, isLiteral) : null;

    /// <summary>The text of an argument; <see langword="null"/> if it is missing or only known when the command runs.</summary>
    private static string? Text(IDictionary bound, string parameter) => bound[parameter] switch
    {
        string text => text,
        object[] { Length: > 0 } texts => texts[0] as string,
        _ => null,
    };

    /// <summary>The full path that a path names at the location of the prompt: of a pattern, the first that exists.</summary>
    private static string? Resolve(string path, bool isLiteral)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell
            .AddScript(
                !isLiteral && WildcardPattern.ContainsWildcardCharacters(path)
                    ? "param($path) Convert-Path -Path $path -ErrorAction Ignore"
                    : "param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)",
                useLocalScope: true)
            .AddArgument(path)
            .Invoke<string>()
            .FirstOrDefault();
    }
}
