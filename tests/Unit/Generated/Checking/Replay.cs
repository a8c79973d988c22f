using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Checking;

/// <summary>Runs the same statements on the database before and after migration: the same ones must fail.</summary>
internal sealed class Replay
{
    private const string CompileError = "1:";
    private const string CheckFailed = "275:CHECK constraint failed: ";
    private const int SqlitePrimaryKey = 1555;
    private const int SqliteUnique = 2067;

    private readonly RandomDatabase _database;
    private readonly Scope _scope;

    private Replay(RandomDatabase database, Scope scope) => (_database, _scope) = (database, scope);

    public static void Compare(Copies copies, string before, string after, RandomDatabase database, Scope scope)
    {
        if (database.Tables.Any(t => t.MayBeRefused is not null))
        {
            // An existing, incomplete tenant column is now NOT NULL and defaults to the tenant, as requested.
            return;
        }

        Replay replay = new(database, scope);
        string reordered = TableOrder.Take(copies, before, after);
        List<string> statements = [.. database.Statements];
        while (replay.Difference(copies, reordered, after, statements) is { } difference)
        {
            // Which rows "UPDATE OR IGNORE … SET key = 1" changes depends on which one comes first, and with a key that begins with the
            // tenant the
            // planner uses another order. SQL specifies none. Such a statement is left out, and the rest must still agree.
            if ((
                    replay.FirstThatDependsOnRowOrder(copies, reordered, statements)
                    ?? replay.FirstThatWritesAnotherTenant(copies, after, statements))
                is not { } i)
            {
                throw difference;
            }

            statements.RemoveAt(i);
        }
    }

    private Difference? Difference(Copies copies, string before, string after, List<string> statements)
    {
        try
        {
            Compare(statements, Run(copies.Make(before), statements), Run(copies.Make(after), statements));
            return null;
        }
        catch (Difference difference)
        {
            return difference;
        }
    }

    private void Compare(
        List<string> statements,
        (List<string> Answers, List<string> Rows) old,
        (List<string> Answers, List<string> Rows) now)
    {
        for (int i = 0; i < statements.Count; i++)
        {
            if (old.Answers[i].StartsWith(CompileError, StringComparison.Ordinal) && old.Answers[i] != now.Answers[i])
            {
                // A * that had too few columns now has enough. No application can have used such a statement, so its effect may be new.
                return;
            }

            Checking.Difference.Unless(
                old.Answers[i] == now.Answers[i] || HadTheNameOfAColumnsConstraint(old.Answers[i], now.Answers[i]),
                $"{statements[i]}\n- {old.Answers[i]}\n+ {now.Answers[i]}");
        }

        Checking.Difference.Unless("rows after the same statements", old.Rows, now.Rows);
    }

    private (List<string> Answers, List<string> Rows) Run(string path, List<string> statements)
    {
        using RawDatabase file = Open(path);
        List<string> answers = [.. statements.Select(s => Answer(file, s))];
        return (answers, [.. Rows(file), .. file.Integrity()]);
    }

    private string Answer(RawDatabase file, string sql)
    {
        if (!_scope.KeysStay && sql.Contains(" ON CONFLICT (", StringComparison.Ordinal))
        {
            // It names a key that now has another column; the plan reports this.
            return "";
        }

        // A rebuilt table has the tenant in its keys, and no "table." in its CHECKs: both are part of SQLite's message. The codes are the
        // same.
        int code = file.Run(sql);
        return code == 0
            ? $"{file.Changes} rows"
            : $"{WithoutOrder(code)}:" + (_scope.KeysStay && WithoutOrder(code) != SqliteUnique ? WithoutCounts(code, file.Message) : "");
    }

    /// <summary>
    /// The first statement after which the state of the original database depends on whether SQLite reads the rows forwards or backwards.
    /// </summary>
    private int? FirstThatDependsOnRowOrder(Copies copies, string before, List<string> statements)
    {
        using RawDatabase forwards = Open(copies.Make(before));
        using RawDatabase backwards = Open(copies.Make(before));
        backwards.Run("PRAGMA reverse_unordered_selects = ON");
        for (int i = 0; i < statements.Count; i++)
        {
            bool isSameAnswer = Answer(forwards, statements[i]) == Answer(backwards, statements[i]);
            if (!isSameAnswer || !Rows(forwards).SequenceEqual(Rows(backwards), StringComparer.Ordinal))
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>
    /// The first statement that leaves a row of another tenant, if keys are per tenant: a trigger that writes by position into an existing
    /// tenant
    /// column. Its row was a duplicate before and now belongs to the other tenant, as requested.
    /// </summary>
    private int? FirstThatWritesAnotherTenant(Copies copies, string after, List<string> statements)
    {
        using RawDatabase file = Open(copies.Make(after));
        string column = SqlWords.Quote(_scope.TenantColumn);
        List<string> tables =
        [
            .. _scope.Columns.Where(t => !_scope.KeysStay && t.Value.Any(_scope.IsTenant)).Select(t => SqlWords.Quote(t.Key)),
        ];
        for (int i = 0; i < statements.Count; i++)
        {
            Answer(file, statements[i]);
            if (tables.Exists(t =>
                    file.Texts($"SELECT 1 FROM {t} WHERE {column} COLLATE BINARY IS NOT {SqlWords.Text(_database.Tenant.Id)} LIMIT 1").Count
                    > 0))
            {
                return i;
            }
        }

        return null;
    }

    private IEnumerable<string> Rows(RawDatabase file) =>
        _scope.Columns.Keys.SelectMany(t => file.Rows(Picture.Select(t, _scope)).Select(r => $"{t}: {r}"));

    private static RawDatabase Open(string path)
    {
        RawDatabase file = new(path);
        file.Run("PRAGMA journal_mode = MEMORY");
        return file;
    }

    /// <summary>
    /// Which of two violated keys SQLite names first depends on the order in which they are written, and a rebuild writes some after the
    /// columns;
    /// it also depends on which row comes first, which a view without ORDER BY leaves to the planner.
    /// </summary>
    private static int WithoutOrder(int code) => code == SqlitePrimaryKey ? SqliteUnique : code;

    /// <summary>A compile error may count columns, and there is one more.</summary>
    private static string WithoutCounts(int code, string message) =>
        code == 1 ? string.Concat(message.Where(c => !char.IsAsciiDigit(c))) : message;

    /// <summary>
    /// SQLite keeps the name of a constraint until the next column or the next comma between table constraints. The comma that ends the
    /// last
    /// column is neither, so an unnamed CHECK after it gets the name of that column's last constraint. ADD COLUMN inserts a column between
    /// the
    /// two, and the message then shows the expression: the CHECK is the same.
    /// </summary>
    private bool HadTheNameOfAColumnsConstraint(string before, string after) =>
        before.StartsWith(CheckFailed, StringComparison.Ordinal) &&
        after.StartsWith(CheckFailed, StringComparison.Ordinal) &&
        _database.Tables.Any(t =>
            t.Constraints.Any(c => c.Contains(after[CheckFailed.Length..], StringComparison.Ordinal)) &&
            t.Columns[^1]
                .Constraints.Any(c =>
                    c.StartsWith("CONSTRAINT", StringComparison.Ordinal) &&
                    c.Contains(before[CheckFailed.Length..], StringComparison.Ordinal)));
}
