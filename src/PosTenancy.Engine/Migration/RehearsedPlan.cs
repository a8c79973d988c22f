using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Migration;

/// <summary>A plan that was run on a copy: the live database is held to what that run measured.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Result">What its rehearsal measured.</param>
/// <param name="Baseline">What was measured on the copy before its migration, when it equalled the backup.</param>
/// <param name="RecordedAt">The time in the row of the history, which must be the same in both files.</param>
/// <param name="Twin">The migrated copy.</param>
internal sealed record RehearsedPlan(
    MigrationPlan Plan, MigrationResult Result, Baseline Baseline, DateTimeOffset RecordedAt, Twin Twin);
