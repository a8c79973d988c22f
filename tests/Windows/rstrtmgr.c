/*
 * A Restart Manager for tests under Wine, whose own one never reports a process. It implements the four functions that the engine calls, as
 * documented in the Windows API reference ("Restart Manager Functions"), by comparing the file behind each handle of each process with the
 * registered files.
 *
 *   x86_64-w64-mingw32-gcc -shared -O2 -Wall -o rstrtmgr.dll rstrtmgr.c rstrtmgr.def
 */
#include <windows.h>
#include <winternl.h>
#include <restartmanager.h>
#include <stdlib.h>
#include <wchar.h>

#define MAX_SESSIONS 32
#define MAX_FILES 32
#define MAX_PROCESSES 128

/* SystemExtendedHandleInformation: not in the public headers. */
#define EXTENDED_HANDLES 64
#define MAX_SESSIONS_REACHED 353
#define LENGTH_MISMATCH ((NTSTATUS) 0xC0000004)

struct handle_entry {
    void *object;
    ULONG_PTR process;
    ULONG_PTR handle;
    ULONG access;
    USHORT trace;
    USHORT type;
    ULONG attributes;
    ULONG reserved;
};

struct handle_list {
    ULONG_PTR count;
    ULONG_PTR reserved;
    struct handle_entry entry[];
};

struct session {
    BOOL started;
    UINT files;
    WCHAR *file[MAX_FILES];
};

static struct session sessions[MAX_SESSIONS];
static SRWLOCK gate = SRWLOCK_INIT;

static struct session *find(DWORD id)
{
    return id < MAX_SESSIONS && sessions[id].started ? &sessions[id] : NULL;
}

DWORD WINAPI RmStartSession(DWORD *id, DWORD flags, WCHAR key[])
{
    DWORD i, result = MAX_SESSIONS_REACHED;

    (void) flags;
    AcquireSRWLockExclusive(&gate);
    for (i = 0; i < MAX_SESSIONS && result; i++) {
        if (!sessions[i].started) {
            sessions[i].started = TRUE;
            *id = i;
            _snwprintf(key, CCH_RM_SESSION_KEY + 1, L"%08lx%08lx%016lx", GetCurrentProcessId(), GetTickCount(), i);
            result = ERROR_SUCCESS;
        }
    }

    ReleaseSRWLockExclusive(&gate);
    return result;
}

