namespace PosTenancy.Engine.Statements.Trial;

/// <summary>What a parameter is for.</summary>
internal sealed record ParameterRole
{
    /// <summary>It is compared with the tenant column, or written to it.</summary>
    public bool IsTenant { get; init; }

    /// <summary>The column that it is compared with.</summary>
    public FoundColumn? Compared { get; init; }

    /// <summary>How it is compared: as the operator between the column and the parameter, in this order.</summary>
    public TermOperator Operator { get; init; }

    /// <summary>Whether equal values satisfy an order as well.</summary>
    public bool IsInclusive { get; init; }

    /// <summary>The expression over the column that it is compared with; <see langword="null"/> if it is the column alone.</summary>
    public string? Expression { get; init; }

    /// <summary>The column to which it is written.</summary>
    public FoundColumn? Written { get; init; }

    /// <summary>The columns that it is compared with, if they are several: each has a turn.</summary>
    public IReadOnlyList<ParameterRole> Alternatives { get; init; } = [];

    /// <summary>Whether it is an array of values in JSON.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether it is only a part of a text: no pattern is added to it.</summary>
    public bool IsPart { get; init; }

    /// <summary>A value by the use of the parameter: a limit, an offset, the modifier of a date.</summary>
    public object? Fixed { get; init; }

    /// <summary>The constant that it is compared with in the text: a matching value selects another branch of the statement.</summary>
    public object? Constant { get; init; }

    /// <summary>Whether it is the LIMIT, which also keeps rows from being found.</summary>
    public bool IsLimit { get; init; }
}
