namespace PosTenancy.Engine.Journal;

/// <summary>What the parts of one run share.</summary>
/// <param name="Path">The live database, for results, errors and progress; a rehearsal works on a copy of it.</param>
/// <param name="Stage">Migration, or rehearsal.</param>
/// <param name="Journal">The journal of the command, which has begun; <see langword="null"/> for a rehearsal, whose copy is
/// thrown away.</param>
/// <param name="Progress">Receives progress reports.</param>
/// <param name="Cancellation">Cancels the run; the database is then what it was.</param>
internal sealed record RunContext(
    string Path, Stage Stage, RunJournal? Journal, IProgress<StageProgress>? Progress, CancellationToken Cancellation)
{
    /// <summary>Reports work of the stage.</summary>
    /// <param name="activity">What is being done.</param>
    /// <param name="part">The part of the stage.</param>
    public void Report(string activity, StagePart part = StagePart.None) =>
        Progress?.Report(new StageProgress(Stage, activity, Path, 0, 0) { Part = part });
}
