namespace PosTenancy.Engine.Reporting.Sections;

/// <summary>The script, statement by statement, and the rows that it returned.</summary>
internal static class ScriptExecution
{
    /// <summary>Keeps the report readable. The script itself has the rest, and its hash identifies it.</summary>
    private const int MaxStatements = 1_000;

    public static IEnumerable<ReportSection> Create(UpgradeResult result, MigrationScript script)
    {
        bool isNeeded = result.Plan!.Changes.Any();
        int leftOut = script.Statements.Count(s => s.Skipped is not null);
        yield return ReportSection.Part(
            "Script",
            Bullets.From(
                Line.Fact("File", script.Path),
                Line.Fact("SHA-256", script.Sha256),
                Line.Fact("Statements", isNeeded
                    ? $"{Figures.Count(script.Statements.Count)}, of which {Figures.Count(leftOut)} are not run"
                    : $"{Figures.Count(script.Statements.Count)}; none was run, because nothing had to be changed")));
        if (isNeeded)
        {
            yield return ReportSection.Part("Planned statements", new Code("sql", Statements(script)));
            yield return ReportSection.Part("Script output", [.. Output(result)]);
        }
    }

    private static List<string> Statements(MigrationScript script)
    {
        List<string> lines = ["BEGIN IMMEDIATE;"];
        foreach (ScriptStatement statement in script.Statements.Take(MaxStatements))
        {
            string[] sql = statement.Sql.Replace("\r", "").Split('\n');
            lines.Add(statement.Skipped is null ? $"-- line {statement.Line}" : $"-- line {statement.Line}, not run: {statement.Skipped}");
            lines.AddRange(
                statement.Skipped is null ? [.. sql.Take(sql.Length - 1), sql[sql.Length - 1] + ";"] : sql.Select(line => "-- " + line));
        }

        if (script.Statements.Count > MaxStatements)
        {
            lines.Add($"-- and {Figures.Count(script.Statements.Count - MaxStatements)} more, which are in the script");
        }

        return [.. lines, "-- the checks run here; a failed check causes a ROLLBACK", "COMMIT;"];
    }

    private static IEnumerable<Block> Output(UpgradeResult result)
    {
        if (result.LastRun() is not { } run)
        {
            yield return new Paragraph("Not reached: no statement was run.");
            yield break;
        }

        yield return new Paragraph(
            run switch
            {
                { ScriptOutput.Count: 0 } => "None: no statement that was run returned rows.",
                _ when result.Migration is null =>
                    "From the rehearsal on a copy; the live file was not reached. Measured by the script, not by a check.",
                { Status: MigrationStatus.RolledBack } =>
                    "From the migration that was then rolled back. Measured by the script, not by a check.",
                _ => "From the migration, before COMMIT. Measured by the script, not by a check.",
            });
        foreach (ScriptOutput output in run.ScriptOutput)
        {
            yield return new Paragraph(
                Line.From(new Strong($"Line {output.Line}:"), $" {ScriptText.OneLine(output.Sql)} ({ScriptText.Count(output)})"));
            if (output.Rows.Count > 0)
            {
                yield return new Table(
                    [.. output.Columns.Select(name => new Column(name))],
                    [.. output.Rows.Select(row => Table.Row([.. row.Select(value => (Line)(value ?? "NULL"))]))]);
            }
        }
    }
}
