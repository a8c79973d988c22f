namespace PosTenancy;

/// <summary>
/// The user's own migration, read and checked, but not run. It takes the place of the statements that a plan would make.
/// </summary>
/// <param name="Path">Full path of the file.</param>
/// <param name="Name">Its name without the folder.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Statements">Every statement in the order of the file, those that are not run included.</param>
public sealed record MigrationScript(string Path, string Name, string Sha256, IReadOnlyList<ScriptStatement> Statements)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The statements that are run.</summary>
    internal IEnumerable<PlannedStatement> Planned =>
        Statements.Where(s => s.Skipped is null).Select(s => new PlannedStatement(s.Sql, $"line {s.Line}") { Line = s.Line });
}

/// <summary>One statement of a script.</summary>
/// <param name="Line">The line that it begins on, from 1.</param>
/// <param name="Sql">Its text, from its first word to its last, without the semicolon.</param>
/// <param name="Skipped">Why it is not run; <see langword="null"/> if it is.</param>
public sealed record ScriptStatement(int Line, string Sql, string? Skipped)
{
    /// <summary>The statement.</summary>
    public override string ToString() => Sql;
}
