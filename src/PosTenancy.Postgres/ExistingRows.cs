using System.Globalization;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Proof;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>What the target has already: only what the last copy wrote, and nothing else, is replaced.</summary>
internal sealed class ExistingRows(TargetServer server, CopyRecords records, TargetPlan plan, string destination)
{
    /// <summary>Examines the table of a part.</summary>
    /// <exception cref="PosTenancyException">It is another table, or its rows were changed since the last copy.</exception>
    public CopyPart Examine(CopyPart part)
    {
        if (!server.HasTable(part.Schema, part.Table.Name))
        {
            return part;
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

        // What is examined now must still be there when it is replaced: others may read meanwhile, and not write.
        server.Execute($"LOCK TABLE {part.Name} IN SHARE ROW EXCLUSIVE MODE");
        RequireUnchanged(part);
        return part with { IsReplaced = true };
    }

    /// <summary>Whether the target has the rows of the database already.</summary>
    /// <param name="parts">All parts, each of which exists.</param>
    /// <param name="found">Receives the rows.</param>
    public bool AreCurrent(IEnumerable<CopyPart> parts, Dictionary<(string Tenant, string Table), RowDigest> found)
    {
        foreach (CopyPart part in parts)
        {
            foreach ((string tenant, RowDigest digest) in part.Named(SourceDigest.Read(part.Slice, part.Table)))
            {
                if (records.Find(part.Schema, part.Table.Name, tenant) != digest)
                {
                    found.Clear();
                    return false;
                }

                found.Add((tenant, part.Table.Name), digest);
            }
        }

        return true;
    }

    private void RequireUnchanged(CopyPart part)
    {
        IReadOnlyDictionary<string, RowDigest> now = TargetRows.Read(server, part);
        foreach (string tenant in part.Tenants)
        {
            RowDigest there = now.TryGetValue(tenant, out RowDigest? digest) ? digest : TargetDigest.Empty;
            RowDigest? written = records.Find(part.Schema, part.Table.Name, tenant);
            if (there == (written ?? TargetDigest.Empty))
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

        if (part.Table.IsShared && now.Values.FirstOrDefault() is var shared &&
            SourceDigest.Read(part.Slice, part.Table)[0] != (shared ?? TargetDigest.Empty))
        {
            throw Errors.CopyRefused(
                part.Slice.Connection.Path,
                $"its rows of {part.Table.Name}, which all tenants share, are not those that PostgreSQL has",
                "Make both equal, and run the command again.");
        }
    }
}
