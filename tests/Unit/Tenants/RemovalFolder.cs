using PosTenancy.Engine.Tenants;
using PosTenancy.Tests.Support;

namespace PosTenancy.Tests.Tenants;

/// <summary>A database with several tenants, one of which is removed.</summary>
public abstract class RemovalFolder : TenantFolder
{
    /// <summary>Every row that is not of the tenant, as the sqlite3 shell writes it.</summary>
    protected const string Others = """
        SELECT 'customers', rowid, * FROM customers WHERE tenant_id <> 'north' ORDER BY rowid;
        SELECT 'sales', rowid, *, hex(note) FROM sales WHERE tenant_id <> 'north' ORDER BY rowid;
        SELECT 'lines', * FROM lines WHERE tenant_id <> 'north' ORDER BY sale, line;
        SELECT 'parts', rowid, * FROM parts WHERE tenant_id <> 'north' ORDER BY rowid;
        SELECT 'notes', rowid, * FROM notes WHERE tenant_id <> 'north' ORDER BY rowid;
        """;

    /// <summary>The database and what SQLite keeps beside it.</summary>
    private static readonly string[] Files = ["", "-wal", "-journal", "-shm"];

    protected TenantRemovalResult Remove(Func<TenantRemovalOptions, TenantRemovalOptions>? change = null, string tenant = "north")
    {
        TenantRemovalOptions options = new(tenant);
        return new TenantRemoval(Database, change?.Invoke(options) ?? options).Run(cancellation: Cancel);
    }

    /// <summary>Removes the tenant, and requires that it succeeds with every check passed.</summary>
    protected TenantRemovalResult RemoveGood(Func<TenantRemovalOptions, TenantRemovalOptions>? change = null, string tenant = "north")
    {
        TenantRemovalResult result = Remove(change, tenant);
        result.Status.ShouldBe(TenantChangeStatus.Succeeded, result.Error?.Message);
        result.Checks.ShouldHavePassed();
        Sql("PRAGMA integrity_check").ShouldBe("ok");
        Directory.GetFileSystemEntries(Folder, "*postenancy-journal*").ShouldBeEmpty();
        Directory.GetFileSystemEntries(Folder, "*.copy").ShouldBeEmpty();
        return result;
    }

    protected TenantRemovalResult EraseGood(Func<TenantRemovalOptions, TenantRemovalOptions>? change = null, string tenant = "north") =>
        RemoveGood(o => (change?.Invoke(o) ?? o) with { Erase = true }, tenant);

    /// <summary>Requires that the removal is refused, and that nothing was changed.</summary>
    protected string RemoveRefused(
        string errorId, Func<TenantRemovalOptions, TenantRemovalOptions>? change = null, string tenant = "north")
    {
        string before = Snapshot();
        TenantRemovalOptions options = new(tenant);
        Should.Throw<PosTenancyException>(() => new TenantRemoval(Database, change?.Invoke(options) ?? options).Preview(Cancel))
            .ErrorId.ShouldBe(errorId);
        TenantRemovalResult result = Remove(change, tenant);
        result.Status.ShouldBe(TenantChangeStatus.Refused);
        result.Error!.ErrorId.ShouldBe(errorId, result.Error.Message);
        Snapshot().ShouldBe(before);
        return result.Error.Message;
    }

    /// <summary>How often a text is in the bytes of the database and of what SQLite keeps beside it, as grep -a would count.</summary>
    protected int Grep(string text, System.Text.Encoding? encoding = null)
    {
        byte[] wanted = (encoding ?? System.Text.Encoding.UTF8).GetBytes(text);
        int count = 0;
        foreach (string path in Files.Select(e => Database + e).Where(File.Exists))
        {
            ReadOnlySpan<byte> bytes = Bytes(path);
            for (int at; (at = bytes.IndexOf(wanted)) >= 0; count++)
            {
                bytes = bytes[(at + 1)..];
            }
        }

        return count;
    }

    protected static IReadOnlyList<string> Preview(string database, TenantRemovalOptions options) =>
        new TenantRemoval(database, options).Preview(Cancel);
}
