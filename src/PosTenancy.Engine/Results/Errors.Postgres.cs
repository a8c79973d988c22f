namespace PosTenancy;

/// <content>Errors of the copy to PostgreSQL. None of them contains a connection string: it may have a password.</content>
internal static partial class Errors
{
    private const string TargetRolledBack = "Everything was rolled back: PostgreSQL is as it was.";

    public static PosTenancyException InvalidDestination(string path, string why, Exception? inner = null) =>
        new(
            ErrorIds.InvalidDestination,
            path,
            $"The connection to PostgreSQL cannot be made: {why.TrimEnd('.')}.",
            next: "Name a connection string, such as 'Host=head-office;Database=pos;Username=loader', a postgresql:// address, or a " +
                "service of pg_service.conf.",
            state: NothingDone,
            inner: inner);

    public static PosTenancyException TargetUnavailable(string path, string destination, string why, Exception inner) =>
        new(
            ErrorIds.TargetUnavailable,
            path,
            $"PostgreSQL at {destination} cannot be used: {why.TrimEnd('.')}.",
            next: "Check host, port, database, user and password, and that the server accepts connections from this machine.",
            state: NothingDone,
            inner: inner);

    public static PosTenancyException TargetUnsuitable(string path, string destination, string why) =>
        new(ErrorIds.TargetUnsuitable, path, $"PostgreSQL at {destination} does not suit: {why.TrimEnd('.')}.", state: NothingDone);

    public static PosTenancyException TargetError(string path, string destination, string message, Exception inner) =>
        new(
            ErrorIds.TargetError,
            path,
            $"PostgreSQL at {destination} failed: {message.TrimEnd('.')}.",
            state: TargetRolledBack,
            inner: inner);

    public static PosTenancyException TargetChanged(string path, string destination, string what) =>
        new(
            ErrorIds.TargetChanged,
            path,
            $"PostgreSQL at {destination} has changes since the last copy, which this one would overwrite: {what.TrimEnd('.')}.",
            next: "Compare-PosTenant -Destination shows them. Bring them into the database, or remove the tenant's rows there.",
            state: TargetRolledBack);

    public static PosTenancyException CopyRefused(string path, string why, string next = "") =>
        new(ErrorIds.CopyRefused, path, $"'{path}' cannot be copied to PostgreSQL as it is: {why.TrimEnd('.')}.", next, NothingDone);

    public static PosTenancyException TargetTenantNotFound(string destination, string tenantId, string schema) =>
        new(
            ErrorIds.TenantNotFound,
            destination,
            $"PostgreSQL at {destination} has no tenant '{tenantId}' that was copied to the schema {schema}.",
            next: "Name a tenant of the table postenancy.copies there, and with -SchemaName the schema that its copy named.",
            state: NothingDone);

    public static PosTenancyException StoreNotRecorded(string destination, string tenantId) =>
        new(
            ErrorIds.StoreNotRecorded,
            destination,
            $"PostgreSQL at {destination} has the rows of the tenant '{tenantId}', but not the schema of its store, which the copy did " +
                "not record.",
            next: "Copy the tenant once more with Copy-PosTenant; it records the schema even if no row has changed.",
            state: NothingDone);

    public static PosTenancyException CopyNotProved(string path, string destination, string what) =>
        new(
            ErrorIds.CopyNotProved,
            path,
            $"The rows in PostgreSQL at {destination} differ from those of '{path}': {what.TrimEnd('.')}.",
            state: TargetRolledBack);

    public static PosTenancyException CopyOutcomeUnknown(string path, string destination, Exception inner) =>
        new(
            ErrorIds.CopyOutcomeUnknown,
            path,
            $"The connection to PostgreSQL at {destination} was lost during COMMIT, so that it is not known whether the copy is there, " +
                "complete, or not at all.",
            next: "Compare-PosTenant -Destination tells. Running the command again is safe in either case.",
            inner: inner);
}
