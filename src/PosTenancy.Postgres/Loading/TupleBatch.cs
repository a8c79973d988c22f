using PosTenancy.Engine.Tenants;

namespace PosTenancy.Postgres.Loading;

/// <summary>
/// Rows in two forms: as COPY takes them, and as record_send gives them inside PostgreSQL, which is what is hashed on both sides.
/// </summary>
internal sealed class TupleBatch : IRowBatch
{
    /// <summary>Tuples of binary COPY.</summary>
    public ByteBuffer Copy { get; } = new();

    /// <summary>The same rows with the type of each value.</summary>
    public ByteBuffer Records { get; } = new();

    /// <summary>Where each record ends, and the number of its tenant.</summary>
    public List<(int End, int Tenant)> Rows { get; } = [];

    /// <inheritdoc/>
    public int Length => Records.Length;

    /// <inheritdoc/>
    public void Clear()
    {
        Copy.Clear();
        Records.Clear();
        Rows.Clear();
    }
}
