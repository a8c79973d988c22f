using PosTenancy.Engine.Planning;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;

namespace PosTenancy.Engine.Tenants;

/// <summary>Which integers the CHECK constraints of a domain's columns allow, as far as a constraint is about that column alone.</summary>
internal sealed class IntegerLimits : IDisposable
{
    private readonly DatabaseConnection _empty;
    private readonly List<Statement> _checks = [];

    /// <summary>Compiles the constraints.</summary>
    /// <param name="path">The database, for messages.</param>
    /// <param name="layout">Its tables.</param>
    /// <param name="domain">The columns.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public IntegerLimits(string path, TenantLayout layout, KeyDomain domain, CancellationToken cancellation)
    {
        _empty = DatabaseConnection.OpenEmpty(path, cancellation);
        foreach (KeyColumn column in domain.Columns)
        {
            if (SchemaMatch.Definition(column.Table, layout.Schema) is not { } definition)
            {
                continue;
            }

            foreach (ConstraintDefinition check in definition.AllConstraints.Where(c => c.Kind == ConstraintKind.Check))
            {
                string text = check.Span.In(definition.Sql.Text);
                int open = text.IndexOf('(');
                string sql = $"SELECT coalesce(({text.Substring(open + 1, text.LastIndexOf(')') - open - 1)}), 1) <> 0 " +
                    $"FROM (SELECT ?1 AS {Identifier.Quote(column.Column.Name)})";
                if (open > 0 && _empty.Compiler.Error(sql) is null)
                {
                    _checks.Add(_empty.Prepare(sql));
                }
            }
        }
    }

    /// <summary>Whether every constraint allows an integer.</summary>
    public bool Allow(long value) => _checks.TrueForAll(check =>
    {
        check.Restart(value);
        return check.Step() && check.Row.GetInt64(0) != 0;
    });

    /// <summary>The highest integer above an allowed one up to which all are allowed.</summary>
    public long Highest(long allowed)
    {
        (long low, long high) = (allowed, long.MaxValue);
        while (low < high - 1)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = Allow(middle) ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _checks.ForEach(c => c.Dispose());
        _empty.Dispose();
    }
}
