using System.Globalization;
using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Loading;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Proof;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>What the target has already: only what the last copy wrote, and nothing else, is replaced.</summary>
internal sealed class ExistingRows(
    TargetServer server, CopyRecords records, TargetPlan plan, SharedRowsAction sharedRows, string destination)
{
    private readonly Dictionary<string, SharedAddition> _additions = new(StringComparer.Ordinal);

    /// <summary>Finds the table of a part.</summary>
    /// <exception cref="PosTenancyException">It is another table.</exception>
    public CopyPart Find(CopyPart part)
    {
        if (!server.HasTable(part.Schema, part.Table.Name))
        {
            return part.Table.IsShared || !NeedsSpreading(part.Ddl) ? part : throw Errors.CopyRefused(
                part.Slice.Connection.Path,
                $"PostgreSQL has a schema {Identifier.Quote(part.Schema)} with tables that no copy created, and Citus would move them too",
                "Rename that schema, or copy to another database.");
        }

        IReadOnlyDictionary<string, PostgresType> columns = server.Columns(part.Schema, part.Table.Name);
        string path = part.Slice.Connection.Path;
        string? layout = records.Layout(part.Schema, part.Table.Name);
        if (layout is null)
        {
            throw Errors.CopyRefused(
                path,
                $"PostgreSQL has a table {part.Name} that no copy created",
                "Name another schema or database for the copy.");
        }

        if (layout != plan.Options.Layout.ToString())
        {
            throw Errors.CopyRefused(
                path,
                $"PostgreSQL has the table {part.Name} in the layout {layout}",
                $"Name -Layout {layout}, or another schema or database.");
        }

        string[] names = [.. part.Table.Columns.Select(c => c.Name)];
        string[] other =
        [
            .. names.Except(columns.Keys, StringComparer.Ordinal).Select(n => $"lacks the column {n}"),
            .. columns.Keys.Except(names, StringComparer.Ordinal).Select(n => $"has the further column {n}"),
        ];
        if (other.Length > 0)
        {
            throw Errors.CopyRefused(
                path,
                $"the table {part.Name} in PostgreSQL {string.Join(" and ", other)}",
                "Make both equal: ALTER TABLE there, or the application's migration here.");
        }

        return part with { IsReplaced = true };
    }

    /// <summary>The schema of the tenants' tables; <see langword="null"/> if it does not exist.</summary>
    public TargetSchema? FindSchema(TableDdl ddl) => server.FindSchema(ddl.TenantSchema);

    /// <summary>Whether other tables would be spread with the schema of a tenant.</summary>
    private bool NeedsSpreading(TableDdl ddl) =>
        plan.Options is { IsSpread: true, Layout: CopyLayout.Schema } && FindSchema(ddl) is { HasTables: true, IsSpread: false };

    /// <summary>Keeps others from writing to an existing table until the end of the copy.</summary>
    public void Lock(CopyPart part)
    {
        // What is examined now must still be there when it is replaced: others may read meanwhile, and not write. A tenant that is not
        // there yet needs no such lock, and neither does a table that is only read, so that several copies can do both side by side.
        bool isWritten = part.Table.IsShared
            ? sharedRows == SharedRowsAction.KeepExisting
            : part.Tenants.Any(t => records.Find(part.Schema, part.Table.Name, t) is not null);
        string mode = isWritten ? "SHARE ROW EXCLUSIVE" : part.Table.IsShared ? "SHARE" : "ROW EXCLUSIVE";
        server.Execute($"LOCK TABLE {part.Name} IN {mode} MODE");
    }

    /// <summary>Requires that the rows of an existing table are those of the last copy.</summary>
    /// <returns>The part, with the rows that are added to a shared table.</returns>
    /// <exception cref="PosTenancyException">They were changed, or shared rows are not those of the database.</exception>
    public CopyPart Require(CopyPart part)
    {
        if (!part.Table.IsShared)
        {
            RequireUnchanged(part, TargetRows.Read(server, part));
            return part;
        }

        RowDigest there = Shared(part);
        RowDigest here = SourceDigest.Read(part.Slice, part.Table)[0];
        if (sharedRows == SharedRowsAction.KeepExisting)
        {
            return here == there && records.Find(part.Schema, part.Table.Name, "") == there
                ? part
                : part with { Addition = Addition(part) };
        }

        RequireUnchanged(part, new Dictionary<string, RowDigest>(StringComparer.Ordinal) { [""] = there });
        return here == there ? part : throw Errors.CopyRefused(
            part.Slice.Connection.Path,
            $"its rows of {part.Table.Name}, which all tenants share, are not those that PostgreSQL has",
            "Make both equal, or decide with -SharedRows KeepExisting that the rows there hold and missing ones are added.");
    }

    /// <summary>Whether the target has the rows of the database already.</summary>
    /// <param name="parts">All parts, each of which exists.</param>
    /// <param name="found">Receives the rows.</param>
    public bool AreCurrent(IReadOnlyList<CopyPart> parts, Dictionary<(string Tenant, string Table), RowDigest> found)
    {
        bool isCurrent = parts.All(p => HasLastRows(p, found)) && parts.All(p => HasRecordedRows(p, found));
        if (!isCurrent)
        {
            found.Clear();
        }

        return isCurrent;
    }

    /// <summary>Whether the rows of the database are those that the last copy wrote.</summary>
    private bool HasLastRows(CopyPart part, Dictionary<(string Tenant, string Table), RowDigest> found)
    {
        foreach ((string tenant, RowDigest digest) in part.Named(SourceDigest.Read(part.Slice, part.Table)))
        {
            found.Add((tenant, part.Table.Name), digest);
            if (records.Find(part.Schema, part.Table.Name, tenant) != digest && !(Keeps(part) && Addition(part).Missing.Rows == 0))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the rows of the target are those of the database.</summary>
    private bool HasRecordedRows(CopyPart part, Dictionary<(string Tenant, string Table), RowDigest> found)
    {
        if (Keeps(part))
        {
            return true;
        }

        IReadOnlyDictionary<string, RowDigest> there = TargetRows.Read(server, part);
        return part.Tenants.All(t =>
            found[(t, part.Table.Name)] == (there.TryGetValue(t, out RowDigest? digest) ? digest : TargetDigest.Empty));
    }

    private bool Keeps(CopyPart part) => part.Table.IsShared && sharedRows == SharedRowsAction.KeepExisting;

    private RowDigest Shared(CopyPart part) => TargetRows.Read(server, part).Values.FirstOrDefault() ?? TargetDigest.Empty;

    private SharedAddition Addition(CopyPart part)
    {
        if (!_additions.TryGetValue(part.Table.Name, out SharedAddition? addition))
        {
            addition = new SharedAddition(server, part, _additions.Count);
            _additions.Add(part.Table.Name, addition);
        }

        return addition;
    }

    private void RequireUnchanged(CopyPart part, IReadOnlyDictionary<string, RowDigest> now)
    {
        foreach (string tenant in part.Tenants)
        {
            RowDigest there = now.TryGetValue(tenant, out RowDigest? digest) ? digest : TargetDigest.Empty;
            RowDigest? written = records.Find(part.Schema, part.Table.Name, tenant);
            if (there == (written ?? TargetDigest.Empty) || (written is not null && IsInDatabase(part, tenant, there)))
            {
                continue;
            }

            string whose = part.Table.IsShared ? "" : $" of tenant '{tenant}'";
            throw Errors.TargetChanged(
                part.Slice.Connection.Path,
                destination,
                written is null
                    ? string.Format(CultureInfo.InvariantCulture, "{0} has {1:N0} rows{2} that no copy wrote", part.Name, there.Rows, whose)
                    : string.Format(
                        CultureInfo.InvariantCulture,
                        "the rows{0} in {1} are not those that the last copy wrote ({2:N0}, now {3:N0})",
                        whose,
                        part.Name,
                        written.Rows,
                        there.Rows));
        }
    }

    /// <summary>Whether the database has the same rows: what was changed at the target was brought there, and nothing is lost.</summary>
    private static bool IsInDatabase(CopyPart part, string tenant, RowDigest there) =>
        part.Named(SourceDigest.Read(part.Slice, part.Table)).Any(d => d.Tenant == tenant && d.Digest == there);
}
