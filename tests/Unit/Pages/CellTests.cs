using PosTenancy.Engine.Files;
using PosTenancy.Engine.Pages;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Verification;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Pages;

/// <summary>The rows of a file's tables read from its pages, compared with those that SQLite reads.</summary>
public sealed class CellTests : TestFolder
{
    private static readonly int[] PageSizes = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536];

    /// <summary>Tables of <see cref="Create"/>, with the columns that a record has, in its order, and the order of the rows.</summary>
    private static readonly (string Table, string Columns, string Order)[] Tables =
    [
        ("every", "NULL, i, f, x", "rowid"),
        ("long", "NULL, label, body", "rowid"),
        ("keyed", "b, a, v", "b, a"),
        ("computed", "a, s, c", "rowid"),
        ("barren", "a", "rowid"),
        ("sqlite_schema", "type, name, tbl_name, rootpage, sql", "rowid"),
    ];

    public static TheoryData<int, string, string, int> Layouts
    {
        get
        {
            TheoryData<int, string, string, int> layouts = [];
            foreach (int size in PageSizes)
            {
                layouts.Add(size, "NONE", "UTF-8", 0);
                layouts.Add(size, "FULL", "UTF-16le", 0);
                layouts.Add(size, "INCREMENTAL", "UTF-16be", 32);
            }

            layouts.Add(1024, "NONE", "UTF-8", 255);
            return layouts;
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_row_is_read_as_SQLite_reads_it(int pageSize, string vacuum, string encoding, int reserved)
    {
        Create(pageSize, vacuum, encoding, reserved);
        Read((pages, connection, trees) =>
        {
            pages.Header.ReservedBytes.ShouldBe(reserved);
            pages.Header.Encoding.WebName.ShouldBe(encoding.ToLowerInvariant() switch
            {
                "utf-16le" => "utf-16",
                "utf-16be" => "utf-16BE",
                string name => name,
            });
            foreach ((string table, string columns, string order) in Tables)
            {
                bool isKeyed = table == "keyed";
                BTreeCells cells = new(pages, trees[table]);
                CellRecord record = new(cells);
                using Statement rows = connection.Prepare(
                    $"SELECT {(isKeyed ? "0" : "rowid")}, {columns} FROM {table} ORDER BY {order}");
                while (rows.Step())
                {
                    cells.Read(CancellationToken.None).ShouldBeTrue();
                    record.Read();
                    cells.HasRowId.ShouldBe(!isKeyed);
                    cells.RowId.ShouldBe(rows.Row.GetInt64(0));
                    record.Count.ShouldBe(rows.Row.Columns - 1);
                    for (int i = 0; i < record.Count; i++)
                    {
                        Value(record, i).ShouldBe(Value(rows.Row, i + 1), $"{table}, row {cells.RowId}, column {i}");
                    }
                }

                cells.Read(CancellationToken.None).ShouldBeFalse();
            }
        });
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Sizes_of_the_rows_add_up_to_what_the_shell_counts(int pageSize, string vacuum, string encoding, int reserved)
    {
        Create(pageSize, vacuum, encoding, reserved);
        Read((pages, _, trees) =>
        {
            // dbstat takes an empty page of 65,536 bytes for a full one, and counts page 1 without the header of the file.
            foreach (string table in Tables.Select(t => t.Table).Where(t => t is not ("barren" or "sqlite_schema")))
            {
                long size = 0;
                long payload = 0;
                BTreeCells cells = new(pages, trees[table]);
                while (cells.Read(CancellationToken.None))
                {
                    size += cells.Size;
                    payload += cells.PayloadLength;
                }

                // A page has its header, its cell pointers, its cells, and unused bytes, which include the reserved ones. The interior of
                // a table has cells without rows: their bytes, with pointer, are what is left of those pages.
                Shell.Sql(
                    Database,
                    $"""
                    SELECT sum(pgsize) - sum(unused) - {reserved} * count(*)
                            - sum(iif(pagetype = 'overflow', 0, iif(pagetype = 'leaf', 8, 12) + 2 * ncell))
                            - sum(iif(pagetype = 'internal' AND name <> 'keyed', pgsize - unused - {reserved} - 12 - 2 * ncell, 0))
                            + sum(iif(pagetype = 'overflow', unused + {reserved}, 0)),
                        sum(payload)
                    FROM dbstat WHERE name = '{table}';
                    """).ShouldBe($"{size}|{payload}");
            }
        });
    }

    [Fact]
    public void Column_that_was_added_after_a_row_is_missing_from_it()
    {
        Shell.Sql(
            Database,
            """
            CREATE TABLE t(a); INSERT INTO t VALUES(1), (2);
            ALTER TABLE t ADD COLUMN tenant_id TEXT NOT NULL DEFAULT 'north';
            INSERT INTO t VALUES(3, 'south');
            """);
        Read((pages, _, trees) =>
        {
            BTreeCells cells = new(pages, trees["t"]);
            CellRecord record = new(cells);
            List<string> tenants = [];
            while (cells.Read(CancellationToken.None))
            {
                record.Read();
                tenants.Add(record.Class(1) == StorageClass.Missing ? "missing" : record.Text(1));
            }

            tenants.ShouldBe(["missing", "missing", "south"]);
        });
    }

    [Fact]
    public void Unwanted_pages_are_passed_over_and_no_row_of_another_page_is_lost()
    {
        Create(512, "NONE", "UTF-8", 0);
        Read((pages, _, trees) =>
        {
            foreach (string table in Tables.Select(t => t.Table).Where(t => t is "every" or "long" or "keyed"))
            {
                List<(long Page, long RowId, string Bytes)> all = Cells(pages, trees[table], _ => true);
                List<long> asked = [];
                Cells(pages, trees[table], Asked).ShouldBe(all.Where(c => c.Page % 3 == 0), table);
                asked.Order().ShouldBe(asked.Distinct().Order());
                all.Select(c => c.Page).Distinct().ShouldBeSubsetOf(asked);
                all.Select(c => c.Page).Distinct().Count().ShouldBeGreaterThan(5);
                Cells(pages, trees[table], _ => false).ShouldBeEmpty();

                bool Asked(long page)
                {
                    asked.Add(page);
                    return page % 3 == 0;
                }
            }
        });
    }

    [Fact]
    public void Beginning_of_a_row_is_read_without_its_overflow_pages()
    {
        Create(1024, "NONE", "UTF-8", 0);
        byte[] bytes = File.ReadAllBytes(Database);
        long first = 0;
        long rowId = 0;
        Read((pages, _, trees) =>
        {
            BTreeCells cells = new(pages, trees["long"]);
            while (first == 0)
            {
                cells.Read(CancellationToken.None).ShouldBeTrue();
                (first, rowId) = (cells.FirstOverflowPage, cells.RowId);
            }
        });

        // The chain points at itself.
        int place = (int)(first - 1) * 1024;
        (bytes[place], bytes[place + 1], bytes[place + 2], bytes[place + 3]) =
            ((byte)(first >> 24), (byte)(first >> 16), (byte)(first >> 8), (byte)first);
        File.WriteAllBytes(Database, bytes);
        Read((pages, _, trees) =>
        {
            BTreeCells cells = new(pages, trees["long"]);
            CellRecord record = new(cells);
            do
            {
                cells.Read(CancellationToken.None).ShouldBeTrue();
            }
            while (cells.RowId != rowId);

            record.Read();
            record.Class(1).ShouldBe(StorageClass.Text);
            Should.Throw<PosTenancyException>(() => cells.Payload).ErrorId.ShouldBe(ErrorIds.DatabaseCorrupt);
        });
    }

    [Fact]
    public void Page_that_is_used_twice_does_not_give_its_rows_twice()
    {
        Create(1024, "NONE", "UTF-8", 0);
        byte[] bytes = File.ReadAllBytes(Database);
        Read((_, _, trees) =>
        {
            // The first child of the root becomes its last one.
            Span<byte> root = bytes.AsSpan((int)(trees["keyed"] - 1) * 1024, 1024);
            root[0].ShouldBe(CellFormat.InteriorIndex);
            root[8..12].CopyTo(root[((root[12] << 8) | root[13])..]);
        });
        File.WriteAllBytes(Database, bytes);
        Read((pages, _, trees) =>
        {
            PosTenancyException error = Should.Throw<PosTenancyException>(() => Cells(pages, trees["keyed"], _ => true));
            (error.ErrorId, error.Message.Contains("is used twice")).ShouldBe((ErrorIds.DatabaseCorrupt, true), error.Message);
        });
    }

    [Fact]
    public void Row_longer_than_the_caller_allows_is_taken_for_damage()
    {
        Create(1024, "NONE", "UTF-8", 0);
        Read((pages, _, trees) =>
        {
            BTreeCells cells = new(pages, trees["long"], maxPayload: 50_000);
            Should.Throw<PosTenancyException>(() =>
            {
                while (cells.Read(CancellationToken.None))
                {
                    cells.PayloadLength.ShouldBeLessThanOrEqualTo(50_000);
                }
            }).ErrorId.ShouldBe(ErrorIds.DatabaseCorrupt);
        });
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void Damaged_pages_end_in_rows_or_in_a_clear_error(int pageSize)
    {
        Create(pageSize, "NONE", "UTF-8", 0);
        byte[] good = File.ReadAllBytes(Database);
        Dictionary<string, long> roots = [];
        Read((_, _, trees) => roots = trees);
        Random random = new(20);
        string path = Path.Combine(Folder, "bad.db");
        File.WriteAllBytes(path, good);
        using FileStream bad = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        int count = Soak.IsOn ? 10_000 : 300;
        int damaged = 0;
        for (int i = 0; i < count; i++)
        {
            List<int> places = [];
            for (int n = 0; n < 1 + (i % 4); n++)
            {
                int page = random.Next(good.Length / pageSize) * pageSize;
                places.Add(page + (i % 2 == 0 ? random.Next(16) : random.Next(pageSize)));
                bad.Position = places[^1];
                bad.WriteByte((byte)random.Next(256));
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            using FileStream file = FileBlocks.Open(path);
            try
            {
                DatabasePages pages = new(path, file);
                foreach (long root in roots.Values)
                {
                    ReadAll(pages, root);
                }
            }
            catch (PosTenancyException exception)
            {
                exception.ErrorId.ShouldBeOneOf(
                    ErrorIds.DatabaseCorrupt,
                    ErrorIds.NotADatabase,
                    ErrorIds.DatabaseTruncated,
                    ErrorIds.DatabaseEncrypted);
                damaged++;
            }

            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16 << 20);
            foreach (int place in places)
            {
                bad.Position = place;
                bad.WriteByte(good[place]);
            }
        }

        damaged.ShouldBeInRange(count / 20, count - 1);
    }

    private static void ReadAll(DatabasePages pages, long root)
    {
        BTreeCells cells = new(pages, root);
        CellRecord record = new(cells);
        while (cells.Read(CancellationToken.None))
        {
            record.Read();
            for (int column = 0; column < record.Count; column++)
            {
                _ = record.Class(column) switch
                {
                    StorageClass.Integer => record.Integer(column),
                    StorageClass.Real => record.Real(column),
                    StorageClass.Text when record.Bytes(column).Count < 100 => record.Text(column).Length,
                    _ => record.Bytes(column).Count,
                };
            }
        }
    }

    private static List<(long Page, long RowId, string Bytes)> Cells(DatabasePages pages, long root, Func<long, bool> isWanted)
    {
        BTreeCells cells = new(pages, root, isWanted);
        List<(long Page, long RowId, string Bytes)> found = [];
        while (cells.Read(CancellationToken.None))
        {
            found.Add((cells.Page, cells.RowId, Convert.ToHexString(cells.Payload)));
        }

        return found;
    }

    private void Read(Action<DatabasePages, DatabaseConnection, Dictionary<string, long>> read)
    {
        using FileStream file = FileBlocks.Open(Database);
        using DatabaseConnection connection = DatabaseConnection.OpenImmutable(Database, CancellationToken.None);
        Dictionary<string, long> trees = BTree.Read(connection).ToDictionary(t => t.Name, t => t.Root);
        trees["sqlite_schema"] = 1;
        read(new DatabasePages(Database, file), connection, trees);
    }

    private static string Value(CellRecord record, int column) => record.Class(column) switch
    {
        StorageClass.Null => "NULL",
        StorageClass.Integer => $"{record.Integer(column)}",
        StorageClass.Real => $"R{BitConverter.DoubleToInt64Bits(record.Real(column)):X}",
        StorageClass.Text => $"'{record.Text(column)}'",
        StorageClass.Blob => $"X{Convert.ToHexString(record.Bytes(column))}",
        StorageClass other => throw new InvalidOperationException($"{other} in a row"),
    };

    private static string Value(Row row, int column) => row.GetValue(column) switch
    {
        null => "NULL",
        long number => $"{number}",
        double number => $"R{BitConverter.DoubleToInt64Bits(number):X}",
        string text => $"'{text}'",
        object bytes => $"X{Convert.ToHexString((byte[])bytes)}",
    };

    /// <summary>Every serial type, rows and keys longer than a page, trees of several levels, generated columns, an empty table.</summary>
    private void Create(int pageSize, string vacuum, string encoding, int reserved) =>
        Shell.Sql(
            Database,
            $"""
            {(reserved == 0 ? "" : $".filectrl reserve_bytes {reserved}")}
            PRAGMA encoding = '{encoding}';
            PRAGMA page_size = {pageSize};
            PRAGMA auto_vacuum = {vacuum};
            CREATE TABLE every(id INTEGER PRIMARY KEY, i, f, x);
            CREATE TABLE long(id INTEGER PRIMARY KEY, label TEXT, body);
            CREATE TABLE keyed(a TEXT, v, b INTEGER, PRIMARY KEY(b, a)) WITHOUT ROWID;
            CREATE TABLE computed(a, v AS (a + 1) VIRTUAL, s AS (a * 2) STORED, c);
            CREATE TABLE barren(a);
            INSERT INTO every VALUES(-9223372036854775808, NULL, 2.5, x'');
            WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i + 1 FROM n WHERE i < 62)
            INSERT INTO every SELECT -1 - (1 << i), 1 << i, i / 3.0, 'grün ' || i || char(128512) FROM n
                UNION ALL SELECT 1000 + i, -(1 << i), 1e300 / i, zeroblob(i) FROM n
                UNION ALL SELECT 2000 + i, (1 << i) - 1, -1e-300 * (i + 1), '' FROM n
                UNION ALL SELECT 3000 + i, -(1 << i) - 1, i, char(0x20AC) FROM n;
            INSERT INTO every VALUES(9223372036854775807, 0, 1, 'last');
            WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 700)
            INSERT INTO long SELECT i * 7, printf('%d %.*c', i, i * i % 3000, 'x'),
                CASE WHEN i % 100 = 0 THEN randomblob(150000) ELSE randomblob(i) END FROM n;
            INSERT INTO keyed SELECT label, body, id % 3 FROM long;
            INSERT INTO computed(a, c) SELECT id, label FROM long;
            """);
}
