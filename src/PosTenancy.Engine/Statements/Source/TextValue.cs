namespace PosTenancy.Engine.Statements.Source;

/// <summary>A piece of a text that the application puts together.</summary>
internal abstract record TextPiece
{
    /// <summary>A text known from the source.</summary>
    public sealed record Fixed(MappedText Text) : TextPiece;

    /// <summary>What becomes a parameter of the statement.</summary>
    /// <param name="Source">Index in the source.</param>
    /// <param name="Conversion">What it was, and what it became.</param>
    public sealed record Parameter(int Source, string Conversion) : TextPiece;

    /// <summary>A value that only the running application knows.</summary>
    /// <param name="Source">Index in the source.</param>
    /// <param name="Shown">The expression, shortened.</param>
    /// <param name="Why">Why it is not fixed.</param>
    /// <param name="IsNumber">Whether it can only be a number, as for <c>%d</c>.</param>
    public sealed record Hole(int Source, string Shown, string Why, bool IsNumber = false) : TextPiece;

    /// <summary>The next text of a list begins. Only a list has it.</summary>
    public sealed record Item : TextPiece;

    /// <summary>A text that is part of the whole in some cases only.</summary>
    /// <param name="Value">The text.</param>
    /// <param name="Group">What is appended in the same cases has the same number.</param>
    public sealed record Optional(TextValue Value, int Group) : TextPiece;
}

/// <summary>A text made of pieces. A list that grows at its end and shares its beginning, so that appending takes constant time.</summary>
internal sealed class TextValue
{
    /// <summary>Limits of a text; a longer one is not put together.</summary>
    private const int MostPieces = 250;
    private const int MostCharacters = 1_000_000;
    private const int MostDepth = 20;

    public static readonly TextValue Empty = new(null, null, 0, 0);

    public static readonly TextValue EmptyList = new(null, null, 0, 0) { IsList = true };

    private readonly TextValue? _before;
    private readonly TextPiece? _last;
    private readonly int _count;
    private readonly int _length;
    private readonly int _depth;

    private TextValue(TextValue? before, TextPiece? last, int count, int length)
    {
        _depth = Math.Max(before?._depth ?? 0, last is TextPiece.Optional optional ? optional.Value._depth + 1 : 0);
        _before = before;
        _last = last;
        _count = count;
        _length = length;
    }

    public bool IsEmpty => _count == 0;

    /// <summary>Whether it is a list of texts, each of which begins with a <see cref="TextPiece.Item"/>.</summary>
    public bool IsList { get; private init; }

    /// <summary>The texts of a list; of any other value, itself.</summary>
    public IEnumerable<TextValue> Items => IsList ? Split(Pieces) : [this];

    /// <summary>Whether it is a number, which is no text by itself.</summary>
    public bool IsNumber { get; private init; }

    /// <summary>The piece that it consists of; <see langword="null"/> if it has several or none.</summary>
    public TextPiece? Single => _count == 1 ? _last : null;

    /// <summary>Its pieces in order.</summary>
    public IReadOnlyList<TextPiece> Pieces
    {
        get
        {
            TextPiece[] pieces = new TextPiece[_count];
            TextValue value = this;
            for (int i = _count - 1; i >= 0; i--)
            {
                pieces[i] = value._last!;
                value = value._before!;
            }

            return pieces;
        }
    }

    public static TextValue Of(TextPiece piece) => Empty.With(piece);

    public static TextValue Of(MappedText text) => text.Text.Length > 0 ? Empty.With(new TextPiece.Fixed(text)) : Empty;

    public static TextValue Number(MappedText text) => new(Empty, new TextPiece.Fixed(text), 1, text.Text.Length) { IsNumber = true };

    public TextValue With(TextPiece piece)
    {
        int length = _length + piece switch
        {
            TextPiece.Fixed text => text.Text.Text.Length,
            TextPiece.Optional optional => optional.Value._length,
            _ => 1,
        };
        if (_count < MostPieces && length <= MostCharacters && piece is not TextPiece.Optional { Value._depth: >= MostDepth })
        {
            return new TextValue(this, piece, _count + 1, length) { IsList = IsList };
        }

        // One more piece says that the rest is missing.
        return _last is TextPiece.Hole { Shown: "…" }
            ? this
            : new TextValue(this, new TextPiece.Hole(0, "…", "the text is too long to be put together"), _count + 1, _length + 1)
            {
                IsList = IsList,
            };
    }

    /// <summary>Appends a text that is there in some cases only; what is there in the same cases is one text.</summary>
    public TextValue WithOptional(TextValue value, int group) =>
        _last is TextPiece.Optional { Value: var last } optional && optional.Group == group
            ? _before!.With(new TextPiece.Optional(last.With(value), group))
            : With(new TextPiece.Optional(value, group));

    public TextValue WithItem(TextValue value) => With(new TextPiece.Item()).With(value);

    public TextValue With(TextValue value)
    {
        if (IsEmpty && IsList == value.IsList && !value.IsNumber)
        {
            return value;
        }

        TextValue result = this;
        foreach (TextPiece piece in value.Pieces)
        {
            result = result.With(piece);
        }

        return result;
    }

    /// <summary>What was appended to another text to make this one; <see langword="null"/> if it does not begin with the other.</summary>
    public TextValue? After(TextValue other)
    {
        Stack<TextPiece> pieces = new();
        TextValue? value = this;
        while (value is not null && value._count > other._count)
        {
            pieces.Push(value._last!);
            value = value._before;
        }

        return ReferenceEquals(value, other) ? pieces.Aggregate(Empty, (rest, piece) => rest.With(piece)) : null;
    }

    /// <summary>
    /// The texts of a list with a separator between them; <see langword="null"/> if it is not known which is the first, and so where the
    /// separators are.
    /// </summary>
    public TextValue? Joined(TextValue separator)
    {
        TextValue result = Empty;
        bool hasFirst = false;
        foreach (TextPiece piece in Pieces)
        {
            if (piece is TextPiece.Item)
            {
                result = hasFirst ? result.With(separator) : result;
                hasFirst = true;
            }
            else if (piece is TextPiece.Optional { Value: var optional } inOptional)
            {
                if (!hasFirst)
                {
                    return null;
                }

                TextValue part = Empty;
                foreach (TextPiece inner in optional.Pieces)
                {
                    part = inner is TextPiece.Item ? part.With(separator) : part.With(inner);
                }

                result = result.With(new TextPiece.Optional(part, inOptional.Group));
            }
            else
            {
                result = result.With(piece);
            }
        }

        return result;
    }

    private static IEnumerable<TextValue> Split(IReadOnlyList<TextPiece> pieces)
    {
        TextValue item = Empty;
        foreach (TextPiece piece in pieces)
        {
            if (piece is TextPiece.Item)
            {
                yield return item;
                item = Empty;
            }
            else if (piece is TextPiece.Optional { Value: { _count: > 0 } optional } && optional.Pieces[0] is TextPiece.Item)
            {
                yield return item;
                item = Empty;
                foreach (TextValue inner in Split(optional.Pieces))
                {
                    yield return inner;
                }
            }
            else
            {
                item = item.With(piece);
            }
        }

        yield return item;
    }

    /// <summary>The same with every fixed text changed.</summary>
    public TextValue Map(Func<MappedText, MappedText> change)
    {
        TextValue result = IsList ? EmptyList : Empty;
        foreach (TextPiece piece in Pieces)
        {
            result = piece is TextPiece.Fixed text ? result.With(Of(change(text.Text))) : result.With(piece);
        }

        return result;
    }
}
