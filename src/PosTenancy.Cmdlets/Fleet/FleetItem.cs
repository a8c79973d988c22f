using System.Collections;
using System.Management.Automation;
using PosTenancy.Engine.Fleet;
using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Text;

namespace PosTenancy.Commands;

/// <summary>One store of a rollout, as <c>Invoke-PosFleetUpgrade</c> sees it.</summary>
public sealed class FleetItem
{
    internal FleetItem(int index, FleetStore store, Hashtable connection, Hashtable parameters, UpgradeOptions? options)
    {
        Index = index;
        Store = store;
        Connection = connection;
        Parameters = parameters;
        Options = options;
    }

    /// <summary>Full path of the database; on another machine as it was given.</summary>
    public string Path => Store.Path;

    /// <summary>The tenant.</summary>
    public string TenantId => Store.TenantId;

    /// <summary>The machine; <see langword="null"/> for this one.</summary>
    public string? ComputerName => Store.ComputerName;

    /// <summary>How to reach the machine: parameters of Invoke-Command. Empty for this one.</summary>
    public Hashtable Connection { get; }

    /// <summary>The options of the upgrade, by parameter.</summary>
    public Hashtable Parameters { get; }

    /// <summary>The job that works on another machine; set by the function.</summary>
    public Job? Job { get; set; }

    /// <summary>What that job is to do.</summary>
    public string Step { get; set; } = "";

    /// <summary>The system of the machine, such as <c>linux</c>, while the module is to be copied there.</summary>
    public string? System { get; set; }

    /// <summary>The edition of its PowerShell.</summary>
    public string? Edition { get; set; }

    /// <summary>Whether the module was copied there for this store.</summary>
    public bool WasSent { get; set; }

    /// <summary>The machine and the path as a console may show them.</summary>
    public string Target => VisibleText.Escape(Store.ToString());

    internal int Index { get; }

    internal FleetStore Store { get; }

    internal UpgradeOptions? Options { get; }

    internal StoreUpgrade? Upgrade { get; set; }

    internal DateTimeOffset StartedAt { get; set; }

    /// <summary>What it is doing, in a few words; empty if that is not known.</summary>
    internal string Activity =>
        Upgrade?.Progress is { } report ? report.Activity
        : Job?.ChildJobs.SelectMany(j => j.Progress).LastOrDefault()?.CurrentOperation is { Length: > 0 } there ? AfterName(there)
        : Step;

    /// <summary>The same command at work there shows the name of the store first.</summary>
    private static string AfterName(string operation) => operation.Substring(operation.IndexOf(": ", StringComparison.Ordinal) + 1).Trim();
}
