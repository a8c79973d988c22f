namespace PosTenancy.Postgres.Values;

/// <summary>The types that a column can have in PostgreSQL. The rules that choose one are in docs/postgres-types.md.</summary>
internal enum PostgresType
{
    Bigint,
    Double,
    Text,
    Bytea,
    Date,
    Timestamp,
}

/// <summary>What PostgreSQL knows of these types.</summary>
internal static class PostgresTypes
{
    private static readonly PostgresType[] All =
    [
        PostgresType.Bigint, PostgresType.Double, PostgresType.Text, PostgresType.Bytea, PostgresType.Date, PostgresType.Timestamp,
    ];

    /// <summary>The type as CREATE TABLE writes it.</summary>
    /// <remarks>
    /// Collation "C" compares bytes, as SQLite's BINARY does: the order of rows, and what is equal, stay the same. varchar(n) would enforce
    /// a length that SQLite never did.
    /// </remarks>
    public static string Sql(this PostgresType type) => type switch
    {
        PostgresType.Bigint => "bigint",
        PostgresType.Double => "double precision",
        PostgresType.Text => "text COLLATE \"C\"",
        PostgresType.Bytea => "bytea",
        PostgresType.Date => "date",
        _ => "timestamp(0) without time zone",
    };

    /// <summary>The name in the catalog, as format_type gives it.</summary>
    public static string CatalogName(this PostgresType type) => type == PostgresType.Text ? "text" : type.Sql();

    /// <summary>The type's OID, which is part of a row's digest (pg_type.dat: fixed in every release).</summary>
    public static int Oid(this PostgresType type) => type switch
    {
        PostgresType.Bigint => 20,
        PostgresType.Double => 701,
        PostgresType.Text => 25,
        PostgresType.Bytea => 17,
        PostgresType.Date => 1082,
        _ => 1114,
    };

    /// <summary>The type of a catalog name; <see langword="null"/> if no column of a copy has it.</summary>
    public static PostgresType? Find(string catalogName)
    {
        int place = Array.FindIndex(All, t => t.CatalogName() == catalogName);
        return place < 0 ? null : All[place];
    }
}
