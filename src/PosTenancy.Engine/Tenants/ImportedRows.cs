using System.Diagnostics;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The proof that the rows of a tenant are those of its source: with the keys mapped back each table has the digest that it has there; the
/// columns that no rule changes have it without any mapping; the mapping is one-to-one; and what a row names, it still names.
/// </summary>
internal sealed class ImportedRows
{
    private readonly string _path;
    private readonly TenantSlice _slice;
    private readonly TenantLayout _layout;
    private readonly KeyDomains _domains;
    private readonly IReadOnlyDictionary<KeyDomain, KeyRule> _rules;
    private readonly IReadOnlyList<KeyMapFile.StoredDigest> _expected;
    private readonly TenantSlice? _source;

    private ImportedRows(
        string path,
        TenantSlice slice,
        TenantLayout layout,
        KeyDomains domains,
        IReadOnlyDictionary<KeyDomain, KeyRule> rules,
        IReadOnlyList<KeyMapFile.StoredDigest> expected,
        TenantSlice? source)
    {
        _path = path;
        _slice = slice;
        _layout = layout;
        _domains = domains;
        _rules = rules;
        _expected = expected;
        _source = source;
    }

    /// <summary>The rows of a source that has just been copied.</summary>
    public static ImportedRows FromSource(string path, TenantSlice slice, TenantLayout layout, ImportSource source) => new(
        path, slice, layout, source.Domains, source.Rules, source.Digests, source.Rows);

    /// <summary>The rows of a source that is known from its key map alone.</summary>
    public static ImportedRows FromMap(string path, TenantSlice slice, TenantLayout layout, KeyMapFile map)
    {
        KeyDomains domains = KeyDomains.Find(layout, KeyDeclarations.From(map.Declarations));
        return new ImportedRows(path, slice, layout, domains, RulesOf(domains, map), map.Tables, source: null);
    }

    /// <summary>The rules of a key map for the domains of a database.</summary>
    public static IReadOnlyDictionary<KeyDomain, KeyRule> RulesOf(KeyDomains domains, KeyMapFile map)
    {
        Dictionary<KeyDomain, KeyRule> rules = [];
        foreach (KeyMapFile.StoredRule stored in map.Rules)
        {
            if (domains.All.FirstOrDefault(d => d.Columns.Any(c => stored.Columns.Contains(c.Name, StringComparer.Ordinal))) is { } domain)
            {
                rules[domain] = stored.ToRule();
            }
        }

        return rules;
    }

    /// <summary>Runs every check.</summary>
    public IReadOnlyList<CheckResult> Check()
    {
        MovedTable[] tables = [.. _layout.Tables.Select(t => MovedTable.From(t, _layout, _domains, _rules))];
        Dictionary<string, (RowDigest All, RowDigest Content)> read = new(Identifier.Comparer);
        List<CheckResult> checks =
        [
            Run("TenantEqualsSource", "Rows equal to the source", "every row as in its source, with keys mapped back", () =>
            {
                List<string> different = [];
                foreach (KeyMapFile.StoredDigest digest in _expected)
                {
                    (RowDigest now, _) = read[digest.Table] = SliceDigest.Read(_slice, Find(digest.Table), isBack: true);
                    if (now.Rows != digest.Rows || now.Sum != digest.Sum)
                    {
                        different.Add($"{digest.Table}: {now.Rows} rows, {digest.Rows} in the source, and their values differ");
                    }
                }

                return (different, $"{read.Values.Sum(d => d.All.Rows)} rows in {read.Count} tables");
            }),
            Run("ContentEqualsSource", "Values other than keys", "the same values in every column that is no mapped key", () => (
                [
                    .. from digest in _expected
                       let now = read[digest.Table].Content
                       where now.Rows != digest.Rows || now.Sum != digest.Content
                       select $"{digest.Table}: {now.Rows} rows, {digest.Rows} in the source, and their values differ",
                ],
                $"{_expected.Sum(d => d.Rows)} rows in {_expected.Count} tables")),
            Run("KeyMapOneToOne", "Key map is one-to-one", "each new key has one original, and each original one new key", () =>
            {
                List<string> different = [];
                long keys = 0;
                foreach (KeyValuePair<KeyDomain, KeyRule> rule in _rules)
                {
                    foreach (KeyColumn key in rule.Key.Keys)
                    {
                        (long count, string? problem) = Broken(key, rule.Value);
                        keys += count;
                        if (problem is not null)
                        {
                            different.Add($"{key.Name}: {problem}");
                        }
                    }
                }

                return (different, $"{keys} keys of {_rules.Count} kinds");
            }),
            Run("ReferencesIntact", "References within the tenant", "each reference names the row that it names in the source", () =>
            {
                Followed[] all = [.. _layout.Tables.SelectMany(t => t.ForeignKeys.Select(f => Follow(t, f)).OfType<Followed>())];
                (long[]? before, long[] now) = SideBySide.Run(
                    () => _source is null ? null : all.Select(f => f.Lost(_source, IsTenant)).ToArray(),
                    () => all.Select(f => f.Lost(_slice)).ToArray());
                return (
                    [.. all.Select((f, i) => f.Problem(_slice, now[i], before?[i] ?? now[i])).OfType<string>()],
                    $"{all.Length} foreign keys");
            }),
        ];
        return checks;

        MovedTable Find(string table) => tables.First(t => Identifier.Comparer.Equals(t.Table.Name, table));
    }

