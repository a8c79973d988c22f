namespace PosTenancy;

/// <summary>What a column of a migration history is for.</summary>
internal enum HistoryRole
{
    /// <summary>A number that grows, or a text that sorts by time.</summary>
    Version,

    /// <summary>What was done, for people; a script's file name.</summary>
    Name,

    /// <summary>How a migration is told from a changed one.</summary>
    Checksum,

    /// <summary>When it was done.</summary>
    Time,

    /// <summary>1 where it succeeded.</summary>
    Succeeded,

    /// <summary>1 where it did not.</summary>
    Failed,

    /// <summary>Number of the run.</summary>
    Batch,

    /// <summary>How long it took.</summary>
    Elapsed,

    /// <summary>Who, or which program in which version, did it.</summary>
    Product,

    /// <summary>The part of the project that it belongs to.</summary>
    Application,

    /// <summary>Which kind of migration it was.</summary>
    Kind,
}
