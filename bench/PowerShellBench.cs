namespace PosTenancy.Bench;

/// <summary>What a PowerShell process that has just been started needs: the import, and the first upgrade.</summary>
/// <param name="folder">Folder for databases.</param>
/// <param name="program">The program of PowerShell and its first arguments.</param>
/// <param name="manifest">Path of the module's manifest.</param>
internal sealed class PowerShellBench(string folder, IReadOnlyList<string> program, string manifest)
{
    private const int Rounds = 9;

    public void Run(IReadOnlyList<TimeSpan> byHand)
    {
        List<TimeSpan> bare = [];
        List<TimeSpan> import = [];
        List<TimeSpan> first = [];
        List<TimeSpan> generated = [];
        string sample = Path.Combine(folder, "sample.db");
        string schema = Path.Combine(folder, "generated.db");
        GrownStore.Create(sample, bytes: 0);
        SchemaBench.CreateGenerated(schema);
        for (int round = 0; round < Rounds; round++)
        {
            bare.Add(Time("exit 0"));
            import.Add(Time($"Import-Module '{manifest}'"));
            first.Add(Upgrade(sample, ""));
            generated.Add(Upgrade(schema, "-UniqueScope Tenant"));
        }

        TimeSpan hand = Figures.Median(byHand);
        Figures.Header("A PowerShell that was just started", "beside");
        Figures.Row("Import-Module | bare start", import, bare, 1.25);
        Figures.Row("upgrade of the sample | start + by hand", first, [.. bare.Select(b => b + hand)], 1.50);
        Figures.Row("36 tables rebuilt | 2 s", generated, [TimeSpan.FromSeconds(2)], 1);
        Rollout(sample);
    }

    /// <summary>Two stores at once, beside the same stores one after the other.</summary>
    private void Rollout(string store)
    {
        List<TimeSpan> together = [];
        List<TimeSpan> single = [];
        for (int round = 0; round < 3; round++)
        {
            single.Add(Rollout(store, "Invoke-PosTenantUpgrade"));
            together.Add(Rollout(store, "Invoke-PosFleetUpgrade -ThrottleLimit 2"));
        }

        Figures.Header("200 sample stores", "single");
        Figures.Row("two at once | one after the other", together, single, 0.65);
    }

    private TimeSpan Rollout(string store, string command)
    {
        string place = Directory.CreateDirectory(Path.Combine(folder, "fleet")).FullName;
        string rows = Path.Combine(place, "stores.csv");
        File.WriteAllLines(rows, ["Path,TenantId", .. Enumerable.Range(1, 200).Select(i => $"{place}/{i}.db,t{i}")]);
        for (int i = 1; i <= 200; i++)
        {
            File.Copy(store, Path.Combine(place, $"{i}.db"));
        }

        TimeSpan time = Time(
            $"Import-Module '{manifest}'; $result = Import-Csv '{rows}' | {command} -Confirm:$false; " +
                "exit [int](@($result.Status) -ne 'Succeeded').Count");
        Directory.Delete(place, recursive: true);
        return time;
    }

    private TimeSpan Upgrade(string store, string options)
    {
        string place = Directory.CreateDirectory(Path.Combine(folder, "round")).FullName;
        string database = Path.Combine(place, "pos.db");
        File.Copy(store, database);
        TimeSpan time = Time(
            $"Import-Module '{manifest}'; $result = Invoke-PosTenantUpgrade '{database}' -TenantId caps-automotive {options} " +
                $"-ReportPath '{place}/report.md' -Confirm:$false; exit [int]($result.Status -ne 'Succeeded')");
        Directory.Delete(place, recursive: true);
        return time;
    }

    private TimeSpan Time(string command) =>
        Shell.Time(program[0], input: null, [.. program.Skip(1), "-NoProfile", "-NonInteractive", "-Command", command]);
}
