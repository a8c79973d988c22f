using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Statements.Trial;

/// <content>Compiling the statement in each world.</content>
internal sealed partial class StatementExperiment
{
    /// <summary>Compiles the statement in each world, if need be with stubs and columns that the schema lacks.</summary>
    private string? Compile()
    {
        string? error = TryCompile();
        MissingColumns missing = new(_database.Schema, _sql);
        while (error is not null && missing.Next(error, _addedColumns) is { } column)
        {
            UseOwnWorlds();
            foreach (TrialWorld world in _worlds.All)
            {
                _ = world.Connection.TryChange($"{column.Table} ADD {column.Definition}");
            }

            string? next = TryCompile();
            if (next is not null && next == error)
            {
                // It was not this table.
                foreach (TrialWorld world in _worlds.All)
                {
                    _ = world.Connection.TryChange($"{column.Table} DROP {column.Quoted}");
                }
            }
            else
            {
                _addedColumns.Add(column.Name);
                error = next;
            }
        }

        return error;
    }

    /// <summary>
    /// The schema changes in worlds of this statement alone. Within a transaction, SQLite would read the whole schema again after each run.
    /// </summary>
    private void UseOwnWorlds()
    {
        if (_ownWorlds is null)
        {
            foreach (ApplicationStubs stubs in _stubs)
            {
                stubs.Remove();
            }

            _worlds = _ownWorlds = _worlds.Copy();
            _stubs = Stubs();
        }
    }

    private ApplicationStubs[] Stubs() => [.. _worlds.All.Select(w => new ApplicationStubs(w.Connection))];

    private string? TryCompile()
    {
        foreach (Statement statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _reach = new StatementReach(_database.Schema, []);
        for (int i = 0; i < _worlds.All.Count; i++)
        {
            TrialWorld world = _worlds.All[i];
            string? error = _stubs[i].Retry(() =>
            {
                SqliteException? failure = world.Sandbox.TryPrepare(_sql, out Statement statement);
                if (failure is null)
                {
                    _statements[world] = statement;
                }
                else
                {
                    statement.Dispose();
                }

                return failure?.Message;
            });
            if (error is not null)
            {
                _reach = new StatementReach(_database.Schema, world.Sandbox.Accesses);
                return error;
            }
        }

        _reach = Reach();
        return null;
    }

    /// <summary>What the statement reaches, apart from the rows that SQLite looks up to enforce foreign keys.</summary>
    private StatementReach Reach()
    {
        using (_worlds.Both.Connection.Settings.DisableForeignKeys())
        {
            _ = _worlds.Both.Sandbox.TryPrepare(_sql, out Statement statement);
            statement.Dispose();
            IReadOnlyList<SqlAccess> accesses = _worlds.Both.Sandbox.Accesses;
            IEnumerable<SqlAccess> opened = OpenedTables.Find(_worlds.Both, _sql)
                .Where(o => !accesses.Any(a => string.Equals(a.First, o.First, StringComparison.OrdinalIgnoreCase)));
            return new StatementReach(_database.Schema, [.. accesses, .. opened]);
        }
    }

    private TrialFinding NotCompiled(string error)
    {
        // An INSERT without a list of columns has a value for each, and none for the tenant column that was added.
        if (error.IndexOf(" values were supplied", StringComparison.Ordinal) > 0 &&
            new StatementText(_sql, _database.Schema, []).InsertTarget is { Kind: TrialTableKind.Tenant } target)
        {
            return new TrialFinding(
                target.Name,
                StatementOperation.Insert,
                StatementVerdict.NoTenantOnInsert,
                $"It inserts without {_database.Schema.ColumnName}, and fails: {error}.",
                null,
                []);
        }

        return _reach.IsPragma ? Without(StatementVerdict.SharedTable, "It sets how SQLite works, and was not run.")
            : Without(StatementVerdict.NotChecked, _reach.Attaches
                ? "It opens another file, and was not run."
                : $"It does not compile: {error}.");
    }

    private (StatementVerdict Verdict, string Text)? WhyNotRun()
    {
        if (new SqlText(_sql).Is(0, "VACUUM"))
        {
            return (StatementVerdict.NotChecked, "It rewrites or copies the database, and was not run.");
        }

        if (_reach.ChangesSchema)
        {
            return (StatementVerdict.NotChecked, "It changes the schema, and was not run.");
        }

        string[] names = [.. _stubs[0].Names.Concat(_database.Missing).Where(IsUsed).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (names.Length > 0)
        {
            return (StatementVerdict.NotChecked, $"It needs what only the application has: {string.Join(", ", names)}.");
        }

        if (_reach.Judged.Count > 0)
        {
            return _reach.EndsTransaction ? (StatementVerdict.NotChecked, "It ends a transaction, and was not run.") : null;
        }

        return _reach.Tables.FirstOrDefault(t => t.Table.Kind == TrialTableKind.Virtual) is { } virtualTable
            ? (StatementVerdict.NotChecked, $"It reaches only the virtual table {virtualTable.Table.Name}, whose rows have no tenant.")
            : (
                StatementVerdict.SharedTable,
                _reach.Tables.Count == 0
                    ? "It reaches no table."
                    : "It reaches only tables that belong to no tenant: " +
                        $"{ShortList.Join([.. _reach.Tables.Select(t => t.Table.Name)], most: 5)}.");
    }

    /// <summary>
    /// Whether the statement needs a stub: a function that it calls; or a collation of the schema, which a comparison uses unseen.
    /// </summary>
    private bool IsUsed(string name) =>
        _stubs[0].Names.Contains(name, StringComparer.OrdinalIgnoreCase) ||
        _reach.Functions.Contains(name, StringComparer.OrdinalIgnoreCase) ||
        _reach.Tables.Any(t => t.Table.Columns.Any(c => Identifier.Comparer.Equals(c.Collation, name)) ||
            t.Table.Schema.Indexes.Any(i => i.Keys.Any(k => Identifier.Comparer.Equals(k.Collation, name))));
}
