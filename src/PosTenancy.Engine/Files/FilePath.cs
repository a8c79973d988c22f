namespace PosTenancy.Engine.Files;

/// <summary>Answers about a path, before the file is opened.</summary>
internal static class FilePath
{
    /// <summary>The full path of a file, with a symbolic link followed; the file need not exist.</summary>
    /// <exception cref="PosTenancyException">No file can have that path.</exception>
    public static string Full(string path)
    {
        try
        {
            string full = Path.GetFullPath(path);
#if NET
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
#else
            return full;
#endif
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw Errors.InvalidPath(path, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Errors.AccessDenied(path, exception);
        }
        catch (IOException)
        {
            // Nothing is there, or a link leads in a circle: whoever opens it will say.
            return Path.GetFullPath(path);
        }
    }

    /// <summary>Whether a file exists and holds at least one byte.</summary>
    public static bool HasContent(string path)
    {
        FileInfo file = new(path);
        return file.Exists && file.Length > 0;
    }
}
