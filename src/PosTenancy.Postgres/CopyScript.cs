using System.Text;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres;

/// <summary>The statements of a plan as a script, for a person who wants to read them.</summary>
public static class CopyScript
{
    /// <summary>Writes the script; a file of that name is replaced.</summary>
    /// <param name="path">Full path of the database.</param>
    /// <param name="file">Full path of the script.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>The script.</returns>
    /// <exception cref="PosTenancyException">The file cannot be written.</exception>
    public static FileInfo Write(string path, string file, IReadOnlyList<CopyTablePlan> plan) => FileErrors.Guard(path, () =>
    {
        File.WriteAllText(file, Text(plan), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return new FileInfo(file);
    });

    /// <summary>The script.</summary>
    internal static string Text(IReadOnlyList<CopyTablePlan> plan)
    {
        StringBuilder script = new("-- What Copy-PosTenant creates, table by table. Foreign keys follow once all tables are there.\n");
        foreach (CopyTablePlan table in plan)
        {
            _ = script.Append("\n-- ").Append(VisibleText.Escape(table.ToString())).Append('\n');
            foreach (string note in new[] { table.Reason }.Where(r => r.Length > 0).Concat(table.Warnings))
            {
                _ = script.Append("-- ").Append(VisibleText.Escape(note)).Append('\n');
            }

            foreach (string statement in table.Sql.Where(s => !IsForeignKey(s)))
            {
                _ = script.Append(statement).Append(";\n");
            }
        }

        _ = script.Append('\n');
        foreach (string statement in plan.SelectMany(t => t.Sql).Where(IsForeignKey))
        {
            _ = script.Append(statement).Append(";\n");
        }

        return script.ToString();
    }

    private static bool IsForeignKey(string statement) => statement.IndexOf(" FOREIGN KEY (", StringComparison.Ordinal) > 0;
}
