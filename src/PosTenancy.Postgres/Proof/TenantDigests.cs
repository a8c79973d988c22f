using System.Security.Cryptography;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Loading;

namespace PosTenancy.Postgres.Proof;

/// <summary>Adds up the SHA-256 of the records of each tenant, in any order.</summary>
/// <param name="tenants">How many tenants there are.</param>
internal sealed class TenantDigests(int tenants) : IDisposable
{
#if NET
    private readonly byte[] _row = new byte[SHA256.HashSizeInBytes];
#else
    private readonly SHA256 _hash = SHA256.Create();
#endif
    private readonly RowSum[] _sums = [.. Enumerable.Range(0, Math.Max(1, tenants)).Select(_ => new RowSum())];

    /// <summary>The rows of a tenant so far.</summary>
    public RowDigest this[int tenant] => _sums[tenant].Digest;

    /// <summary>Adds the records of a batch.</summary>
    public void Add(TupleBatch batch)
    {
        int start = 0;
        foreach ((int end, int tenant) in batch.Rows)
        {
#if NET
            _ = SHA256.HashData(batch.Records.Bytes.AsSpan(start, end - start), _row);
            _sums[tenant].Add(_row);
#else
            _sums[tenant].Add(_hash.ComputeHash(batch.Records.Bytes, start, end - start));
#endif
            start = end;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
#if !NET
        _hash.Dispose();
#endif
    }
}
