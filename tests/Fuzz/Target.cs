namespace PosTenancy.Fuzz;

/// <summary>A piece of the engine that reads what anybody may have written.</summary>
/// <param name="Run">Reads the bytes. A PosTenancyException is an answer; whatever else leaves it is a defect.</param>
internal sealed record Target(Action<byte[]> Run)
{
    public static Target? Find(string name) => name switch
    {
        "pages" => new Target(PageTarget.Run),
        "script" => new Target(ScriptTarget.Run),
        "schema" => new Target(SchemaTarget.Run),
        _ => null,
    };

    /// <summary>Says that the engine gave an answer that is not true.</summary>
    public static void Require(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(what);
        }
    }
}
