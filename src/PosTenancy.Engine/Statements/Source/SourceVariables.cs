namespace PosTenancy.Engine.Statements.Source;

/// <summary>A text that a variable may have, assigned in a block.</summary>
internal sealed class VariableState(TextValue value, int block)
{
    public TextValue Value { get; set; } = value;

    public int Block { get; } = block;

    /// <summary>Whether the text itself was used, as by a call that runs it.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Whether it became a part of another statement.</summary>
    public bool IsEmbedded { get; set; }
}

/// <summary>A variable or constant that holds a text.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Scope">Block in which it is visible.</param>
/// <param name="IsExported">Whether other files see it.</param>
internal sealed record SourceVariable(string Name, int Scope, bool IsExported)
{
    /// <summary>The texts that it may have.</summary>
    public List<VariableState> States { get; } = [];

    /// <summary>Whether it is an object to which others can append.</summary>
    public bool IsBuilder { get; set; }

    /// <summary>Index in the source where the statement that declares it begins.</summary>
    public int Position { get; init; }
}

/// <summary>The variables of a file that hold texts, as far as the reading has come.</summary>
internal sealed class SourceVariables(SourceBlocks blocks)
{
    /// <summary>More possible texts than this are not followed.</summary>
    private const int MostStates = 8;

    private readonly Dictionary<string, List<SourceVariable>> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parameters = blocks.ParameterNames();

    /// <summary>The variable of a name in a block. Variables whose block has ended are given to <paramref name="ended"/>.</summary>
    public SourceVariable? Find(string name, int block, int token, Action<SourceVariable> ended)
    {
        if (!_byName.TryGetValue(name, out List<SourceVariable>? variables))
        {
            return null;
        }

        while (variables.Count > 0 && blocks[variables[variables.Count - 1].Scope].Last < token)
        {
            ended(variables[variables.Count - 1]);
            variables.RemoveAt(variables.Count - 1);
        }

        SourceVariable? found = variables.FindLast(v => blocks.Contains(v.Scope, block));

        // A parameter of the same name hides what is declared outside all functions.
        return found is not null && !blocks[found.Scope].IsInFunction && blocks[block].IsInFunction && IsParameter(name) ? null : found;
    }

    /// <summary>Whether a function of the file has a parameter of this name.</summary>
    public bool IsParameter(string name) => _parameters.Contains(name);

    public SourceVariable Declare(string name, int scope, bool isExported, int position)
    {
        SourceVariable variable = new(name, scope, isExported) { Position = position };
        if (!_byName.TryGetValue(name, out List<SourceVariable>? variables))
        {
            _byName[name] = variables = [];
        }

        variables.Add(variable);
        return variable;
    }

    /// <summary>The variables that are left at the end of the file.</summary>
    public IEnumerable<SourceVariable> All => _byName.Values.SelectMany(v => v);

    /// <summary>
    /// The texts that a variable may have in a block: of the innermost block around it that assigned one, and of those within that.
    /// </summary>
    public IReadOnlyList<VariableState> Visible(SourceVariable variable, int block)
    {
        int nearest = -1;
        foreach (VariableState state in variable.States.Where(s => blocks.Contains(s.Block, block)))
        {
            nearest = nearest < 0 || blocks.Contains(nearest, state.Block) ? state.Block : nearest;
        }

        return [.. variable.States.Where(s => nearest < 0 ? blocks.Contains(block, s.Block) : blocks.Contains(nearest, s.Block))];
    }

    /// <summary>Assigns new texts. In a block that may not be run, the earlier ones remain possible.</summary>
    /// <returns>The texts that were replaced.</returns>
    public IReadOnlyList<VariableState> Assign(SourceVariable variable, IReadOnlyList<TextValue> values, int block, bool isCertain)
    {
        List<VariableState> replaced = isCertain ? [.. variable.States.Where(s => blocks.Contains(block, s.Block))] : [];
        variable.States.RemoveAll(replaced.Contains);
        variable.States.AddRange(values.Select(v => new VariableState(v, block)));
        if (variable.States.Count > MostStates)
        {
            VariableState[] excess = [.. variable.States.Take(variable.States.Count - MostStates)];
            variable.States.RemoveRange(0, excess.Length);
            replaced.AddRange(excess);
        }

        return replaced;
    }

    /// <summary>Appends to the texts of a variable: always, or in some cases if the block may not be run.</summary>
    public void Append(SourceVariable variable, IReadOnlyList<TextValue> values, int block, bool isCertain, int statement)
    {
        TextValue appended = One(values);

        // Statements of one block are run together; one that may be skipped is alone.
        int group = isCertain ? block : -1 - statement;
        bool isHere = variable.States.Exists(s => s.Block == block);
        foreach (VariableState state in variable.States.ToArray())
        {
            bool isAround = blocks.Contains(state.Block, block);
            bool isWithin = blocks.Contains(block, state.Block);
            if (isHere ? !isWithin : !isAround && !isWithin)
            {
                continue;
            }

            bool isAlways = isCertain && isWithin;
            VariableState next = new(
                isAlways ? state.Value.With(appended) : state.Value.WithOptional(appended, group),
                state.Block);
            variable.States[variable.States.IndexOf(state)] = next;
        }
    }

    private static TextValue One(IReadOnlyList<TextValue> values)
    {
        TextValue[] texts = [.. values.Where(v => !v.IsEmpty)];
        return texts.Length == values.Count && values.Count == 1 ? values[0]
            : texts.Length == 0 ? TextValue.Empty
            : texts.Length == 1 ? TextValue.Of(new TextPiece.Optional(texts[0], int.MinValue))
            : TextValue.Of(new TextPiece.Hole(0, "one of several", "it is one of several texts, not all of which are known"));
    }
}
