using PosTenancy.Engine.Files;
using PosTenancy.Engine.Sqlite;

namespace PosTenancy.Engine.Queries;

/// <summary>The application's own queries, read from a file and not run.</summary>
public sealed class QueryFile
{
    internal static readonly string[] TenantParameters = [":tenant_id", "@tenant_id"];

    private static readonly string[] Beginnings = ["SELECT", "WITH", "VALUES"];

    private readonly SqlText _sql;

    private QueryFile(string path, SqlText sql)
    {
        Path = path;
        _sql = sql;
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>
    /// Reads a file of SELECT statements as the application will run them after the migration, with <c>:tenant_id</c> for the tenant.
    /// </summary>
    /// <param name="path">The file: UTF-8, or UTF-16 with a byte order mark.</param>
    /// <exception cref="PosTenancyException">The file cannot be read, has no statement, or has one that is not a query.</exception>
    public static QueryFile Read(string path)
    {
        string full = FilePath.Full(path);
        QueryFile file = new(full, new SqlText(SqlFile.ReadText(full)));
        bool isEmpty = true;
        foreach (SqlStatement statement in SqlStatements.Split(file._sql))
        {
            isEmpty = false;
            if (!Array.Exists(Beginnings, word => file._sql.Is(statement.First, word)))
            {
                throw Errors.QueryNotAllowed(
                    full,
                    file.Line(statement),
                    "it is not a SELECT. Only queries are allowed, because nothing may be changed.");
            }
        }

        return isEmpty ? throw Errors.ScriptInvalid(full, "has no statement: it is empty, or contains only comments.") : file;
    }

    /// <summary>Its queries, each in its current form and without the tenant column.</summary>
    internal IEnumerable<QueryPair> Pairs(string columnName)
    {
        foreach (SqlStatement statement in SqlStatements.Split(_sql))
        {
            int line = Line(statement);
            string after = _sql.Slice(statement.First, statement.Last);
            string before = TenantFilter.Remove(after, columnName);
            if (TenantParameters.Any(p => new SqlText(before) is var rest && rest.Places.Any(i => rest.Slice(i, i) == p)))
            {
                throw Errors.QueryNotAllowed(
                    Path,
                    line,
                    $"its form before the migration can only be derived if the tenant is compared as \"{columnName} = :tenant_id\", " +
                    "alone or between AND and OR."
                );
            }

            yield return new QueryPair(Table: null, $"line {line}", before, after, []) { File = Path, Line = line };
        }
    }

    private int Line(SqlStatement statement) => SqlText.Line(_sql.Text, _sql.Tokens[statement.First].Start);
}
