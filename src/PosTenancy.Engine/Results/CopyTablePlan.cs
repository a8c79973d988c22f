namespace PosTenancy;

/// <summary>What a copy to PostgreSQL does with a table.</summary>
public enum CopyTableAction : long
{
    /// <summary>The table is created and filled.</summary>
    Create,

    /// <summary>The table exists; the rows of the tenants are replaced.</summary>
    Replace,

    /// <summary>All tenants share the table; it is created and filled, or must have the same rows.</summary>
    Share,

    /// <summary>The table has these rows already, and so has every other: nothing is done.</summary>
    Current,

    /// <summary>The table is not copied.</summary>
    Leave,

    /// <summary>The table cannot be copied as it is; the whole copy is refused.</summary>
    Blocked,
}

/// <summary>The plan of a copy to PostgreSQL for one table.</summary>
/// <param name="Path">Full path of the live database.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="Action">What is done with it.</param>
/// <param name="Reason">Why, if it is not copied.</param>
/// <param name="Rows">Rows of the tenants that are copied.</param>
public sealed record CopyTablePlan(string Path, string Table, CopyTableAction Action, string Reason, long Rows)
{
    /// <summary>The ledger of its columns.</summary>
    public IReadOnlyList<ColumnConversion> Conversions { get; init => field = ResultList.From(value); } =
        ResultList.From<ColumnConversion>([]);

    /// <summary>What PostgreSQL has instead of what the table has, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>The statements, in the order in which they run.</summary>
    public IReadOnlyList<string> Sql { get; init => field = ResultList.From(value); } = ResultList.From<string>([]);

    /// <summary>The table and the action.</summary>
    public override string ToString() => $"{Table}: {Action}";
}
