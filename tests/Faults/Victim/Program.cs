using System.Text.Json;
using PosTenancy;
using PosTenancy.Tests.Faults.Victim;

// Stages are lines on the error stream, so that a trace of the system calls shows the stage of each; the result is one line of JSON.
string status = "Thrown";
Failure? failure = null;
try
{
    if (VictimCommand.Run(args, new StageLines()) is not { } ended)
    {
        Console.Error.WriteLine(VictimCommand.Usage);
        return 2;
    }

    (status, failure) = ended;
}
catch (PosTenancyException exception)
{
    failure = new Failure(exception.ErrorId, exception.Message);
}
catch (Exception exception)
{
    // The cmdlets would report this as PosTenancy.Unexpected.
    failure = new Failure(ErrorIds.Unexpected, exception.ToString());
}

Console.Out.WriteLine(JsonSerializer.Serialize(new { Status = status, failure?.ErrorId, failure?.Message }));
return 0;
