using System.Text.Json;
using PosTenancy;
using PosTenancy.Tests.Faults.Victim;

// Its stages are lines on the error stream, so that who traces the system calls knows which stage each belongs to; its result is one line
// of JSON.
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
    // What the cmdlets would make PosTenancy.Unexpected of.
    failure = new Failure(ErrorIds.Unexpected, exception.ToString());
}

Console.Out.WriteLine(JsonSerializer.Serialize(new { Status = status, failure?.ErrorId, failure?.Message }));
return 0;
