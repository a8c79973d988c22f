using PosTenancy.Engine.Progress;

namespace PosTenancy.Tests.Progress;

public sealed class CommandProgressTests
{
    private static readonly CommandPart[] Parts =
    [
        new(Stage.Plan, StagePart.Schema, 0),
        new(Stage.Backup, StagePart.Copy, 2),
        new(Stage.Rehearsal, StagePart.Statements, 1),
        new(Stage.Rehearsal, StagePart.FileChecks, 5),
        new(Stage.Migration, StagePart.Statements, 1),
        new(Stage.Verification, StagePart.FileChecks, 5),
        new(Stage.Report, StagePart.None, 0),
    ];

    private readonly CommandProgress _progress = new(Parts);
    private TimeSpan _now;

    [Fact]
    public void Steps_are_the_stages_of_the_command_in_their_order()
    {
        ProgressReading[] readings =
        [
            After(0, Stage.Plan, StagePart.Schema),
            After(1, Stage.Backup, StagePart.Copy),
            After(1, Stage.Rehearsal, StagePart.Statements),
            After(1, Stage.Rehearsal, StagePart.FileChecks),
            After(1, Stage.Migration, StagePart.Statements),
            After(1, Stage.Verification, StagePart.FileChecks),
            After(1, Stage.Report, StagePart.None),
        ];
        readings.Select(r => r.Step).ShouldBe([1, 2, 3, 3, 4, 5, 6]);
        readings.ShouldAllBe(r => r.Steps == 6);
    }

    [Fact]
    public void Fraction_is_of_the_whole_command_and_each_part_has_its_share()
    {
        After(0, Stage.Backup, StagePart.Copy, 0, 100).Fraction.ShouldBe(0);
        After(0, Stage.Backup, StagePart.Copy, 50, 100).Fraction.ShouldNotBeNull().ShouldBe(1 / 14.0, 0.001);
        After(0, Stage.Backup, StagePart.Copy, 100, 100).Fraction.ShouldNotBeNull().ShouldBe(2 / 14.0, 0.001);
    }

