using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>The four worlds of a trial: with the rows of both tenants, of each alone, and of none.</summary>
internal sealed class TrialWorlds : IDisposable
{
    private TrialWorlds(IReadOnlyList<TrialWorld> all) => All = all;

    public IReadOnlyList<TrialWorld> All { get; }

    /// <summary>The world with the rows of both tenants.</summary>
    public TrialWorld Both => All[3];

    /// <summary>The world without rows of tenants.</summary>
    public TrialWorld None => All[0];

    /// <summary>Makes them from the database in which the rows of both are.</summary>
    public static TrialWorlds Copy(
        DatabaseConnection original, TrialDatabase database, HeldFunctions functions, CancellationToken cancellation)
    {
        TrialOwner[][] owners =
            [[], [TrialOwner.First], [TrialOwner.Second], [TrialOwner.First, TrialOwner.Second]];
        List<TrialWorld> worlds = [];
        try
        {
            worlds.AddRange(owners.Select(o => TrialWorld.Copy(original, database, functions, o, cancellation)));
            return new TrialWorlds(worlds);
        }
        catch
        {
            worlds.ForEach(w => w.Dispose());
            throw;
        }
    }

    /// <summary>Copies them, so that a statement can be tried on another schema.</summary>
    public TrialWorlds Copy()
    {
        List<TrialWorld> worlds = [];
        try
        {
            worlds.AddRange(All.Select(w => w.Copy()));
            return new TrialWorlds(worlds);
        }
        catch
        {
            worlds.ForEach(w => w.Dispose());
            throw;
        }
    }

    /// <summary>The world with the rows of one tenant.</summary>
    public TrialWorld Alone(TrialOwner owner) => All[(int)owner];

    /// <summary>Changes every world until the scope ends.</summary>
    public IDisposable Change(Action<DatabaseConnection> change)
    {
        List<IDisposable> scopes = [];
        try
        {
            scopes.AddRange(All.Select(w => w.Change(change)));
            return new Scope(() => scopes.ForEach(s => s.Dispose()));
        }
        catch
        {
            scopes.ForEach(s => s.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TrialWorld world in All)
        {
            world.Dispose();
        }
    }

    private sealed class Scope(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
