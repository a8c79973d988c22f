using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Backup;

/// <summary>The folder that a backup goes to.</summary>
internal static class BackupDestination
{
    /// <summary>Room for the manifest, the journal and the file system's own needs, in bytes.</summary>
    private const long Reserve = 1 << 20;

    /// <summary>The folder as a full path; that of the database if none is named.</summary>
    /// <exception cref="PosTenancyException">There is no such folder, or it cannot be written.</exception>
    public static string Require(DatabaseFile file, string? destination) => Require(destination ?? file.Folder);

    /// <summary>The folder as a full path.</summary>
    /// <exception cref="PosTenancyException">There is no such folder, or it cannot be written.</exception>
    public static string Require(string destination)
    {
        string folder = FilePath.Full(destination);
        if (!Directory.Exists(folder))
        {
            throw Errors.DestinationNotFound(folder);
        }

        return FolderAccess.IsWritable(folder) ? folder : throw Errors.DestinationNotWritable(folder);
    }

    /// <summary>Refuses if the disk cannot hold what is about to be written.</summary>
    /// <param name="path">The database, for the message.</param>
    /// <param name="folder">The folder whose disk is asked.</param>
    /// <param name="needed">Bytes that will be written there.</param>
    /// <exception cref="PosTenancyException">There is too little room.</exception>
    public static void RequireSpace(string path, string folder, long needed)
    {
        if (FolderAccess.AvailableBytes(folder) is { } available && available < needed + Reserve)
        {
            throw Errors.InsufficientDiskSpace(path, folder, needed + Reserve, available);
        }
    }
}
