// PosTenancy.CompletionResult is what Complete-PosTenantMigration writes.
global using Suggestion = System.Management.Automation.CompletionResult;
using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PosTenancy.Commands;

/// <summary>
/// Completes an argument from the database that the command line names. Where that is impossible, or takes too long, it suggests nothing: a
/// key press shows no error, and changes no file.
/// </summary>
public abstract class NameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public IEnumerable<Suggestion> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            if (Read(fakeBoundParameters, wordToComplete) is not { } line)
            {
                return [];
            }

            // SQLite cannot be interrupted while it waits for a lock, nor a system that waits for a network.
            CancellationTokenSource patience = new(Patience);
            Task<List<Suggestion>> search = Task.Run(() => Suggest(line, patience.Token).ToList());
            _ = search.ContinueWith(_ => patience.Dispose(), TaskScheduler.Default);
            return search.Wait(Patience) ? search.Result : [];
        }
        catch (Exception exception) when (exception is AggregateException or RuntimeException)
        {
            return [];
        }
    }

    /// <summary>Reads the command line; <see langword="null"/> if it does not name the database whose names are meant.</summary>
    private protected virtual CommandLine? Read(IDictionary bound, string word) => CommandLine.Read(bound, word);

    /// <summary>Finds what can stand for the word, on a thread without a runspace.</summary>
    private protected abstract IEnumerable<Suggestion> Suggest(CommandLine line, CancellationToken cancellation);

    /// <summary>A suggestion for each name that begins with the word.</summary>
    private protected static IEnumerable<Suggestion> Matching(
        IEnumerable<string> names, CommandLine line, Func<string, string> argument) =>
        names
            .Where(n => n.StartsWith(line.Word, StringComparison.OrdinalIgnoreCase))
            .Select(n => new Suggestion(Quote(argument(n)), n, CompletionResultType.ParameterValue, n));

    /// <summary>A text as an argument: in quotation marks if it would be read as anything else without.</summary>
    private protected static string Quote(string text) =>
        text.Length > 0 && text[0] != '-' && text.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '\\' or ':')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
