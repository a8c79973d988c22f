using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>Runs the same statements on the database of before and on that of after: what failed must fail, and nothing else.</summary>
internal static class Replay
{
    private const string CompileError = "1:";
    private const int SqlitePrimaryKey = 1555;
    private const int SqliteUnique = 2067;

    public static void Compare(Copies copies, string before, string after, RandomDatabase database, Scope scope)
    {
        if (database.Tables.Any(t => t.MayBeRefused is not null))
        {
            // A tenant column that was there and incomplete refuses NULL now, and gives the tenant where none is named: that was asked for.
            return;
        }

        (List<string> answers, List<string> rows) = Run(copies.Of(before), database, scope);
        (List<string> newAnswers, List<string> newRows) = Run(copies.Of(after), database, scope);
        for (int i = 0; i < answers.Count; i++)
        {
            if (answers[i].StartsWith(CompileError, StringComparison.Ordinal) && answers[i] != newAnswers[i])
            {
                // A * that had too few columns has enough now. Nobody can have used such a statement, and what it does from here on is new.
                return;
            }

            Difference.Unless(answers[i] == newAnswers[i], $"{database.Statements[i]}\n- {answers[i]}\n+ {newAnswers[i]}");
        }

        Difference.Unless("rows after the same statements", rows, newRows);
    }

    private static (List<string> Answers, List<string> Rows) Run(string path, RandomDatabase database, Scope scope)
    {
        using RawDatabase file = new(path);
        file.Run("PRAGMA journal_mode = MEMORY");

        // A rebuilt table has the tenant in its keys, and no "table." in its CHECKs: both are part of SQLite's message. The codes stay.
        bool keepsMessages = scope.KeysStay;
        List<string> answers = [];
        foreach (string sql in database.Statements)
        {
            if (!scope.KeysStay && sql.Contains(" ON CONFLICT (", StringComparison.Ordinal))
            {
                // It names a key that has another column now; the plan says so.
                answers.Add("");
                continue;
            }

            int code = file.Run(sql);
            answers.Add(code == 0 ? $"{file.Changes} rows" : $"{WithoutOrder(code)}:" + (keepsMessages && WithoutOrder(code) != SqliteUnique ? WithoutCounts(code, file.Message) : ""));
        }

        List<string> rows = [.. scope.Columns.Keys.SelectMany(t => file.Rows(Picture.Select(t, scope)).Select(r => $"{t}: {r}"))];
        rows.AddRange(file.Rows("PRAGMA integrity_check"));
        return (answers, rows);
    }

    /// <summary>
    /// Which of two broken keys SQLite names first depends on the order in which they are written, and a rebuild writes some behind the columns; and
    /// on which row comes first, which a view without ORDER BY leaves to the planner.
    /// </summary>
    private static int WithoutOrder(int code) => code == SqlitePrimaryKey ? SqliteUnique : code;

    /// <summary>What does not compile may count columns, and there is one more.</summary>
    private static string WithoutCounts(int code, string message) => code == 1 ? string.Concat(message.Where(c => !char.IsAsciiDigit(c))) : message;
}
