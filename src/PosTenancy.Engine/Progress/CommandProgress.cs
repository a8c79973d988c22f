namespace PosTenancy.Engine.Progress;

/// <summary>
/// Progress of a whole command, derived from its reports and their times: the step, a fraction that only grows, and the remaining time as
/// soon as a measurement allows an estimate.
/// </summary>
/// <remarks>
/// When a part begins, the rest of the fraction is divided among it and the parts after it: by seconds if the same part was measured
/// before, as the rehearsal measures the migration, otherwise by its share. A part without a total approaches its end over its expected
/// duration. Not thread-safe.
/// </remarks>
/// <param name="parts">The parts of the command.</param>
public sealed class CommandProgress(IReadOnlyList<CommandPart> parts)
{
    /// <summary>A shorter measurement is the overhead of a small database and predicts nothing about a large one.</summary>
    private static readonly TimeSpan LeastMeasured = TimeSpan.FromSeconds(1);

    /// <summary>Fraction of the current work that elapsed time alone can reach; completion adds the rest.</summary>
    private const double Creeping = 0.9;

    /// <summary>Below this fraction of a part its time does not predict the rest.</summary>
    private const double LeastDone = 0.1;

    private readonly List<Stage> _steps = [.. parts.Select(p => p.Stage).Distinct()];
    private readonly Dictionary<StagePart, PartTimes> _measured = [];
    private StageProgress? _report;
    private PartTimes? _times;
    private TimeSpan _began;
    private TimeSpan _workBegan;
    private TimeSpan _secondsOfShares;
    private double _sharesMeasured;
    private int _part = -1;
    private double _from;
    private double _width;
    private double _fraction;

    /// <summary>Processes a report.</summary>
    /// <param name="report">A report of the engine.</param>
    /// <param name="now">Time since the command began.</param>
    /// <returns>The current progress.</returns>
    public ProgressReading Report(StageProgress report, TimeSpan now)
    {
        int part = IndexOf(report);
        if (part > _part)
        {
            End(now);
            Begin(part, now);
        }

        if (part >= 0)
        {
            _times!.Add(Share(report.Completed, report.Total), now - _began);
        }

        if (_report is null || Work(report) != Work(_report))
        {
            _workBegan = now;
        }

        _report = report;
        return Read(now);

        static (Stage, StagePart, string, string?, long) Work(StageProgress r) => (r.Stage, r.Part, r.Activity, r.Item, r.Completed);
    }

    /// <summary>Reads the current progress without a new report.</summary>
    /// <param name="now">Time since the command began.</param>
    public ProgressReading Read(TimeSpan now)
    {
        TimeSpan working = now - _workBegan;

        // A report with a result ends its stage, and with it the last part of the stage. Other reports that belong to no part describe
        // unplanned
        // work.
        bool hasEnded = _report?.Result is not null && _part >= 0;
        bool isKnown = hasEnded || (_report is not null && IndexOf(_report) >= 0);
        double done = hasEnded ? 1 : isKnown ? Done(_report!, working) : 0;
        if (isKnown)
        {
            _fraction = Math.Max(_fraction, Math.Min(_from + (_width * done), 1));
        }

        return new ProgressReading(
            _report is null ? 0 : _steps.IndexOf(_report.Stage) + 1,
            _steps.Count,
            isKnown,
            parts.Any(p => p.Share > 0) ? _fraction : null,
            isKnown && (hasEnded || !IsOverdue(_report!, working)) ? TimeLeft(done, now) : null,
            working);
    }

    private static double Share(long completed, long total) => total > 0 ? Math.Min((double)completed / total, 1) : 0;

    /// <summary>Index of the part that a report belongs to: the current one, or a later one.</summary>
    private int IndexOf(StageProgress report)
    {
        for (int i = Math.Max(_part, 0); i < parts.Count; i++)
        {
            if (parts[i].Stage == report.Stage && parts[i].Part == report.Part)
            {
                return i;
            }
        }

        return -1;
    }

    private void End(TimeSpan now)
    {
        if (_part < 0)
        {
            return;
        }

        CommandPart ended = parts[_part];
        _times!.End(now - _began);
        _measured[ended.Part] = _times;
        _from += _width;
        if (ended.Share > 0)
        {
            _sharesMeasured += ended.Share;
            _secondsOfShares += now - _began;
        }
    }

