using PosTenancy.Engine.Text;
using PosTenancy.Engine.Verification;
using PosTenancy.Postgres.Loading;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Proof;
using PosTenancy.Postgres.Server;
using PosTenancy.Postgres.Values;

namespace PosTenancy.Postgres;

/// <summary>One copy in one transaction: create, load, complete, prove, record. Whatever ends it before COMMIT leaves nothing.</summary>
internal sealed class CopyRun
{
    private readonly CopySlice _slice;
    private readonly TargetPlan _plan;
    private readonly TargetServer _server;
    private readonly SpreadPrerequisites _prerequisites;
    private readonly CopyRecords _records;
    private readonly TenantCopyOptions _options;
    private readonly StoreRecording _stores;
    private readonly RebuiltKeys _keys;
    private readonly Action<StagePart, string, string, long, long> _report;
    private readonly List<string> _warnings = [];

    /// <summary>Prepares a copy.</summary>
    /// <param name="slice">The rows.</param>
    /// <param name="plan">The plan, in which nothing is blocked.</param>
    /// <param name="server">The transaction.</param>
    /// <param name="prerequisites">Creates what must exist before.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="report">Receives part, activity, item, and how much is done of how much.</param>
    public CopyRun(
        CopySlice slice,
        TargetPlan plan,
        TargetServer server,
        SpreadPrerequisites prerequisites,
        TenantCopyOptions options,
        Action<StagePart, string, string, long, long> report)
    {
        _slice = slice;
        _plan = plan;
        _server = server;
        _prerequisites = prerequisites;
        _records = new CopyRecords(server);
        _options = options;
        _stores = new StoreRecording(slice, plan, server, options);
        _keys = new RebuiltKeys(server, plan);
        _report = report;
    }

    /// <summary>The rows of each tenant and table, as they were sent.</summary>
    public Dictionary<(string Tenant, string Table), RowDigest> Sent { get; } = [];

    /// <summary>What became of shared rows that differ, and why the tenants cannot be given back as files.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Rows of shared tables.</summary>
    public long RowsShared { get; private set; }

    /// <summary>Whether there is anything to commit.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>The roles of the application: one, or one for each tenant if each has a schema.</summary>
    private IEnumerable<string> Roles => _options.Role is null ? []
        : _options.Layout != CopyLayout.Schema ? [_options.Role]
        : _slice.TenantIds.Select(t => $"{_options.Role}_{t}");

    /// <summary>Does everything but the COMMIT.</summary>
    /// <param name="destination">The target, for messages.</param>
    /// <returns>What was proved; <see langword="null"/> if the target has these rows already.</returns>
    /// <exception cref="PosTenancyException">The target changed since the last copy, or the proof failed.</exception>
    public IReadOnlyList<CheckResult>? Run(string destination)
    {
        _records.Create();
        new StoreRecords(_server).Create();
        ExistingRows existing = new(_server, _records, _plan, _options.SharedRows, destination);
        List<CopyPart> parts = [.. CopyPart.All(_plan, _slice).Select(existing.Find)];
        _warnings.AddRange(_keys.Unvalidated(parts));
        if (parts.TrueForAll(p => p.IsReplaced) && existing.AreCurrent(parts, Sent))
        {
            HasChanged = _stores.Write(_warnings);
            return null;
        }

        HasChanged = true;
        foreach (CopyPart part in parts.Where(p => p.IsReplaced))
        {
            existing.Lock(part);
        }

        parts = [.. parts.Select(p => p.IsReplaced ? existing.Require(p) : p)];
        _warnings.AddRange(parts.Select(p => p.Addition?.Describe()).OfType<string>());
        if (parts.Exists(p => !p.IsReplaced))
        {
            CreateSchemas(parts.Select(p => p.Ddl).Append(new TableDdl(_plan, tenantId: null))
                .GroupBy(d => d.TenantSchema, (_, same) => same.First(), StringComparer.Ordinal));
        }

        Remove(parts);
        Load(parts);
        Complete(parts);
        IReadOnlyList<CheckResult> checks = new CopyProof(_server, _report).Check(parts, Sent, _slice.Connection.Path);
        Record(parts);
        _ = _stores.Write(_warnings);
        return checks;
    }

    private void CreateSchemas(IEnumerable<TableDdl> ddls)
    {
        if (_plan.Options.IsSpread)
        {
            _prerequisites.Create(_server, ddls, Roles);
            return;
        }

        foreach (string statement in ddls.SelectMany(d => d.CreateSchema(_server.FindSchema(d.TenantSchema))))
        {
            _server.Execute(statement);
        }
    }

