using System.Globalization;
using System.Text;
using PosTenancy.Engine.Migration;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Migration;

/// <summary>
/// New tables with random foreign keys and rows of known owners: each row gets its owner where a model finds one, and otherwise the model
/// and the plan name the same tables.
/// </summary>
public sealed class RowOwnerPropertyTests : TestFolder
{
    private static readonly string[] Tenants = ["north", "south", "East's"];

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, Soak.IsOn ? 2000 : 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Rows_get_the_owner_of_what_they_reference(int seed)
    {
        RandomRelease release = new(new Random(seed));
        Shell.Sql(Database, release.Sql());
        Dictionary<RandomRow, string> found = release.Owners();
        string before = Sha256(Database);

        UpgradeResult result = GuardedUpgrade.Run(
            Database, new UpgradeOptions(new MigrationOptions(Tenants[0]) { UniqueScope = (UniqueScope)(seed % 3) }));

        string[] ownerless = [.. release.Added.Where(t => t.Rows.Exists(r => !found.ContainsKey(r))).Select(t => t.Name)];
        string[] torn = [.. release.Added.Where(t => t.Rows.Exists(r => r.Parents.Any(p => IsOther(r, p)))).Select(t => t.Name)];
        if (ownerless.Length > 0 || torn.Length > 0)
        {
            result.Error.ShouldNotBeNull().ErrorId.ShouldBe(ErrorIds.PlanBlocked);
            string[] blocked = [.. result.Plan!.Blocked.Select(t => t.Table)];
            ownerless.Except(blocked).ShouldBeEmpty();
            (torn.Length == 0 || blocked.Length > 0).ShouldBeTrue();
            Sha256(Database).ShouldBe(before);
            return;
        }

        result.Status.ShouldBe(UpgradeStatus.Succeeded, result.Error?.Message);
        foreach (RandomTable table in release.Added)
        {
            Shell.Sql(Database, $"SELECT id, tenant_id FROM {table.Name} ORDER BY id")
                .ShouldBe(string.Join('\n', table.Rows.Select(r => $"{r.Id}|{r.Owner}")), table.Name);
        }

        bool IsOther(RandomRow row, RandomRow parent) => found.ContainsKey(parent) && parent.Owner != row.Owner;
    }

    private sealed record RandomRow(RandomTable Table, int Id, string Owner)
    {
        public List<RandomRow?> References { get; } = [];

        public IEnumerable<RandomRow> Parents => References.OfType<RandomRow>();
    }

    /// <summary>A table whose rows are referenced by their id, by a unique number, or by both as a composite key.</summary>
    private sealed record RandomTable(string Name, int Kind)
    {
        public List<RandomRow> Rows { get; } = [];

        public List<RandomTable> Parents { get; } = [];

        public string Key => Kind switch
        {
            0 => "id INTEGER PRIMARY KEY, n INTEGER",
            1 => "id INTEGER NOT NULL PRIMARY KEY, n INTEGER UNIQUE",
            2 => "id TEXT NOT NULL, n INTEGER, PRIMARY KEY (n)",
            _ => "id INTEGER, n INTEGER, PRIMARY KEY (id, n)",
        };

        public string Reference(string columns) => Kind switch
        {
            0 => $"REFERENCES {Name}",
            3 => $"REFERENCES {Name}(id, n)",
            _ => $"REFERENCES {Name}(n)",
        };
    }

    private sealed class RandomRelease
    {
        private readonly List<RandomTable> _owned;

        public RandomRelease(Random random)
        {
            _owned = [.. Enumerable.Range(0, random.Next(1, 3)).Select(i => new RandomTable($"owned{i}", random.Next(4)))];
            Added = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i => new RandomTable($"added{i}", random.Next(4)))];
            RandomTable[] all = [.. _owned, .. Added];
            foreach (RandomTable table in all)
            {
                table.Rows.AddRange(Enumerable.Range(1, random.Next(3, 9)).Select(i =>
                    new RandomRow(table, i, Tenants[i <= 3 ? i - 1 : random.Next(3)])));
            }

