using PosTenancy.Engine.Fleet;
using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Fleet;

/// <summary>The file from which a rollout goes on.</summary>
public sealed class FleetStateTests : TestFolder
{
    private static readonly FleetStore Row = new("pos.db", null, Tenant, "");

    private string StatePath => Path.Combine(Folder, "rollout.state");

    [Fact]
    public void What_was_done_is_loaded_as_it_was()
    {
        CreateSampleStore();
        UpgradeResult upgrade = GuardedUpgrade.Run(Database, new UpgradeOptions(new MigrationOptions(Tenant)));
        FleetResult result = new(Database, null, Tenant, FleetStatus.Succeeded, upgrade.StartedAt, upgrade.Duration)
        {
            Upgrade = upgrade,
            ReportPath = "r.md",
        };
        using (FleetState state = FleetState.Open(StatePath, "rows"))
        {
            state.Begin(0);
            state.Begin(1);
            state.End(0, result);
        }

        using FleetState again = FleetState.Open(StatePath, "rows");

        (again.IsDone(0), again.IsDone(1), again.WasInterrupted(0), again.WasInterrupted(1)).ShouldBe((true, false, false, true));
        FleetResult loaded = again.Load(0, Row);
        loaded.DoneBefore.ShouldBeTrue();
        (loaded.Path, loaded.Status, loaded.StartedAt, loaded.ReportPath).ShouldBe((Database, result.Status, result.StartedAt, "r.md"));
        loaded.Upgrade!.Backup!.Sha256.ShouldBe(upgrade.Backup!.Sha256);
        loaded.Upgrade.Migration!.Checks.Count.ShouldBe(upgrade.Checks.Count);

        // Reading must not move the place where the next line goes.
        again.End(1, result with { Status = FleetStatus.Refused });
        again.Dispose();
        using FleetState third = FleetState.Open(StatePath, "rows");
        (third.IsDone(0), third.IsDone(1), third.WasInterrupted(1)).ShouldBe((true, false, false));
    }

    [Theory]
    [InlineData(FleetStatus.Refused)]
    [InlineData(FleetStatus.RolledBack)]
    [InlineData(FleetStatus.Failed)]
    [InlineData(FleetStatus.Cancelled)]
    public void A_store_that_is_not_done_is_tried_again(FleetStatus status)
    {
        Write(0, status);
        using FleetState state = FleetState.Open(StatePath, "rows");
        state.IsDone(0).ShouldBeFalse();
    }

    [Fact]
    public void A_last_line_that_a_power_cut_tore_anywhere_is_as_if_it_was_never_written()
    {
        Write(0, FleetStatus.Succeeded);
        byte[] whole = File.ReadAllBytes(StatePath);
        int last = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(StatePath, whole[..length]);
            using (FleetState state = FleetState.Open(StatePath, "rows"))
            {
                state.IsDone(0).ShouldBeFalse();
                state.End(0, Result(FleetStatus.Succeeded));
            }

            using FleetState again = FleetState.Open(StatePath, "rows");
            again.IsDone(0).ShouldBeTrue($"cut after {length} of {whole.Length} bytes, the last line begins at {last}");
        }
    }

    [Fact]
    public void A_changed_byte_anywhere_in_a_whole_line_is_refused_and_left_as_it_is()
    {
        Write(0, FleetStatus.Succeeded);
        Write(1, FleetStatus.Refused);
        byte[] whole = File.ReadAllBytes(StatePath);
        int end = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2);
        for (int place = 0; place < end; place += 3)
        {
            byte[] changed = [.. whole];
            changed[place] ^= 1;
            File.WriteAllBytes(StatePath, changed);

            ShouldBeRefused(ErrorIds.FleetStateInvalid, () => FleetState.Open(StatePath, "rows"));
            File.ReadAllBytes(StatePath).ShouldBe(changed);
        }
    }

    [Fact]
    public void A_missing_line_is_refused()
    {
        Write(0, FleetStatus.Succeeded);
        Write(1, FleetStatus.Succeeded);
        string[] lines = File.ReadAllLines(StatePath);
        File.WriteAllText(StatePath, string.Join("\n", lines[0], lines[2], lines[3], lines[4]) + "\n");
        ShouldBeRefused(ErrorIds.FleetStateInvalid, () => FleetState.Open(StatePath, "rows"));
    }

    [Theory]
    [InlineData("not a state")]
    [InlineData("0123456789abcdef {\"format\":\"Other\"}\n")]
    [InlineData("{\"a\":1}\n{\"b\":2}\n")]
    public void Another_file_is_refused_and_left_as_it_is(string text)
    {
        File.WriteAllText(StatePath, text);
        ShouldBeRefused(ErrorIds.FleetStateInvalid, () => FleetState.Open(StatePath, "rows"));
        File.ReadAllText(StatePath).ShouldBe(text);
    }

    [Fact]
    public void The_state_of_other_rows_is_refused()
    {
        Write(0, FleetStatus.Succeeded);
        ShouldBeRefused(ErrorIds.FleetStateInvalid, () => FleetState.Open(StatePath, "other rows"));
    }

    [Fact]
    public void A_state_that_is_in_use_is_refused()
    {
        using FleetState state = FleetState.Open(StatePath, "rows");
        ShouldBeRefused(ErrorIds.FleetStateInUse, () => FleetState.Open(StatePath, "rows"));
    }

    [Fact]
    public void Other_options_order_or_mode_give_another_fingerprint()
    {
        FleetStore other = new("south.db", null, "south", "");
        string[] prints =
        [
            FleetStores.Fingerprint([Row, other], isRehearsal: false),
            FleetStores.Fingerprint([Row, other], isRehearsal: true),
            FleetStores.Fingerprint([other, Row], isRehearsal: false),
            FleetStores.Fingerprint([Row with { Options = "ExcludeTable=x" }, other], isRehearsal: false),
            FleetStores.Fingerprint([Row with { ComputerName = "a" }, other], isRehearsal: false),
            FleetStores.Fingerprint([Row with { TenantId = "x" }, other], isRehearsal: false),
            FleetStores.Fingerprint([Row], isRehearsal: false),
        ];
        prints.Distinct(StringComparer.Ordinal).Count().ShouldBe(prints.Length);
        FleetStores.Fingerprint([Row with { }, other], isRehearsal: false).ShouldBe(prints[0]);
    }

    private static void ShouldBeRefused(string errorId, Func<FleetState> open) =>
        Should.Throw<PosTenancyException>(() => open().Dispose()).ErrorId.ShouldBe(errorId);

    private static FleetResult Result(FleetStatus status) =>
        new("pos.db", null, Tenant, status, DateTimeOffset.Now, TimeSpan.FromSeconds(1));

    private void Write(int store, FleetStatus status)
    {
        using FleetState state = FleetState.Open(StatePath, "rows");
        state.Begin(store);
        state.End(store, Result(status));
    }
}
