using System.Globalization;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>Lists the tenants of a database: what each has, and what is unusual about it.</summary>
public static class TenantList
{
    /// <summary>Reads every tenant that has rows or is registered, without changing anything.</summary>
    /// <param name="path">Path of the live database.</param>
    /// <param name="columnName">Name of the tenant column; tables without it are left out.</param>
    /// <param name="progress">Receives progress reports.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The tenants in the order of their ids; rows without a tenant are first.</returns>
    /// <exception cref="PosTenancyException">The database cannot be read, or is damaged.</exception>
    public static IReadOnlyList<TenantInfo> Read(
        string path, string columnName, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default)
    {
        Report(progress, "Reading the schema and counting rows", path, 0, 0, 0, StagePart.Schema);
        return DatabaseReader.Read(path, (reader, bytes) => Read(reader, bytes, columnName, progress), cancellation);
    }

    /// <summary>Requires that a pattern matches a tenant: a misspelled one would otherwise look like a tenant without rows.</summary>
    /// <param name="path">Path of the database.</param>
    /// <param name="tenants">Its tenants.</param>
    /// <param name="pattern">The pattern, for the message.</param>
    /// <param name="isMatch">Whether a tenant matches it.</param>
    /// <exception cref="PosTenancyException">No tenant matches.</exception>
    public static void RequireMatch(string path, IReadOnlyList<TenantInfo> tenants, string pattern, Func<TenantInfo, bool> isMatch)
    {
        if (!tenants.Any(isMatch))
        {
            string[] names = [.. tenants.Select(t => t.TenantId).OfType<string>().Select(id => $"'{id}'")];
            throw Errors.NoTenantMatches(path, pattern, names.Length == 0 ? "no tenants" : ShortList.Join(names, most: 5));
        }
    }

    private static IReadOnlyList<TenantInfo> Read(
        DatabaseConnection reader, FileStream? bytes, string columnName, IProgress<StageProgress>? progress)
    {
        CheckContext context = new(reader.Path, reader, new TenantExpectation(TenantId: null, columnName, []), baseline: null);
        Dictionary<TenantKey, Findings> tenants = [];
        ReadRows(context, bytes, progress, tenants);
        FollowReferences(context, progress, tenants);
        string[] known = [.. tenants.Keys.Select(k => k.Text).OfType<string>()];
        CompareWithRegistry(TenantRegistry.Read(reader, context.Schema, columnName, known)?.Tenants, tenants);
        WarnOfSimilar(tenants);
        return
        [
            .. tenants
                .OrderBy(t => t.Key.Text, StringComparer.Ordinal)
                .ThenBy(t => t.Key.StorageClass, StringComparer.Ordinal)
                .Select(t => Info(reader.Path, t.Key, t.Value, isMeasured: bytes is not null)),
        ];
    }

    private static void ReadRows(
        CheckContext context, FileStream? bytes, IProgress<StageProgress>? progress, Dictionary<TenantKey, Findings> tenants)
    {
        DatabaseConnection reader = context.Connection;
        DatabasePages? pages = bytes is null ? null : new DatabasePages(reader.Path, bytes);
        Dictionary<string, long> roots = BTree.Read(reader)
            .Where(t => t.Type == "table")
            .ToDictionary(t => t.Name, t => t.Root, Identifier.Comparer);
        long total = context.TenantColumns.Sum(t => t.Table.Rows ?? 0);
        long done = 0;
        foreach ((TableSchema table, ColumnSchema column) in context.TenantColumns)
        {
            long next = done + (table.Rows ?? 0);
            Report(progress, "Measuring the rows of each tenant", table.Name, done, next, total, StagePart.Statements);
            done = next;
            Dictionary<TenantKey, RowTotal> found = pages is null
                ? TenantRows.Count(reader, table, column)
                : TenantRows.Measure(reader, pages, roots[table.Name], table, column);
            foreach (KeyValuePair<TenantKey, RowTotal> share in found)
            {
                Find(tenants, share.Key).Tables.Add(new TenantTable(table.Name, share.Value.Rows, share.Value.Bytes));
            }
        }
    }

    private static void FollowReferences(
        CheckContext context, IProgress<StageProgress>? progress, Dictionary<TenantKey, Findings> tenants)
    {
        int total = context.TenantColumns.Sum(t => t.Table.ForeignKeys.Count);
        int done = 0;
        Tell(context.Path);
        foreach (FollowedReference reference in TenantReferencesConsistent.Follow(context, byTenant: true))
        {
            Add(reference, tenants);
            done++;
            Tell($"{reference.Child} to {reference.Parent}");
        }

        void Tell(string item) =>
            Report(progress, "Following references between tenants", item, done, Math.Min(done + 1, total), total, StagePart.Checks);
    }

