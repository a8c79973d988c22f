using PosTenancy.Tests.Faults.Tracing;

namespace PosTenancy.Tests.Faults.Promise;

/// <summary>
/// The promise: at every instant the database is entirely old or entirely new, a backup is complete or absent, and the next command
/// finishes the
/// interrupted work and leaves nothing behind.
/// </summary>
internal static class Oracle
{
    private const string Journal = "pos.db.postenancy-journal";

    /// <summary>Inspects a folder in which a command ended, in whatever way, and then runs the command again.</summary>
    /// <param name="scenario">Scenario of the command.</param>
    /// <param name="store">Folder in which it ran.</param>
    /// <param name="result">The command's result; <see langword="null"/> if it was killed or lost its power.</param>
    /// <param name="wasCleaning">Whether the failed call removed a file, which may then still exist.</param>
    /// <returns>Violations of the promise.</returns>
    public static IReadOnlyList<string> Violations(Scenario scenario, Store store, VictimResult? result, bool wasCleaning)
    {
        List<string> violations = [.. Now(scenario, store)];
        if (result is not null)
        {
            violations.AddRange(ResultViolations(scenario, store, result));
            if (!wasCleaning)
            {
                violations.AddRange(
                    Leftovers(scenario, store)
                        .Where(f => !IsSidecar(f) && !(SaysOpen(result) && f == Journal))
                        .Select(file => $"the command ended by itself ({result.Status}, {result.ErrorId}) and left '{file}'"));
            }
        }

        violations.AddRange(Next(scenario, store));
        return violations;
    }

    /// <summary>Violations of the conditions that hold at every instant.</summary>
    private static IEnumerable<string> Now(Scenario scenario, Store store)
    {
        string seen = scenario.Witness.Read(store.Database);
        if (seen != scenario.Shop && seen != scenario.Migrated)
        {
            yield return $"the database is neither old nor new: {Difference(seen, scenario.Before)}";
        }

        foreach (string backup in Backups.In(store.Folder))
        {
            if (Backups.Problem(backup) is { } problem)
            {
                yield return $"the backup '{Path.GetFileName(backup)}' is not whole: {problem}";
            }
            else if (scenario.Witness.Read(backup) is var held && held != scenario.Shop)
            {
                yield return $"the backup '{Path.GetFileName(backup)}' is not the shop's database: {Difference(held, scenario.Shop)}";
            }
        }

        foreach (string file in store.MissingBystanders())
        {
            yield return $"the shop's own file '{file}' was touched";
        }
    }

    /// <summary>Violations in the result of a command that ended on its own.</summary>
    private static IEnumerable<string> ResultViolations(Scenario scenario, Store store, VictimResult result)
    {
        string seen = scenario.Witness.Read(store.Database);
        if (result.IsGood)
        {
            if (seen != scenario.After)
            {
                yield return $"it says {result.Status}, and the database is not the new one";
            }

            if (scenario.Command == Command.Restore && Store.Sha256(store.Database) != Store.Sha256(Backups.In(store.Folder).First()))
            {
                yield return $"it says {result.Status}, and the database does not have the bytes of the backup";
            }

            if (!Backups.In(store.Folder).Any())
            {
                yield return $"it says {result.Status}, and there is no backup";
            }

            yield break;
        }

        if (result.ErrorId is null or ErrorIds.Unexpected || !result.ErrorId.StartsWith("PosTenancy.", StringComparison.Ordinal))
        {
            yield return $"it ended with the error {result.ErrorId}: {result.Message}";
        }

        // A single call failed once, so the rollback was possible.
        if (scenario.Command == Command.Upgrade && SaysOpen(result))
        {
            yield return $"it says {result.ErrorId}, and could have brought the database back: {result.Message}";
        }

        if (seen != scenario.Before && !SaysOpen(result))
        {
            yield return $"it says {result.ErrorId}, and the database is not the old one: {result.Message}";
        }
    }