            // In a sound release the first row of each owner references an owned table, and the others each other, forwards and backwards.
            bool isSound = random.Next(4) > 0;
            foreach (RandomTable table in Added)
            {
                RandomTable[] first = isSound ? [_owned[random.Next(_owned.Count)], table] : [];
                table.Parents.AddRange([.. first, .. Enumerable.Range(0, random.Next(1, 3)).Select(_ => all[random.Next(all.Length)])]);
                foreach (RandomRow row in table.Rows)
                {
                    row.References.AddRange(table.Parents.Select((parent, i) => (isSound, i) switch
                    {
                        (true, 0) => row.Id <= 3 || random.Next(3) == 0 ? Any(parent, p => p.Owner == row.Owner) : null,
                        (true, 1) => row.Id > 3 ? Any(parent, p => p.Owner == row.Owner && p.Id != row.Id) : null,
                        (true, _) => random.Next(3) > 0 ? Any(parent, p => p.Owner == row.Owner) : null,
                        _ => random.Next(3) > 0 ? Any(parent, p => p.Owner == row.Owner || random.Next(20) == 0) : null,
                    }));
                }
            }

            RandomRow? Any(RandomTable table, Func<RandomRow, bool> condition) =>
                table.Rows.Where(condition).OrderBy(_ => random.Next()).FirstOrDefault();
        }

        public List<RandomTable> Added { get; }

        /// <summary>The rows whose owner can be known, which is their own unless a reference is wrong.</summary>
        public Dictionary<RandomRow, string> Owners()
        {
            Dictionary<RandomRow, string> found = _owned.SelectMany(t => t.Rows).ToDictionary(r => r, r => r.Owner);
            int before;
            do
            {
                before = found.Count;
                foreach (RandomRow row in Added.SelectMany(t => t.Rows).Where(r => r.Parents.Any(found.ContainsKey)))
                {
                    found[row] = row.Owner;
                }
            }
            while (found.Count > before);
            return found;
        }

        public string Sql()
        {
            StringBuilder sql = new();
            foreach (RandomTable table in Enumerable.Reverse(Added).Concat(_owned))
            {
                IEnumerable<string> columns = table.Parents.SelectMany((p, i) => (string[])[$"a{i}", $"b{i}"]);
                IEnumerable<string> keys = table.Parents.Select((p, i) =>
                    $"FOREIGN KEY ({(p.Kind == 3 ? $"a{i}, b{i}" : p.Kind == 0 ? $"a{i}" : $"b{i}")}) {p.Reference("")}");
                string tenant = table.Parents.Count == 0 ? ", tenant_id TEXT NOT NULL" : "";
                string definition = table.Key.Replace(", PRIMARY KEY", $"{Text(columns)}{tenant}, PRIMARY KEY", StringComparison.Ordinal);
                definition = definition == table.Key ? $"{definition}{Text(columns)}{tenant}" : definition;
                string withoutRowId = table.Kind == 2 || (table.Kind == 3 && table.Rows.Count % 2 == 0) ? " WITHOUT ROWID" : "";
                sql.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {table.Name}({definition}{Text(keys)}){withoutRowId};\n");
                foreach (RandomRow row in table.Rows)
                {
                    IEnumerable<string> values = row.References.SelectMany(r => (string[])
                        [r?.Id.ToString(CultureInfo.InvariantCulture) ?? "NULL", r is null ? "NULL" : $"{r.Id + 100}"]);
                    string owner = tenant.Length == 0 ? "" : $", '{row.Owner.Replace("'", "''", StringComparison.Ordinal)}'";
                    sql.Append(
                        CultureInfo.InvariantCulture,
                        $"INSERT INTO {table.Name} VALUES({row.Id}, {row.Id + 100}{Text(values)}{owner});\n");
                }
            }

            return sql.ToString();
        }

        private static string Text(IEnumerable<string> parts) => string.Concat(parts.Select(p => ", " + p));
    }
}
