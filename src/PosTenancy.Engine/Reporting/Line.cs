namespace PosTenancy.Engine.Reporting;

/// <summary>A line of text in pieces. Renderers escape every piece, so data can never become markup.</summary>
internal sealed record Line(IReadOnlyList<Piece> Pieces)
{
    public static implicit operator Line(string text) => new([new Text(text)]);

    public static Line From(params Piece[] pieces) => new(pieces);

    /// <summary>A name and its measured value.</summary>
    public static Line Fact(string name, string value) => From(new Strong(name + ":"), " " + value);

    /// <summary>A check's outcome as a sign and a word.</summary>
    public static Line Status(CheckStatus status) => From(new Mark(status), " " + Labels.For(status));
}

/// <summary>A piece of a line.</summary>
internal abstract record Piece
{
    public static implicit operator Piece(string text) => new Text(text);
}

/// <summary>Plain text.</summary>
internal sealed record Text(string Value) : Piece;

/// <summary>Emphasized text.</summary>
internal sealed record Strong(string Value) : Piece;

/// <summary>
/// The sign of a check's outcome. Only a measurement can create one: in text, the same characters are spelled out.
/// </summary>
internal sealed record Mark(CheckStatus Status) : Piece
{
    public string Symbol => Status switch
    {
        CheckStatus.Passed => "\u2705",
        CheckStatus.Failed => "\u274C",
        CheckStatus.Warning => "\u26A0\uFE0F",
        _ => "\u2796",
    };
}
