using System.Globalization;

namespace PosTenancy;

/// <summary>What a tenant id may be: anything that SQLite stores exactly and VARCHAR(255) promises to hold.</summary>
internal static class TenantIdRules
{
    private const int MaxLength = 255;

    /// <summary>The id.</summary>
    /// <exception cref="PosTenancyException">It cannot be stored.</exception>
    public static string Require(string? tenantId) => Problem(tenantId) is { } problem ? throw Errors.InvalidTenantId(problem) : tenantId!;

    /// <summary>What is wrong with an id, as the end of a sentence about it; <see langword="null"/> if nothing is.</summary>
    public static string? Problem(string? tenantId)
    {
        if (tenantId is null || tenantId.Trim().Length == 0)
        {
            return "is empty";
        }

        int length = 0;
        for (int i = 0; i < tenantId.Length; i++, length++)
        {
            if (char.IsControl(tenantId[i]))
            {
                return $"contains a control character (U+{((int)tenantId[i]).ToString("X4", CultureInfo.InvariantCulture)}) " +
                    $"at position {i + 1}";
            }

            if (char.IsSurrogatePair(tenantId, i))
            {
                i++;
            }
            else if (char.IsSurrogate(tenantId[i]))
            {
                // UTF-8 cannot hold half a pair: SQLite would store another character.
                return $"contains half of a surrogate pair at position {i + 1}, which is not a character";
            }
        }

        return length <= MaxLength ? null : $"has {length} characters; at most {MaxLength} are allowed";
    }
}
