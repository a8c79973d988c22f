using System.Globalization;

namespace PosTenancy.Engine.Planning;

/// <summary>What a tenant id may be: anything that SQLite stores exactly and VARCHAR(255) promises to hold.</summary>
internal static class TenantIdRules
{
    private const int MaxLength = 255;

    public static string Require(string? tenantId)
    {
        if (tenantId is null || tenantId.Trim().Length == 0)
        {
            throw Errors.InvalidTenantId("is empty");
        }

        int length = 0;
        for (int i = 0; i < tenantId.Length; i++, length++)
        {
            if (char.IsControl(tenantId[i]))
            {
                throw Errors.InvalidTenantId(
                    $"has a control character (U+{((int)tenantId[i]).ToString("X4", CultureInfo.InvariantCulture)}) at position {i + 1}");
            }

            if (char.IsSurrogatePair(tenantId, i))
            {
                i++;
            }
            else if (char.IsSurrogate(tenantId[i]))
            {
                // UTF-8 cannot hold half a pair: SQLite would store another character.
                throw Errors.InvalidTenantId($"has half of a surrogate pair at position {i + 1}, which is no character");
            }
        }

        return length <= MaxLength
            ? tenantId
            : throw Errors.InvalidTenantId($"has {length} characters; {MaxLength} are allowed");
    }
}
