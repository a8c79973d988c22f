using PosTenancy.Engine.Migration;
using PosTenancy.Engine.Recovery;
using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>One tenant as a backup or an export has it, while the others go on.</summary>
public sealed class RestoreTests : RestoreFolder
{
    private const string Schema = """
        CREATE TABLE customers(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, code TEXT);
        CREATE TABLE sales(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers, total REAL, slip BLOB);
        CREATE TABLE lines(sale INTEGER REFERENCES sales, line INTEGER, part TEXT, PRIMARY KEY(sale, line)) WITHOUT ROWID;
        CREATE TABLE parts(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parts, name TEXT);
        CREATE TABLE notes(about TEXT, word);
        CREATE TABLE other(v TEXT);

        """;

    private const string North = """
        INSERT INTO customers VALUES(1, 'Ada', 'a'), (2, 'Bo', NULL), (3, 'Cy', '');
        INSERT INTO sales VALUES(1, 1, 1.5, x''), (2, 2, -0.0, zeroblob(9000)), (3, NULL, 2, 'text');
        INSERT INTO lines VALUES(1, 1, 'p'), (1, 2, 'q'), (2, 1, 'r');
        INSERT INTO parts VALUES(1, NULL, 'engine'), (2, 1, 'piston'), (3, 3, 'itself'), (4, 99, 'lost');
        INSERT INTO notes VALUES('a', 1), ('a', 1), ('b', '1'), (NULL, NULL);
        INSERT INTO other VALUES('same');

        """;

    private const string South = """
        INSERT INTO customers VALUES(11, 'Sue', 's', 'south');
        INSERT INTO sales VALUES(11, 11, 7, NULL, 'south');
        INSERT INTO lines VALUES(11, 1, 'p', 'south');
        INSERT INTO parts VALUES(11, NULL, 'south', 'south');
        INSERT INTO notes VALUES('s', 1, 'south');

        """;

    [Fact]
    public void Tenant_is_as_in_yesterdays_backup_while_the_others_sold_on()
    {
        Create(Schema, North, South);
        string backup = Backup();
        Sql("""
            DELETE FROM lines WHERE sale = 1;
            DELETE FROM sales WHERE id = 1;
            UPDATE customers SET name = 'wrong', code = 'x' WHERE id IN (1, 3);
            INSERT INTO customers(name) VALUES('new');
            INSERT INTO notes VALUES('a', 1, 'north'), ('c', 2, 'north');
            DELETE FROM notes WHERE about = 'b';
            INSERT INTO customers(name, tenant_id) VALUES('Tom', 'south');
            INSERT INTO sales VALUES(12, 13, 8, NULL, 'south');
            UPDATE sales SET total = 9 WHERE id = 11;
            """);
        long sequence = long.Parse(Sql("SELECT seq FROM sqlite_sequence WHERE name = 'customers'"));

        Preview(backup).ShouldBe(
        [
            $"Restore tenant 'north' from '{backup}', after a verified backup: 4 rows come back, 3 rows go, 2 rows change",
            "customers (1 gone, 2 changed)",
            "sales (1 back)",
            "lines (2 back)",
            "notes (1 back, 2 gone)",
        ]);
        TenantRestoreResult result = RestoreGood(backup);

        (result.RowsReturned, result.RowsGone, result.RowsChanged, result.RowsSkipped).ShouldBe((4, 3, 2, 0));
        result.Restored.Select(t => t.ToString()).ShouldBe(
            ["customers (1 gone, 2 changed)", "sales (1 back)", "lines (2 back)", "notes (1 back, 2 gone)"]);
        result.Tables.Select(t => t.ToString()).ShouldBe(
            ["customers 4 -> 3", "sales 2 -> 3", "lines 1 -> 3", "parts 4", "notes 5 -> 4", "other 1"]);
        result.ProvedBy.ShouldBe(ProvedBy.Twin);
        result.SourcePath.ShouldBe(backup);
        result.Backup!.BackupPath.ShouldNotBe(backup);
        result.Warnings.ShouldBeEmpty();
        Sql("SELECT id, name, quote(code) FROM customers ORDER BY id").ShouldBe("1|Ada|'a'\n2|Bo|NULL\n3|Cy|''\n11|Sue|'s'\n13|Tom|NULL");
        Sql("SELECT seq FROM sqlite_sequence WHERE name = 'customers'").ShouldBe(sequence.ToString(), "a number is not assigned twice");
        Sql("SELECT sql FROM sqlite_schema WHERE name = 'sales'").ShouldContain("DEFAULT 'north'");
        Sql("SELECT kind, tenant_id, tables, name FROM _postenancy_history ORDER BY id DESC LIMIT 1")
            .ShouldBe($"Restore|north|4|{Path.GetFileName(backup)}");
        Differences(result.Backup!.BackupPath, "south").ShouldBe("");
        TenantIntegrity();
    }

    private void TenantIntegrity() => Sql("PRAGMA foreign_key_check").ShouldBe("parts|4|parts|0");
}
