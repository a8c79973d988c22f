using System.Text;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements;

/// <summary>
/// What identifies a statement wherever it stands in the source: its text with one space for any white space and comments between two
/// tokens, so that a line that moves or is indented anew is still the same statement. The text of literals stays as it is.
/// </summary>
internal static class StatementKey
{
    /// <summary>The text in one line.</summary>
    public static string Normalize(string sql)
    {
        SqlText text = new(sql);
        StringBuilder normal = new(sql.Length);
        int end = 0;
        foreach (SqlToken token in text.Tokens)
        {
            if (normal.Length > 0 && token.Start > end)
            {
                _ = normal.Append(' ');
            }

            _ = normal.Append(sql, token.Start, token.Length);
            end = token.End;
        }

        return normal.ToString().TrimEnd(';', ' ');
    }

    /// <summary>SHA-256 of the normalized text.</summary>
    public static string Compute(string sql) => Checksum.Compute(Normalize(sql));

    /// <summary>Identifies a finding: the statement, the table and the verdict.</summary>
    public static string Compute(StatementResult result) => Checksum.Compute($"{Compute(result.Sql)}\n{result.Table}\n{result.Verdict}");
}
