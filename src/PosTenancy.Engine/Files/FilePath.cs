namespace PosTenancy.Engine.Files;

/// <summary>Questions about a path that need no open file.</summary>
internal static class FilePath
{
    /// <summary>Resolves the full path of a file and follows a symbolic link; the file need not exist.</summary>
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
            // The file does not exist, or its links form a cycle; opening it will report that.
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