    private void Begin(int part, TimeSpan now)
    {
        _part = part;
        _began = now;
        _times = new PartTimes();
        double all = parts.Skip(part).Sum(p => Seconds(p));
        _width = (1 - _from) * (all > 0 ? Seconds(parts[part]) / all : 1);
    }

    /// <summary>Expected duration of a part. Until something is measured, its share is taken as seconds.</summary>
    private double Seconds(CommandPart part) => _measured.TryGetValue(part.Part, out PartTimes? before)
        ? before.Duration.TotalSeconds
        : part.Share * (_sharesMeasured > 0 ? _secondsOfShares.TotalSeconds / _sharesMeasured : 1);

    /// <summary>Completed fraction of the current part; time alone advances it up to the end of the current work, never past it.</summary>
    private double Done(StageProgress report, TimeSpan working)
    {
        (double from, double to) = Range(report);
        double expected = (to - from) * Seconds(parts[_part]);
        if (expected <= 0)
        {
            return from;
        }

        double passed = working.TotalSeconds / expected;
        return from + ((to - from) * (passed < Creeping ? passed : 1 - ((1 - Creeping) * Math.Exp((Creeping - passed) / Creeping))));
    }

    /// <summary>Where the current work begins and ends within its part: in time, if the part was measured before.</summary>
    private (double From, double To) Range(StageProgress report)
    {
        double from = Share(report.Completed, report.Total);
        double to = report.Total > 0 ? Share(report.Next ?? report.Completed + 1, report.Total) : 1;
        return _measured.TryGetValue(report.Part, out PartTimes? before) ? (before.At(from), before.At(to)) : (from, to);
    }

    /// <summary>Whether the work takes much longer than expected; its end is then unpredictable.</summary>
    private bool IsOverdue(StageProgress report, TimeSpan working)
    {
        (double from, double to) = Range(report);
        double late = working.TotalSeconds - ((to - from) * Seconds(parts[_part]));
        return late > 2 && late > working.TotalSeconds / 3;
    }

    private TimeSpan? TimeLeft(double done, TimeSpan now)
    {
        if (_secondsOfShares < LeastMeasured)
        {
            return null;
        }

        double expected = Seconds(parts[_part]);
        if (!_measured.ContainsKey(parts[_part].Part) && done >= LeastDone)
        {
            expected = Math.Max(expected, (now - _began).TotalSeconds / done);
        }

        return TimeSpan.FromSeconds(((1 - done) * expected) + parts.Skip(_part + 1).Sum(p => Seconds(p)));
    }

    /// <summary>When a part had reached which fraction.</summary>
    private sealed class PartTimes
    {
        private readonly List<double> _done = [0];
        private readonly List<TimeSpan> _at = [TimeSpan.Zero];

        public TimeSpan Duration { get; private set; }

        public void Add(double done, TimeSpan at)
        {
            if (done > _done[_done.Count - 1])
            {
                _done.Add(done);
                _at.Add(at);
            }
        }

        public void End(TimeSpan at)
        {
            Add(1, at);
            Duration = at;
        }

        /// <summary>The share of its time that had elapsed when it reached a fraction.</summary>
        public double At(double done)
        {
            int index = _done.BinarySearch(done);
            return Duration <= TimeSpan.Zero ? done : _at[index < 0 ? ~index : index].TotalSeconds / Duration.TotalSeconds;
        }
    }
}

/// <summary>The progress of a command.</summary>
/// <param name="Step">The running step, from 1; 0 for work outside the steps, such as a rollback after a failure.</param>
/// <param name="Steps">Number of steps of the command.</param>
/// <param name="IsPart">Whether the current work is a part of the command; otherwise the fraction does not include it.</param>
/// <param name="Fraction">From 0 to 1, of the whole command; it never falls. <see langword="null"/> for a command without an
/// estimate.</param>
/// <param name="TimeLeft">Estimated remaining time of the command; <see langword="null"/> until an estimate is possible.</param>
/// <param name="Working">Duration of the current work so far.</param>
public readonly record struct ProgressReading(int Step, int Steps, bool IsPart, double? Fraction, TimeSpan? TimeLeft, TimeSpan Working);
