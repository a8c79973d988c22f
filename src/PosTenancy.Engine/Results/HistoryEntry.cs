namespace PosTenancy;

/// <summary>Whether a script is still what was applied.</summary>
public enum ScriptState : long
{
    /// <summary>Its bytes have the checksum that was recorded.</summary>
    Unchanged,

    /// <summary>It was changed since.</summary>
    Changed,
}

/// <summary>
/// One migration, as the database itself remembers it. What a project's own table does not hold is <see langword="null"/>.
/// </summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="AppliedAt">When, in UTC.</param>
/// <param name="Kind"><c>Plan</c>, <c>Script</c>, <c>Share</c>, <c>Import</c>, <c>Rename</c>, <c>Restore</c>, <c>Remove</c>,
/// <c>Erase</c> or <c>Complete</c>; a later version may know more.</param>
/// <param name="Name">File name of the script, of a key map or of what a tenant was restored from, the names of the tables that all tenants
/// share, the name that a tenant had before, or what the project's table calls it.</param>
/// <param name="TenantId">The tenant that every row was given.</param>
/// <param name="ColumnName">The tenant column.</param>
/// <param name="Tables">How many tables were changed, or are shared.</param>
/// <param name="Statements">How many statements ran.</param>
/// <param name="Checksum">SHA-256 of the plan's statements or of the script, in hexadecimal digits; in a project's table what its tool
/// keeps.</param>
/// <param name="ProductVersion">Program and version that did it.</param>
/// <param name="SqliteVersion">Version of SQLite that did it.</param>
/// <param name="BackupSha256">SHA-256 of the backup that was made before.</param>
/// <param name="ScriptState">For entries of the script that was asked about: whether it is still what was applied.</param>
public sealed record HistoryEntry(
    string Path,
    DateTimeOffset? AppliedAt,
    string? Kind,
    string? Name,
    string? TenantId,
    string? ColumnName,
    long? Tables,
    long? Statements,
    string? Checksum,
    string? ProductVersion,
    string? SqliteVersion,
    string? BackupSha256,
    ScriptState? ScriptState)
{
    /// <summary>The kind, the name and the tenant, as far as they are recorded.</summary>
    public override string ToString() => string.Join(" ", new[] { Kind, Name, TenantId }.OfType<string>());
}
