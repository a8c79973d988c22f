using System.Management.Automation;
using PosTenancy.Engine.Journal;
using PosTenancy.Engine.Progress;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>
/// A cmdlet that works on live databases, one after the other: takes paths as PowerShell users give them, turns failures of one database
/// into error records so that the pipeline continues, shows progress, and stops the engine on Ctrl+C.
/// </summary>
public abstract class DatabaseCommand : ConsoleCommand, IDisposable
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _arguments = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The live database. Wildcards are allowed.</summary>
    [Parameter(
        Mandatory = true,
        Position = 0,
        ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true,
        ParameterSetName = PathSet
    )]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public virtual string[] Path { get; set; } = [];

    /// <summary>The live database, each character taken as it is.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath")]
    public virtual string[] LiteralPath { get; set; } = [];

    /// <summary>Cancelled by Ctrl+C.</summary>
    protected CancellationToken Cancellation => _stop.Token;

    /// <summary>Whether to only describe the operation: by -WhatIf, or by the caller's preference.</summary>
    protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>Whether a command with ConfirmImpact High asks before it acts, as far as is known before the first answer.</summary>
    protected bool Asks => !IsWhatIf && (MyInvocation.BoundParameters.TryGetValue("Confirm", out object? given)
        ? LanguagePrimitives.IsTrue(given)
        : LanguagePrimitives.ConvertTo<ConfirmImpact>(SessionState.PSVariable.GetValue("ConfirmPreference")) != ConfirmImpact.None);

    /// <summary>
    /// Whether the command, as it was called, changes nothing: then it only reports an interrupted run, and leaves it to the next command.
    /// </summary>
    protected virtual bool ReadsOnly => true;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Works on one database.</summary>
    /// <param name="path">Full path of the file, which may not exist.</param>
    protected abstract void ProcessDatabase(string path);

    /// <inheritdoc/>
    /// <remarks>What is bound now was typed; what is bound later came through the pipeline.</remarks>
    protected override void BeginProcessing() => _arguments.UnionWith(MyInvocation.BoundParameters.Keys);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => ProcessPaths(ResolvePaths());

    /// <summary>Works on the databases of one input: each in its turn, unless a command collects them.</summary>
    /// <param name="paths">Full paths of the files.</param>
    protected virtual void ProcessPaths(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            Process(path);
        }
    }

    /// <summary>Works on one database; what fails there is an error record.</summary>
    /// <param name="path">Full path of the file.</param>
    protected void Process(string path) => Attempt(path, () =>
    {
        if (ReadsOnly && InterruptionNotice.Describe(path) is { } interrupted)
        {
            WriteWarning($"'{path}': {interrupted}");
        }

        ProcessDatabase(path);
    });

    /// <summary>Does something with one database; what fails is an error record, so that the pipeline continues.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="work">What to do.</param>
    private protected void Attempt(string path, Action work)
    {
        try
        {
            work();
        }
        catch (PosTenancyException exception)
        {
            WriteError(ErrorRecords.From(exception, path));
        }
        catch (OperationCanceledException exception)
        {
            Tell(exception is CommandCancelledException ? exception.Message : $"Cancelled. '{path}' was only read.");
            throw new PipelineStoppedException();
        }
        catch (Exception exception) when (exception is not RuntimeException)
        {
            // A defect on one database must not keep the next ones of the pipeline from their turn. PowerShell's own exceptions (a
            // stop, an error that the caller wants to end everything) go on.
            WriteError(ErrorRecords.Unexpected(exception, path));
        }
    }

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => Cancel();

    /// <summary>Releases the cancellation source.</summary>
    /// <param name="disposing">Whether called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <summary>Runs the engine, and shows what it does as progress and, the statements on the live file, as verbose messages.</summary>
    /// <param name="path">The database.</param>
    /// <param name="parts">What the engine will do.</param>
    /// <param name="work">Calls the engine; nothing in it may write.</param>
    /// <param name="migrating">What it does with the live file in <see cref="Stage.Migration"/>.</param>
    /// <param name="meanwhile">Called again and again, and once at the end, to write what the engine has found so far.</param>
    protected T Watch<T>(
        string path,
        IReadOnlyList<CommandPart> parts,
        Func<IProgress<StageProgress>, T> work,
        string migrating = "migrating",
        Action? meanwhile = null)
    {
        StageProgressWriter writer = new(this, path, parts, migrating);
        using EngineRun<T> run = new(work, writer, Cancel, meanwhile);
        try
        {
            return run.Finish();
        }
        finally
        {
            writer.Complete();
        }
    }

    /// <summary>Cancels what the engine does.</summary>
    private protected void Cancel() => _stop.Cancel();

    /// <summary>
    /// Writes a result. If the command finished before it could be cancelled, the pipeline takes nothing any more, and the screen is told
    /// instead.
    /// </summary>
    /// <param name="result">The result.</param>
    /// <param name="ended">How the command ended, in a sentence.</param>
    protected void WriteResult(object result, string ended)
    {
        if (Cancellation.IsCancellationRequested)
        {
            Tell($"{ended} The command finished before it could be cancelled.");
            throw new PipelineStoppedException();
        }

        WriteObject(result);
    }

    /// <summary>
    /// Asks before something is changed; the names in the question are those of files. A session that cannot ask ends the command.
    /// </summary>
    protected new bool ShouldProcess(string target, string action)
    {
        try
        {
            return base.ShouldProcess(VisibleText.Escape(target), VisibleText.Escape(action));
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            ThrowTerminatingError(ErrorRecords.ConfirmationRequired(target, exception));
            throw;
        }
    }

    /// <summary>
    /// Whether a bad value of the parameter was typed, and so ends the command; through the pipeline it is one database's error.
    /// </summary>
    protected virtual bool IsMisuse(string parameter) => _arguments.Contains(parameter);

    /// <summary>Checks a value that misuse would have; a bad one on the command line ends the command.</summary>
    /// <param name="parameter">The parameter that an error id is about.</param>
    /// <param name="check">Makes the value, or throws.</param>
    protected T RequireArgument<T>(Func<string, string> parameter, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (PosTenancyException exception) when (IsMisuse(parameter(exception.ErrorId)))
        {
            ThrowTerminatingError(ErrorRecords.From(exception, target: null));
            throw;
        }
    }

    private IEnumerable<string> ResolvePaths()
    {
        FilePaths paths = new(this);
        return ParameterSetName.StartsWith(LiteralPathSet, StringComparison.Ordinal)
            ? LiteralPath.SelectMany(paths.ResolveLiteral)
            : Path.SelectMany(path => paths.Resolve(path, isTyped: _arguments.Contains(nameof(Path))));
    }
}
