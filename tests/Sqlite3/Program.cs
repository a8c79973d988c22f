using PosTenancy.Tests.Sqlite3;
using SQLitePCL;

// Usage, as for the sqlite3 shell: [-batch] [-bail] [-readonly] DATABASE [COMMAND...]; without commands, those of standard input.
string[] options = [.. args.TakeWhile(a => a.StartsWith('-'))];
string[] commands = args[(options.Length + 1)..];

Batteries_V2.Init();
_ = raw.sqlite3_config(raw.SQLITE_CONFIG_URI, 1);
using Database database = new(args[options.Length], isReadOnly: options.Contains("-readonly"), stopsAtErrors: options.Contains("-bail"));

foreach (string command in commands.Length > 0 ? commands : ReadCommands(new StreamReader(Console.OpenStandardInput())))
{
    if (!database.Execute(command))
    {
        break;
    }
}

return database.ExitCode;

static IEnumerable<string> ReadCommands(StreamReader input)
{
    string command = "";
    while (input.ReadLine() is { } line)
    {
        bool isDotCommand = string.IsNullOrWhiteSpace(command) && line.StartsWith('.');
        command = isDotCommand ? line : command + line + '\n';
        if (isDotCommand || (line.Contains(';') && raw.sqlite3_complete(command) != 0))
        {
            yield return command;
            command = "";
        }
    }

    yield return command;
}
