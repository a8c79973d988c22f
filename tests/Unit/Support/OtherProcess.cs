using System.Diagnostics;

namespace PosTenancy.Tests.Support;

/// <summary>A sqlite3 shell that stays connected to a database, as an application would.</summary>
internal sealed class OtherProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Connects and runs SQL; returns when the shell has finished it.</summary>
    public OtherProcess(string database, string sql)
    {
        _process = Shell.Start("sqlite3", "-batch", database);
        Run(sql);
    }

    public int Id => _process.Id;

    /// <summary>Runs more SQL in the same connection.</summary>
    public void Run(string sql)
    {
        _process.StandardInput.WriteLine(sql);
        _process.StandardInput.WriteLine("SELECT 'ready';");
        _process.StandardInput.Flush();
        while (_process.StandardOutput.ReadLine() is { } line && line != "ready")
        {
        }
    }

    /// <summary>Kills the process at once, as a crash would: nothing is rolled back or checkpointed.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
