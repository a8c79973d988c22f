namespace PosTenancy;

/// <summary>What went wrong, in a form that can be stored and read again.</summary>
/// <param name="ErrorId">The stable id, one of <see cref="ErrorIds"/>.</param>
/// <param name="Message">What happened, what was left unchanged, and what to do next.</param>
public sealed record Failure(string ErrorId, string Message)
{
    internal static Failure From(PosTenancyException exception) => new(exception.ErrorId, exception.Message);

    /// <summary>The message.</summary>
    public override string ToString() => Message;
}
