using System.Security.Cryptography;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Loading;

namespace PosTenancy.Postgres.Proof;

/// <summary>Adds up the SHA-256 of the records of each tenant, in any order.</summary>
/// <param name="tenants">How many tenants there are.</param>
internal sealed class TenantDigests(int tenants) : IDisposable
{
    private readonly SHA256 _hash = SHA256.Create();
    private readonly RowSum[] _sums = [.. Enumerable.Range(0, Math.Max(1, tenants)).Select(_ => new RowSum())];

    /// <summary>The rows of a tenant so far.</summary>
    public RowDigest this[int tenant] => _sums[tenant].Digest;

    /// <summary>Adds the records of a batch.</summary>
    public void Add(TupleBatch batch)
    {
        int start = 0;
        foreach ((int end, int tenant) in batch.Rows)
        {
            _sums[tenant].Add(_hash.ComputeHash(batch.Records.Bytes, start, end - start));
            start = end;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
