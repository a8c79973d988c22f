namespace PosTenancy.Engine.Planning;

/// <summary>The subject of a history row.</summary>
internal enum HistoryKind
{
    /// <summary>Statements planned for the database.</summary>
    Plan,

    /// <summary>A script of the project.</summary>
    Script,

    /// <summary>The rows of a tenant, brought in from another database.</summary>
    Import,

    /// <summary>The tables that all tenants share.</summary>
    Share,

    /// <summary>Another name for a tenant.</summary>
    Rename,

    /// <summary>The rows of one tenant, as a backup or an export has them.</summary>
    Restore,

    /// <summary>A tenant whose rows were deleted.</summary>
    Remove,

    /// <summary>A tenant whose rows were deleted, and their bytes too.</summary>
    Erase,

    /// <summary>The end of the DEFAULT for the first tenant.</summary>
    Complete,
}

/// <summary>How a migration is named in the history and distinguished from another of that name.</summary>
/// <param name="Kind">Plan, script or shared tables.</param>
/// <param name="Name">File name of the script, or the names of the shared tables; <see langword="null"/> for a plan.</param>
/// <param name="Checksum">SHA-256 of the script's bytes, of the plan's statements joined with a semicolon and a line feed, or of the
/// names.</param>
/// <param name="Tables">How many tables were changed, or are shared.</param>
/// <param name="Statements">How many statements ran.</param>
internal sealed record HistoryRecord(HistoryKind Kind, string? Name, string Checksum, int Tables, int Statements)
{
    /// <summary>The record for a plan.</summary>
    public static HistoryRecord From(MigrationPlan plan)
    {
        string[] statements = [.. plan.Statements.Select(s => s.Sql)];
        int tables = plan.Changes.Count();
        return plan.Options.Script is { } script
            ? new(HistoryKind.Script, script.Name, script.Sha256, tables, statements.Length)
            : new(HistoryKind.Plan, Name: null, Sqlite.Checksum.Compute(string.Join(";\n", statements)), tables, statements.Length);
    }
}
