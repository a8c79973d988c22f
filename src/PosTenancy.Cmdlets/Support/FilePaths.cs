using System.Collections.ObjectModel;
using System.Management.Automation;

namespace PosTenancy.Commands;

/// <summary>Turns paths as PowerShell users give them into full paths of files. What cannot be one becomes an error record.</summary>
internal sealed class FilePaths(PSCmdlet cmdlet)
{
    /// <summary>A path that may be a pattern.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isTyped">
    /// Whether it was typed. One that came through the pipeline is a file's more often than a pattern: "pos[1].db" means that file if it is
    /// there.
    /// </param>
    public IEnumerable<string> Resolve(string path, bool isTyped)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path) ||
            (!isTyped && cmdlet.InvokeProvider.Item.Exists(path, force: true, literalPath: true)))
        {
            return ResolveLiteral(path);
        }

        Collection<string> found;
        try
        {
            found = cmdlet.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            if (!IsFileSystem(provider))
            {
                cmdlet.WriteError(ErrorRecords.NotFileSystem(path, provider));
                return [];
            }
        }
        catch (Exception exception) when (exception is SessionStateException or ProviderInvocationException or PSArgumentException)
        {
            cmdlet.WriteError(ErrorRecords.InvalidPath(path, exception));
            return [];
        }

        if (found.Count == 0)
        {
            cmdlet.WriteError(ErrorRecords.NoMatch(path));
        }

        return found;
    }

    /// <summary>A path, each character taken as it is.</summary>
    /// <param name="path">The path.</param>
    public IEnumerable<string> ResolveLiteral(string path)
    {
        try
        {
            string resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            if (IsFileSystem(provider))
            {
                return [resolved];
            }

            cmdlet.WriteError(ErrorRecords.NotFileSystem(path, provider));
        }
        catch (Exception exception) when (exception is SessionStateException or ProviderInvocationException or PSArgumentException)
        {
            cmdlet.WriteError(ErrorRecords.InvalidPath(path, exception));
        }

        return [];
    }

    private static bool IsFileSystem(ProviderInfo provider) => provider.Name == "FileSystem";
}
