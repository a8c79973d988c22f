using System.Text;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Postgres.Planning;

/// <summary>Names of constraints and indexes. PostgreSQL cuts a name after 63 bytes in silence, so none is longer.</summary>
/// <param name="taken">Names of tables, which share their namespace with indexes.</param>
internal sealed class TargetNames(IEnumerable<string> taken)
{
    /// <summary>The longest name, in bytes.</summary>
    public const int MaxLength = 63;

    private readonly HashSet<string> _taken = new(taken, StringComparer.Ordinal);

    /// <summary>Whether PostgreSQL keeps a name whole.</summary>
    public static bool Fits(string name) => Encoding.UTF8.GetByteCount(name) <= MaxLength;

    /// <summary>A free name; one that is too long is cut and told apart by a part of its SHA-256.</summary>
    public string Take(string wanted)
    {
        string fitting = Fits(wanted) ? wanted : $"{Cut(wanted, MaxLength - 9)}_{Checksum.Compute(wanted).Remove(8)}";
        string name = FreeName.Find(fitting, "_", n => _taken.Contains(Fits(n) ? n : Cut(n, MaxLength)));
        _ = _taken.Add(name);
        return name;
    }

    private static string Cut(string name, int length)
    {
        while (Encoding.UTF8.GetByteCount(name) > length)
        {
            name = name.Substring(0, name.Length - (char.IsLowSurrogate(name[name.Length - 1]) ? 2 : 1));
        }

        return name;
    }
}
