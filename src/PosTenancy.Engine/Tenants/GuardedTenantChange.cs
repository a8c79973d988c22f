using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Tenants;

/// <summary>A change of one tenant of a live database: described, or carried out under the guard.</summary>
/// <typeparam name="TResult">What its result says.</typeparam>
public abstract class GuardedTenantChange<TResult>
    where TResult : TenantChangeResult
{
    private readonly TenantChangeOptions _options;

    private protected GuardedTenantChange(string path, TenantChangeOptions options)
    {
        Path = FilePath.Full(path);
        _options = options;
    }

    /// <summary>Full path of the live database.</summary>
    public string Path { get; }

    /// <summary>What it does, as the question before it is carried out.</summary>
    public abstract string Action { get; }

    /// <summary>Says what would be done with the database as it is now, and changes nothing.</summary>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>What would be done, with the rows of each table; one sentence for each step.</returns>
    /// <exception cref="PosTenancyException">It would be refused.</exception>
    public IReadOnlyList<string> Preview(CancellationToken cancellation = default)
    {
        using SliceChange change = Create();
        change.Preview(cancellation);
        return Describe(change);
    }

    /// <summary>Carries it out. Whatever happens is in the result.</summary>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the run; what was begun is undone.</param>
    public TResult Run(IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        using SliceChange change = Create();
        ChangeOptions guard = new(_options.Destination, _options.SkipRehearsal, _options.LockTimeout)
        {
            ReferenceTable = _options.ReferenceTable,
        };
        ChangeOutcome outcome = new GuardedChange(Path, change, guard, progress, cancellation).Run();
        return (TResult)change.Complete(Result(change, outcome), outcome);
    }

    private protected abstract SliceChange Create();

    private protected abstract IReadOnlyList<string> Describe(SliceChange change);

    /// <summary>The result with what only this change has.</summary>
    private protected abstract TResult Result(SliceChange change, ChangeOutcome outcome);
}
