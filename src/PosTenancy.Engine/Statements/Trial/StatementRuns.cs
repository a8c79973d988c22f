using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <summary>Runs a statement in the worlds, also without some of their rows, and compares what it did.</summary>
internal sealed class StatementRuns
{
    /// <summary>For all runs of a statement.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly TrialData _data;
    private readonly IReadOnlyDictionary<TrialWorld, Statement> _statements;
    private readonly System.Diagnostics.Stopwatch _watch = System.Diagnostics.Stopwatch.StartNew();

    /// <summary>Prepares the runs.</summary>
    /// <param name="worlds">The worlds.</param>
    /// <param name="data">Their rows.</param>
    /// <param name="statements">The statement, compiled in each world.</param>
    /// <param name="written">The tables that it may write to.</param>
    public StatementRuns(
        TrialWorlds worlds,
        TrialData data,
        IReadOnlyDictionary<TrialWorld, Statement> statements,
        IReadOnlyList<TrialTable> written)
    {
        Worlds = worlds;
        _data = data;
        _statements = statements;
        Written = written;
    }

    public TrialWorlds Worlds { get; }

    /// <summary>The tables that the statement may write to.</summary>
    public IReadOnlyList<TrialTable> Written { get; }

    /// <summary>Why the runs were ended; <see langword="null"/> if they were not.</summary>
    public string? Stopped { get; private set; }

    /// <summary>Runs the statement.</summary>
    public TrialOutcome Run(TrialWorld world, object?[] values)
    {
        if (Stopped is not null || _watch.Elapsed > Limit)
        {
            Stopped ??= "it takes too long";
            return new TrialOutcome { Stopped = Stopped };
        }

        TrialOutcome outcome = world.Run(_statements[world], values, Written);
        Stopped ??= outcome.Stopped;
        return outcome;
    }

    /// <summary>Whether a run in a world with rows of the other tenant did the same as in one without.</summary>
    /// <param name="with">What it did with them.</param>
    /// <param name="without">What it did without.</param>
    /// <param name="other">The tenant whose own rows are not compared; <see langword="null"/> to compare all.</param>
    public bool AreEqual(TrialOutcome with, TrialOutcome without, TrialOwner? other)
    {
        if (with.Error is not null || without.Error is not null)
        {
            return with.Error == without.Error;
        }

        return with.Changed == without.Changed &&
            with.TotalChanged == without.TotalChanged &&
            Written.All(table => AreEqual(table, with, without, other)) &&
            RecordBag.AreEqual(with.Rows, with.NewKeys, without.Rows, without.NewKeys);
    }

    /// <summary>Whether two runs did anything differently.</summary>
    public bool Differ(TrialOutcome first, TrialOutcome second) => !AreEqual(first, second, other: null);

    /// <summary>Runs the statement without some rows.</summary>
    public TrialOutcome Without(TrialWorld world, TrialRow[] rows, object?[] values)
    {
        using (world.Change(connection =>
        {
            foreach (TrialRow row in rows)
            {
                connection.Execute($"DELETE FROM {row.Table.Quoted} WHERE {TrialWorld.Where(row.Table, 1)}", row.Locator);
            }
        }))
        {
            return Run(world, values);
        }
    }

    /// <summary>Runs the statement with additional rows.</summary>
    public TrialOutcome With(TrialWorld world, TrialRow[] rows, object?[] values)
    {
        using (world.Change(connection =>
        {
            foreach (TrialRow row in rows)
            {
                string columns = string.Join(", ", row.Table.Columns.Select(c => Identifier.Quote(c.Name)));
                _ = connection.TryChange(
                    $"INSERT OR IGNORE INTO {row.Table.Quoted} ({columns}) VALUES ({string.Join(", ", row.Values.Select(_ => "?"))})",
                    [.. row.Values.Select((_, i) => _data.Value(row, i))]);
            }
        }))
        {
            return Run(world, values);
        }
    }

    /// <summary>The tenant of a row: by its tenant column, or that of the row that it references.</summary>
    public TrialOwner OwnerOf(TrialTable table, TrialRecord record)
    {
        if (table.Kind == TrialTableKind.Tenant)
        {
            return _data.Database.Tenants.OwnerOf(record.Values[table.IndexOf(table.Tenant!.Name)]);
        }

        foreach (TrialReference reference in table.References.Where(r => r.Parent.IsJudged && r.Parent != table))
        {
            object? value = record.Values[table.IndexOf(reference.Column)];
            int column = reference.Parent.IndexOf(reference.ParentColumn);
            foreach (TrialOwner owner in new[] { TrialOwner.First, TrialOwner.Second })
            {
                if (value is not null && _data.Rows(reference.Parent, owner).Any(r => Equals(_data.Value(r, column), value)))
                {
                    return owner;
                }
            }
        }

        return TrialOwner.None;
    }

    /// <summary>Whether two rows have the same primary key.</summary>
    public static bool HasSameKey(TrialTable table, TrialRecord a, TrialRecord b)
    {
        string[] key = [.. table.Schema.PrimaryKey];
        return key.Length > 0 && key.All(c => Equals(a.Values[table.IndexOf(c)], b.Values[table.IndexOf(c)]));
    }

    /// <summary>The primary key of a row, or its rowid.</summary>
    public string Key(TrialTable table, TrialRecord record)
    {
        string[] key = [.. table.Schema.PrimaryKey];
        return key.Length > 0
            ? string.Join(", ", key.Select(c => record.Values[table.IndexOf(c)]))
            : _data.Database.Rows.FirstOrDefault(r => r.Table == table && new TrialRecord(r.Values).Text == record.Text) is { } row
                ? $"rowid {row.Locator[0]}"
                : "a new row";
    }

    private bool AreEqual(TrialTable table, TrialOutcome with, TrialOutcome without, TrialOwner? other)
    {
        TableChange first = with.Changes.TryGetValue(table, out TableChange? change) ? change : new TableChange([], []);
        TableChange second = without.Changes.TryGetValue(table, out change) ? change : new TableChange([], []);
        IReadOnlyList<TrialRecord> Rest(IReadOnlyList<TrialRecord> records) =>
            other is null ? records : [.. records.Where(r => OwnerOf(table, r) != other)];
        return RecordBag.AreEqual(Rest(first.Removed), with.NewKeys, Rest(second.Removed), without.NewKeys) &&
            RecordBag.AreEqual(Rest(first.Added), with.NewKeys, Rest(second.Added), without.NewKeys);
    }
}
