using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>What a statement does, by its first word: the answer for one that SQLite did not compile.</summary>
internal static class SqlOperation
{
    private static readonly string[] Writes = ["INSERT", "REPLACE", "UPDATE", "DELETE"];

    public static StatementOperation Of(SqlText text)
    {
        string? write = Array.Find(Writes, w => text.Is(0, w)) ??
            (text.Is(0, "WITH") ? Array.Find(Writes, w => text.Places.Any(p => text.Tokens[p].Depth == 0 && text.Is(p, w))) : null);
        return write switch
        {
            "INSERT" or "REPLACE" => StatementOperation.Insert,
            "UPDATE" => StatementOperation.Update,
            "DELETE" => StatementOperation.Delete,
            _ => StatementOperation.Select,
        };
    }
}
