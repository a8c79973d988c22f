namespace PosTenancy.Engine.Journal;

/// <summary>What the names of temporary files and folders end with, after the random word of the run.</summary>
internal static class TemporaryEnding
{
    /// <summary>A file that is renamed once it is complete.</summary>
    public const string Partial = "partial";

    /// <summary>The folder of a rehearsal.</summary>
    public const string Rehearsal = "rehearsal";

    /// <summary>The file that a restore is about to put in the place of the database.</summary>
    public const string Restore = "restore";

    /// <summary>The folder in which the remains of another program's crash are tried.</summary>
    public const string Recovery = "recovery";

    /// <summary>The folder of the copy that an isolation test writes to.</summary>
    public const string Copy = "copy";

    /// <summary>Every ending.</summary>
    public static readonly string[] All = [Partial, Rehearsal, Restore, Recovery, Copy];
}
