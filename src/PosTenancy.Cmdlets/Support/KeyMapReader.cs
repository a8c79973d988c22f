using System.Collections;
using System.Management.Automation;
using PosTenancy.Engine.Tenants;

namespace PosTenancy.Commands;

/// <summary>Reads what <c>-KeyMap</c> takes: a hashtable, or the path of a JSON file with the same content.</summary>
internal static class KeyMapReader
{
    /// <summary>The declarations; <see langword="null"/> if there are none.</summary>
    /// <param name="value">The value of the parameter.</param>
    /// <param name="resolve">Resolves a path.</param>
    /// <exception cref="PosTenancyException">It cannot be read.</exception>
    public static KeyDeclarations? Read(object? value, Func<string, string> resolve) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null or "" => null,
        IDictionary entries => KeyDeclarations.Parse(entries),
        string path => KeyDeclarations.Read(resolve(path)),
        { } other => throw KeyDeclarations.Unreadable(other.GetType().Name),
    };
}
