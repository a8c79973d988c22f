using System.Collections.Concurrent;
using System.Reflection;
using PosTenancy.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestFramework(typeof(SkippedTests))]

namespace PosTenancy.Tests.Support;

/// <summary>
/// Writes which tests were skipped, and why, to <c>artifacts/skipped</c>. <c>dotnet test</c> at the root prints these files when all tests are
/// done (Directory.Solution.targets): what a machine could not run is then in one place, and not between thousands of lines.
/// </summary>
public sealed class SkippedTests : XunitTestFramework
{
    /// <summary>Writes the list of one suite, if it has any.</summary>
    public static void Write(string suite, IReadOnlyCollection<(string Test, string Reason)> skipped)
    {
        if (skipped.Count == 0)
        {
            return;
        }

        string folder = Path.Combine(Repository.Root, "artifacts", "skipped");
        Directory.CreateDirectory(folder);
        File.WriteAllLines(
            Path.Combine(folder, suite + ".txt"),
            skipped.GroupBy(s => s.Reason).OrderBy(r => r.Key, StringComparer.Ordinal).SelectMany(r => r
                .Select(s => $"    {s.Test}").Distinct().Order(StringComparer.Ordinal)
                .Prepend($"  {suite}, {r.Count()} skipped: {r.Key}")));
    }

    protected override ITestFrameworkExecutor CreateExecutor(Assembly assembly) => new Executor(new XunitTestAssembly(assembly));

    private sealed class Executor(IXunitTestAssembly assembly) : XunitTestFrameworkExecutor(assembly)
    {
        public override async ValueTask RunTestCases(
            IReadOnlyCollection<IXunitTestCase> testCases,
            IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions,
            CancellationToken cancellationToken)
        {
            Listener listener = new(executionMessageSink);
            await base.RunTestCases(testCases, listener, executionOptions, cancellationToken).ConfigureAwait(false);
            Write(TestAssembly.AssemblyName.Split(',')[0].Replace("PosTenancy.Tests.", "", StringComparison.Ordinal), listener.Skipped);
        }
    }

    /// <summary>Passes every message on, and remembers the skipped tests without the arguments of each case.</summary>
    private sealed class Listener(IMessageSink next) : IMessageSink
    {
        private readonly ConcurrentDictionary<string, string> _names = [];

        public ConcurrentQueue<(string Test, string Reason)> Skipped { get; } = [];

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestStarting starting:
                    _names[starting.TestUniqueID] = starting.TestDisplayName.Split('(')[0];
                    break;
                case ITestSkipped skipped:
                    Skipped.Enqueue((_names[skipped.TestUniqueID], skipped.Reason));
                    break;
            }

            return next.OnMessage(message);
        }
    }
}
