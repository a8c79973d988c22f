using System.Security.Cryptography;
using System.Text;
using PosTenancy.Engine.Files;

namespace PosTenancy.Engine.Sqlite;

/// <summary>SHA-256 of a small value, as 64 lower-case hexadecimal digits.</summary>
internal static class Checksum
{
    public static string Compute(string text) => Compute(Encoding.UTF8.GetBytes(text));

    public static string Compute(byte[] bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        return FileDigest.ToHex(hash.GetHashAndReset());
    }

    /// <summary>Whether a text can be such a checksum; other tools store other kinds, which are not comparable.</summary>
    public static bool IsOne(string? text) =>
        text is { Length: 64 } && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F'));
}
