using System.Globalization;
using System.Text;
using PosTenancy.Engine.Files;
using PosTenancy.Engine.Schema;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// Decides which keys of a source get new values in a database: those that it already has. Reads as many keys of the database as the source
/// has, not all of them.
/// </summary>
/// <param name="source">The source.</param>
/// <param name="target">The database, or the copy of it on which the import is rehearsed.</param>
/// <param name="live">Full path of the database, for errors.</param>
/// <param name="layout">The tables of the database.</param>
/// <param name="domains">Its keys and what references them.</param>
/// <param name="others">What the tenants that are there reference without having it.</param>
/// <param name="replaced">The tenant of the database whose rows go, so that their keys are free; <see langword="null"/> for none.</param>
internal sealed class KeyPlanner(
    TenantSlice source,
    DatabaseConnection target,
    string live,
    TenantLayout layout,
    KeyDomains domains,
    DanglingReferences others,
    string? replaced = null)
{
    /// <summary>The largest integer that a program with floating-point numbers reads exactly.</summary>
    private const long MaxInteger = (1L << 53) - 1;

    /// <summary>How many examples a message names.</summary>
    private const int MaxNamed = 3;

    /// <summary>A rule for each domain in which a key collides.</summary>
    /// <exception cref="PosTenancyException">A key collides that must not change, or cannot.</exception>
    public IReadOnlyDictionary<KeyDomain, KeyRule> Plan()
    {
        (Dictionary<KeyDomain, KeyRule> rules, List<(KeyDomain Domain, IReadOnlyList<LostValue> Values)> lost) = Surrogates();
        RequireNaturalKeys(rules);

        // For the sources after this one, what it references without having it is there as well.
        lost.ForEach(l => others.Add(l.Domain, l.Values, rules.TryGetValue(l.Domain, out KeyRule? rule) ? rule : null));
        return rules;
    }

    /// <summary>The same without a look at keys that must not change.</summary>
    /// <exception cref="PosTenancyException">A key collides that cannot change.</exception>
    public IReadOnlyDictionary<KeyDomain, KeyRule> PlanSurrogates() => Surrogates().Rules;

    private (Dictionary<KeyDomain, KeyRule> Rules, List<(KeyDomain Domain, IReadOnlyList<LostValue> Values)> Lost) Surrogates()
    {
        Dictionary<KeyDomain, KeyRule> rules = [];
        List<(KeyDomain Domain, IReadOnlyList<LostValue> Values)> lost = [];
        foreach (KeyDomain domain in domains.All.Where(d => d.IsSurrogate))
        {
            KeyColumn[] global = [.. domain.Keys.Where(IsGlobal)];
            if (global.Length == 0)
            {
                continue;
            }

            HashSet<string> loose = new(
                domains.Loose.Where(r => domain.Keys.Contains(r.To)).Select(r => r.Declaration.ToString()), StringComparer.Ordinal);

            // Both read whole tables, of two databases.
            (LostValue[] dangling, IReadOnlyList<LostValue> _) = SideBySide.Run(
                () => Dangling(domain, loose).ToArray(),
                () => others.Of(domain));
            lost.Add((domain, dangling));
            KeyRule rule = new([.. domain.Columns.Select(c => c.Name), .. loose]);
            rule = WithIntegers(rule, domain, dangling);
            rule = WithTexts(rule, domain, global, dangling);
            RequireMovable(domain);
            if (!rule.IsEmpty)
            {
                rules.Add(domain, rule);
            }
        }

        return (rules, lost);
    }

    /// <summary>How many keys of a column get new values.</summary>
    public long CountMapped(KeyColumn key, KeyRule rule) => source.Connection
        .Query(
            source.Select(key.Table.Name, [key.Column.Name]),
            row => row.Type(0) switch
            {
                SQLitePCL.raw.SQLITE_INTEGER => rule.Integers.Contains(row.GetInt64(0)),
                SQLitePCL.raw.SQLITE_TEXT => !rule.Texts.IsEmpty && rule.Texts.Contains(row.GetUtf8(0)),
                _ => false,
            },
            source.Parameter)
        .LongCount(static isMapped => isMapped);

    /// <summary>The condition for rows of the database that stay.</summary>
    private string Stays(string alias) => TenantSlice.ConditionForOthers(alias, layout.ColumnName, replaced);

    private bool IsGlobal(KeyColumn key) =>
        KeyDomains.KeyOf(key.Table, key.Column, layout.ColumnName) is { IsGlobal: true } or { IsKey: false };

    private KeyRule WithIntegers(KeyRule rule, KeyDomain domain, IReadOnlyList<LostValue> dangling)
    {
        // What the source has, and what it names without having it.
        KeyRanges wanted = new();
        foreach (KeyColumn key in domain.Keys)
        {
            foreach (long value in source.Connection.Query(
                $"SELECT t.{key.Quoted} FROM {key.From} AS t WHERE {source.Condition("t")} AND typeof(t.{key.Quoted}) = 'integer'",
                static row => row.GetInt64(0),
                source.Parameter))
            {
                wanted.Add(value, value);
            }
        }

        foreach (long value in dangling.Select(d => d.Integer).OfType<long>())
        {
            wanted.Add(value, value);
        }

        KeyRanges collisions = Taken(domain, wanted);
        if (collisions.IsEmpty)
        {
            return rule;
        }

        long span = collisions.Last - collisions.First;
        long first = FreeInterval(domain, wanted, span);
        return rule with
        {
            Integers = collisions,
            Distance = first - collisions.First,
        };
    }

    /// <summary>The keys of the database that are among those of the source.</summary>
    private KeyRanges Taken(KeyDomain domain, KeyRanges wanted)
    {
        KeyRanges taken = new();
        foreach (KeyColumn key in domain.Keys)
        {
            using Statement search = target.Prepare(
                $"SELECT t.{key.Quoted} FROM {key.From} AS t WHERE t.{key.Quoted} BETWEEN ?1 AND ?2 " +
                $"AND typeof(t.{key.Quoted}) = 'integer'{Stays("t")}");
            foreach ((long first, long last) in wanted.Ranges)
            {
                search.Restart(first, last);
                while (search.Step())
                {
                    long value = search.Row.GetInt64(0);
                    taken.Add(value, value);
                }
            }
        }

        foreach (LostValue reference in others.Of(domain).Where(d => d.Integer is { } i && wanted.Contains(i)))
        {
            taken.Add(reference.Integer!.Value, reference.Integer.Value);
        }

        return taken;
    }

    /// <summary>The first of enough integers in a row that no key is, and that every CHECK allows.</summary>
    private long FreeInterval(KeyDomain domain, KeyRanges wanted, long span)
    {
        using IntegerLimits limits = new(target.Path, layout, domain, target.Cancellation);
        long limit = MaxInteger;
        for (int attempt = 0; attempt < 2; attempt++)
        {
            long highest = Highest(domain, wanted, limit);
            if (span >= 0 && highest <= limit - 1 - span)
            {
                if (limits.Allow(highest + 1) && limits.Allow(highest + 1 + span))
                {
                    return highest + 1;
                }

                limit = limits.Highest(highest);
            }
        }

        // There is no room above: keys that were assigned at random leave some below.
        long free = 1;
        foreach (long key in Ascending(domain, wanted, limit))
        {
            if (key - free > span)
            {
                break;
            }

            free = Math.Max(free, key + 1);
        }

        return span >= 0 && free <= limit - span && limits.Allow(free) && limits.Allow(free + span)
            ? free
            : throw Errors.KeysCollide(
                source.Connection.Path,
                $"the keys of {domain.Name} collide, and there are not {span + 1} free ones in a row up to {limit}");
    }

    private long Highest(KeyDomain domain, KeyRanges wanted, long limit)
    {
        long highest = Math.Max(0, wanted.Ranges.Where(r => r.First <= limit).Select(r => Math.Min(r.Last, limit)).DefaultIfEmpty(0).Max());
        foreach (KeyColumn key in domain.Keys)
        {
            highest = Math.Max(
                highest,
                target.Scalar(
                    $"SELECT coalesce(max(t.{key.Quoted}), 0) FROM {key.From} AS t " +
                    $"WHERE t.{key.Quoted} <= ?1 AND typeof(t.{key.Quoted}) = 'integer'",
                    limit));
            if (key.Table.IsRowId(key.Column) && layout.Schema.FindTable("sqlite_sequence") is not null)
            {
                // The number of a deleted row is not assigned again.
                highest = Math.Max(
                    highest,
                    target.Scalar(
                        "SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence WHERE name = ?1 AND seq <= ?2", key.Table.Name, limit));
            }
        }

        return Math.Max(
            highest,
            others.Of(domain).Select(d => d.Integer ?? 0).Where(i => i <= limit).DefaultIfEmpty(0).Max());
    }

    private IEnumerable<long> Ascending(KeyDomain domain, KeyRanges wanted, long limit)
    {
        KeyRanges all = new();
        foreach ((long first, long last) in wanted.Ranges)
        {
            all.Add(first, last);
        }

        foreach (KeyColumn key in domain.Keys)
        {
            foreach (long value in target.Query(
                $"SELECT t.{key.Quoted} FROM {key.From} AS t WHERE t.{key.Quoted} BETWEEN 1 AND ?1 AND typeof(t.{key.Quoted}) = 'integer'",
                static row => row.GetInt64(0),
                limit))
            {
                all.Add(value, value);
            }
        }

        foreach ((long first, long last) in all.Ranges.Where(r => r.Last > 0 && r.First <= limit))
        {
            yield return first;
            yield return last;
        }

        yield return limit + 1;
    }

    private KeyRule WithTexts(KeyRule rule, KeyDomain domain, KeyColumn[] global, IReadOnlyList<LostValue> dangling)
    {
        TextKeys taken = new() { Comparison = Comparison(domain) };
        foreach (KeyColumn key in global)
        {
            if (target.Scalar($"SELECT EXISTS (SELECT 1 FROM {key.From})") == 0)
            {
                continue;
            }

            using Statement search = Search(key);

            // In the order of the index: then what is searched for is near to what was found before.
            string order = source.ColumnName is null ? $" ORDER BY t.{key.Quoted}" : "";
            using Statement keys = source.Connection.Prepare(
                $"SELECT t.{key.Quoted} FROM {key.From} AS t WHERE {source.Condition("t")} AND typeof(t.{key.Quoted}) = 'text'{order}",
                source.Parameter);
            while (keys.Step())
            {
                ReadOnlySpan<byte> value = keys.Row.GetUtf8(0);
                if (IsTaken(search, value))
                {
                    taken.Add(value);
                }
            }

            foreach (byte[] value in dangling.Select(d => d.Text).OfType<byte[]>())
            {
                if (IsTaken(search, value))
                {
                    taken.Add(value);
                }
            }
        }

        List<LostValue> theirs = [.. others.Of(domain).Where(d => d.Text is not null)];
        if (theirs.Count > 0)
        {
            TextKeys lost = new() { Comparison = taken.Comparison };
            theirs.ForEach(d => lost.Add(d.Text!));
            foreach (byte[] value in dangling.Select(d => d.Text).OfType<byte[]>().Where(v => lost.Contains(v)))
            {
                taken.Add(value);
            }

            foreach (KeyColumn key in domain.Keys)
            {
                using Statement mine = source.Connection.Prepare(
                    $"SELECT 1 FROM {key.From} AS t WHERE {source.Condition("t")} AND t.{key.Quoted} = ?2");
                foreach (LostValue reference in theirs)
                {
                    mine.Restart(source.Parameter, (ReadOnlyMemory<byte>)reference.Text!);
                    if (mine.Step())
                    {
                        taken.Add(reference.Text!);
                    }
                }
            }
        }

        return taken.IsEmpty
            ? rule
            : rule with { Texts = taken, Ending = Encoding.UTF8.GetBytes(Ending(domain)) };
    }

    private Statement Search(KeyColumn key) => target.Prepare(
        $"SELECT 1 FROM {key.From} AS t WHERE t.{key.Quoted} = ?1{Stays("t")}");

    private static bool IsTaken(Statement search, ReadOnlySpan<byte> value)
    {
        search.Restart();
        search.BindText(1, value);
        return search.Step();
    }

    private TextComparison Comparison(KeyDomain domain)
    {
        string collations = string.Join(
            " and ", domain.Keys.Select(k => k.Column.Collation.ToUpperInvariant()).Distinct(StringComparer.Ordinal));
        return collations switch
        {
            "BINARY" => TextComparison.Exact,
            "NOCASE" => TextComparison.IgnoreCase,
            "RTRIM" => TextComparison.IgnoreTrailingSpaces,
            _ => throw Errors.KeysCollide(
                source.Connection.Path,
                $"the keys of {domain.Name} are compared by {collations}; PosTenancy cannot tell which of them collide"),
        };
    }

    /// <summary>An ending made of the tenant's name that no text of the domain has in the source.</summary>
    private string Ending(KeyDomain domain)
    {
        string plain = new([.. source.TenantId.Select(c => char.IsLetterOrDigit(c) && c < 128 ? char.ToLowerInvariant(c) : '-')]);
        return FreeName.Find(
            "-" + plain,
            "-",
            ending => domain.Columns.Any(c => source.Connection.Scalar(
                $"SELECT EXISTS (SELECT 1 FROM {c.From} AS t WHERE {source.Condition("t")} AND typeof(t.{c.Quoted}) = 'text' " +
                $"AND substr(t.{c.Quoted}, -{ending.Length.ToString(CultureInfo.InvariantCulture)}) = ?2)",
                source.Parameter,
                ending) != 0));
    }

    /// <summary>Only integers and texts can get new values.</summary>
    private void RequireMovable(KeyDomain domain)
    {
        foreach (KeyColumn key in domain.Keys.Where(IsGlobal))
        {
            if (FirstTaken([key], $" AND typeof(t.{key.Quoted}) IN ('blob', 'real')") is { } taken)
            {
                throw Errors.KeysCollide(
                    source.Connection.Path,
                    $"the key {taken} of {key.Name} is in the database already, and is neither an integer nor a text");
            }
        }
    }

    /// <summary>
    /// Keys that people see must not change: where the database has one already, it has to be unique per tenant first.
    /// </summary>
    private void RequireNaturalKeys(Dictionary<KeyDomain, KeyRule> rules)
    {
        List<string> colliding = [];
        List<string> single = [];
        bool isPrimary = false;
        foreach (TableSchema table in layout.Tables)
        {
            foreach (IndexSchema index in table.Indexes.Where(i => i.IsUnique && !i.IsPartial && i.Columns.All(c => c is not null)))
            {
                KeyColumn[] key = [.. index.Columns.Select(c => new KeyColumn(table, table.FindColumn(c!)!))];
                bool isPerTenant = key.Any(k => Identifier.Comparer.Equals(k.Column.Name, layout.ColumnName));
                if (isPerTenant || key.Any(k => domains.Find(k) is { } domain && rules.ContainsKey(domain)))
                {
                    continue;
                }

                if (FirstTaken(key) is { } taken)
                {
                    colliding.Add($"{table.Name} ({string.Join(", ", key.Select(k => k.Column.Name))}), such as {taken}");
                    isPrimary |= index.Origin == "pk";
                    single.AddRange(key.Length == 1 ? [$"{PowerShellText.Quote(key[0].Name)} = 'Key'"] : []);
                }
            }
        }

        if (colliding.Count > 0)
        {
            throw Errors.KeysCollide(
                source.Connection.Path,
                live,
                ShortList.Join(colliding, 10),
                single.Count == 0 ? null : $"@{{ {string.Join("; ", single.Take(3))} }}",
                isPrimary ? UniqueScope.TenantAndPrimaryKey : UniqueScope.Tenant);
        }
    }

    /// <summary>The first value of a key that both have; <see langword="null"/> if there is none.</summary>
    private string? FirstTaken(KeyColumn[] key, string condition = "")
    {
        if (target.Scalar($"SELECT EXISTS (SELECT 1 FROM {key[0].From})") == 0)
        {
            return null;
        }

        string where = string.Join(" AND ", key.Select((k, i) => $"t.{k.Quoted} = ?{(i + 1).ToString(CultureInfo.InvariantCulture)}"));
        using Statement search = target.Prepare($"SELECT 1 FROM {key[0].From} AS t WHERE {where}{Stays("t")}");
        string[] columns = [.. key.Select(k => k.Column.Name)];
        List<string> found = [];
        foreach (IReadOnlyList<SqlValue> values in source.Connection.Query(
            source.Select(key[0].Table.Name, columns) + condition, SqlValue.ReadAll, source.Parameter))
        {
            search.Restart([.. values.Select(v => v.Value)]);
            if (values.All(v => v.Value is not null) && search.Step())
            {
                found.Add($"({string.Join(", ", values.Select(v => v.Text))})");
                if (found.Count == MaxNamed)
                {
                    break;
                }
            }
        }

        return found.Count == 0 ? null : string.Join(", ", found);
    }

    /// <summary>Values of the source that reference a key which it does not have.</summary>
    private IEnumerable<LostValue> Dangling(KeyDomain domain, HashSet<string> loose)
    {
        foreach (KeyColumn reference in domain.References)
        {
            string known = string.Join(
                "",
                domain.Keys.Where(k => k != reference).Select(k =>
                    $" AND NOT EXISTS (SELECT 1 FROM {k.From} AS p WHERE {source.Condition("p")} " +
                    $"AND p.{k.Quoted} = t.{reference.Quoted})"));
            if (domain.Keys.Contains(reference))
            {
                // A key of this domain itself: it is among the keys already.
                continue;
            }

            foreach (LostValue value in DanglingReferences.Values(
                source.Connection,
                $"SELECT DISTINCT t.{reference.Quoted} FROM {reference.From} AS t WHERE {source.Condition("t")} " +
                $"AND t.{reference.Quoted} IS NOT NULL{known}",
                source.Parameter))
            {
                yield return value;
            }
        }

        foreach (LooseReference reference in domains.Loose.Where(r => loose.Contains(r.Declaration.ToString())))
        {
            foreach (LostValue value in LooseValues(reference))
            {
                yield return value;
            }
        }
    }

    private IEnumerable<LostValue> LooseValues(LooseReference reference)
    {
        (KeyColumn from, KeyColumn to, Declaration declaration) = (reference.From, reference.To, reference.Declaration);
        string known(string value) =>
            $" AND NOT EXISTS (SELECT 1 FROM {to.From} AS p WHERE {source.Condition("p")} AND p.{to.Quoted} = {value})";
        return declaration.JsonPath is null
            ? DanglingReferences.Values(
                source.Connection,
                $"SELECT DISTINCT t.{from.Quoted} FROM {from.From} AS t WHERE {source.Condition("t")} " +
                $"AND t.{from.Quoted} IS NOT NULL AND t.{Identifier.Quote(declaration.TypeColumn!)} = ?2{known("t." + from.Quoted)}",
                source.Parameter,
                declaration.Word)
            : DanglingReferences.Values(
                source.Connection,
                $"SELECT DISTINCT j.atom FROM {from.From} AS t, " +
                $"json_tree(CASE WHEN json_valid(t.{from.Quoted}) THEN t.{from.Quoted} END) AS j " +
                $"WHERE {source.Condition("t")} AND j.atom IS NOT NULL AND (?2 IS NULL OR j.key = ?2){known("j.atom")}",
                source.Parameter,
                JsonReferences.LastName(declaration.JsonPath));
    }
}
