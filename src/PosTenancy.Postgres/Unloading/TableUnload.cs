using System.Globalization;
using Npgsql;
using PosTenancy.Engine.Sqlite;
using PosTenancy.Engine.Text;
using PosTenancy.Postgres.Planning;
using PosTenancy.Postgres.Proof;
using PosTenancy.Postgres.Server;
using SQLitePCL;

namespace PosTenancy.Postgres.Unloading;

/// <summary>Brings the rows of a tenant in a table back to SQLite, by binary COPY.</summary>
internal static class TableUnload
{
    private const int RowsBetweenReports = 1000;

    /// <summary>Inserts all rows of a part.</summary>
    /// <param name="server">The transaction to read in.</param>
    /// <param name="part">The rows of one tenant, or those of a table that all tenants share.</param>
    /// <param name="target">An open transaction of a database that has the table.</param>
    /// <param name="progress">Receives the number of rows inserted so far; may throw to end the work.</param>
    /// <exception cref="FormatException">A row does not fit; the message says why.</exception>
    public static void Run(TargetServer server, CopyPart part, DatabaseConnection target, Action<long> progress)
    {
        TargetColumn[] columns = [.. part.Table.Columns];
        string list = TableDdl.List(columns.Select(c => c.Name));
        string values = string.Join(", ", columns.Select((_, i) => "?" + (i + 1).ToString(CultureInfo.InvariantCulture)));

        // OR ABORT: the ON CONFLICT clause of a key must not drop or replace a row.
        using Statement insert = target.Prepare(
            $"INSERT OR ABORT INTO main.{Identifier.Quote(part.Table.Name)} ({list}) VALUES ({values})");
        string condition = "";
        if (!part.Table.IsShared)
        {
            TargetRows.ActAs(server, part.Tenants[0]);
            condition = $" WHERE {Identifier.Quote(part.TenantColumn)} = {Identifier.Literal(part.Tenants[0])}";
        }

        using NpgsqlRawCopyStream copy = server.BeginCopy($"COPY (SELECT {list} FROM {part.Name}{condition}) TO STDOUT (FORMAT BINARY)");
        using CancellationTokenRegistration stop = target.Cancellation.Register(() => Stop(copy));
        try
        {
            TupleReader reader = new(copy);
            RowDecoder decoder = new(columns);
            long rows = 0;
            while (reader.ReadRow() >= 0)
            {
                decoder.Bind(reader, insert);
                Insert(insert);
                if (++rows % RowsBetweenReports == 0)
                {
                    progress(rows);
                }
            }

            progress(rows);
        }
        catch
        {
            // Otherwise disposing would read all rows that are left.
            Stop(copy);
            throw;
        }
    }

    private static void Stop(NpgsqlRawCopyStream copy)
    {
        try
        {
            copy.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // An error of the server has ended it already.
        }
    }

    private static void Insert(Statement insert)
    {
        try
        {
            _ = insert.Run();
        }
        catch (PosTenancyException exception)
            when (exception.InnerException is SqliteException { Code: raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH } refused)
        {
            throw new FormatException($"a row does not fit into the table of the store: {refused.Message}", exception);
        }
    }
}
