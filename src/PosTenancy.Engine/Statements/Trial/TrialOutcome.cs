using System.Globalization;
using System.Text;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>Values of a row, comparable as a whole.</summary>
internal sealed class TrialRecord
{
    public TrialRecord(IReadOnlyList<object?> values)
    {
        Values = values;
        StringBuilder text = new();
        foreach (object? value in values)
        {
            _ = value switch
            {
                null => text.Append('n'),
                long number => text.Append('i').Append(number.ToString(CultureInfo.InvariantCulture)),
                double number => text.Append('r').Append(number.ToString("R", CultureInfo.InvariantCulture)),
                string s => text.Append('t').Append(s.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(s),
                byte[] bytes => text.Append('b').Append(Convert.ToBase64String(bytes)),
                _ => throw new InvalidOperationException($"SQLite has no type {value.GetType()}."),
            };
            _ = text.Append('|');
        }

        Text = text.ToString();
    }

    public IReadOnlyList<object?> Values { get; }

    /// <summary>The values with their storage classes.</summary>
    public string Text { get; }

    public static TrialRecord Read(Row row) => new([.. Enumerable.Range(0, row.Columns).Select(row.GetValue)]);
}

/// <summary>How the rows of a table differ after a statement.</summary>
/// <param name="Removed">Rows that are gone, or were updated: as they were.</param>
/// <param name="Added">New rows, and updated ones as they are now.</param>
internal sealed record TableChange(IReadOnlyList<TrialRecord> Removed, IReadOnlyList<TrialRecord> Added)
{
    public static TableChange Between(IReadOnlyList<TrialRecord> before, IReadOnlyList<TrialRecord> after) =>
        new(RecordBag.Minus(before, after), RecordBag.Minus(after, before));
}

/// <summary>Records compared without regard to their order.</summary>
internal static class RecordBag
{
    /// <summary>The records of the first list that the second does not have, or has less often.</summary>
    public static IReadOnlyList<TrialRecord> Minus(IReadOnlyList<TrialRecord> first, IReadOnlyList<TrialRecord> second)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (TrialRecord record in second)
        {
            counts[record.Text] = counts.TryGetValue(record.Text, out int n) ? n + 1 : 1;
        }

        List<TrialRecord> rest = [];
        foreach (TrialRecord record in first)
        {
            if (counts.TryGetValue(record.Text, out int n) && n > 0)
            {
                counts[record.Text] = n - 1;
            }
            else
            {
                rest.Add(record);
            }
        }

        return rest;
    }

    /// <summary>
    /// Whether two lists have equal records. Keys that SQLite assigned to new rows depend on those that exist, so each is equal to those of
    /// the other run.
    /// </summary>
    public static bool AreEqual(
        IReadOnlyList<TrialRecord> first, ISet<long> firstKeys, IReadOnlyList<TrialRecord> second, ISet<long> secondKeys)
    {
        if (first.Count != second.Count)
        {
            return false;
        }

        IReadOnlyList<TrialRecord> left = Minus(first, second);
        if (left.Count == 0)
        {
            return true;
        }

        if (firstKeys.Count == 0 || secondKeys.Count == 0)
        {
            return false;
        }

        List<TrialRecord> right = [.. Minus(second, first)];
        foreach (TrialRecord record in left)
        {
            int match = right.FindIndex(r => Matches(record, r));
            if (match < 0)
            {
                return false;
            }

            right.RemoveAt(match);
        }

        return true;

        bool Matches(TrialRecord a, TrialRecord b)
        {
            for (int i = 0; i < a.Values.Count; i++)
            {
                bool isNewKey = a.Values[i] is long x && b.Values[i] is long y && firstKeys.Contains(x) && secondKeys.Contains(y);
                if (!isNewKey && new TrialRecord([a.Values[i]]).Text != new TrialRecord([b.Values[i]]).Text)
                {
                    return false;
                }
            }

            return true;
        }
    }
}

/// <summary>What a statement did in one run.</summary>
internal sealed record TrialOutcome
{
    /// <summary>The rows that it returned.</summary>
    public IReadOnlyList<TrialRecord> Rows { get; init; } = [];

    /// <summary>SQLite's message; <see langword="null"/> if it ran to its end.</summary>
    public string? Error { get; init; }

    /// <summary>Why the run says nothing: it took too long, or returned too much; otherwise <see langword="null"/>.</summary>
    public string? Stopped { get; init; }

    /// <summary>How many rows it changed itself.</summary>
    public long Changed { get; init; }

    /// <summary>How many rows it changed in all, those that triggers and foreign keys changed included.</summary>
    public long TotalChanged { get; init; }

    /// <summary>The changes of each table that it may write to.</summary>
    public IReadOnlyDictionary<TrialTable, TableChange> Changes { get; init; } = new Dictionary<TrialTable, TableChange>();

    /// <summary>The keys that SQLite assigned to new rows.</summary>
    public ISet<long> NewKeys { get; init; } = new HashSet<long>();
}
