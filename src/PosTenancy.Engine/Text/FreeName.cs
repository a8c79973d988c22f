namespace PosTenancy.Engine.Text;

/// <summary>Finds a name that is not taken.</summary>
internal static class FreeName
{
    /// <summary>The wanted name or, if it is taken, the first free one with a number after it, from 2.</summary>
    /// <param name="wanted">Preferred name.</param>
    /// <param name="separator">Text before the number.</param>
    /// <param name="isTaken">Whether a name is taken.</param>
    public static string Find(string wanted, string separator, Func<string, bool> isTaken)
    {
        string name = wanted;
        for (int n = 2; isTaken(name); n++)
        {
            name = $"{wanted}{separator}{n}";
        }

        return name;
    }
}
