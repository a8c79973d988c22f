using System.Runtime.InteropServices;

#if NET
#endif

namespace PosTenancy.Engine.Files;

/// <summary>
/// The limit that an account may have on the size of a file (<c>ulimit -f</c>). The system ends a program that writes past it, in the
/// middle of whatever it does, unless the program asks for an error instead.
/// </summary>
internal static class FileSizeLimit
{
#if NET
    /// <summary>SIGXFSZ, on Linux and on macOS.</summary>
    private const PosixSignal Exceeded = (PosixSignal)25;

    private static readonly Lazy<PosixSignalRegistration?> Registration = new(() =>
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(Exceeded, static context => context.Cancel = true));
#endif

    /// <summary>
    /// From now on a write past the limit fails like one on a full disk, in the whole process: there is no other scope for it.
    /// </summary>
    public static void FailsAsAnError()
    {
#if NET
        _ = Registration.Value;
#endif
    }
}
