using System.Runtime.InteropServices;

namespace PosTenancy.Engine.Files;

/// <summary>
/// Windows' list of processes that have a file open. Source: "Restart Manager" in the Windows API reference.
/// </summary>
internal static class RestartManager
{
    private const int MoreData = 234;
    private const int SessionKeyLength = 33;

    public static OpenFileProcesses Find(string path, int exceptId)
    {
        char[] key = new char[SessionKeyLength];
        int result = RmStartSession(out uint session, 0, key);
        if (result != 0)
        {
            return new OpenFileProcesses([], $"the Restart Manager did not start a session (error {result})");
        }

        try
        {
            result = RmRegisterResources(session, 1, [path], 0, null, 0, null);
            uint count = 0;
            uint reasons = 0;
            ProcessInfo[] processes = [];
            if (result == 0)
            {
                // A process can start between the two calls; then the list grows and the call asks for more space.
                while ((result = RmGetList(session, out uint needed, ref count, processes, ref reasons)) == MoreData)
                {
                    count = needed;
                    processes = new ProcessInfo[needed];
                }
            }

            return result == 0
                ? new OpenFileProcesses(
                    [.. processes.Take((int)count).Where(p => p.Id != exceptId).Select(p => $"{p.Name} ({p.Id})")],
                    null)
                : new OpenFileProcesses([], $"the Restart Manager returned no list (error {result})");
        }
        finally
        {
            _ = RmEndSession(session);
        }
    }

    [DllImport("rstrtmgr.dll", CharSet = CharSet.Unicode)]
    private static extern int RmStartSession(out uint session, int flags, [Out] char[] key);

    [DllImport("rstrtmgr.dll")]
    private static extern int RmEndSession(uint session);

    [DllImport("rstrtmgr.dll", CharSet = CharSet.Unicode)]
    private static extern int RmRegisterResources(
        uint session,
        uint fileCount,
        string[] files,
        uint applicationCount,
        [In] ProcessInfo[]? applications,
        uint serviceCount,
        string[]? services);

    [DllImport("rstrtmgr.dll", CharSet = CharSet.Unicode)]
    private static extern int RmGetList(
        uint session, out uint needed, ref uint count, [In, Out] ProcessInfo[] processes, ref uint reasons);

    [StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
    private struct ProcessInfo
    {
        public int Id;
        public uint StartTimeLow;
        public uint StartTimeHigh;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 256)]
        public string Name;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 64)]
        public string ServiceName;
        public int ApplicationType;
        public uint ApplicationStatus;
        public uint TerminalSession;
        [MarshalAs(UnmanagedType.Bool)]
        public bool Restartable;
    }
}