    [Fact]
    public void Fraction_never_falls_and_ends_at_one_whatever_the_parts_take()
    {
        Random random = new(20260111);
        for (int run = 0; run < 200; run++)
        {
            CommandProgress progress = new(Parts);
            TimeSpan now = TimeSpan.Zero;
            double last = 0;
            foreach (CommandPart part in Parts.Where(_ => random.Next(8) > 0))
            {
                int total = random.Next(4);
                for (int done = 0; done <= total; done++)
                {
                    StageProgress report = new(part.Stage, "Working", "item", done, total)
                    {
                        Part = part.Part,
                        Next = random.Next(2) == 0 ? done + 2 : null,
                    };
                    See(progress.Report(report, now));
                    now += TimeSpan.FromSeconds(random.NextDouble() * random.Next(60));
                    See(progress.Read(now));
                }
            }

            See(progress.Report(new StageProgress(Stage.Report, "Done", null, 1, 1), now));
            last.ShouldBe(1, 1e-9);

            void See(ProgressReading reading)
            {
                double fraction = reading.Fraction.ShouldNotBeNull();
                fraction.ShouldBeInRange(last, 1);
                last = fraction;
                reading.TimeLeft?.ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero);
            }
        }
    }

    [Fact]
    public void Time_left_is_not_said_before_anything_was_measured()
    {
        After(30, Stage.Plan, StagePart.Schema).TimeLeft.ShouldBeNull("nobody knows how the schema compares with the rest");
        After(0, Stage.Backup, StagePart.Copy, 0, 100).TimeLeft.ShouldBeNull();
        After(3, Stage.Backup, StagePart.Copy, 90, 100).TimeLeft.ShouldBeNull("the part has not ended");
    }

    [Fact]
    public void Time_left_of_a_small_database_is_not_said()
    {
        After(0, Stage.Backup, StagePart.Copy, 0, 100);
        After(0.5, Stage.Rehearsal, StagePart.Statements, 0, 100).TimeLeft.ShouldBeNull();
    }

    [Fact]
    public void Time_left_comes_from_the_shares_once_a_part_was_measured()
    {
        After(0, Stage.Backup, StagePart.Copy, 0, 100);

        // 2 shares took 20 s, and 12 are left.
        After(20, Stage.Rehearsal, StagePart.Statements, 0, 100).TimeLeft.ShouldNotBeNull().TotalSeconds.ShouldBe(120, 0.1);
    }

    [Fact]
    public void Time_left_follows_a_part_that_turns_out_to_be_slower_than_its_share()
    {
        After(0, Stage.Backup, StagePart.Copy, 0, 100);
        After(20, Stage.Rehearsal, StagePart.Statements, 0, 100);

        // Half of a part expected to take 10 s took 100 s: the other half will as well.
        After(100, Stage.Rehearsal, StagePart.Statements, 50, 100).TimeLeft.ShouldNotBeNull().TotalSeconds.ShouldBe(100 + 110, 0.1);
    }

    [Fact]
    public void What_the_rehearsal_measured_is_expected_of_the_migration_and_its_verification()
    {
        Rehearse();

        // The rehearsal's statements took 40 s and its checks 8 s; their shares are 1 to 5.
        ProgressReading begins = After(0, Stage.Migration, StagePart.Statements, 0, 2);
        begins.TimeLeft.ShouldNotBeNull().TotalSeconds.ShouldBe(48, 0.1);

        // Its first statement took 10 s, its second 30 s.
        ProgressReading half = After(10, Stage.Migration, StagePart.Statements, 1, 2);
        half.TimeLeft.ShouldNotBeNull().TotalSeconds.ShouldBe(38, 0.1);
        double left = 1 - begins.Fraction!.Value;
        half.Fraction.ShouldNotBeNull().ShouldBe(begins.Fraction.Value + (left * 10 / 48), 0.001);
    }

    [Fact]
    public void Long_work_creeps_on_but_not_over_its_end()
    {
        Rehearse();
        double begins = After(0, Stage.Migration, StagePart.Statements, 1, 2).Fraction!.Value;
        double width = (1 - begins) * 30 / 38;
        double previous = begins;
        for (int i = 0; i < 60; i++)
        {
            double fraction = Read(after: 1).Fraction!.Value;
            fraction.ShouldBeGreaterThan(previous);
            fraction.ShouldBeLessThan(begins + width + 1e-9);
            previous = fraction;
        }
    }

    [Fact]
    public void Work_that_takes_much_longer_than_expected_has_no_time_left()
    {
        Rehearse();
        After(0, Stage.Migration, StagePart.Statements, 1, 2);
        Read(after: 29).TimeLeft.ShouldNotBeNull();
        Read(after: 60).TimeLeft.ShouldBeNull();
        Read(after: 0).Working.ShouldBe(TimeSpan.FromSeconds(89));
    }

    [Fact]
    public void What_was_not_foreseen_leaves_the_fraction_as_it_is()
    {
        Rehearse();
        double fraction = After(0, Stage.Migration, StagePart.Statements, 1, 2).Fraction!.Value;
        ProgressReading undoing = After(5, Stage.Restore, StagePart.Copy, 90, 100);
        (undoing.Step, undoing.IsPart, undoing.TimeLeft).ShouldBe((0, false, null));
        undoing.Fraction.ShouldNotBeNull().ShouldBe(fraction, 1e-9);
        Read(after: 60).Fraction.ShouldBe(undoing.Fraction);
    }

    [Fact]
    public void Stage_that_ends_with_a_result_keeps_its_time_left()
    {
        Rehearse();
        ProgressReading ended = _progress.Report(new StageProgress(Stage.Rehearsal, "Rehearsed", null, 1, 1) { Result = "measured" }, _now);
        (ended.IsPart, ended.TimeLeft is null).ShouldBe((true, false));
    }

    [Fact]
    public void Command_that_only_reads_the_schema_has_no_fraction()
    {
        CommandProgress plan = new(CommandParts.Plan);
        plan.Report(new StageProgress(Stage.Plan, "Reading", null, 0, 0) { Part = StagePart.Schema }, TimeSpan.Zero)
            .Fraction.ShouldBeNull();
    }

    [Fact]
    public void Upgrade_has_the_six_steps_of_its_page_and_five_without_a_rehearsal()
    {
        CommandParts.Upgrade(rehearses: true).Select(p => p.Stage).Distinct()
            .ShouldBe([Stage.Plan, Stage.Backup, Stage.Rehearsal, Stage.Migration, Stage.Verification, Stage.Report]);
        CommandParts.Upgrade(rehearses: false).Select(p => p.Stage).Distinct()
            .ShouldBe([Stage.Plan, Stage.Backup, Stage.Migration, Stage.Verification, Stage.Report]);
    }

    /// <summary>Everything up to the end of the rehearsal: two statements of 10 s and 30 s, checks of 8 s.</summary>
    private void Rehearse()
    {
        After(0, Stage.Backup, StagePart.Copy, 0, 100);
        After(2, Stage.Rehearsal, StagePart.Statements, 0, 2);
        After(10, Stage.Rehearsal, StagePart.Statements, 1, 2);
        After(30, Stage.Rehearsal, StagePart.FileChecks, 0, 1);
        _now += TimeSpan.FromSeconds(8);
    }

    private ProgressReading After(double seconds, Stage stage, StagePart part, long completed = 0, long total = 0)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return _progress.Report(new StageProgress(stage, "Working", null, completed, total) { Part = part }, _now);
    }

    private ProgressReading Read(double after)
    {
        _now += TimeSpan.FromSeconds(after);
        return _progress.Read(_now);
    }
}