    private static void Add(FollowedReference reference, Dictionary<TenantKey, Findings> tenants)
    {
        foreach (CrossingRows crossing in reference.Crossing)
        {
            string other = crossing.OtherTenantId is { } id ? $"the tenant '{id}'" : "no tenant";
            Find(tenants, new TenantKey(crossing.StorageClass!, crossing.TenantId)).Warnings.Add(
                $"{Counted(crossing.Count)} of {reference.Child} {(crossing.Count == 1 ? "references" : "reference")} rows of " +
                    $"{reference.Parent} that belong to {other}, the first {crossing.First}.");
        }

        if (reference.Unread is { } reason)
        {
            string warning = $"The references from {reference.Child} to {reference.Parent} were not checked: {reason.TrimEnd('.')}.";
            foreach (Findings tenant in tenants.Values.Where(t => t.Tables.Exists(share => share.Table == reference.Child)))
            {
                tenant.Warnings.Add(warning);
            }
        }
    }

    private static void CompareWithRegistry(ISet<string>? registered, Dictionary<TenantKey, Findings> tenants)
    {
        if (registered is null)
        {
            return;
        }

        foreach (KeyValuePair<TenantKey, Findings> tenant in tenants.Where(t => t.Key.Text is { } id && !registered.Contains(id)))
        {
            tenant.Value.Warnings.Add($"The table {SkippedTables.Registry} has no entry for it.");
        }

        HashSet<string> withRows = new(tenants.Keys.Select(k => k.Text).OfType<string>(), StringComparer.Ordinal);
        foreach (string id in registered.Where(id => !withRows.Contains(id)))
        {
            Find(tenants, new TenantKey("text", id)).Warnings.Add(
                $"The table {SkippedTables.Registry} has an entry for it, but no table has rows of it.");
        }
    }

    private static void WarnOfSimilar(Dictionary<TenantKey, Findings> tenants)
    {
        foreach (
            IGrouping<string, KeyValuePair<TenantKey, Findings>> similar in tenants
                .Where(t => t.Key.Text is not null)
                .GroupBy(t => t.Key.Text!.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            string[] names = [.. similar.Select(t => t.Key.Text!).Distinct(StringComparer.Ordinal).OrderBy(n => n, StringComparer.Ordinal)];
            foreach (KeyValuePair<TenantKey, Findings> tenant in similar.Where(_ => names.Length > 1))
            {
                tenant.Value.Warnings.Add(
                    $"It differs only in case or surrounding spaces from {ShortList.Join(Others(names, tenant.Key.Text!), most: 3)}.");
            }
        }

        static string[] Others(string[] names, string name) => [.. names.Where(n => n != name).Select(n => $"'{n}'")];
    }

    private static TenantInfo Info(string path, TenantKey key, Findings findings, bool isMeasured)
    {
        List<string> warnings = [];
        if (key.StorageClass == "null")
        {
            warnings.Add("These rows have no tenant, so no tenant sees them.");
        }
        else if (key.StorageClass != "text")
        {
            warnings.Add($"It is stored as {key.StorageClass} and not as text, so a comparison with the text does not find these rows.");
        }

        warnings.AddRange(findings.Warnings);
        if (!isMeasured)
        {
            warnings.Add("Bytes is unknown, because part of the database is in its write-ahead log.");
        }

        return new TenantInfo(
            path,
            key.Text,
            findings.Tables.Count,
            findings.Tables.Sum(t => t.Rows),
            isMeasured ? findings.Tables.Sum(t => t.Bytes) : null)
        {
            StorageClass = key.StorageClass,
            PerTable = findings.Tables,
            Warnings = warnings,
        };
    }

    private static Findings Find(Dictionary<TenantKey, Findings> tenants, TenantKey key)
    {
        if (!tenants.TryGetValue(key, out Findings? findings))
        {
            tenants.Add(key, findings = new Findings());
        }

        return findings;
    }

    private static string Counted(long rows) =>
        string.Format(CultureInfo.InvariantCulture, "{0:N0} {1}", rows, rows == 1 ? "row" : "rows");

    private static void Report(
        IProgress<StageProgress>? progress, string activity, string item, long completed, long next, long total, StagePart part) =>
        progress?.Report(new StageProgress(Stage.Measurement, activity, item, completed, total) { Next = next, Part = part });

    /// <summary>What was found of a tenant so far.</summary>
    private sealed class Findings
    {
        public List<TenantTable> Tables { get; } = [];

        public List<string> Warnings { get; } = [];
    }
}