DWORD WINAPI RmEndSession(DWORD id)
{
    struct session *session;

    AcquireSRWLockExclusive(&gate);
    if ((session = find(id))) {
        while (session->files > 0)
            free(session->file[--session->files]);
        session->started = FALSE;
    }

    ReleaseSRWLockExclusive(&gate);
    return session ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

DWORD WINAPI RmRegisterResources(
    DWORD id, UINT files, LPCWSTR file[], UINT applications, RM_UNIQUE_PROCESS application[], UINT services, LPCWSTR service[])
{
    struct session *session = find(id);
    UINT i;

    (void) application;
    (void) service;
    if (!session)
        return ERROR_INVALID_HANDLE;
    if (applications || services || session->files + files > MAX_FILES)
        return ERROR_BAD_ARGUMENTS;
    for (i = 0; i < files; i++)
        session->file[session->files++] = _wcsdup(file[i]);
    return ERROR_SUCCESS;
}

/* Returns every handle of every process. The caller frees the list. */
static struct handle_list *all_handles(void)
{
    NTSTATUS (NTAPI *query)(int, void *, ULONG, ULONG *) =
        (void *) GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation");
    ULONG size = 1 << 18, needed;
    struct handle_list *list = malloc(size);
    NTSTATUS status;

    while (list && (status = query(EXTENDED_HANDLES, list, size, &needed)) == LENGTH_MISMATCH) {
        free(list);
        list = malloc(size *= 2);
    }

    if (list && status) {
        free(list);
        list = NULL;
    }

    return list;
}

/* Requests no access: this succeeds with any sharing mode. */
static HANDLE open_to_ask(const WCHAR *path)
{
    DWORD sharing = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

    return CreateFileW(path, 0, sharing, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

static BOOL is_same(const BY_HANDLE_FILE_INFORMATION *a, const BY_HANDLE_FILE_INFORMATION *b)
{
    return a->nFileIndexLow == b->nFileIndexLow && a->nFileIndexHigh == b->nFileIndexHigh &&
        a->dwVolumeSerialNumber == b->dwVolumeSerialNumber;
}

/* Whether a handle of another process refers to one of the files. */
static BOOL is_handle_of(HANDLE process, HANDLE handle, const BY_HANDLE_FILE_INFORMATION *wanted, UINT count)
{
    BY_HANDLE_FILE_INFORMATION found;
    HANDLE copy;
    BOOL result = FALSE;
    UINT i;

    if (!DuplicateHandle(process, handle, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
        return FALSE;
    if (GetFileType(copy) == FILE_TYPE_DISK && GetFileInformationByHandle(copy, &found))
        for (i = 0; i < count && !result; i++)
            result = is_same(&found, &wanted[i]);
    CloseHandle(copy);
    return result;
}

static void describe(DWORD id, RM_PROCESS_INFO *info)
{
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id);
    FILETIME ended, kernel, user;
    WCHAR path[MAX_PATH] = L"";
    DWORD length = MAX_PATH;
    WCHAR *name, *dot;

    memset(info, 0, sizeof *info);
    info->Process.dwProcessId = id;
    info->ApplicationType = RmUnknownApp;
    info->AppStatus = RmStatusRunning;
    if (process) {
        GetProcessTimes(process, &info->Process.ProcessStartTime, &ended, &kernel, &user);
        QueryFullProcessImageNameW(process, 0, path, &length);
        CloseHandle(process);
    }

    /* Windows returns the description of the program, or its name without extension. */
    name = wcsrchr(path, L'\\');
    name = name ? name + 1 : path;
    if ((dot = wcsrchr(name, L'.')))
        *dot = 0;
    wcsncpy(info->strAppName, name, CCH_RM_MAX_APP_NAME);
}

/* Stores the ids of the processes that have one of the files open, and returns their number. */
static UINT holders(const struct session *session, DWORD process[])
{
    BY_HANDLE_FILE_INFORMATION wanted[MAX_FILES];
    struct handle_list *list = all_handles();
    HANDLE owner = NULL;
    DWORD owner_id = 0;
    UINT files = 0, count = 0, i;
    ULONG_PTR k;

    for (i = 0; i < session->files; i++) {
        HANDLE file = open_to_ask(session->file[i]);

        if (file != INVALID_HANDLE_VALUE) {
            files += GetFileInformationByHandle(file, &wanted[files]) != 0;
            CloseHandle(file);
        }
    }

    for (k = 0; list && files && k < list->count && count < MAX_PROCESSES; k++) {
        DWORD id = (DWORD) list->entry[k].process;

        for (i = 0; i < count && process[i] != id; i++)
            ;
        if (i < count)
            continue;
        if (id != owner_id) {
            if (owner)
                CloseHandle(owner);
            owner = OpenProcess(PROCESS_DUP_HANDLE, FALSE, owner_id = id);
        }

        if (owner && is_handle_of(owner, (HANDLE) list->entry[k].handle, wanted, files))
            process[count++] = id;
    }

    if (owner)
        CloseHandle(owner);
    free(list);
    return count;
}

DWORD WINAPI RmGetList(DWORD id, UINT *needed, UINT *count, RM_PROCESS_INFO info[], DWORD *reasons)
{
    const struct session *session = find(id);
    DWORD process[MAX_PROCESSES];
    UINT found, i;

    if (!session)
        return ERROR_INVALID_HANDLE;
    *needed = found = holders(session, process);
    *reasons = RmRebootReasonNone;
    if (found > *count)
        return ERROR_MORE_DATA;
    *count = found;
    for (i = 0; i < found; i++)
        describe(process[i], &info[i]);
    return ERROR_SUCCESS;
}
