using System.Diagnostics;
using System.Globalization;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Server;

namespace PosTenancy.Postgres.Proof;

/// <summary>Proves before COMMIT that PostgreSQL has the rows that were read, and that it enforces their references.</summary>
internal sealed class CopyProof(TargetServer server, Action<StagePart, string, string, long, long> report)
{
    /// <summary>Runs the checks.</summary>
    /// <param name="parts">What was copied.</param>
    /// <param name="sent">The rows as they were read.</param>
    /// <param name="path">Full path of the database.</param>
    public IReadOnlyList<CheckResult> Check(
        IReadOnlyList<CopyPart> parts, Dictionary<(string Tenant, string Table), RowDigest> sent, string path)
    {
        CopyPart[] loaded = [.. parts.Where(p => p.IsLoaded)];
        return [Rows(loaded, sent, path), ForeignKeys(loaded, path)];
    }

    private CheckResult Rows(CopyPart[] parts, Dictionary<(string Tenant, string Table), RowDigest> sent, string path)
    {
        Stopwatch watch = Stopwatch.StartNew();
        long rows = 0;
        List<string> differences = [];
        for (int i = 0; i < parts.Length; i++)
        {
            CopyPart part = parts[i];
            report(StagePart.Checks, "Proving the rows in PostgreSQL", part.Table.Name, i, parts.Length);
            IReadOnlyDictionary<string, RowDigest> there = TargetRows.Read(server, part);
            foreach (string tenant in part.Tenants)
            {
                RowDigest expected = sent[(tenant, part.Table.Name)];
                RowDigest actual = there.TryGetValue(tenant, out RowDigest? digest) ? digest : TargetDigest.Empty;
                rows += actual.Rows;
                if (expected != actual)
                {
                    string? first = part.Addition is null ? RowSearch.First(server, part, tenant) : null;
                    differences.Add(first ?? $"{part.Table.Name}: {actual.Rows} of {expected.Rows} rows");
                }
            }
        }

        return new CheckResult(
            path,
            "RowsMatch",
            "Every row in PostgreSQL is the row of the database, by SHA-256 of its typed values",
            Counted(sent.Values.Sum(s => s.Rows)),
            Counted(rows),
            differences.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            string.Join("; ", differences),
            watch.Elapsed);
    }

    private CheckResult ForeignKeys(CopyPart[] parts, string path)
    {
        Stopwatch watch = Stopwatch.StartNew();
        CopyPart[] created = [.. parts.Where(p => !p.IsReplaced)];
        TargetForeignKey[] met = [.. created.SelectMany(p => p.Table.ForeignKeys).Where(k => k.IsMet)];
        string[] unmet = [.. parts.SelectMany(p => p.Table.ForeignKeys).Where(k => !k.IsMet).Select(k => k.Name)];
        string[] schemas = [.. created.Select(p => p.Schema).Distinct(StringComparer.Ordinal)];
        string[] names = [.. met.Select(k => k.Name)];
        long valid = server.Query(
            """
            SELECT count(*)
            FROM pg_constraint AS k JOIN pg_namespace AS n ON n.oid = k.connamespace
            WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0 AND n.nspname = ANY($1) AND k.conname = ANY($2)
            """,
            r => r.GetInt64(0),
            schemas,
            names)[0];
        return new CheckResult(
            path,
            "ForeignKeysValidated",
            "Every foreign key is in PostgreSQL, and was validated against all rows",
            (met.Length + unmet.Length).ToString(CultureInfo.InvariantCulture),
            valid.ToString(CultureInfo.InvariantCulture),
            met.Length != valid ? CheckStatus.Failed : unmet.Length > 0 ? CheckStatus.Warning : CheckStatus.Passed,
            unmet.Length == 0 ? "" : $"some rows do not meet {ShortList.Join([.. unmet.Distinct(StringComparer.Ordinal)], most: 8)}, and are kept",
            watch.Elapsed);
    }

    private static string Counted(long rows) => rows.ToString("N0", CultureInfo.InvariantCulture) + " rows";
}