    /// <summary>Removes what the last copy wrote, children before parents.</summary>
    private void Remove(IReadOnlyList<CopyPart> parts)
    {
        CopyPart[] replaced = [.. parts.Where(p => p.IsReplaced && !p.Table.IsShared)];
        foreach (CopyPart part in replaced)
        {
            _keys.Drop(part);
            if (!_server.IsAboveRowSecurity && _options.Layout != CopyLayout.Schema)
            {
                _server.Execute(RowSecurity.Force(part.Name, isOn: false));
            }
        }

        foreach (CopyPart part in Enumerable.Reverse(replaced))
        {
            _ = _server.Scalar(
                $"DELETE FROM {part.Name} WHERE {Identifier.Quote(part.TenantColumn)} = ANY($1)",
                new object[] { part.Slice.TenantIds.ToArray() });
        }
    }

    private void Load(IReadOnlyList<CopyPart> parts)
    {
        long total = parts.Sum(p => p.Table.Findings.Rows);
        long done = 0;
        foreach (CopyPart part in parts)
        {
            if (part.Table.IsShared)
            {
                RowsShared += part.Table.Findings.Rows;
                if (part.IsReplaced)
                {
                    if (part.Addition is { } addition)
                    {
                        Sent.Add(("", part.Table.Name), addition.Add());
                    }

                    continue;
                }
            }

            foreach (string statement in part.IsReplaced ? [] : part.Ddl.Create(part.Table))
            {
                _server.Execute(statement);
            }

            long before = done;
            IReadOnlyList<RowDigest> sent = TableLoad.Run(part.Slice, part.Table, _server, part.Name, rows =>
                _report(StagePart.Copy, "Copying rows", part.Table.Name, before + rows, total));
            done += sent.Sum(s => s.Rows);
            foreach ((string tenant, RowDigest digest) in part.Named(sent))
            {
                Sent.Add((tenant, part.Table.Name), digest);
            }
        }
    }

    /// <summary>Keys, indexes, foreign keys, sequences, statistics, row-level security and rights.</summary>
    private void Complete(IReadOnlyList<CopyPart> parts)
    {
        CopyPart[] created = [.. parts.Where(p => !p.IsReplaced)];
        CopyPart[] loaded = [.. parts.Where(p => p.IsLoaded)];
        foreach (CopyPart part in loaded)
        {
            Sequences.Set(_server, part);
        }

        List<(string Table, string Sql)> statements =
        [
            .. created.SelectMany(p => p.Ddl.Complete(p.Table).Select(s => (p.Table.Name, s))),
            .. created.SelectMany(p => p.Ddl.ForeignKeys(p.Table).Select(s => (p.Table.Name, s))),
            .. parts.Where(p => p.IsReplaced && !p.Table.IsShared).SelectMany(p => _keys.Add(p).Select(s => (p.Table.Name, s))),
            .. loaded.Select(p => (p.Table.Name, $"ANALYZE {p.Name}")),
            .. Security(created),
            .. parts
                .Where(p => p.IsReplaced && !p.Table.IsShared && !_server.IsAboveRowSecurity && _options.Layout != CopyLayout.Schema)
                .Select(p => (p.Table.Name, RowSecurity.Force(p.Name, isOn: true))),
        ];
        for (int i = 0; i < statements.Count; i++)
        {
            _report(StagePart.Statements, "Creating keys, indexes and rights", statements[i].Table, i, statements.Count);
            _server.Execute(statements[i].Sql);
        }
    }

    private IEnumerable<(string Table, string Sql)> Security(IReadOnlyList<CopyPart> created)
    {
        if (_options.Layout != CopyLayout.Schema)
        {
            foreach (CopyPart part in created.Where(p => !p.Table.IsShared))
            {
                foreach (string statement in RowSecurity.Statements(part.Name, part.TenantColumn))
                {
                    yield return (part.Table.Name, statement);
                }
            }
        }

        HashSet<string> roles = new(StringComparer.Ordinal);
        foreach (CopyPart part in _options.Role is null ? [] : created)
        {
            foreach (string role in RolesOf(part))
            {
                if (roles.Add(role) && !_server.HasRole(role))
                {
                    yield return (part.Table.Name, RowSecurity.CreateRole(role));
                }

                yield return (part.Table.Name, $"GRANT USAGE ON SCHEMA {Identifier.Quote(part.Schema)} TO {Identifier.Quote(role)}");
                yield return (part.Table.Name, RowSecurity.Grant(part.Name, part.Table.IsShared, role));
            }
        }
    }

    /// <summary>With a schema for each tenant, a role that may use all of them would see all tenants: each has its own.</summary>
    private IEnumerable<string> RolesOf(CopyPart part) => _options.Layout != CopyLayout.Schema || part.Table.IsShared
        ? Roles
        : [$"{_options.Role}_{part.Slice.TenantIds[0]}"];

    private void Record(IReadOnlyList<CopyPart> parts)
    {
        foreach (CopyPart part in parts.Where(p => p.IsLoaded))
        {
            foreach (string tenant in part.Tenants)
            {
                _records.Write(
                    part.Schema, part.Table.Name, tenant, _options.Layout, Sent[(tenant, part.Table.Name)], _slice.Connection.Path);
            }
        }
    }
}
