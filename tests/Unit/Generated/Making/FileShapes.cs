using PosTenancy.Tests.Generated.Model;

namespace PosTenancy.Tests.Generated.Making;

/// <summary>Generates files of every kind that SQLite supports.</summary>
internal static class FileShapes
{
    public static FileShape Make(Dice dice, IReadOnlyList<RandomTable> tables)
    {
        List<string> prologue = [];
        List<string> epilogue = [];
        prologue.Add($"PRAGMA page_size = {(dice.Chance(50) ? 4096 : dice.Pick(512, 1024, 8192))}");
        if (dice.Chance(25))
        {
            prologue.Add($"PRAGMA encoding = '{dice.Pick("UTF-16le", "UTF-16be")}'");
        }

        if (dice.Chance(25))
        {
            prologue.Add($"PRAGMA auto_vacuum = {dice.Pick("FULL", "INCREMENTAL")}");
        }

        if (dice.Chance(30))
        {
            prologue.Add($"PRAGMA user_version = {dice.Between(1, 9)}");
            prologue.Add($"PRAGMA application_id = {dice.Between(1, 9)}");
        }

        if (dice.Chance(30))
        {
            epilogue.Add($"DELETE FROM {SqlWords.Quote(dice.PickFrom(tables).Name)} WHERE rowid % 3 = 0");
        }

        if (dice.Chance(30))
        {
            // Receipt numbers that were assigned and rolled back must not be assigned again.
            epilogue.Add("UPDATE sqlite_sequence SET seq = seq + 40");
        }

        if (dice.Chance(15))
        {
            epilogue.Add("ANALYZE");
        }

        // Rows older than the CHECK.
        if (dice.Chance(4))
        {
            prologue.Add("PRAGMA ignore_check_constraints = ON");
        }

        bool isLog = dice.Chance(20);
        if (isLog)
        {
            epilogue.Add("PRAGMA journal_mode = WAL");
        }

        if (dice.Chance(50))
        {
            epilogue.Add($"DELETE FROM {SqlWords.Quote(dice.PickFrom(tables).Name)} WHERE rowid = 2");
        }

        return new FileShape(prologue, epilogue, dice.Chance(4), isLog && dice.Chance(40));
    }
}
