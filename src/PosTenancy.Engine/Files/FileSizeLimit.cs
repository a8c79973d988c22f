using System.Runtime.InteropServices;

#if NET
#endif

namespace PosTenancy.Engine.Files;

/// <summary>
/// The account's limit on the size of a file (<c>ulimit -f</c>). The system terminates a program that writes past the limit, at any
/// point, unless the program asks for an error instead.
/// </summary>
internal static class FileSizeLimit
{
#if NET
    /// <summary>SIGXFSZ, on Linux and macOS.</summary>
    private const PosixSignal Exceeded = (PosixSignal)25;

    private static readonly Lazy<PosixSignalRegistration?> Registration = new(() =>
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(Exceeded, static context => context.Cancel = true));
#endif

    /// <summary>
    /// Makes a write past the limit fail as on a full disk, from now on and in the whole process: there is no narrower scope.
    /// </summary>
    public static void FailsAsAnError()
    {
#if NET
        _ = Registration.Value;
#endif
    }
}
