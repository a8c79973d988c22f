using System.Text;
using FsCheck;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using PosTenancy.Tests.Generated.Checking;
using PosTenancy.Tests.Generated.Model;

using TestResult = FsCheck.TestResult;

namespace PosTenancy.Tests.Generated;

/// <summary>
/// Reports a failure with the smallest database that still fails, as SQL, and the seed that reproduces it.
/// </summary>
internal sealed class FailureReport(UniqueScope scope, IndexStrategy strategy) : IRunner
{
    public void OnStartFixture(Type t)
    {
    }

    public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
    {
    }

    public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
    {
    }

    public void OnFinished(string name, TestResult testResult)
    {
        if (testResult is TestResult.Failed failed)
        {
            Exception? why = (failed.Item4 as Outcome.Failed)?.Item;
            throw new Xunit.Sdk.XunitException(Text((RandomDatabase)failed.Item3.Head, why));
        }

        if (testResult is not TestResult.Passed)
        {
            throw new Xunit.Sdk.XunitException(testResult.ToString());
        }
    }

    private string Text(RandomDatabase database, Exception? why)
    {
        StringBuilder text = new();
        text.AppendLine(why is Difference ? why.Message : why?.ToString());
        text.AppendLine()
            .AppendLine($"Again: {GeneratedSettings.SeedVariable}={database.Seed} (UniqueScope {scope}, IndexStrategy {strategy})");
        text.AppendLine(
            $"Tenant {SqlWords.Text(database.Tenant.Id)} in column {SqlWords.Quote(database.Tenant.Column)}, without: " +
            $"{string.Join(", ", database.Tenant.Excluded)}"
        );
        text.AppendLine(
            $"-- old format: {database.File.IsOldFormat}, leaves its log: {database.File.LeavesLog}, foreign keys " +
            $"{(database.Seed % 2 == 0 ? "ON" : "OFF")}"
        );
        foreach (string sql in Building.Script(database))
        {
            text.AppendLine(sql + ";");
        }

        text.AppendLine("-- queries and statements").AppendJoin('\n', database.Queries.Concat(database.Statements));
        return text.ToString();
    }
}