    /// <summary>Violations after the next command.</summary>
    private static IEnumerable<string> Next(Scenario scenario, Store store)
    {
        bool wasInterrupted = TellsOfAnInterruption(store);
        HashSet<string> before = [.. Store.Files(store.Folder)];
        if (scenario.RunAgain(store, out IReadOnlyList<string> notices) is { } problem)
        {
            yield return $"the next command does not end well: {problem}";
        }

        if (wasInterrupted && !notices.Any(n => n.Contains("was interrupted in the stage", StringComparison.Ordinal)))
        {
            yield return "the next command does not say what happened before it";
        }

        string seen = scenario.Witness.Read(store.Database);
        if (seen != scenario.After)
        {
            yield return $"after the next command the database is not the new one: {Difference(seen, scenario.After)}";
        }

        // SQLite's log or finished journal stays if there was nothing to do: the database is read through it, and SQLite removes it with
        // the next
        // sale. Beside a restored file it would be destructive.
        foreach (
            string file in Leftovers(scenario, store)
                .Where(f => scenario.Command == Command.Restore || !IsSidecar(f) || !before.Contains(f)))
        {
            yield return $"after the next command '{file}' is still there";
        }

        foreach (string file in store.MissingBystanders())
        {
            yield return $"the next command touched the shop's own file '{file}'";
        }

        if (scenario.Command == Command.Import && !KeyMaps.Recorded(store).Any())
        {
            yield return "after the next command the key map that the history names is missing or changed";
        }

        if (scenario.Removes && !Exports.Made(store).Any())
        {
            yield return "after the next command the export of the tenant is missing or changed";
        }

        if (scenario.Command == Command.Erase && Exports.HasOwnValue(store))
        {
            yield return "after the next command a value of the erased tenant is in the file";
        }

        foreach (string backup in Backups.In(store.Folder))
        {
            if (Backups.Problem(backup) is { } broken)
            {
                yield return $"after the next command the backup '{Path.GetFileName(backup)}' is not whole: {broken}";
            }
        }

        if (!Backups.In(store.Folder).Any())
        {
            yield return "after the next command there is no backup";
        }

        if (scenario.Command == Command.Restore)
        {
            if (Store.Sha256(store.Database) != Store.Sha256(Backups.In(store.Folder).First()))
            {
                yield return "after the next command the database does not have the bytes of the backup";
            }

            if (!Backups.ReplacedIn(store.Folder).Any(kept => scenario.Witness.Read(kept) == scenario.Migrated))
            {
                yield return "after the next command no file holds what was replaced";
            }
        }
    }

    /// <summary>Whether the folder has a journal with an unfinished run.</summary>
    private static bool TellsOfAnInterruption(Store store)
    {
        string journal = Path.Combine(store.Folder, Journal);
        string[] lines = File.Exists(journal) ? File.ReadAllText(journal).Split('\n')[..^1] : [];
        return lines.Count(l => l.Contains("\"command\":", StringComparison.Ordinal))
            > lines.Count(l => l.Contains("\"ended\":true", StringComparison.Ordinal));
    }

    /// <summary>
    /// Whether an error reports that the database was not restored. Its journal then stays, so that the next command knows of it.
    /// </summary>
    private static bool SaysOpen(VictimResult result) => result.ErrorId is ErrorIds.RollbackFailed or ErrorIds.RestoreFailed;

    /// <summary>Files other than the database, backups, files that a restore set aside, and the store's own.</summary>
    private static IEnumerable<string> Leftovers(Scenario scenario, Store store)
    {
        HashSet<string> known = [Path.GetFileName(store.Database)];
        foreach (string backup in Backups.In(store.Folder))
        {
            known.Add(Path.GetFileName(backup));
            known.Add(Path.GetFileName(Backups.Manifest(backup)));
        }

        known.UnionWith(KeyMaps.Recorded(store));
        known.UnionWith(scenario.Command == Command.TenantRestore
            ? [Path.GetFileName(store.Export), Path.GetFileName(store.Export) + ".json"]
            : Exports.Made(store));

        // A crash of the application left it, and SQLite never trusts its content.
        if (File.Exists(Path.Combine(scenario.Template.Folder, "pos.db-shm")))
        {
            known.Add("pos.db-shm");
        }

        known.UnionWith(Backups.ReplacedIn(store.Folder).Select(p => Path.GetFileName(p)));
        return Store.Files(store.Folder).Where(f => !known.Contains(f) && !Store.IsBystander(f));
    }

    /// <summary>Files that SQLite needs to recover the database; every reader reads through these.</summary>
    private static bool IsSidecar(string file) => file is "pos.db-journal" or "pos.db-wal" or "pos.db-shm";

    private static string Difference(string seen, string expected)
    {
        string[] left = seen.Split('\n');
        string[] right = expected.Split('\n');
        int line = Enumerable
            .Range(0, Math.Max(left.Length, right.Length))
            .First(n => left.ElementAtOrDefault(n) != right.ElementAtOrDefault(n));
        return $"line {line}: {left.ElementAtOrDefault(line)}, expected {right.ElementAtOrDefault(line)}";
    }
}
