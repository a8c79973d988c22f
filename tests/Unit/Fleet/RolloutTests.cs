using PosTenancy.Engine.Fleet;

namespace PosTenancy.Tests.Fleet;

/// <summary>Which store comes next, and when a rollout stops.</summary>
public sealed class RolloutTests
{
    [Fact]
    public void Canaries_go_first_and_one_after_the_other()
    {
        Rollout rollout = Create(stores: 5, canary: 2, throttleLimit: 3);

        rollout.Next().ShouldBe(0);
        rollout.Next().ShouldBeNull();
        End(rollout, 0);
        rollout.Next().ShouldBe(1);
        rollout.Next().ShouldBeNull();
        End(rollout, 1);
        (rollout.Next(), rollout.Next(), rollout.Next()).ShouldBe((2, 3, 4));
        rollout.Next().ShouldBeNull();
    }

    [Fact]
    public void No_more_stores_are_at_work_than_the_limit()
    {
        Rollout rollout = Create(stores: 5, throttleLimit: 2);

        (rollout.Next(), rollout.Next(), rollout.Next()).ShouldBe((0, 1, null));
        End(rollout, 1);
        (rollout.Next(), rollout.Next()).ShouldBe((2, null));
    }

    [Theory]
    [InlineData(FleetStatus.Refused)]
    [InlineData(FleetStatus.RolledBack)]
    [InlineData(FleetStatus.Failed)]
    [InlineData(FleetStatus.Cancelled)]
    public void A_canary_that_is_not_done_stops_the_rollout(FleetStatus status)
    {
        Rollout rollout = Create(stores: 4, canary: 1, throttleLimit: 2, maxFailure: "100%");
        rollout.Next();

        End(rollout, 0, status);

        rollout.Next().ShouldBeNull();
        rollout.IsFinished.ShouldBeTrue();
        rollout.Stopped.ShouldBe($"The canary 's0' is {status}.");
        rollout.NotBegun.ShouldBe(3);
    }

    [Fact]
    public void A_canary_that_misses_a_requested_target_stops_the_rollout()
    {
        Rollout rollout = Create(stores: 2, canary: 1, throttleLimit: 1);
        rollout.Next();
        (DateTimeOffset now, TimeSpan time) = (DateTimeOffset.Now, TimeSpan.FromSeconds(9));
        MigrationResult slow = new("s0", null, "t", "tenant_id", [], MigrationStatus.Migrated, 0, 0, [], 0, 0, now, time, [], null);
        UpgradeResult upgrade = new("s0", "t0", UpgradeStatus.Succeeded, now, time)
        {
            Migration = slow,
            TargetRequested = true,
        };

        rollout.End(0, Result(0, FleetStatus.Succeeded) with { Upgrade = upgrade });

        rollout.Stopped.ShouldBe("The canary 's0' took longer than the target.");
    }

    [Theory]
    [InlineData("2", 3)]
    [InlineData("0", 1)]
    [InlineData("20%", 3)]
    [InlineData("29%", 3)]
    public void One_failure_more_than_allowed_stops_the_rollout_and_what_is_at_work_goes_on(string maxFailure, int failures)
    {
        Rollout rollout = Create(stores: 10, throttleLimit: 2, maxFailure: maxFailure);
        rollout.Next();
        rollout.Next();
        for (int i = 0; i < failures; i++)
        {
            rollout.Stopped.ShouldBeNull();
            End(rollout, i, FleetStatus.Refused);
            rollout.Next();
        }

        rollout.Stopped.ShouldNotBeNull();
        rollout.IsFinished.ShouldBeFalse();
        End(rollout, failures);
        rollout.IsFinished.ShouldBeTrue();
    }

    [Fact]
    public void Stores_that_an_earlier_run_has_done_do_not_count_as_failures_and_are_not_begun()
    {
        Rollout rollout = Create(stores: 3, throttleLimit: 3, isDone: i => i == 1);

        (rollout.Next(), rollout.Next(), rollout.Next()).ShouldBe((0, 2, null));
        End(rollout, 2);
        End(rollout, 0);

        rollout.Take(i => Result(i, FleetStatus.Succeeded) with { DoneBefore = true })
            .Select(r => (r.Path, r.DoneBefore))
            .ShouldBe([("s0", false), ("s1", true), ("s2", false)]);
    }

    [Fact]
    public void Results_come_in_the_order_of_the_stores_and_each_once()
    {
        Rollout rollout = Create(stores: 3, throttleLimit: 3);
        rollout.Next();
        rollout.Next();
        rollout.Next();

        End(rollout, 2);
        Taken(rollout).ShouldBeEmpty();
        End(rollout, 0);
        Taken(rollout).ShouldBe(["s0"]);
        End(rollout, 1);
        Taken(rollout).ShouldBe(["s1", "s2"]);
        Taken(rollout).ShouldBeEmpty();
    }

    [Fact]
    public void A_stopped_rollout_has_a_result_for_each_store_that_was_not_begun()
    {
        Rollout rollout = Create(stores: 3, throttleLimit: 1, maxFailure: "0");
        rollout.Next();
        End(rollout, 0, FleetStatus.RolledBack);

        FleetResult[] results = [.. rollout.Take(_ => throw new InvalidOperationException())];

        results.Select(r => r.Status).ShouldBe([FleetStatus.RolledBack, FleetStatus.NotStarted, FleetStatus.NotStarted]);
        results[1].Error!.ErrorId.ShouldBe(ErrorIds.RolloutStopped);
        results[1].StartedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("101%", null)]
    [InlineData("five", null)]
    [InlineData("0", 0)]
    [InlineData("20", 20)]
    [InlineData("5%", 10)]
    [InlineData("0.5%", 1)]
    [InlineData(" 100% ", 200)]
    public void A_limit_is_a_number_or_a_part_of_all(string text, int? ofTwoHundred) =>
        (FailureLimit.Parse(text) is { } limit ? limit.Of(200) : (int?)null).ShouldBe(ofTwoHundred);

    private static Rollout Create(
        int stores, int throttleLimit, int canary = 0, string maxFailure = "10%", Func<int, bool>? isDone = null) =>
        new(
            [.. Enumerable.Range(0, stores).Select(i => new FleetStore($"s{i}", null, $"t{i}", ""))],
            canary,
            throttleLimit,
            FailureLimit.Parse(maxFailure)!,
            isDone ?? (_ => false));

    private static FleetResult Result(int store, FleetStatus status) =>
        new($"s{store}", null, $"t{store}", status, DateTimeOffset.Now, TimeSpan.Zero);

    private static void End(Rollout rollout, int store, FleetStatus status = FleetStatus.Succeeded) =>
        rollout.End(store, Result(store, status));

    private static string[] Taken(Rollout rollout) => [.. rollout.Take(_ => throw new InvalidOperationException()).Select(r => r.Path)];
}
