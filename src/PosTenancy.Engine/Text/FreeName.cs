namespace PosTenancy.Engine.Text;

/// <summary>Finds a name that nothing has yet.</summary>
internal static class FreeName
{
    /// <summary>The wanted name, or the first that is free of those with a number behind it, from 2.</summary>
    /// <param name="wanted">The name to begin with.</param>
    /// <param name="separator">What stands before the number.</param>
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
