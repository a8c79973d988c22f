using System.Management.Automation;
using PosTenancy.Engine.Guards;
using PosTenancy.Engine.Progress;

namespace PosTenancy.Commands;

/// <summary>Writes the SQL that keeps the writes of an application within one tenant; the database is only read.</summary>
[Cmdlet(VerbsCommon.New, "PosTenantGuard", DefaultParameterSetName = "Path")]
[OutputType(typeof(string))]
public sealed class NewPosTenantGuardCommand : MigratedDatabaseCommand
{
    /// <summary>Whether to write triggers for the schema instead.</summary>
    [Parameter]
    public SwitchParameter Permanent { get; set; }

    /// <summary>What the names of read views begin with; without it there are none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReadViewPrefix { get; set; }

    /// <inheritdoc/>
    protected override void ProcessDatabase(string path)
    {
        TenantGuardOptions options = RequireArgument(
            static _ => nameof(ReadViewPrefix), () => new TenantGuardOptions(Permanent, ReadViewPrefix));
        TenantExpectation expectation = new(TenantId: null, ColumnName, ExcludeTable)
        {
            ReferenceTable = ReferenceTable,
            HistoryTable = HistoryTable,
        };
        TenantGuardScript script = Watch(
            path, CommandParts.Plan, _ => TenantGuard.Write(path, expectation, options, Cancellation));
        WriteWarnings(script.Warnings);
        WriteObject(script.Sql);
    }
}
