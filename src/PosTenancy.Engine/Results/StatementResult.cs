namespace PosTenancy;

/// <summary>What the trial of a statement showed for one table.</summary>
public enum StatementVerdict : long
{
    /// <summary>It read or changed rows of the acting tenant, and nothing that it did depended on another tenant's rows.</summary>
    Isolated,

    /// <summary>
    /// It sees or touches rows of other tenants although it is given nothing of theirs: no value that a key reserves for another tenant's
    /// row.
    /// </summary>
    Leaks,

    /// <summary>It reaches a row of another tenant only if it is given that row's key, a reference to it, or NULL for the tenant.</summary>
    ByKeyOnly,

    /// <summary>It inserts a row without naming its tenant.</summary>
    NoTenantOnInsert,

    /// <summary>It reaches all tenants, which is allowed for a stated reason.</summary>
    AllTenants,

    /// <summary>It reaches only tables that all tenants share, or none.</summary>
    SharedTable,

    /// <summary>It could not be tried, or the trial proves nothing.</summary>
    NotChecked,
}

/// <summary>How serious a verdict is.</summary>
public enum StatementSeverity : long
{
    /// <summary>Nothing to do.</summary>
    None,

    /// <summary>To be known.</summary>
    Information,

    /// <summary>To be looked at.</summary>
    Warning,

    /// <summary>To be corrected.</summary>
    Error,
}

/// <summary>What a statement does with a table.</summary>
public enum StatementOperation : long
{
    /// <summary>It reads rows, or only compiles them in.</summary>
    Select,

    /// <summary>It inserts rows, and may update or replace those that it conflicts with.</summary>
    Insert,

    /// <summary>It updates rows.</summary>
    Update,

    /// <summary>It deletes rows.</summary>
    Delete,
}

/// <summary>A row of another tenant that a statement reached in its trial: the row was made up for it.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">The primary key or rowid of the row; several columns are separated by commas.</param>
public sealed record StatementWitness(string Table, string Key)
{
    /// <summary>The table and the key.</summary>
    public override string ToString() => $"{Table} ({Key})";
}

/// <summary>The trial of one statement of an application on one table.</summary>
/// <param name="Path">Full path of the database.</param>
/// <param name="File">Full path of the source file; <see langword="null"/> if the statement came from no file.</param>
/// <param name="Line">Line of the statement in the file, from 1; 0 without a file.</param>
/// <param name="Column">Column of the statement in its line, from 1; 0 without a file.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Table">The table; empty if the statement reaches none, or does not compile.</param>
/// <param name="Operation">What the statement does with the table.</param>
/// <param name="Verdict">What the trial showed.</param>
/// <param name="Severity">How serious that is.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Witness">The row of another tenant that it reached; <see langword="null"/> if it reached none.</param>
public sealed record StatementResult(
    string Path,
    string? File,
    int Line,
    int Column,
    string Sql,
    string Table,
    StatementOperation Operation,
    StatementVerdict Verdict,
    StatementSeverity Severity,
    string Reason,
    StatementWitness? Witness)
{
    /// <summary>What else the trial showed, such as an error that tells whether another tenant uses a value.</summary>
    public IReadOnlyList<string> Notes { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>The reason for which it may reach all tenants, as a comment in the source or the baseline gives it; otherwise
    /// <see langword="null"/>.</summary>
    public string? AllowedReason { get; init; }

    /// <summary>Whether the baseline has it.</summary>
    public bool IsInBaseline { get; init; }

    /// <summary>Whether there is something to correct, to allow or to look at that the baseline does not have.</summary>
    public bool IsNew => !IsInBaseline && IsFinding;

    /// <summary>Whether the verdict says that the statement is not proved isolated, and not allowed to be so.</summary>
    internal bool IsFinding => Verdict is StatementVerdict.Leaks or StatementVerdict.ByKeyOnly or StatementVerdict.NoTenantOnInsert
        or StatementVerdict.NotChecked;

    /// <summary>The place, the table and the verdict.</summary>
    public override string ToString() =>
        $"{(File is null ? "" : $"{File}:{Line}: ")}{(Table.Length == 0 ? "" : $"{Table}: ")}{Verdict}";
}
