using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using PosTenancy.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestFramework(typeof(TestLists))]

namespace PosTenancy.Tests.Support;

/// <summary>
/// Writes the skipped tests with their reasons, and the slowest tests, to <c>artifacts/test-lists</c>. <c>dotnet test</c> at the root
/// prints
/// these files when all tests are done (Directory.Solution.targets), so that they are in one place, not among thousands of lines.
/// </summary>
public sealed class TestLists : XunitTestFramework
{
    private const int SlowestCount = 10;

    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "test-lists")).FullName;

    /// <summary>Writes the skipped tests of one suite, if it has any.</summary>
    public static void WriteSkipped(string suite, IReadOnlyCollection<(string Test, string Reason)> skipped)
    {
        if (skipped.Count == 0)
        {
            return;
        }

        File.WriteAllLines(
            Path.Combine(Folder, $"{suite}.skipped.txt"),
            skipped.GroupBy(s => s.Reason).OrderBy(r => r.Key, StringComparer.Ordinal).SelectMany(r => r
                .Select(s => $"    {s.Test}").Distinct().Order(StringComparer.Ordinal)
                .Prepend($"  {suite}, {r.Count()} skipped: {r.Key}")));
    }

    /// <summary>Writes the slowest tests of one suite. Tests run in parallel, so each takes longer than it would alone.</summary>
    public static void WriteSlowest(string suite, IEnumerable<(string Test, decimal Seconds)> tests) => File.WriteAllLines(
        Path.Combine(Folder, $"{suite}.slowest.txt"),
        tests.OrderByDescending(t => t.Seconds).Take(SlowestCount)
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"  {t.Seconds,6:0.0} s  {suite}: {t.Test}")));

    protected override ITestFrameworkExecutor CreateExecutor(Assembly assembly) =>
        new Executor(new XunitTestAssembly(assembly, configFilePath: null, assemblyName: null));

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
            string suite = TestAssembly.AssemblyName.Split(',')[0].Replace("PosTenancy.Tests.", "", StringComparison.Ordinal);
            WriteSkipped(suite, listener.Skipped);
            WriteSlowest(suite, listener.Finished);
        }
    }

    /// <summary>
    /// Forwards every message; records the skipped tests, without the arguments of each case, and the time of each test.
    /// </summary>
    private sealed class Listener(IMessageSink next) : IMessageSink
    {
        private readonly ConcurrentDictionary<string, string> _names = [];

        public ConcurrentQueue<(string Test, string Reason)> Skipped { get; } = [];

        public ConcurrentQueue<(string Test, decimal Seconds)> Finished { get; } = [];

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestStarting starting:
                    _names[starting.TestUniqueID] = starting.TestDisplayName.Replace("PosTenancy.Tests.", "", StringComparison.Ordinal);
                    break;
                case ITestSkipped skipped:
                    Skipped.Enqueue((_names[skipped.TestUniqueID].Split('(')[0], skipped.Reason));
                    break;
                case ITestFinished finished:
                    Finished.Enqueue((_names[finished.TestUniqueID], finished.ExecutionTime));
                    break;
            }

            return next.OnMessage(message);
        }
    }
}