    /// <summary>
    /// Whether mapping a key back and forth gives the same key. If it does for all of them, no two have the same original.
    /// </summary>
    private (long Count, string? Problem) Broken(KeyColumn key, KeyRule rule)
    {
        long count = 0;
        string? problem = null;
        using Statement select = _slice.Connection.Prepare(_slice.Select(key.Table.Name, [key.Column.Name]), _slice.Parameter);
        while (select.Step())
        {
            count++;
            Row row = select.Row;
            bool isSame = row.Type(0) switch
            {
                SQLitePCL.raw.SQLITE_INTEGER => rule.Map(rule.Back(row.GetInt64(0))) == row.GetInt64(0),

                // From its file, the map of texts only leads back.
                SQLitePCL.raw.SQLITE_TEXT when !rule.Texts.IsAll => IsSame(row.GetUtf8(0)),
                _ => true,
            };
            if (!isSame)
            {
                problem ??= $"{row.GetStringOrNull(0)} is not the new value of its original";
            }
        }

        return (count, problem);

        bool IsSame(ReadOnlySpan<byte> text)
        {
            byte[] original = rule.Back(text) ?? text.ToArray();
            return (rule.Map(original) ?? original).AsSpan().SequenceEqual(text);
        }
    }

    private bool IsTenant(string column) => Identifier.Comparer.Equals(column, _layout.ColumnName);

    /// <summary>A foreign key between tables of tenants; <see langword="null"/> for another.</summary>
    private Followed? Follow(TableSchema child, ForeignKeySchema reference)
    {
        if (_layout.Schema.FindTable(reference.Parent) is not { } parent || !_layout.Tables.Contains(parent))
        {
            return null;
        }

        string[] primary = [.. parent.PrimaryKey];
        (string Child, string? Parent)[] pairs =
            [.. reference.Columns.Select((c, i) => (c.Child, c.Parent ?? primary.ElementAtOrDefault(i)))];
        return pairs.Any(p => p.Parent is null)
            ? null
            : new Followed(child.Name, parent.Name, [.. pairs.Select(p => (p.Child, p.Parent!))]);
    }

    private CheckResult Run(string name, string title, string expected, Func<(List<string> Different, string Actual)> measure)
    {
        Stopwatch watch = Stopwatch.StartNew();
        (List<string> different, string actual) = measure();
        return new CheckResult(
            _path,
            name,
            $"{title}: {_slice.TenantId}",
            expected,
            actual,
            different.Count == 0 ? CheckStatus.Passed : CheckStatus.Failed,
            ShortList.Join(different, 10, separator: "; ", last: "; and "),
            watch.Elapsed);
    }

    /// <summary>
    /// The references of a foreign key: as many rows as in the source may have lost what they name, and none may name the row of another
    /// tenant.
    /// </summary>
    private sealed record Followed(string Child, string Parent, IReadOnlyList<(string Child, string Parent)> Pairs)
    {
        /// <summary>How many rows name no row of their tenant.</summary>
        public long Lost(TenantSlice slice, Func<string, bool>? isLeftOut = null) =>
            slice.Connection.Scalar(LostSql(slice, [.. Pairs.Where(p => isLeftOut?.Invoke(p.Child) != true)]), slice.Parameter);

        /// <summary>What is wrong; <see langword="null"/> if nothing is.</summary>
        public string? Problem(TenantSlice slice, long lost, long before)
        {
            if (lost != before)
            {
                return $"{Child} to {Parent}: {lost} rows name no row, {before} in the source";
            }

            long foreign = lost == 0
                ? 0
                : slice.Connection.Scalar(
                    $"{LostSql(slice, Pairs)} AND EXISTS (SELECT 1 FROM main.{Identifier.Quote(Parent)} AS p WHERE {On(Pairs)})",
                    slice.Parameter);
            return foreign == 0 ? null : $"{Child} to {Parent}: {foreign} rows name a row of another tenant";
        }

        private string LostSql(TenantSlice slice, IReadOnlyList<(string Child, string Parent)> pairs) =>
            $"SELECT count(*) FROM main.{Identifier.Quote(Child)} AS c WHERE {slice.Condition("c")} AND " +
            $"{string.Join(" AND ", pairs.Select(p => $"c.{Identifier.Quote(p.Child)} IS NOT NULL"))} AND NOT EXISTS (" +
            $"SELECT 1 FROM main.{Identifier.Quote(Parent)} AS p WHERE {On(pairs)} AND {slice.Condition("p")})";

        private static string On(IReadOnlyList<(string Child, string Parent)> pairs) =>
            string.Join(" AND ", pairs.Select(p => $"p.{Identifier.Quote(p.Parent)} = c.{Identifier.Quote(p.Child)}"));
    }
}
