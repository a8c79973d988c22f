namespace PosTenancy.Fuzz;

/// <summary>A part of the engine that reads untrusted input.</summary>
/// <param name="Run">Reads the bytes. A PosTenancyException is a valid answer; any other exception is a defect.</param>
internal sealed record Target(Action<byte[]> Run)
{
    public static Target? Find(string name) => name switch
    {
        "pages" => new Target(PageTarget.Run),
        "script" => new Target(ScriptTarget.Run),
        "schema" => new Target(SchemaTarget.Run),
        _ => null,
    };

    /// <summary>Fails if the engine returned a wrong answer.</summary>
    public static void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(what);
        }
    }
}
