using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Tenants;

/// <summary>
/// The values of a tenant that were found somewhere, in a temporary database without a name: their number does not count for memory, and
/// nothing is left of them.
/// </summary>
internal sealed class FoundValues : IDisposable
{
    /// <summary>How many values are remembered as having been seen, so that one that is everywhere is written once.</summary>
    private const int MaxSeen = 1 << 16;

    private readonly DatabaseConnection _store;
    private readonly Statement _add;
    private readonly Statement _confirm;
    private readonly Statement _remove;
    private readonly Statement _find;
    private readonly HashSet<ulong> _seen = [];

    /// <summary>Nothing was found yet.</summary>
    /// <param name="path">Full path of the database, for messages.</param>
    /// <param name="cancellation">Interrupts every statement.</param>
    public FoundValues(string path, CancellationToken cancellation)
    {
        _store = DatabaseConnection.OpenTemporary(path, cancellation);
        _store.Execute("CREATE TABLE found(value BLOB PRIMARY KEY, is_real INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID");
        _store.Execute("BEGIN");
        _add = _store.Prepare("INSERT OR IGNORE INTO found(value) VALUES(?1)");
        _confirm = _store.Prepare("UPDATE found SET is_real = 1 WHERE value = ?1");
        _remove = _store.Prepare("DELETE FROM found WHERE value = ?1");
        _find = _store.Prepare("SELECT 1 FROM found WHERE value = ?1");
    }

    /// <summary>How many there are.</summary>
    public long Count => _store.Scalar("SELECT count(*) FROM found");

    /// <summary>Adds a value that may be one of the tenant.</summary>
    public void Add(ReadOnlySpan<byte> value) => Once(_add, value);

    /// <summary>Keeps only what the tenant has, byte for byte: the filter may have taken other bytes for a value of it.</summary>
    /// <param name="read">Reads every value of the tenant again.</param>
    public void KeepReal(Action<BytesAction> read)
    {
        BytePatterns all = ToPatterns();
        _seen.Clear();
        read(value =>
        {
            if (all.MayContain(value))
            {
                Once(_confirm, value);
            }
        });
        _store.Execute("DELETE FROM found WHERE is_real = 0");
        _seen.Clear();
    }

    /// <summary>Removes a value.</summary>
    public void Remove(ReadOnlySpan<byte> value) => Once(_remove, value);

    /// <summary>The values to search for.</summary>
    public BytePatterns ToPatterns()
    {
        BytePatterns patterns = new(_store.Scalar("SELECT 16 * coalesce(sum(length(value)), 0) FROM found"));
        using Statement select = _store.Prepare("SELECT value FROM found");
        while (select.Step())
        {
            patterns.Add(select.Row.GetBytes(0));
        }

        return patterns;
    }

    /// <summary>Whether a value was found, and is of the tenant.</summary>
    public bool Contains(ReadOnlySpan<byte> value)
    {
        _find.BindBlob(1, value);
        return _find.Run() > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _add.Dispose();
        _confirm.Dispose();
        _remove.Dispose();
        _find.Dispose();
        _store.Dispose();
    }

    private void Once(Statement statement, ReadOnlySpan<byte> value)
    {
        if (!_seen.Add(BytePatterns.Hash(value)))
        {
            return;
        }

        if (_seen.Count > MaxSeen)
        {
            _seen.Clear();
        }

        statement.BindBlob(1, value);
        _ = statement.Run();
    }
}
